"""What machines look for at fixed places: robots.txt, the sitemap, security.txt."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from app.content import characters, times
from app.models import Organisation

MOST_ADDRESSES = 50_000
"""What one sitemap may hold."""
GOOD_FOR = timedelta(days=180)


def robots(public_url: str) -> str:
    return (
        "User-agent: *\n"
        "Disallow: /console\n"
        "Disallow: /setup\n"
        "Disallow: /s/\n"
        "Disallow: /u/\n"
        f"\nSitemap: {public_url}/sitemap.xml\n"
    )


def sitemap(public_url: str, pages: Iterable[tuple[str, datetime | None]]) -> str:
    """The addresses of these pages, with when each last changed where that is known."""
    rows = []
    for path, changed_at in list(pages)[:MOST_ADDRESSES]:
        changed = f"<lastmod>{times.iso(changed_at)}</lastmod>" if changed_at else ""
        rows.append(f"<url><loc>{escape(public_url + path)}</loc>{changed}</url>\n")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{''.join(rows)}</urlset>\n"
    )


def security(organisation: Organisation, public_url: str, now: datetime) -> str:
    """Where to report a hole (RFC 9116); empty where nothing is set.

    It runs out in half a year and is renewed with each month that begins.
    """
    contact = characters.one_line(organisation.security_contact)
    if not contact:
        return ""
    if "@" in contact and ":" not in contact:
        contact = f"mailto:{contact}"
    month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (
        f"Contact: {contact}\n"
        f"Expires: {times.iso(month + GOOD_FOR)}\n"
        f"Preferred-Languages: {organisation.language}\n"
        f"Canonical: {public_url}/.well-known/security.txt\n"
    )
