"""The documents that dress a page: the site's own colours, and its logo."""

from app.content import brand, policy
from app.publication.kinds import Document, Kind, Request


def _style(asked: Request) -> Document | None:
    css = brand.style(asked.organisation)
    return _kept(asked, css.encode(), "text/css; charset=utf-8") if css else None


def _logo(asked: Request) -> Document | None:
    ours = asked.organisation
    return _kept(asked, ours.logo, ours.logo_type) if ours.logo_type and ours.logo else None


def _kept(asked: Request, body: bytes, content_type: str) -> Document:
    """Pages ask for these under their fingerprint: a cache need not ask each time."""
    cached = {"Cache-Control": policy.BRIEFLY}
    return Document(asked.path, body, content_type, asked.organisation.set_up_at, cached)


KINDS = (
    Kind("/brand.css", _style),
    Kind("/logo.webp", _logo),
)
