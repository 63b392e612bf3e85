"""Forks a process of workers for each line read, so that a test can kill it and ask for another.

Starting an interpreter a hundred times would take longer than the test.
"""

import os
import sys
import threading

from sqlalchemy.orm import configure_mappers

from app import create_app, delivery
from app.config import read_settings

THREADS = 2


def main():
    data_dir, database_url, email = sys.argv[1:]
    app = create_app(
        read_settings(
            data_dir=data_dir,
            database_url=database_url,
            email=email,
            secret_key="test " * 8,
            log_level="ERROR",
            _env_file=None,
        )
    )
    with app.app_context():  # what every child would have to do again
        configure_mappers()
        for part in ("subject.txt", "body.txt", "body.html"):
            app.jinja_env.get_template(f"email/update/{part}")
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            for thread in delivery.start(app, threading.Event(), THREADS):
                thread.join()
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
