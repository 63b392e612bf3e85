"""What colleagues read in Slack."""

import pytest
from sqlalchemy import select

from app.content import slack
from app.db import db, transaction
from app.domain import organisation
from app.domain.incidents import Words
from app.models import Announcement
from app.words import Audience
from tests.factories import make_incident, make_organisation


def message(body, subject=""):
    make_organisation()
    with transaction():
        organisation.current().slack_webhook = "https://hooks.slack.com/services/x"
    make_incident(words={Audience.INTERNAL: Words(subject, body), Audience.PUBLIC: Words("", "x")})
    return slack.compose(db.session.scalar(select(Announcement)))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<!channel> <@U123> <#C1|x>", "&lt;!channel&gt; &lt;@U123&gt; &lt;#C1|x&gt;"),
        ("@channel @here @Everyone", "@\u2060channel @\u2060here @\u2060Everyone"),
        (":rotating_light: **Down**", ":rotating_light: *Down*"),
        ("## What we know", "*What we know*"),
        ("- one\n- two", "• one\n• two"),
        ("- [ ] to do", "- [ ] to do"),
        ("[page](https://example.org/a)", "<https://example.org/a|page>"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("```\n**not** bold\n```", "```\n**not** bold\n```"),
    ],
)
def test_markdown_becomes_slacks_own_marks_and_calls_nobody(typed, shown):
    assert slack.mrkdwn(typed) == shown


def test_the_message_has_blocks_and_the_same_words_as_text(app):
    found = message("We are looking.", subject="Incident")

    assert found.text == "*Incident*\nWe are looking."
    assert [block["type"] for block in found.payload()["blocks"]] == ["section", "context"]
    assert "/console/incidents/" in str(found.blocks)
    assert "|Status page>" in str(found.blocks)


def test_a_long_message_is_cut_into_sections_that_slack_takes(app):
    found = message("line of words\n" * 1200)

    sections = [block for block in found.blocks if block["type"] == "section"]
    assert len(found.blocks) <= 50
    assert all(len(block["text"]["text"]) <= 3000 for block in sections)
    assert sum(block["text"]["text"].count("line") for block in sections) == 1200
