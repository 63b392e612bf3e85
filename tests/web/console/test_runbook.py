"""The runbook in the console."""

from io import BytesIO

from app.domain import organisation
from tests.factories import RUNBOOK, make_incident
from tests.web.visiting import Page

WITH_MORE = (
    RUNBOOK
    + """
## Escalation criteria

**Escalate at once:**
- Data may be lost

## Emergency actions

| Action | Authority | Contact |
|--------|-----------|---------|
| Region failover | Engineering Manager | @em |

## Error budgets

| Service | Monthly Budget |
|---------|----------------|
| API | 43.2 minutes |
"""
)


def test_the_runbook_shows_its_clocks_and_whose_words_are_used(ada):
    page = ada.get("/console/runbook")

    assert "30 minutes" in page.text
    assert "Status page: initial update" in page.text
    assert "from the shipped runbook" in page.text


def test_everything_that_was_understood_is_shown(ada):
    shown = ada.post("/console/runbook/preview", {"runbook_text": WITH_MORE}, status=200)

    templates = [" ".join("".join(one.itertext()).split()) for one in shown.all("details")]
    assert any(
        "first update, for every severity" in one
        and "We are investigating reports of [issue description]." in one
        for one in templates
    )
    assert "Data may be lost" in shown.text
    assert "Region failover" in shown.text
    assert "43.2 minutes, monthly" in shown.text


def test_a_new_version_is_shown_before_it_is_taken(ada):
    newer = RUNBOOK.replace("Nothing works", "Everything is on fire")
    earlier = organisation.current().runbook_id

    page = ada.post(
        "/console/runbook/preview",
        {"runbook": (BytesIO(newer.encode()), "newer.md")},
        status=200,
        content_type="multipart/form-data",
    )
    assert "Everything is on fire" in page.text
    assert organisation.current().runbook_id == earlier
    carried = {name: page.field(name) for name in ("runbook_text", "source")}
    ada.post("/console/runbook/use", carried)

    assert organisation.current().runbook.source == "newer.md"
    assert organisation.current().runbook.text == newer
    assert "Nothing works" in ada.get(f"/console/runbook/versions/{earlier}").text


def test_an_open_incident_keeps_the_runbook_it_began_with(ada):
    incident = make_incident()
    ada.post("/console/runbook/use", {"runbook_text": RUNBOOK.replace("| 1 |", "| 7 |")})

    page = ada.get(f"/console/incidents/{incident.code}/severity")

    assert page.field("severity") == "1"


def test_a_document_that_is_no_runbook_is_refused_with_the_reason(ada):
    page = ada.post(
        "/console/runbook/preview", {"runbook_text": "# Readme\n\nInstall it."}, status=422
    )
    nothing = ada.post("/console/runbook/preview", {}, status=422)
    no_text = ada.post(
        "/console/runbook/preview",
        {"runbook": (BytesIO(b"\x89PNG\x00\x00"), "picture.png")},
        status=422,
        content_type="multipart/form-data",
    )

    assert page.words("w-runbook")
    assert page.field("runbook_text").startswith("# Readme")
    assert nothing.words("w-runbook")
    assert "not text" in no_text.words("w-runbook")


def test_a_runbook_of_a_whole_mebibyte_passes_through_the_form(ada):
    filler = "\n".join(f"Line {number} of a long appendix." for number in range(30_000))
    long = f"{RUNBOOK}\n## Appendix\n\n{filler}"[: 1024 * 1024]

    parts = {"csrf_token": ada.token, "runbook_text": long}
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    )
    answer = ada.client.post(
        "/console/runbook/preview",
        data=f"{body}--x--\r\n".encode(),
        content_type="multipart/form-data; boundary=x",
    )

    assert Page(answer).field("runbook_text") == long


def test_too_much_is_refused_with_a_page_that_says_how_much_is_not(ada):
    page = ada.post("/console/runbook/preview", {"runbook_text": "x" * 3_000_000}, status=413)

    assert "2 MiB" in page.text
