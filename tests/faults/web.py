"""`allclear web` as systemd starts it: with a socket that was opened for it and outlives it."""

import os
import sys

from app.cli import main

FIRST_HANDED = 3


def become(handed):
    """Be `allclear web` from here on, listening where the file of that number does."""
    os.dup2(handed, FIRST_HANDED, inheritable=True)
    os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
    sys.argv = ["allclear", "web"]
    main()


if __name__ == "__main__":
    become(int(sys.argv[1]))
