"""Sends texts through Twilio: one form each, to a host that is a setting."""

import json
from base64 import b64encode
from urllib.parse import urlencode

from app.content.sms import Text
from app.delivery.channel import DeliveryFailed, Failure, Post
from app.delivery.http import Client, NoAnswer, Refused, Reply

# Twilio's numbers of errors that blame our account or our sender: everything waits.
OURS = {20003, 20005, 20404, 21212, 21603, 21606, 21611, 21659, 21660, 30002}


class Twilio:
    def __init__(self, account: str, token: str, sender: str, host: str, client: Client) -> None:
        self._address = f"{host}/2010-04-01/Accounts/{account}/Messages.json"
        self._key = "Basic " + b64encode(f"{account}:{token}".encode()).decode()
        self._sender = sender
        self._client = client

    def send(self, post: Post) -> str:
        if not isinstance(post, Text):
            raise DeliveryFailed("Twilio takes only texts.", Failure.PERMANENT)
        by = "MessagingServiceSid" if self._sender.startswith("MG") else "From"
        form = urlencode({"To": post.to, by: self._sender, "Body": post.words})
        headers = {
            "Authorization": self._key,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            reply = self._client.post(self._address, form.encode(), headers, read=True)
        except Refused as refused:
            raise DeliveryFailed(f"Twilio: {refused}", Failure.OURS) from None
        except NoAnswer as missing:
            raise DeliveryFailed(
                f"Twilio: {missing}", Failure.UNREACHABLE, is_ambiguous=missing.is_asked
            ) from None
        said = _read(reply)
        if reply.status in (200, 201):
            return str(said.get("sid") or f"Twilio answered {reply.status}")[:40]
        raise _failure(reply, said.get("code"))

    def close(self) -> None:
        pass


def _read(reply: Reply) -> dict[str, object]:
    try:
        said = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _failure(reply: Reply, code: object) -> DeliveryFailed:
    # Not Twilio's own words: they name the number.
    number = code if isinstance(code, int) else 0
    reason = f"Twilio answered {reply.status}" + (f", error {number}" if number else "")
    if reply.status in (401, 403, 404) or number in OURS:
        return DeliveryFailed(f"{reason}: check the account", Failure.OURS)
    if reply.status == 429 or reply.status >= 500:
        return DeliveryFailed(reason, Failure.UNREACHABLE, retry_after=reply.retry_after)
    kind = Failure.PERMANENT if 400 <= reply.status < 500 else Failure.TEMPORARY
    return DeliveryFailed(reason, kind)
