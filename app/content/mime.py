"""Mails as bytes: built once for a letter, filled in for each recipient, and read back."""

import binascii
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


class Unsafe(Exception):
    """The mail that was built is not the one that was meant; it must not be sent."""


def to_bytes(email: Email) -> bytes:
    """The whole mail as it goes over the wire; raise Unsafe when it reads back otherwise."""
    letter = email.letter
    head, body = _mold(letter)
    for mark, value in email.fills.items():
        filled = value.encode("ascii")
        head = head.replace(mark.encode(), filled)
        body = body.replace(mark.encode(), _soft(filled))
    _check(head, email)
    return head + body


@lru_cache(maxsize=8)
def _mold(letter: Letter) -> tuple[bytes, bytes]:
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


def _check(head: bytes, email: Email) -> None:
    read = _headers.parsebytes(head)
    names = ["Content-Type", "MIME-Version", "From", "To", "Subject", *email.letter.headers]
    if sorted(read.keys()) != sorted(names):
        raise Unsafe("The mail's headers are not the ones that were meant.")
    if read.get_all("To") != [email.to]:
        raise Unsafe("The mail's recipient is not the one that was meant.")
