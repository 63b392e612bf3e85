"""What the room tells beside the composer."""

from app.db import db
from app.models import Incident
from app.web.console import story
from app.words import Stage
from tests.factories import RUNBOOK, make_incident, make_organisation, post

SECTIONS = """
## Review

A post-incident review is held within 48 hours.

## Investigation

**Investigation**

- [ ] Look at the **logs**
- [ ] Ask the supplier

## Investigation in the night

Call the supplier's night desk.

- [ ] Look at the logs
"""


def test_a_section_that_is_nothing_but_a_checklist_is_not_shown_twice(app):
    make_organisation(runbook_text=RUNBOOK + SECTIONS)
    incident = make_incident()

    assert story.checklists(incident)[0]
    titles = [section.title for section in story.sections(incident)]
    assert "Investigation" not in titles
    assert "Investigation in the night" in titles


def test_the_review_waits_while_an_incident_is_open_again(app):
    make_organisation(runbook_text=RUNBOOK + SECTIONS)
    incident = make_incident()

    post(incident, stage=Stage.RESOLVED)
    over = _wanted(incident)
    post(incident, stage=Stage.MONITORING, reopen=True)

    assert "Post-incident review" in over
    assert "Post-incident review" not in _wanted(incident)


def _wanted(incident: Incident) -> list[str]:
    db.session.expire_all()
    return [due.text for due in story.open_obligations(incident)]
