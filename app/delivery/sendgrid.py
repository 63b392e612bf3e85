"""Sends mails through SendGrid's v3 API, up to a thousand in a call."""

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from python_http_client.client import Client
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from app.content.email import Email, Letter
from app.delivery.channel import DEADLINE, Call, DeliveryFailed, Failure, Post
from app.delivery.http import LONGEST_WAIT, Reply
from app.delivery.kept_open import KeptOpen, Line, Turn

TIMEOUT = 10.0
MOST = 1_000
"""Recipients that one call may have."""
# The rest of the refusals is about our account, and everything waits until it is mended.
BLAMES_THE_MESSAGE = {400, 413}
BLAMES_US = {401, 403, 404, 405, 415}

_TRACKING = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
}
"""Nothing that would change links or watch the reader."""

logging.getLogger("python_http_client").setLevel(logging.INFO)  # at DEBUG it prints the key


class SendGrid:
    """Hands over one mail, or many of one letter, in one call; the connection stays open."""

    name = "sendgrid"
    most = MOST

    def __init__(
        self, key: str, host: str, *, timeout: float = TIMEOUT, deadline: float = DEADLINE
    ):
        self._api = SendGridAPIClient(key, host=host)
        self._line = Line(host, timeout)
        self._deadline = deadline

    def send(self, post: Post) -> str:
        if not isinstance(post, Email):
            raise DeliveryFailed("SendGrid takes only mails.", Failure.PERMANENT)
        return self.begin(self.pack([post])).result()

    def pack(self, mails: Sequence[Email]) -> "Body":
        return Body(_body(mails).encode())

    def begin(self, packed: "Body") -> Call[str]:
        """Begin a call; its result is SendGrid's id of the messages."""
        return _Handover(self._api.client, Turn(self._line), packed, self._deadline)

    def close(self) -> None:
        self._line.close()


class Body(bytes):
    """A request's body as the library takes it.

    The library writes what it sends into a line for a log that nobody keeps: a megabyte of
    addresses, and an eighth of what a call costs. This one shows its length alone.
    """

    def encode(self, _encoding: str) -> "Body":
        return self

    def __format__(self, _form: str) -> str:
        return f"{len(self)} bytes"


class _Handover(Call[str]):
    """A call to SendGrid that has begun."""

    def __init__(self, api: Client, turn: Turn, body: Body, seconds: float) -> None:
        self._turn = turn
        super().__init__(lambda: _asked(KeptOpen(api, turn), body), seconds)

    def result(self) -> str:
        try:
            return super().result()
        except HTTPError as error:
            raise _failure(error) from error
        except OSError as error:
            self._turn.give_up()
            reason = f"SendGrid could not be reached: {_plain(error)}"
            ambiguous = self._turn.is_asked
            raise DeliveryFailed(reason, Failure.UNREACHABLE, is_ambiguous=ambiguous) from error
        finally:
            self._turn.end()


def _asked(api: Client, body: Body) -> str:
    # With its bare type the library would write a body as JSON once more.
    kind = {"Content-Type": "application/json; charset=utf-8"}
    answer = api.mail.send.post(request_body=body, request_headers=kind)
    return answer.headers.get("X-Message-Id") or f"SendGrid answered {answer.status_code}"


def _body(mails: Sequence[Email]) -> str:
    """The request: the letter once, and for each recipient what differs."""
    letter = mails[0].letter
    about = {
        "from": {"email": letter.sender, "name": letter.sender_name},
        "subject": letter.subject,
        "content": [
            {"type": "text/plain", "value": letter.text},
            {"type": "text/html", "value": letter.html},
        ],
        "tracking_settings": _TRACKING,
    }
    people = _personalizations(mails)
    return f'{json.dumps(about)[:-1]}, "personalizations": [{", ".join(people)}]}}'


def _personalizations(mails: Sequence[Email]) -> Iterator[str]:
    """One for each recipient, as JSON: written once with places in it, and filled for each."""
    letter, marks = mails[0].letter, list(mails[0].fills)
    places = {mark: f"f{mark}" for mark in marks}
    person = _person(letter, marks, places)
    between = re.compile("(" + "|".join(map(re.escape, places.values())) + ")")
    pieces = between.split(json.dumps(person))
    wanted = [place[1:] for place in pieces[1::2]]  # every second piece is a place
    for mail in mails:
        fills = mail.fills
        if not _is_plain("".join(fills.values())):
            fills = {mark: json.dumps(value)[1:-1] for mark, value in fills.items()}
        pieces[1::2] = [fills[mark] for mark in wanted]
        yield "".join(pieces)


def _person(letter: Letter, marks: list[str], places: Mapping[str, str]) -> dict[str, Any]:
    """A personalization with a place for each value.

    All headers stand here: that those of a whole call are joined with these is not promised.
    """
    said = letter.text + letter.html
    person: dict[str, Any] = {
        "to": [{"email": places[letter.marks["to"]]}],
        "headers": {name: _placed(value, places) for name, value in letter.headers.items()},
        "custom_args": {"reference": f"{letter.code}.{places[letter.marks['id']]}"},
    }
    if filled := {mark: places[mark] for mark in marks if mark in said}:
        person["substitutions"] = filled
    return person


def _placed(value: str, places: Mapping[str, str]) -> str:
    for mark, place in places.items():
        value = value.replace(mark, place)
    return value


def _is_plain(value: str) -> bool:
    """Whether it stands inside a string of JSON as it is."""
    return value.isascii() and value.isprintable() and '"' not in value and "\\" not in value


def _failure(error: HTTPError) -> DeliveryFailed:
    status = error.status_code
    reason = f"SendGrid answered {status}"
    if status in BLAMES_US:
        return DeliveryFailed(f"{reason}: check the key and its rights", Failure.OURS)
    if status in BLAMES_THE_MESSAGE:
        return DeliveryFailed(reason, Failure.PERMANENT, culprits=_culprits(error.body))
    if status == 429:
        return DeliveryFailed(reason, Failure.UNREACHABLE, retry_after=_asked_for(error.headers))
    return DeliveryFailed(reason, Failure.UNREACHABLE if status >= 500 else Failure.TEMPORARY)


def _culprits(body: bytes) -> set[int]:
    """Which recipients a refusal is about: "personalizations.3.to.0.email"."""
    try:
        errors = json.loads(body)["errors"]
        fields = [str(error.get("field")) for error in errors]
    except (ValueError, KeyError, TypeError, AttributeError):
        return set()
    found = (re.match(r"personalizations[.\[](\d{1,4})\b", field) for field in fields)
    return {int(match[1]) for match in found if match}


def _asked_for(headers: Any) -> float | None:
    """Seconds that SendGrid asks us to wait: in words of HTTP, or as a moment of its own."""
    after = Reply(429, {"Retry-After": headers.get("Retry-After") or ""}, b"").retry_after
    reset = str(headers.get("X-RateLimit-Reset") or "")
    if after is not None or not re.fullmatch("[0-9]{1,12}", reset):
        return after
    return min(max(1.0, float(reset) - time.time()), LONGEST_WAIT)


def _plain(error: OSError) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else str(error)
