"""What Statuspage's webhooks say: the keys of the recorded deliveries, in their order."""

import json

from app import clock
from app.content import statuspage_board, statuspage_webhook
from app.content.statuspage_webhook import Envelope
from app.domain import organisation
from app.words import Impact, Stage
from tests import shared
from tests.factories import down, first_component, make_incident, post

NOT_SENT_ANY_MORE = {
    "postmortem_ignored", "postmortem_body", "postmortem_body_last_updated_at",
    "postmortem_published_at", "postmortem_notified_subscribers", "postmortem_notified_twitter",
    "backfilled",
}  # fmt: skip
NEWER = {"metadata", "started_at", "reminder_intervals", "components", "deliver_notifications"}


def envelope():
    whose = statuspage_board.whose(organisation.current(), "https://s.example", clock.now())
    return Envelope(whose, "https://s.example/u/x", clock.now(), ("major", "Partial System Outage"))


def keys(values, *, without=()):
    return [key for key in values if key not in without]


def test_an_incident_event_has_the_recorded_keys_in_their_order(app):
    recorded = shared.sample("webhooks-datadog-2017-08.json")["incident_delivery"]

    incident = make_incident()
    event = statuspage_webhook.incident_event(envelope(), incident, {})

    assert keys(event) == keys(recorded)
    for part in ("meta", "page"):
        assert keys(event[part]) == keys(recorded[part])
    theirs, ours = recorded["incident"], event["incident"]
    assert keys(ours, without=NEWER) == keys(theirs, without=NOT_SENT_ANY_MORE)
    update, recorded_update = ours["incident_updates"][0], theirs["incident_updates"][0]
    assert keys(update, without=NEWER) == keys(recorded_update)
    assert update["affected_components"] == recorded_update["affected_components"]


def test_a_component_event_has_the_recorded_keys_in_their_order(app):
    recorded = shared.sample("webhooks-datadog-2017-08.json")["component_update_delivery"]
    incident = make_incident()

    event = component_event(incident)

    assert keys(event) == keys(recorded)
    for part in ("meta", "page", "component", "component_update"):
        assert keys(event[part]) == keys(recorded[part])
    json.dumps(event)


def component_event(incident):
    return statuspage_webhook.component_event(
        envelope(),
        first_component(),
        said=incident.updates[0],
        old=Impact.OPERATIONAL,
        new=Impact.MAJOR,
    )


def test_an_incident_event_tells_every_update_and_what_each_changed(app):
    incident = make_incident()
    part = first_component()
    post(incident, impacts=down(part))
    post(incident, stage=Stage.RESOLVED)

    event = statuspage_webhook.incident_event(envelope(), incident, {})

    assert event["page"]["status_indicator"] == "major"
    told = event["incident"]
    assert (told["status"], told["impact"]) == ("resolved", "critical")
    assert [one["status"] for one in told["incident_updates"]] == [
        "resolved",
        "identified",
        "investigating",
    ]
    change = {"code": part.code, "name": part.name}
    assert [one["affected_components"] for one in told["incident_updates"]] == [
        [change | {"old_status": "major_outage", "new_status": "operational"}],
        [change | {"old_status": "operational", "new_status": "major_outage"}],
        [{"name": "No components were affected by this update."}],
    ]
    assert [one["id"] for one in told["components"]] == [part.code]


def test_a_component_event_says_what_it_was_and_is_under_an_id_of_its_own(app):
    incident = make_incident()

    event = component_event(incident)

    assert event["component"]["status"] == event["component_update"]["new_status"] == "major_outage"
    assert event["component_update"]["old_status"] == "operational"
    assert event == component_event(incident) | {"meta": event["meta"]}
    assert event["meta"]["generated_at"].endswith("Z")
    assert len(event["component_update"]["id"]) == 12
