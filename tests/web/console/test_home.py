"""The console's own address, which the start prints."""

import pytest

from tests.factories import make_organisation


@pytest.mark.parametrize("path", ["/console", "/console/"])
def test_the_consoles_address_leads_to_the_incidents(ada, path):
    assert ada.get(path, status=302).response.location == "/console/incidents"


@pytest.mark.parametrize("path", ["/console", "/console/"])
def test_a_stranger_is_led_to_sign_in(stranger, path):
    make_organisation()

    assert stranger.get(path, status=302).response.location.startswith("/console/sign-in")
