"""A visitor with a browser's habits, who looks at every page that is answered."""

from collections import Counter

import html5lib

from app.db import db
from tests.factories import PASSWORD

FIELDS = ("input", "textarea", "select")
NEEDS_NO_LABEL = ("hidden", "submit", "button")


class Page:
    """An answered page, with what tests ask of it."""

    def __init__(self, response):
        self.response = response
        self.status = response.status_code
        self.text = response.get_data(as_text=True)
        self.tree = html5lib.parse(self.text, namespaceHTMLElements=False)

    def all(self, path):
        return self.tree.findall(f".//{path}")

    def words(self, id):
        """The words of the element with this id."""
        element = self.tree.find(f".//*[@id='{id}']")
        if element is None:
            return ""
        return " ".join("".join(element.itertext()).split())

    def field(self, name):
        """What the form's field of that name holds."""
        for element in self.tree.iter():
            if element.tag not in FIELDS or element.get("name") != name:
                continue
            if element.tag == "textarea":
                return (element.text or "").removeprefix("\n")
            if element.tag == "select":
                chosen = [o for o in element.iter("option") if o.get("selected") is not None]
                return chosen[0].get("value") if chosen else None
            if element.get("type") in ("radio", "checkbox") and element.get("checked") is None:
                continue
            return element.get("value")
        return None


class Visitor:
    def __init__(self, app):
        self.client = app.test_client()
        self.token = ""

    def get(self, path, *, status=200, **kwargs):
        return self._answer(self.client.get(path, **kwargs), status)

    def post(self, path, data=None, *, status=303, **kwargs):
        form = {"csrf_token": self.token} | (data or {})
        return self._answer(self.client.post(path, data=form, **kwargs), status)

    def sign_in(self, email="ada@example.org", password=PASSWORD, status=303, **more):
        self.get("/console/sign-in")
        data = {"email": email, "password": password} | more
        page = self.post("/console/sign-in", data, status=status)
        if status == 303:
            self.get("/console/account")
        return page

    def _answer(self, response, status):
        db.session.rollback()  # what the test has read so far is of before
        page = Page(response)
        if response.status_code == status and response.mimetype == "text/html" and status != 303:
            look_at(page)
        assert response.status_code == status, (
            response.status_code,
            response.location,
            page.words("faults") or page.text[:3000],
        )
        self.token = page.field("csrf_token") or self.token
        return page


def look_at(page):
    """What every page owes to everybody."""
    tree = page.tree
    assert len(page.all("h1")) == 1, "one h1"
    assert "".join(tree.find(".//title").itertext()).strip(), "a title"
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    assert [id for id, times in ids.items() if times > 1] == [], "unique ids"
    labelled = {label.get("for") for label in page.all("label")}
    wrapped = {id(child) for label in page.all("label") for child in label.iter()}
    for element in tree.iter():
        if (
            element.tag not in FIELDS
            or element.get("type") in NEEDS_NO_LABEL
            or element.get("aria-label")
        ):
            continue
        name = element.get("name") or element.get("id")
        assert element.get("id") in labelled or id(element) in wrapped, f"{name} has no label"
    for element in tree.iter():
        described = (element.get("aria-describedby") or "").split()
        assert set(described) <= set(ids), f"{described} describe nothing"
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"]
    assert all(script.get("src") for script in page.all("script")), "no inline script"
    assert page.all("style") == [], "no inline style"
