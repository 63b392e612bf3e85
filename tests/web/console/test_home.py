"""The console's own address, which the start prints, and what every page of it says."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app import clock
from app.db import db
from app.models import Announcement
from tests.factories import make_incident, make_organisation, make_subscriber


@pytest.mark.parametrize("path", ["/console", "/console/"])
def test_the_consoles_address_leads_to_the_incidents(ada, path):
    assert ada.get(path, status=302).response.location == "/console/incidents"


@pytest.mark.parametrize("path", ["/console", "/console/"])
def test_a_stranger_is_led_to_sign_in(stranger, path):
    make_organisation()

    assert stranger.get(path, status=302).response.location.startswith("/console/sign-in")


def test_messages_that_nobody_takes_are_told_on_every_page(ada):
    make_subscriber()
    make_incident()
    assert "Messages are late" not in ada.get("/console/components").text
    long_ago = clock.now() - timedelta(minutes=12, seconds=5)
    db.session.execute(update(Announcement).values(created_at=long_ago))
    db.session.commit()

    page = ada.get("/console/components")

    assert "the oldest has been waiting for 12 minutes" in " ".join(page.text.split())
    assert "No worker is running" in page.text
