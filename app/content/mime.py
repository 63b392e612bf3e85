"""Mails as bytes: built once for a letter, filled in for each recipient, and read back."""

import binascii
import re
from dataclasses import dataclass
from email import policy
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.parser import BytesHeaderParser
from email.utils import formataddr
from functools import lru_cache

from app.content.email import Email, Letter

LONGEST_LINE = 72
_CRLF = policy.compat32.clone(linesep="\r\n")
_headers = BytesHeaderParser(policy=policy.compat32)
_ONE_LINE = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*")
_ADDRESS = re.compile(r"[^\x00-\x20\x7f-\U0010ffff,;<>]+@[^\x00-\x20\x7f-\U0010ffff,;<>@]+")


class Unsafe(Exception):
    """The mail that was built is not the one that was meant; it must not be sent."""


@dataclass(frozen=True)
class _Mold:
    """A mail in pieces: what is the same for everyone, and between it a recipient's own values."""

    pieces: tuple[bytes, ...]
    places: tuple[tuple[int, str, bool], ...]
    """Which piece is which mark's, and whether it stands in the body."""


def to_bytes(email: Email) -> bytes:
    """The whole mail as it goes over the wire; raise Unsafe when it reads back otherwise."""
    mold = _mold(email.letter)
    values = _checked(email)
    pieces = list(mold.pieces)
    for place, mark, is_body in mold.places:
        value = values[mark]
        pieces[place] = _soft(value) if is_body else value
    return b"".join(pieces)


def _checked(email: Email) -> dict[str, bytes]:
    """The recipient's values, none of which can end a header or name somebody else."""
    if not _ADDRESS.fullmatch(email.to) or email.fills[email.letter.marks["to"]] != email.to:
        raise Unsafe("The mail's recipient is not the one that was meant.")
    if not all(map(_ONE_LINE.fullmatch, email.fills.values())):
        raise Unsafe("A value of the mail would add a line to its headers.")
    return {mark: value.encode("ascii") for mark, value in email.fills.items()}


@lru_cache(maxsize=8)
def _mold(letter: Letter) -> _Mold:
    """The mail in pieces, once it was read back with a recipient in it."""
    head, body = _parts(letter)
    _check(head, letter)
    marks = [letter.marks[name] for name in letter.used]
    between = re.compile(b"(" + b"|".join(re.escape(mark.encode()) for mark in marks) + b")")
    in_head, in_body = between.split(head), between.split(body)
    pieces = tuple(in_head + in_body)
    # Every second piece of a split is a mark.
    places = [(at, False) for at in range(1, len(in_head), 2)]
    places += [(len(in_head) + at, True) for at in range(1, len(in_body), 2)]
    return _Mold(pieces, tuple((at, pieces[at].decode(), where) for at, where in places))


def _parts(letter: Letter) -> tuple[bytes, bytes]:
    """Head and body of the mail with the letter's marks in them."""
    marks = tuple(letter.marks.values())
    mail = MIMEMultipart("alternative", policy=_CRLF)
    mail.attach(_part("plain", letter.text, marks))
    mail.attach(_part("html", letter.html, marks))
    headers = {
        "From": formataddr((letter.sender_name, letter.sender)),
        "To": letter.marks["to"],
        "Subject": letter.subject,
        **letter.headers,
    }
    for name, value in headers.items():
        mail.add_header(name, _encoded(name, value))
    head, body = mail.as_bytes(policy=_CRLF).split(b"\r\n\r\n", 1)
    return head + b"\r\n\r\n", body


def _encoded(name: str, value: str) -> str:
    return value if value.isascii() else Header(value, "utf-8", header_name=name).encode()


def _part(kind: str, text: str, marks: tuple[str, ...]) -> MIMENonMultipart:
    """A part in quoted-printable, each mark on a line of its own between soft breaks."""
    encoded = _soft_breaks(text.encode(), [mark.encode() for mark in marks])
    part = MIMENonMultipart("text", kind, charset="utf-8", policy=_CRLF)
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(encoded.decode("ascii"))
    return part


def _soft_breaks(text: bytes, marks: list[bytes]) -> bytes:
    at, mark = min(((text.find(mark), mark) for mark in marks if mark in text), default=(-1, b""))
    if at < 0:
        return _quoted(text)
    before, after = text[:at], text[at + len(mark) :]
    return _quoted(before) + b"=\n" + mark + b"=\n" + _soft_breaks(after, marks)


def _quoted(text: bytes) -> bytes:
    quoted = binascii.b2a_qp(text, istext=True)
    lines, _, last = quoted.rpartition(b"\n")
    if len(last) <= LONGEST_LINE:
        return quoted
    cut = LONGEST_LINE
    while b"=" in last[cut - 2 : cut]:
        cut -= 1
    return (lines + b"\n" if lines else b"") + last[:cut] + b"=\n" + last[cut:]


def _soft(value: bytes) -> bytes:
    """A value in quoted-printable; those of ours hold letters, digits and marks of addresses."""
    value = value.replace(b"=", b"=3D")
    pieces = [value[at : at + LONGEST_LINE] for at in range(0, len(value), LONGEST_LINE)]
    return b"=\r\n".join(pieces)


def _check(head: bytes, letter: Letter) -> None:
    """Read the head back: only the headers that were meant, and the one recipient."""
    read = _headers.parsebytes(head)
    names = ["Content-Type", "MIME-Version", "From", "To", "Subject", *letter.headers]
    if sorted(read.keys()) != sorted(names):
        raise Unsafe("The mail's headers are not the ones that were meant.")
    if read.get_all("To") != [letter.marks["to"]]:
        raise Unsafe("The mail's recipient is not the one that was meant.")
