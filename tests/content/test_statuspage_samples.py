"""What a page said, imported and served again: the same keys and values in the same order."""

import json

import pytest

from app.domain import components, importing, source
from app.publication import documents
from tests import shared
from tests.factories import make_organisation
from tests.statuspages import page

OURS = {"url", "updated_at"}
"""Where this page lies, and when it last changed."""


def served(path):
    return json.loads(documents.render(f"/api/v2/{path}.json").body)


def bring_in(*documents):
    return importing.bring_in(
        source.read((f"document {at}", it) for at, it in enumerate(documents))
    )


def set_up(recorded):
    """An organisation of that name, without components of its own."""
    make_organisation(name=recorded["page"]["name"], component_lines="Ours")
    from app.db import db, transaction

    with transaction() as session:
        session.delete(components.every()[0])
    db.session.expire_all()


def same(recorded, ours, where=""):
    """Compare key by key, in order; keys that old recordings lack may come between."""
    if isinstance(recorded, dict):
        assert isinstance(ours, dict), where
        shared_keys = [key for key in ours if key in recorded]
        assert shared_keys == list(recorded), where
        assert set(ours) - set(recorded) <= {"start_date"}, where
        for key, value in recorded.items():
            if not (where.endswith(".page") and key in OURS):
                same(value, ours[key], f"{where}.{key}")
    elif isinstance(recorded, list):
        assert len(recorded) == len(ours), where
        for at, (value, our) in enumerate(zip(recorded, ours, strict=True)):
            same(value, our, f"{where}[{at}]")
    else:
        assert (type(recorded), recorded) == (type(ours), ours), where


RECORDED = [
    ("discord-incidents-2019-06.json", "incidents"),
    ("discord-scheduled-maintenances-2019-06.json", "scheduled-maintenances"),
    ("linode-components-problems.json", "components"),
]


@pytest.mark.parametrize(("name", "path"), RECORDED)
def test_every_recording_is_served_again_as_it_was(app, name, path):
    recorded = shared.sample(name)
    set_up(recorded)

    bring_in(recorded)

    same(recorded, served(path))


@pytest.mark.parametrize(("name", "path"), RECORDED)
def test_importing_a_recording_twice_changes_nothing(app, name, path):
    recorded = shared.sample(name)
    set_up(recorded)
    assert bring_in(recorded).anything
    before = documents.render(f"/api/v2/{path}.json").body

    assert not bring_in(recorded).anything

    assert documents.render(f"/api/v2/{path}.json").body == before


def test_all_of_a_page_is_served_again_as_it_was(app):
    made = page()
    set_up(made["summary"])

    bring_in(*made.values())

    for path, recorded in made.items():
        same(recorded, served(path))
