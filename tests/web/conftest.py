"""Visitors: a stranger, and people who have signed in."""

import pytest

from tests.factories import make_organisation
from tests.web.visiting import Visitor


@pytest.fixture
def stranger(app):
    return Visitor(app)


@pytest.fixture
def ada(app):
    """The administrator of an instance that is set up, signed in."""
    make_organisation()
    visitor = Visitor(app)
    visitor.sign_in()
    return visitor
