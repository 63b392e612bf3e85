"""What a worker leaves behind when it dies, and that it is never taken for dead before."""

import fcntl

from app.delivery import journal
from app.delivery.journal import Journal


def test_a_worker_that_lives_or_just_begins_is_not_taken_for_dead(tmp_path, monkeypatch):
    found = []
    lock = fcntl.flock

    def look_around_first(file, how):
        monkeypatch.setattr(fcntl, "flock", lock)
        found.extend(journal.of_the_dead(tmp_path))
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", look_around_first)
    living = Journal(tmp_path)
    living.begin([1])
    found.extend(journal.of_the_dead(tmp_path))
    living.close(keep=False)

    assert found == []
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_worker_had_begun_and_sent_is_found_once(tmp_path):
    dead = Journal(tmp_path)
    dead.begin([1])
    dead.sent([1], "250 ok\nsent 9 forged")
    dead.begin([2])
    dead.close(keep=True)

    [remains] = journal.of_the_dead(tmp_path)

    assert remains.worker == dead.worker
    assert remains.begun == {1, 2}
    assert remains.sent == {1: "250 ok sent 9 forged"}
    assert list(journal.of_the_dead(tmp_path)) == []


def test_what_the_database_knows_is_not_found_again(tmp_path):
    dead = Journal(tmp_path)
    dead.begin([1, 2, 3])
    dead.sent([1, 2], "250 ok")
    dead.forget([1])
    dead.close(keep=True)

    [remains] = journal.of_the_dead(tmp_path)

    assert remains.begun == {2, 3}
    assert set(remains.sent) == {2}
