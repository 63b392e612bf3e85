"""People who leave in threads of their own, while a test holds the worker still."""

import threading

from app import locks
from app.db import db

LONG = 20
"""Seconds that nothing of a test takes, unless it hangs."""


class Looks:
    """When people who leave have looked for the first time, and what they saw away."""

    def __init__(self, look):
        self._look = look
        self._first = threading.Semaphore(0)
        self._known = set()
        self.seen = []

    @classmethod
    def patch(cls, monkeypatch):
        made = cls(locks.taken)
        monkeypatch.setattr(locks, "taken", made)
        return made

    def __call__(self, keys):
        found = self._look(keys)
        self.seen.append(found)
        if threading.get_ident() not in self._known:
            self._known.add(threading.get_ident())
            self._first.release()
        return found

    def wait(self):
        """Wait until one more of them waits: it has committed that nothing is owed to it."""
        assert self._first.acquire(timeout=LONG), "nobody has waited for a call"


class Leaver:
    """Does something in a thread of its own; what it said is known when it is over."""

    def __init__(self, app, leave):
        self._app, self._leave = app, leave
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._said = []

    def start(self):
        self._thread.start()
        return self

    def _run(self):
        with self._app.app_context():
            self._said.append(self._leave())
            db.session.remove()

    @property
    def is_over(self):
        return bool(self._said)

    def said(self):
        self._thread.join(LONG)
        assert self._said, "it has not left"
        return self._said[0]
