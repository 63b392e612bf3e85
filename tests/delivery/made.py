"""Messages made without a database, for the tests of channels."""

from app.content.email import Email, Letter
from app.content.slack import SlackMessage
from app.content.sms import Text
from app.content.teams import Card
from app.content.webhook import Event
from app.delivery.http import Client
from app.domain.endpoints import Rules
from app.models import AnnouncementKind

MARKS = {name: f"m0123{name}" for name in ("to", "date", "id", "leave")}


def make_email(to="ada@example.org", subject="Service update"):
    letter = Letter(
        code="abcdefghijkl",
        subject=subject,
        text=f"We are looking into it.\n\n{MARKS['leave']}\n",
        html=f'<p>We are looking into it. <a href="{MARKS["leave"]}">Leave</a></p>',
        headers={
            "Date": MARKS["date"],
            "Message-ID": f"<u.x.{MARKS['id']}@status.example.org>",
            "List-Unsubscribe": f"<{MARKS['leave']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        sender="status@status.example.org",
        sender_name="Example status",
        marks=MARKS,
    )
    fills = {
        MARKS["to"]: to,
        MARKS["date"]: "Sat, 21 Nov 2026 20:00:00 +0000",
        MARKS["id"]: "0123456789abcdef",
        MARKS["leave"]: "https://status.example.org/u/abc.def",
    }
    return Email(letter, to, "abcdefghijkl.0123456789abcdef", fills)


def make_slack_message(recipient="slack"):
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "We are looking."}}
    return SlackMessage("We are looking.", [section], "abcdefghijkl", recipient)


def make_event(recipient="subscriber:abc"):
    kind = AnnouncementKind.UPDATE
    return Event("abcdefghijkl", kind, {"page": {}, "incident": {"name": "Ä"}}, recipient)


def make_card(recipient="subscriber:abc"):
    text = {"type": "TextBlock", "text": "We are looking."}
    return Card("abcdefghijkl", AnnouncementKind.UPDATE, [text], [], recipient)


def make_text(to="+447700900123"):
    return Text("abcdefghijkl", AnnouncementKind.UPDATE, "Example: it is down.", to)


def local_client(**changes):
    """A client that may call stand-ins on this machine."""
    rules = Rules(plain_http=True, ports=(), inner=True)
    return Client(rules, **({"allowed": ["127.0.0.0/8"]} | changes))
