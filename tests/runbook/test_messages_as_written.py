"""Manners of writing messages, each in a few lines: where they begin and what they are for."""

import time

import pytest

from app.runbook import blanks, read


def messages_of(text):
    return [(t.name, t.audience, t.stage, t.line) for t in read(text).templates]


IN_A_ROW = """\
# Incident plan

## Communication

**Status page posts**:
```markdown
[HH:MM] Investigating: We are looking into [what is wrong].

[HH:MM] Identified: The cause is [cause].

[HH:MM] Resolved: All is well again.
```
"""


def test_one_fence_may_hold_the_posts_of_all_stages():
    assert messages_of(IN_A_ROW) == [
        ("Investigating", "public", "initial", 7),
        ("Identified", "public", "update", 9),
        ("Resolved", "public", "resolved", 11),
    ]


LABELLED_QUOTES = """\
# Incident plan

## Messages

Initial:
"We are looking into [issue]. Next word in [X] minutes."

Update:
"News on [issue]: [what we do]."

Resolution:
"[issue] is over. It took from [start] to [end]."
"""


def test_a_label_names_the_quotation_below_it():
    assert messages_of(LABELLED_QUOTES) == [
        ("Initial", None, "initial", 6),
        ("Update", None, "update", 9),
        ("Resolution", None, "resolved", 12),
    ]


BLOCKQUOTES = """\
# Disk full

## During the incident

### Initial note
> Seen [ALERT]. Looking at it now.

### Resolution
> [SERVICE] is back. Errors are at [X]%.
"""


def test_a_quote_with_blanks_below_a_stage_is_a_message():
    assert [name for name, *_ in messages_of(BLOCKQUOTES)] == ["Initial note", "Resolution"]


STAGES_ALONE = """\
# Outage handbook

## Investigating

```
We are looking into errors with [service].
```

## Resolved

```
[service] works again. Errors ended at [time].
```
"""


def test_a_heading_that_is_a_stage_makes_a_message():
    assert [stage for _, _, stage, _ in messages_of(STAGES_ALONE)] == ["initial", "resolved"]


TABLED = """\
# Incident plan

## Messages for the status page

| Stage | Message |
|---|---|
| Investigating | We are looking into errors with [service]. |
| Monitoring | The repair is in place and we are watching it. |
| Resolved | [service] works again since [time]. |
"""


def test_a_table_of_stages_holds_messages():
    assert messages_of(TABLED) == [
        ("Investigating", "public", "initial", 7),
        ("Monitoring", "public", "update", 8),
        ("Resolved", "public", "resolved", 9),
    ]


CODE_SPANS = """\
# Incident message templates

## First alert (internal)
`[SEV-{{level}}] {{service}} is in trouble since {{time}}.`

## Resolution
`[Resolved] {{service}} works again. Cause: {{cause}}.`
"""


def test_a_paragraph_in_code_marks_is_a_message_in_a_document_of_templates():
    found = read(CODE_SPANS).templates

    assert [t.blanks for t in found] == [("level", "service", "time"), ("service", "cause")]


NO_MESSAGES = """\
# Incident plan

## Communication plan

### Channels
- **Incident channel**: [Slack channel]
- **Status page**: [address]

## Runbook template

```markdown
# Runbook: [service]

We keep these for [alert]. Our dashboard: [link]
```
"""


def test_channels_and_forms_of_other_documents_are_no_messages():
    assert messages_of(NO_MESSAGES) == []


def test_a_subject_outside_belongs_to_the_fence_below_its_heading():
    text = "# Incident templates\n\n## Template 1: First notice (SEV1)\n\n**Subject**: [What]\n\n"
    text += "**Body**:\n```\nWe are looking into [what] since [time].\n```\n"

    assert [(t.name, t.subject) for t in read(text).templates] == [
        ("First notice (SEV1)", "[What]")
    ]


UNDERLINED = """\
# Letters to clients in an incident

```
FIRST NOTICE:
-------------
Subject: Trouble with [what]

Hi [name],

We see trouble.

----------------------------------------

RESOLUTION NOTICE:
------------------
Subject: [RESOLVED] [what]

Hi [name],

All is well.
```
"""


def test_underlined_titles_cut_a_fence_into_letters():
    found = read(UNDERLINED).templates

    assert [(t.name, t.subject) for t in found] == [
        ("FIRST NOTICE", "Trouble with [what]"),
        ("RESOLUTION NOTICE", "[RESOLVED] [what]"),
    ]


def test_lines_of_dashes_are_read_at_once():
    start = time.process_time()

    read("# Message templates\n```\n" + ("-" * 80 + "\n") * 140 + "```\n")

    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[RESOLVED - Acme Network]\n\nAll fine since [time].", ("time",)),
        ("[STATUS UPDATE - Acme]\n[issue]", ("issue",)),
        ("[Acme Service Update] [Component] is slow", ("Component",)),
        ("Last: [Latest Status Update]", ("Latest Status Update",)),
        ("[SERVICE NAME] is down", ("SERVICE NAME",)),
        ("[HIGH] Degraded [service]", ("service",)),
        ("Severity: P[X] in #inc-[id], see [#channel]", ("X", "id", "#channel")),
        ("[P<X>] <summary>", ("X", "summary")),
        ("SEV-{1|2|3} in {service}", ("1|2|3", "service")),
    ],
)
def test_what_is_a_blank(text, expected):
    assert blanks.distinct(text) == expected


def test_a_label_in_italics_names_the_quote_below_it():
    text = (
        "# Incident plan\n## Comms to customers\n\n_First mail_\n\n> **Subject: <product> fails**\n"
    )
    text += ">\n> Hi <name>,\n>\n> We will write again by <time>.\n"

    assert [(t.name, t.subject) for t in read(text).templates] == [
        ("First mail", "<product> fails")
    ]
