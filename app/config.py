"""Settings from the environment (or `.env`), checked at start."""

import os
import secrets
from contextlib import suppress
from email.utils import parseaddr
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from flask import current_app
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.errors import CannotStart

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: templates, static files, migrations and the shipped runbook lie below it."""
SHORTEST_KEY = 16


class WrongSettings(CannotStart):
    """A setting cannot be used; the message names it and says what it should be."""


class Settings(BaseSettings):
    """Every setting, each read from `ALLCLEAR_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="ALLCLEAR_", env_file=".env", extra="ignore", frozen=True
    )

    data_dir: Path = Path("instance")
    """Where the database, the mails of the folder channel and the secret key lie."""
    database_url: str = ""
    """Empty means the SQLite file `allclear.db` in the data directory."""
    public_url: str = "http://127.0.0.1:8000"
    """The address customers use; every link in a mail starts with it."""
    bind: str = "127.0.0.1:8000"
    """Address and port that `allclear serve` listens on."""
    workers: int = Field(default=2, ge=0, le=32)
    """Delivery threads inside `allclear serve`; 0 when workers run elsewhere."""
    trusted_hosts: Annotated[list[str], NoDecode] = []
    """More host names that requests may name, beside the one of the public address."""
    proxy_hops: int = Field(default=0, ge=0, le=5)
    """How many reverse proxies in front of us set X-Forwarded-For."""
    secret_key: SecretStr = SecretStr("")
    """Signs sessions and links; empty means one is made and kept in the data directory."""
    email: str = "folder"
    """`folder`, `smtp://user:password@host:port` (or `smtps://`), or `sendgrid`."""
    email_fallback: str = ""
    """A second way for mails when the first one fails: `smtp://…` or `sendgrid`."""
    email_from: str = ""
    """The sender of mails; empty means status@ the public address's host."""
    sendgrid_api_key: SecretStr = SecretStr("")
    sendgrid_event_key: str = ""
    """The public key of SendGrid's signed events; empty means that none are taken."""
    sendgrid_host: str = "https://api.sendgrid.com"
    s3_endpoint: str = ""
    """Where S3-compatible storage answers, when it is not Amazon's."""
    offer: Annotated[list[str], NoDecode] = ["email", "webhook", "slack", "teams", "sms"]
    """The channels that people may subscribe by; texts only where Twilio is set."""
    webhook_http: bool = False
    """Whether webhooks may be called without TLS."""
    webhook_ports: Annotated[list[int], NoDecode] = [443, 8443]
    """The ports that webhooks may have."""
    webhook_allow: Annotated[list[str], NoDecode] = []
    """Networks of our own that webhooks may lead into, as 10.1.0.0/16."""
    slack_token: SecretStr = SecretStr("")
    """A bot's token: colleagues then read an incident's updates in one thread."""
    slack_host: str = "https://slack.com"
    twilio_account: str = ""
    """The account's SID: AC…"""
    twilio_token: SecretStr = SecretStr("")
    twilio_from: str = ""
    """A number, or a messaging service's SID: MG…"""
    twilio_host: str = "https://api.twilio.com"
    sms_countries: Annotated[list[str], NoDecode] = []
    """Where texts may go, as GB or DE; empty means anywhere."""
    sms_questions: int = Field(default=100, ge=0)
    """Codes texted in a day, to all numbers together."""
    questions_per_hour: int = Field(default=500, ge=1)
    """Sign-ups answered with a message in an hour, whoever they come from."""
    health_token: SecretStr = SecretStr("")
    """Who bears it is told counts at /healthz; empty means nobody is."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator(
        "trusted_hosts", "offer", "webhook_ports", "webhook_allow", "sms_countries", mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [part.strip() for part in value.split(",") if part.strip()]

    @field_validator("webhook_allow")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        try:
            return [str(ip_network(network)) for network in value]
        except ValueError as error:
            raise ValueError("should be networks, as 10.1.0.0/16,fd00::/8") from error

    @field_validator("offer")
    @classmethod
    def _channels(cls, value: list[str]) -> list[str]:
        if wrong := set(value) - {"email", "webhook", "slack", "teams", "sms"}:
            raise ValueError(f"knows no {', '.join(sorted(wrong))}")
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        more = parts.path.strip("/") or parts.query or parts.fragment or parts.username
        if parts.scheme not in ("http", "https") or not parts.hostname or more:
            raise ValueError("should be a web address without a path: https://status.example.org")
        return value.rstrip("/")

    @field_validator("s3_endpoint")
    @classmethod
    def _endpoint(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("should be a web address: https://storage.example.org")
        return value

    @field_validator("secret_key", "health_token")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"should have at least {SHORTEST_KEY} characters")
        return value

    @field_validator("email_from")
    @classmethod
    def _bare_address(cls, value: str) -> str:
        if value and (parseaddr(value)[1] != value or "@" not in value or not value.isascii()):
            raise ValueError("should be an address alone: status@example.org")
        return value

    @field_validator("bind")
    @classmethod
    def _address_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise ValueError("should be an address and a port: 127.0.0.1:8000")
        return value

    @field_validator("email", "email_fallback")
    @classmethod
    def _transport(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.field_name == "email_fallback":
            return value
        parts = urlsplit(value)
        smtp = parts.scheme in ("smtp", "smtps") and parts.hostname
        if value not in ("folder", "sendgrid") and not smtp:
            raise ValueError("should be folder, smtp://user:password@host:port, or sendgrid")
        return value

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.resolve() / 'allclear.db'}"
        if self.database_url.startswith(("postgres://", "postgresql://")):
            return "postgresql+psycopg://" + self.database_url.split("://", 1)[1]
        return self.database_url

    @property
    def public_host(self) -> str:
        return urlsplit(self.public_url).hostname or ""

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return self.email_from or f"status@{self.public_host}"

    @property
    def hosts(self) -> list[str]:
        """Every host name that a request may name."""
        local = ["127.0.0.1", "localhost"] if self.bind.startswith("127.") else []
        return list(dict.fromkeys([self.public_host, *self.trusted_hosts, *local]))

    def key(self) -> str:
        """The secret key: the one that is set, or one made once and kept beside the database."""
        if self.secret_key.get_secret_value():
            return self.secret_key.get_secret_value()
        return _kept_key(self.data_dir / "secret_key")


@lru_cache(maxsize=64)
def _kept_key(path: Path) -> str:
    """The key in this file; one is made when there is none."""
    if not path.exists():
        _make_key(path)
    key = path.read_text().strip()
    if len(key) < SHORTEST_KEY:
        raise WrongSettings(
            f"{path} should hold at least {SHORTEST_KEY} characters. Put the copy of it back,"
            " or remove the file: links in mails that were sent stop working then."
        )
    return key


def read_settings(**overrides: object) -> Settings:
    """Read and check the settings; raise WrongSettings with a line for each one that is wrong."""
    try:
        read = Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks each one
    except ValidationError as error:
        raise WrongSettings("\n".join(_sentence(dict(fault)) for fault in error.errors())) from None
    if read.twilio_account and not (read.twilio_token.get_secret_value() and read.twilio_from):
        raise WrongSettings(
            "ALLCLEAR_TWILIO_TOKEN and ALLCLEAR_TWILIO_FROM are needed beside the account."
        )
    if (
        "sendgrid" in (read.email, read.email_fallback)
        and not read.sendgrid_api_key.get_secret_value()
    ):
        raise WrongSettings("ALLCLEAR_SENDGRID_API_KEY is needed to send by sendgrid.")
    return read


def _make_key(path: Path) -> None:
    """Make a key, whole from the first moment on: with half of one, links could be forged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster: its key counts
            os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def settings() -> Settings:
    """The settings of the running application."""
    current: Settings = current_app.config["ALLCLEAR"]
    return current


def _sentence(fault: dict[str, object]) -> str:
    place = fault["loc"]
    name = "ALLCLEAR_" + "_".join(map(str, place if isinstance(place, tuple) else ())).upper()
    what = str(fault["msg"]).removeprefix("Value error, ").lower().replace("input ", "")
    return f"{name} {what}."
