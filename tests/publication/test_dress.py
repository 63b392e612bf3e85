"""A page's own look: its logo and colours as documents, and what a change of it touches."""

import re
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from app import publication
from app.content import email
from app.db import db
from app.domain import organisation, subscribers
from app.domain.branding import Look
from app.errors import Rejected
from app.models import Account, Announcement, Organisation
from app.publication import documents
from tests.factories import make_incident, make_organisation


def picture(mode="RGBA", colour=(0, 0, 80, 120)):
    kept = BytesIO()
    Image.new(mode, (400, 100), colour).save(kept, "PNG")
    return kept.getvalue()


def dress(**changes):
    look = {
        "language": "en",
        "accent": "",
        "links": [],
        "footer": "",
        "security_contact": "",
        "partial_percent": 30,
        "late_updates": "combine",
    } | changes
    ours = organisation.current()
    kept = ("name", "website", "contact", "time_zone", "slack_webhook", "incident_channel")
    organisation.change(
        ours,
        **{name: getattr(ours, name) for name in kept},
        internal_emails=list(ours.internal_emails),
        look=Look(**look),
        by=db.session.get_one(Account, 1),
    )


def page(path="/"):
    return documents.render(path).body.decode()


def test_without_a_look_there_is_nothing_more_to_load(app):
    make_organisation()

    assert documents.render("/logo.webp") is None
    assert documents.render("/brand.css") is None
    assert "brand.css" not in page()
    assert "<bdi>Example</bdi> <span>status</span>" in page()


def test_the_page_wears_logo_colour_links_and_last_line(app, client):
    make_organisation()

    dress(
        accent="1F4E8C",
        picture=picture(),
        links=["Imprint | https://example.org/imprint", "", "a|b | mailto:a@example.org"],
        footer="Example <b>Ltd</b>, Bremen",
    )

    logo, style = client.get("/logo.webp"), client.get("/brand.css")
    assert (logo.mimetype, logo.headers["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert style.mimetype == "text/css"
    assert "--accent:light-dark(#1f4e8c,#6485b2)" in style.text
    assert 'alt="Example" width="192" height="48"' in page()
    assert 'href="https://example.org/imprint"' in page()
    assert ">a|b</a>" in page()
    assert "Example &lt;b&gt;Ltd&lt;/b&gt;, Bremen" in page()


def test_mails_wear_the_colour(app):
    make_organisation()
    dress(accent="#aa0000")
    subscribers.sign_up("reader@example.org")

    html = email.compose(db.session.scalars(select(Announcement)).one()).html

    assert "background: #aa0000" in html
    assert "#1f4e8c" not in html.split("</head>")[1]
    assert "{#" not in html


def test_the_richest_logo_leaves_the_page_light(app, client):
    make_organisation(component_lines="\n".join(f"Component {at}" for at in range(60)))
    kept = BytesIO()
    Image.effect_noise((640, 96), 40).convert("RGB").save(kept, "PNG")
    dress(picture=kept.getvalue(), accent="#aa0000", links=["Imprint | https://example.org"] * 8)

    loaded = re.findall(r'<(?:link rel="[is]|script|img)[^>]*(?:href|src)="([^"]+)"', page())
    sizes = {
        address: len(client.get(address, headers={"Accept-Encoding": "gzip"}).data)
        for address in ["/", *loaded]
    }

    assert {address.split("?")[0] for address in sizes} >= {"/brand.css", "/logo.webp"}
    assert sum(sizes.values()) <= 20 * 1024, sizes


def test_another_logo_has_another_address(app):
    make_organisation()
    dress(picture=picture())
    before = page().split("/logo.webp?v=")[1][:10]

    dress(picture=picture(colour=(200, 0, 0, 120)))

    assert page().split("/logo.webp?v=")[1][:10] != before
    dress(forget_logo=True)
    assert documents.render("/logo.webp") is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("accent", "blue"),
        ("accent", "#12345"),
        ("accent", "#123456;}body{display:none"),
        ("language", "xx"),
        ("links", ["Imprint"]),
        ("links", ["Imprint | javascript:alert(1)"]),
        ("links", ["| https://example.org"]),
        ("links", [f"{number} | https://example.org" for number in range(9)]),
        ("footer", "x" * 501),
        ("security_contact", "somewhere"),
        ("partial_percent", 101),
        ("partial_percent", None),
    ],
)
def test_what_cannot_be_worn_is_refused_and_nothing_changes(app, field, value):
    make_organisation()
    before = page()

    with pytest.raises(Rejected) as refused:
        dress(**{"accent": "#1f4e8c", field: value})

    assert list(refused.value.errors) == [field]
    assert organisation.current().accent == ""
    assert page() == before


def test_everything_wrong_is_said_at_once(app):
    make_organisation()

    with pytest.raises(Rejected) as refused:
        dress(accent="blue", language="xx", picture=b"<svg/>")

    assert sorted(refused.value.errors) == ["accent", "language", "logo"]


def test_a_change_of_language_reaches_every_page_in_the_background(app):
    make_organisation()
    incident = make_incident()
    publisher = publication.of(app)
    while publisher.keep_up():
        pass
    path = f"/incidents/{incident.code}"
    assert b'lang="en"' in publisher.store.find(path).body

    dress(language="de", accent="#aa0000")

    assert b'<html lang="de">' in publisher.store.find("/").body
    while publisher.keep_up():
        pass
    pages = {one: publisher.store.find(one).body for one in publisher.store.tags()}
    html = {one: body for one, body in pages.items() if body.startswith(b"<!doctype html>")}
    assert path in html
    assert all(b'<html lang="de">' in body for body in html.values())
    assert all(b"/brand.css?v=" in body for body in html.values())
    assert db.session.get_one(Organisation, 1).accent == "#aa0000"
