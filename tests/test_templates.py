"""Our own templates keep to the rules of the house."""

import re

import pytest

from app import create_app
from app.config import ROOT, read_settings

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "safe filter": re.compile(r"\|\s*safe\b"),
    "autoescape off": re.compile(r"autoescape\s+false"),
    "inline style": re.compile(r"\sstyle\s*="),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(?!\s*</script>)"),
    "style element": re.compile(r"<style\b"),
    "event handler": re.compile(r"\son[a-z]+\s*="),
    "something from elsewhere": re.compile(r"(?:src|href)=[\"']https?://"),
}
LONGEST = 150


def name(path):
    return str(path.relative_to(ROOT / "templates"))


def is_mail(path):
    return name(path).startswith("email/")


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """How we read templates; no database is asked for that."""
    return create_app(
        read_settings(data_dir=tmp_path_factory.mktemp("data"), _env_file=None)
    ).jinja_env


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_keeps_to_the_rules(environment, path):
    text = path.read_text(encoding="utf-8")

    environment.parse(text)
    broken = [rule for rule, pattern in FORBIDDEN.items() if pattern.search(text)]
    if is_mail(path):
        broken = [rule for rule in broken if rule not in ("style element", "inline style")]

    assert broken == []
    assert len(text.splitlines()) <= LONGEST


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if "{% extends" in path.read_text("utf-8")], ids=name
)
def test_a_page_says_its_title(path):
    if path.name == "base.html":
        return
    while "{% block title %}" not in (text := path.read_text(encoding="utf-8")):
        above = re.search(r"\{% extends \"([^\"]+)\"", text)
        assert above, "it has a title, or takes over one"
        path = ROOT / "templates" / above[1]


def test_every_script_and_style_sheet_that_is_named_is_there():
    named = {
        found
        for path in TEMPLATES
        for found in re.findall(r"asset\(['\"]([^'\"]+)['\"]\)", path.read_text("utf-8"))
    }

    assert [path for path in sorted(named) if not (ROOT / "static" / path).exists()] == []
