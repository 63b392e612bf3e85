"""Crowds of subscribers: as many as are asked for, written by few statements of SQL."""

from sqlalchemy import text

from app.db import db

STEP = 50_000
"""Subscribers in one transaction."""
_NUMBERS = {
    "sqlite": """WITH RECURSIVE numbers(n) AS (SELECT :first
        UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)""",
    "postgresql": """WITH numbers AS (
        SELECT generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n)""",
}
# Codes come in no order, as real ones do, and none comes twice.
_CODE = {
    "sqlite": "lower(hex(randomblob(4))) || printf('%07d', n)",
    "postgresql": "substr(md5(random()::text), 1, 8) || lpad(n::text, 7, '0')",
}
_SUBSCRIBE = """INSERT INTO subscriber (code, channel, address, everything, created_at,
    confirmed_at, confirmed_how, consent, asked_times, failures)
{numbers} SELECT {code}, 'email', 'reader' || n || '@example.org', true, {now}, {now},
    '', '', 0, 0 FROM numbers"""


def subscribe(count: int) -> None:
    """Let so many confirmed subscribers want everything by mail."""
    kind = db.engine.dialect.name
    now = {"sqlite": "datetime('now', '-1 hour')", "postgresql": "now() - interval '1 hour'"}
    statement = text(_SUBSCRIBE.format(numbers=_NUMBERS[kind], code=_CODE[kind], now=now[kind]))
    for first in range(1, count + 1, STEP):
        with db.engine.connect().execution_options(write=True) as connection:
            connection.execute(statement, {"first": first, "last": min(first + STEP - 1, count)})
            connection.commit()


def tidy() -> None:
    """Let the database know how much there is, as its own housekeeping does in time."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if db.engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))
