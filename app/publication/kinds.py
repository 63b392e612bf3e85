"""What a document is, and a kind of them."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from app.models import Organisation

PARTS = {"incident": "[0-9a-z]{12}", "month": "[0-9]{4}-[0-9]{2}", "component": "[0-9a-z]{12}"}
"""What a document may be about, and how that is written in its address."""


@dataclass(frozen=True)
class Document:
    """One public address as finished bytes."""

    path: str
    body: bytes
    content_type: str
    last_modified: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    """More headers than every document has."""

    @cached_property
    def etag(self) -> str:
        """A strong tag, without its quotes: it changes when a byte changes."""
        return hashlib.sha256(self.content_type.encode() + b"\n" + self.body).hexdigest()[:32]


@dataclass(frozen=True)
class Request:
    """Whose document is asked for, at which moment, and the parts of its path."""

    organisation: Organisation
    now: datetime
    path: str
    part: str
    kept: dict[str, Any] = field(default_factory=dict)
    """What one document has read and the next of the same rendering needs as well."""


@dataclass(frozen=True)
class Kind:
    """Documents of one kind: their address, with the noun that each one is about, if any."""

    address: str
    write: Callable[[Request], Document | None]
    is_slow: bool = False
    """Of those that there are once: one that may be an hour behind; not every change renders it."""

    @property
    def noun(self) -> str:
        """`incident`, `month`, or empty for a document that there is once."""
        return next((noun for noun in PARTS if f"{{{noun}}}" in self.address), "")

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        fixed, _, rest = self.address.partition(f"{{{self.noun}}}")
        return re.compile(f"{re.escape(fixed)}({PARTS.get(self.noun, '')}){re.escape(rest)}")
