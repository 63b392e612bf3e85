"""Ways to a provider that hang, break, lead nowhere or carry badly."""

import socket
import time
from contextlib import closing
from itertools import cycle, product

from app.delivery.channel import DEADLINE, DeliveryFailed, Failure
from app.delivery.http import DEADLINE as HTTP_DEADLINE
from app.delivery.http import Client
from app.delivery.sendgrid import SendGrid
from app.delivery.smtp import Smtp
from app.delivery.webhook import Endpoint, Webhook
from app.domain.endpoints import Rules
from tests.delivery.made import make_email, make_event
from tests.faults.house import SECRET, unknown
from tests.faults.invariants import check, recipients
from tests.faults.line import Line
from tests.faults.registry import fault

MOST_HELD = 15
"""Seconds after which a provider that hangs is let go."""
BUSY = 1
"""Seconds that a machine may take to run who has to let go."""
POOR_LINES = {
    "latency": {"latency": 0.05},
    "bandwidth": {"bandwidth": 200_000},
    "slicer": {"slicer": 7},
    "slow_close": {"slow_close": 0.5},
}
"""Lines that are poor, and over which all comes through at the first try."""
BROKEN_LINES = {
    "cut on the way there": ({"limit_data": 1_500}, {}),
    "cut on the way back": ({}, {"limit_data": 20}),
    "timeout": ({"timeout": 0.3}, {"timeout": 0.3}),
    "reset_peer": ({"reset_peer": 0.05}, {}),
    "answers are lost": ({}, {"reset_peer": 0}),
}
"""Lines over which nothing comes through, or no answer."""
WAYS = ("smtp", "sendgrid", "webhook")


@fault("F10", on=("sqlite",))
def no_byte_or_one_a_while(house):
    """The provider hangs: no bytes at all, or one now and then."""
    assert DEADLINE <= MOST_HELD
    longest = 0.0
    for how in ({"hang": "DATA"}, {"drip": "DATA"}, {"hang": "CONNECT"}, {"drip": "RCPT"}):
        house.provider.behave(smtp=how)
        longest = max(longest, _held(house, Smtp, f"smtp://127.0.0.1:{house.provider.smtp_port}"))
    place = f"http://127.0.0.1:{house.provider.http_port}"
    for how in ({"hang": True}, {"drip": True}):
        house.provider.behave(http={"/": how})
        longest = max(longest, _held(house, SendGrid, "key", place))
        longest = max(longest, _held(house, _webhook, place.replace("127.0.0.1", "localhost")))
    return f"let go after {longest:.1f} s at most"


def _webhook(place, *, deadline=HTTP_DEADLINE, timeout=0.0):
    """What calls a subscriber's own address; it has one limit, the deadline."""
    rules = Rules(plain_http=True, ports=(), inner=True)
    client = Client(rules, allowed=("127.0.0.0/8", "::1/128"), deadline=deadline)
    return Webhook(lambda *_whom: Endpoint(place, (SECRET,)), client, bool)


def _why(channel):
    """Why a mail was not taken; None when it was."""
    try:
        channel.send(make_event() if isinstance(channel, Webhook) else make_email())
    except DeliveryFailed as failure:
        return failure.kind
    return None


def _held(house, kind, *place):
    """Seconds until a channel lets go."""
    limits = {} if house.size.name == "full" else {"timeout": 0.4, "deadline": 0.8}
    channel = kind(*place, **limits)
    began = time.monotonic()
    assert _why(channel) not in (None, Failure.PERMANENT)
    channel.close()
    held = time.monotonic() - began
    most = limits.get("deadline", MOST_HELD)
    assert held < most + BUSY, f"held for {held:.1f} s by {house.provider.asked()[-1]}"
    return held


@fault("F11", on=("sqlite",))
def no_way_there(house):
    """Connections are refused, reset or swallowed, TLS and names fail, lines are poor or break."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = house.provider.smtp_port
        places = {
            "reset": f"smtp://127.0.0.1:{port}",
            "no TLS": f"smtps://127.0.0.1:{port}",
            "no name": "smtp://nowhere.invalid:25",
            "refused": "smtp://127.0.0.1:1",
            "swallowed": f"smtp://127.0.0.1:{deaf.getsockname()[1]}",
        }
        for what, place in places.items():
            house.provider.behave(smtp={"reset": "connect"} if what == "reset" else {})
            channel = Smtp(place, timeout=0.5, deadline=1.0)
            assert _why(channel) not in (None, Failure.PERMANENT), what
            channel.close()
    house.provider.behave(smtp={"reset": "connect"})
    component = house.people(house.size.people)
    incident = house.incident(component)
    house.work()
    house.provider.still()
    for ahead in (60, 200, 600):
        house.work(ahead=ahead)
    check(house, incident, expected={1: recipients(component)})
    unclear = _bad_lines(house)
    kinds = len(POOR_LINES) + len(BROKEN_LINES)
    return (
        f"{len(places)} ways to fail: each is tried again, 0 lost; "
        f"{kinds} kinds of bad lines: 0 lost, {unclear} answers lost and noted as unknown"
    )


def _bad_lines(house):
    """Each kind of bad line, on each way, in short on one of them; how many answers were lost."""
    lines = [*((toxic, toxic) for toxic in POOR_LINES.values()), *BROKEN_LINES.values()]
    every = list(product(WAYS, lines))
    if house.size.name != "full":
        every = list(zip(cycle(WAYS), lines))
    return sum(_over_a_line(house, way, there, back) for way, (there, back) in every)


def _over_a_line(house, way, there, back):
    """Tell people over a line that is bad at first; how many answers were lost."""
    house.provider.behave()
    to = house.provider.smtp_port if way == "smtp" else house.provider.http_port
    is_poor = there in POOR_LINES.values()
    with closing(Line(to)) as line:
        line.be(there, back)
        ways = {
            "smtp": {"email": f"smtp://127.0.0.1:{line.port}"},
            "sendgrid": {"email": "sendgrid", "sendgrid_host": f"http://127.0.0.1:{line.port}"},
            "webhook": {},
        }
        component = house.people(min(house.size.people, 20), hooks=way == "webhook", port=line.port)
        incident = house.incident(component)
        house.work(**ways[way])
        if not is_poor:
            line.be()
            for ahead in (60, 200, 600):
                house.work(ahead=ahead, **ways[way])
        unclear = unknown(incident)
        check(house, incident, expected={1: recipients(component)}, repeats=unclear)
    assert not (is_poor and unclear), "an answer was lost on a line that is poor"
    return unclear
