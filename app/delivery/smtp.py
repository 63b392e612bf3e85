"""Sends mails over SMTP, many over one connection."""

import re
import smtplib
import ssl
import threading
import time
from contextlib import suppress
from ipaddress import ip_address
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from app.content import mime
from app.content.email import Email
from app.delivery.channel import DEADLINE, DeliveryFailed, Failure, Post, within
from app.delivery.watchdog import Watchdog
from app.domain import quarantine

TIMEOUT = 15.0
"""Seconds without a byte from the server."""
LARGE = 64 * 1024
"""Bytes of a mail that has to be through within the deadline, however slow the server is."""
SLOWEST = 32 * 1024
"""Bytes a second at which what is larger may go out; none may take twice the deadline."""
MOST_PER_CONNECTION = 500
"""Some servers close a connection that brings too many."""
LONGEST_IDLE = 20.0
"""Seconds after which a connection is not trusted to be open still."""

_OF_US = re.compile(rb"\b5\.(1\.[78]|7\.[0-9]+)\b|relay|authenticat|sender")
"""Refusals of a recipient that speak of whom the mail is from, or of who brings it."""
_OF_SENDER = re.compile(rb"\b5\.(1\.[78]|7\.(60|26))\b|sender address|send as")

Reply = tuple[int, bytes]
Replies = tuple[Reply, Reply | None, Reply | None]
"""To MAIL, RCPT and DATA; None where it was not asked."""


class Smtp:
    """Sends through the server of `smtp://user:password@host:port` or `smtps://`."""

    name = "smtp"

    def __init__(self, address: str, *, timeout: float = TIMEOUT, deadline: float = DEADLINE):
        parts = urlsplit(address)
        self._implicit_tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._implicit_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._timeout = timeout
        self._deadline = deadline
        self._watchdog = Watchdog()
        self._server: smtplib.SMTP | None = None
        self._sent = 0
        self._used_at = 0.0
        self._is_handing_over = False

    def send(self, post: Post) -> str:
        if not isinstance(post, Email):
            raise DeliveryFailed("SMTP takes only mails.", Failure.PERMANENT)
        mail = mime.to_bytes(post)
        self._watchdog.begin(allowed(len(mail), self._deadline))
        self._is_handing_over = False
        try:
            return self._hand_over(post, mail)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise self._failure(error) from error
        finally:
            self._watchdog.end()

    def _failure(self, error: Exception) -> DeliveryFailed:
        # The server may have the mail when the connection breaks before its answer has come.
        ambiguous = self._is_handing_over
        if self._watchdog.has_bitten:
            kind, reason = Failure.UNREACHABLE, "No answer in time."
            return DeliveryFailed(reason, kind, is_ambiguous=ambiguous)
        kind = Failure.TEMPORARY
        if isinstance(error, smtplib.SMTPResponseException):
            kind = Failure.PERMANENT if error.smtp_code >= 500 else Failure.TEMPORARY
            ambiguous = False
        of_way = kind is not Failure.PERMANENT  # whoever hangs up may do so on the next as well
        return DeliveryFailed(_said(error), kind, is_ambiguous=ambiguous, blames_way=of_way)

    def close(self) -> None:
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
        self._drop()
        self._watchdog.stop()

    def _hand_over(self, post: Email, mail: bytes) -> str:
        server, answers = self._begun(post)
        self._check_envelope(server, *answers)
        self._is_handing_over = True
        if len(mail) > LARGE and server.sock is not None:
            server.sock.settimeout(self._watchdog.left)  # it counts for all that is sent at once
        server.send(mail.replace(b"\r\n.", b"\r\n..") + b".\r\n")  # it ends with a line's end
        reply = server.getreply()
        if self._watchdog.has_bitten:
            # The library takes a line that was cut off for a whole one.
            raise smtplib.SMTPServerDisconnected("the answer was cut off")
        self._is_handing_over = False
        if reply[0] != 250:
            self._refuse(server, reply, at_5xx=_blame_at_the_end(reply))
        self._sent += 1
        self._used_at = time.monotonic()
        return _text(reply)

    def _check_envelope(
        self, server: smtplib.SMTP, mail: Reply, rcpt: Reply | None, data: Reply | None
    ) -> None:
        """Raise DeliveryFailed unless the server waits for the mail itself now."""
        if data is not None and data[0] == 354 and (mail[0] != 250 or not _is_good(rcpt)):
            server.send(b".\r\n")  # it waits for a mail that it takes from nobody, or for nobody
            server.getreply()
        if mail[0] != 250:
            # Who we are is refused, or asked to prove it: no other recipient helps.
            self._refuse(server, mail, at_4xx=Failure.UNREACHABLE, at_5xx=Failure.OURS, of_all=True)
        if rcpt is not None and not _is_good(rcpt):
            self._refuse(server, rcpt, at_5xx=_blame(rcpt))
        if data is None or data[0] != 354:
            self._refuse(server, data or (-1, b""), at_5xx=Failure.PERMANENT)

    def _begun(self, post: Email) -> tuple[smtplib.SMTP, Replies]:
        """A connection with a mail begun on it; one that was closed meanwhile is opened again."""
        is_reused = self._server is not None
        server = self._connected()
        try:
            answers = _envelope(server, post)
            if answers[0][0] != 421 or not is_reused:
                return server, answers
        except (OSError, smtplib.SMTPServerDisconnected):
            if not is_reused or self._watchdog.has_bitten:
                raise
        self._drop()
        server = self._connected()
        return server, _envelope(server, post)

    def _refuse(
        self,
        server: smtplib.SMTP,
        reply: Reply,
        *,
        at_5xx: Failure,
        at_4xx: Failure = Failure.TEMPORARY,
        of_all: bool = False,
    ) -> NoReturn:
        """Translate a refusal; the connection stays good for the next mail where it can."""
        code = reply[0]
        if code in (-1, 421):
            self._drop()
            raise DeliveryFailed(f"The server hung up: {_text(reply)}", Failure.UNREACHABLE)
        with suppress(OSError, smtplib.SMTPException):
            server.rset()
        kind = at_5xx if code >= 500 else at_4xx
        # Of one recipient a server may say the same as of us all: the others' luck tells which.
        of_all = of_all or code == 530 or reply[1].startswith(b"4.3.")
        raise DeliveryFailed(_text(reply), kind, blames_way=of_all)

    def _connected(self) -> smtplib.SMTP:
        """The connection, opened where there is none that can be trusted."""
        idle = time.monotonic() - self._used_at
        if self._server and (self._sent >= MOST_PER_CONNECTION or idle > LONGEST_IDLE):
            self.close()
        if self._server is None:
            self._server = self._open()
            self._sent, self._used_at = 0, time.monotonic()
        return self._server

    def _open(self) -> smtplib.SMTP:
        try:
            return self._greeted_in_time()
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
            reason = f"The mail server refuses our name or password: {_said(error)}"
            raise DeliveryFailed(reason, Failure.OURS) from error
        except ssl.SSLCertVerificationError as error:
            reason = f"The mail server's certificate is not valid: {error.verify_message}"
            raise DeliveryFailed(reason, Failure.OURS) from error
        except (OSError, smtplib.SMTPException) as error:
            reason = f"The mail server could not be reached: {_said(error)}"
            raise DeliveryFailed(reason, Failure.UNREACHABLE) from error

    def _greeted_in_time(self) -> smtplib.SMTP:
        """An open connection, in what is left: a name that is looked up has no socket to cut."""
        is_late = threading.Event()

        def greeted() -> smtplib.SMTP:
            server = self._greeted()
            if is_late.is_set():
                server.close()
            return server

        try:
            return within(self._watchdog.left, greeted)
        finally:
            is_late.set()

    def _greeted(self) -> smtplib.SMTP:
        if self._implicit_tls:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(timeout=self._timeout, context=context)
        else:
            server = smtplib.SMTP(timeout=self._timeout)
        server._host = self._host  # type: ignore[attr-defined]  # the name that TLS checks
        self._watchdog.hold(server)
        try:
            server.connect(self._host, self._port)
            server.ehlo_or_helo_if_needed()
            if not self._implicit_tls and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            elif self._user and not self._implicit_tls and not _is_local(self._host):
                # Whoever sits in between could take the offer out, and read the password.
                reason = "The mail server offers no encryption: our password stays here."
                raise DeliveryFailed(reason, Failure.OURS)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def allowed(size: int, deadline: float = DEADLINE) -> float:
    """Seconds that a mail of so many bytes may take: a large one needs more on a slow line."""
    return min(deadline + max(0, size - LARGE) / SLOWEST, deadline * 2)


