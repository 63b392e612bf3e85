"""Forks a process of workers for each line read, so that a test can kill it and ask for another.

Starting an interpreter a hundred times would take longer than the test.
"""

import os
import sys
import threading

from sqlalchemy import select

from app import create_app, delivery
from app.config import read_settings
from app.content import email
from app.db import db
from app.domain import claims
from app.models import Announcement, Channel

THREADS = 2


def warm_up():
    """Do once what every child would have to do again: compile statements and templates."""
    email.compose(db.session.scalar(select(Announcement)))
    claims.claim("nobody", 0, channel=Channel.EMAIL)
    db.session.remove()
    db.engine.dispose()  # a connection must not be shared with a child


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
    with app.app_context():
        warm_up()
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
