"""Every fault in its short form; `make faults` runs them at full size."""

import pytest

from tests.faults import every, servers
from tests.faults.house import SHORT, House
from tests.faults.registry import FAULTS, order

# Processes start slowly on a machine that is busy.
pytestmark = [
    pytest.mark.timeout(300),
    # smtplib leaves a socket to the collector when TLS fails on it.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

assert every.MODULES


@pytest.fixture(scope="session")
def one_house(database, request, tmp_path_factory):
    """One house for all of them: to furnish it takes longer than most faults."""
    kind = request.config.getoption("--database")
    folder = tmp_path_factory.mktemp("faults")
    with servers.database(kind, folder) as (url, server):
        house = House(folder, url, SHORT, server)
        yield house
        house.close()


@pytest.fixture
def house(one_house):
    with one_house.inside():
        yield one_house


def pytest_generate_tests(metafunc):
    """Each fault on the databases that it can happen to."""
    if "number" in metafunc.fixturenames:
        kind = metafunc.config.getoption("--database")
        possible = [number for number in sorted(FAULTS, key=order) if kind in FAULTS[number].on]
        metafunc.parametrize("number", possible)


def test_it_survives(house, number):
    assert FAULTS[number].run(house)
