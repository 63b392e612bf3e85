"""What is committed is published at once, as in production."""

import pytest


@pytest.fixture
def publishes_at_once():
    return True
