"""Ways out that are in trouble: paused for all workers, led around, and led back, in good time."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.delivery.channel import DeliveryFailed, Failure
from app.delivery.routes import Routes
from app.domain import transports
from app.domain.claims import Claim
from app.models import Account
from tests.factories import make_organisation


class Way:
    def __init__(self, name):
        self.name = name


@pytest.fixture
def time(monkeypatch):
    """Moves the clock on."""
    moment = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def wait(**span):
        moment[0] += timedelta(**span)

    return wait


@pytest.fixture
def routes(app):
    return Routes(Way("first"), Way("second"))


def chosen(routes):
    route = routes.choose()
    return route and route.name


def unreachable(**more):
    return DeliveryFailed("nobody there", Failure.UNREACHABLE, **more)


def claim(*, attempts=0):
    return Claim(1, 1, "subscriber:a", "", attempts, "", None, "", "w", clock.now())


def doubtful():
    return DeliveryFailed("554 relay access denied", Failure.OURS, blames_way=False)


def temporary(*, blames_way=False):
    return DeliveryFailed("451 later", Failure.TEMPORARY, blames_way=blames_way)


def fail(routes, failure, claim):
    """Have a call fail; whom it was blamed on."""
    judged = routes.judged("first", failure, [claim])
    routes.failed("first", judged)
    return judged.kind


def test_a_pause_that_was_asked_for_is_kept_to_the_second(app, time):
    routes = Routes(Way("first"))
    transports.pause("first", "429", asked=timedelta(seconds=600))

    time(seconds=599)
    before = chosen(routes)
    time(seconds=1)

    assert before is None
    assert chosen(routes) == "first"


def test_pauses_grow_with_the_time_that_the_trouble_lasts(app, time):
    waits = []
    for _ in range(12):
        until = transports.pause("first", "nobody there")
        waits.append(round((until - clock.now()).total_seconds()))
        time(seconds=waits[-1])

    assert waits[0] == 5
    assert waits == sorted(waits)
    assert waits[-1] == 60


def test_a_pause_ends_when_somebody_asks_for_a_try(app):
    make_organisation()
    routes = Routes(Way("first"))
    transports.pause("first", "wrong key", ours=True)
    before = chosen(routes)

    transports.try_now("first", by=db.session.get(Account, 1))
    trying = routes.choose()
    routes.went_well("first", not trying.is_proven)

    assert before is None
    assert (trying.name, trying.is_proven) == ("first", False)
    assert routes.choose().is_proven


def test_one_failure_does_not_lead_mail_away_but_many_do(routes):
    routes.failed("first", unreachable())
    after_one = chosen(routes)
    routes.failed("first", unreachable())
    routes.failed("first", unreachable())

    assert after_one == "first"
    assert chosen(routes) == "second"


def test_mail_is_led_back_after_probes_and_not_before_five_minutes(routes, time):
    routes.failed("first", DeliveryFailed("wrong key", Failure.OURS))
    used = []
    for _ in range(50):
        route = routes.choose()
        used.append(route.name)
        routes.went_well(route.name, not route.is_proven)
        time(seconds=10)

    probes = used[: used.index("second") + 30].count("first")
    assert used[0] == "second"
    assert used[-1] == "first"
    assert "second" in used[20:]  # it was not led back at once, though the probes went well
    assert 3 <= probes <= 15


def test_a_refusal_of_one_is_ours_only_while_nobody_is_taken(routes):
    before = fail(routes, doubtful(), claim())
    routes.went_well("first", False)
    then = [fail(routes, doubtful(), claim()) for _ in range(11)]

    assert before is Failure.OURS
    assert then == [Failure.TEMPORARY] * 10 + [Failure.OURS]


def test_who_was_refused_before_says_nothing_of_the_way(routes):
    kinds = {fail(routes, doubtful(), claim(attempts=1)) for _ in range(20)}
    kinds |= {fail(routes, temporary(), claim(attempts=1)) for _ in range(20)}

    assert kinds == {Failure.TEMPORARY}
    assert chosen(routes) == "first"


def test_a_key_that_is_refused_is_ours_whoever_was_taken_before(routes):
    routes.went_well("first", False)

    assert fail(routes, DeliveryFailed("401", Failure.OURS), claim(attempts=1)) is Failure.OURS
    assert chosen(routes) == "second"


def test_a_way_that_hangs_up_in_the_middle_of_mails_is_led_around(routes):
    routes.went_well("first", False)
    for _ in range(2):
        fail(routes, temporary(blames_way=True), claim())
    after_two = chosen(routes)
    fail(routes, temporary(blames_way=True), claim())

    assert after_two == "first"
    assert chosen(routes) == "second"


def test_a_way_that_takes_nobody_new_is_led_around_and_one_that_takes_some_is_not(routes):
    for _ in range(20):
        routes.went_well("first", False)
        for _ in range(10):
            fail(routes, temporary(), claim())
    while_some_are_taken = chosen(routes)
    for _ in range(3):
        fail(routes, temporary(), claim())

    assert while_some_are_taken == "first"
    assert chosen(routes) == "second"


def test_a_way_that_flickers_is_switched_once_in_five_minutes(routes, time):
    switched = 0
    for _ in range(30):
        switched += transports.lead_away("first")
        switched += transports.lead_back("first")
        time(seconds=20)

    assert switched == 2


def test_with_both_ways_gone_nothing_is_tried_until_one_is_to_be(routes, time):
    routes.failed("first", DeliveryFailed("wrong key", Failure.OURS))
    transports.pause("second", "nobody there", asked=timedelta(minutes=5))

    assert chosen(routes) is None
    time(seconds=61)
    assert chosen(routes) == "first"  # a probe
