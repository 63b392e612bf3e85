"""The drill in the console."""

from app.db import db
from app.models import Announcement, Incident


def test_a_rehearsal_shows_every_severity_and_touches_nothing(ada):
    before = ada.get("/console/drill")

    page = ada.post("/console/drill", status=200)

    assert "Rehearse the runbook" in before.text
    assert "Severity 1" in page.words("act-1")
    assert "Severity 2" in page.words("act-2")
    assert "from the shipped runbook" in page.text
    assert db.session.query(Incident).count() == 0
    assert db.session.query(Announcement).count() == 0