def _envelope(server: smtplib.SMTP, post: Email) -> Replies:
    """Say from whom and to whom, and that the mail comes: in one go where the server offers it."""
    commands = (f"MAIL FROM:<{post.letter.sender}>", f"RCPT TO:<{post.to}>", "DATA")
    if server.has_extn("pipelining"):
        server.send("".join(f"{command}\r\n" for command in commands))
        return server.getreply(), server.getreply(), server.getreply()
    mail = server.docmd(commands[0])
    rcpt = server.docmd(commands[1]) if mail[0] == 250 else None
    return mail, rcpt, server.docmd(commands[2]) if _is_good(rcpt) else None


def _is_good(rcpt: Reply | None) -> bool:
    return rcpt is not None and rcpt[0] in (250, 251)


def _is_local(host: str) -> bool:
    """Whether what we say to this host never leaves the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _blame(reply: Reply) -> Failure:
    """Whose fault it is that a recipient is refused for good."""
    if quarantine.says_nobody(_text(reply)):
        return Failure.PERMANENT  # whatever else it says: "unknown in relay recipient table"
    if reply[0] == 530 or _OF_US.search(_without_addresses(reply)):
        return Failure.OURS
    # A full mailbox is emptied some day, though the server says "for good".
    return Failure.TEMPORARY if reply[0] == 552 else Failure.PERMANENT


def _blame_at_the_end(reply: Reply) -> Failure:
    """Whose fault it is that a whole mail is refused for good: ours only as its sender."""
    is_of_sender = _OF_SENDER.search(_without_addresses(reply))
    return Failure.OURS if is_of_sender else Failure.PERMANENT


def _without_addresses(reply: Reply) -> bytes:
    return re.sub(rb"<[^>]*>|\S+@\S+", b"", reply[1].lower())


def _text(reply: Reply) -> str:
    return f"{reply[0]} {reply[1].decode('utf-8', 'replace')}"


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        said = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        return f"{error.smtp_code} {said}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
