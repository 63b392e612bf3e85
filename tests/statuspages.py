"""A page of Statuspage that never was, with something of everything, as its API would say it."""

PAGE = {
    "id": "p0p0p0p0p0p0",
    "name": "Ferry",
    "url": "https://status.ferry.example",
    "time_zone": "America/Denver",
    "updated_at": "2026-03-08T12:00:00.000-06:00",
}


def component(code, name, position, status="operational", group_id=None, **more):
    return {
        "id": code,
        "name": name,
        "status": status,
        "created_at": "2021-12-07T11:07:15.773-07:00",
        "updated_at": "2026-03-08T04:30:00.120-06:00",
        "position": position,
        "description": None,
        "showcase": True,
        "start_date": None,
        "group_id": group_id,
        "page_id": PAGE["id"],
        "group": False,
        "only_show_if_degraded": False,
    } | more


SITE = component("k1k1k1k1k1k1", "Site", 1, start_date="2022-01-31", description="Where one books.")
BOATS = component(
    "g0g0g0g0g0g0", "Boats", 2, "partial_outage", group=True, showcase=False,
    components=["k2k2k2k2k2k2", "k3k3k3k3k3k3"],
)  # fmt: skip
EAST = component(
    "k2k2k2k2k2k2", "East", 1, "partial_outage", BOATS["id"], only_show_if_degraded=True
)
WEST = component("k3k3k3k3k3k3", "West", 2, "under_maintenance", BOATS["id"])


def change(part, old, new):
    name = f"Boats - {part['name']}" if part["group_id"] else part["name"]
    return {"code": part["id"], "name": name, "old_status": old, "new_status": new}


def update(code, incident, status, body, at, changes=None, **more):
    return {
        "id": code,
        "status": status,
        "body": body,
        "incident_id": incident,
        "created_at": at,
        "updated_at": at,
        "display_at": at,
        "affected_components": changes,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
    } | more


def incident(code, name, status, impact, updates, parts=(), **more):
    first, last = updates[-1]["display_at"], updates[0]["updated_at"]
    return {
        "id": code,
        "name": name,
        "status": status,
        "created_at": first,
        "updated_at": last,
        "monitoring_at": None,
        "resolved_at": None,
        "impact": impact,
        "shortlink": f"https://stspg.example/{code}",
        "started_at": first,
        "page_id": PAGE["id"],
        "incident_updates": updates,
        "components": list(parts),
    } | more


OPEN = incident(
    "c1c1c1c1c1c1", "East boats  are late", "identified", "major",
    [
        update(
            "d2d2d2d2d2d2", "c1c1c1c1c1c1", "identified", "A *pump* broke.\r\nWe wait for it.",
            "2026-03-08T04:30:00.120-06:00", [change(EAST, "major_outage", "partial_outage")],
            custom_tweet="Pump!",
        ),
        update(
            "d1d1d1d1d1d1", "c1c1c1c1c1c1", "investigating", "East boats do not run.",
            "2026-03-08T01:10:00.000-07:00", [change(EAST, "operational", "partial_outage")],
        ),
    ],
    [EAST],
)  # fmt: skip
OVER = incident(
    "c2c2c2c2c2c2", "Booking \U0001f6a2 fails", "postmortem", "critical",
    [
        update(
            "d6d6d6d6d6d6", "c2c2c2c2c2c2", "postmortem", "What we learned.",
            "2026-02-03T09:00:00.000-07:00", deliver_notifications=False,
        ),
        update(
            "d5d5d5d5d5d5", "c2c2c2c2c2c2", "resolved", "It works.",
            "2026-02-01T10:00:00.500-07:00", [change(SITE, "operational", "operational")],
        ),
        update(
            "d4d4d4d4d4d4", "c2c2c2c2c2c2", "monitoring", "It should work.",
            "2026-02-01T09:45:00.000-07:00", [change(SITE, "major_outage", "operational")],
        ),
        update(
            "d3d3d3d3d3d3", "c2c2c2c2c2c2", "investigating", "No booking works.",
            "2026-02-01T09:00:00.000-07:00", [change(SITE, "operational", "major_outage")],
        ),
    ],
    [SITE],
    monitoring_at="2026-02-01T09:45:00.000-07:00", resolved_at="2026-02-01T10:00:00.500-07:00",
)  # fmt: skip
DOCK = incident(
    "c3c3c3c3c3c3", "West boats are in dock", "in_progress", "maintenance",
    [
        update(
            "d8d8d8d8d8d8", "c3c3c3c3c3c3", "in_progress", "It has begun.",
            "2026-03-08T04:00:00.000-06:00", [change(WEST, "operational", "under_maintenance")],
        ),
        update(
            "d7d7d7d7d7d7", "c3c3c3c3c3c3", "scheduled", "West boats get new paint.",
            "2026-03-01T08:00:00.000-07:00", [change(WEST, "operational", "operational")],
        ),
    ],
    [WEST],
    scheduled_for="2026-03-08T04:00:00.000-06:00", scheduled_until="2099-03-08T08:00:00.000-06:00",
)  # fmt: skip
PLANNED = incident(
    "c4c4c4c4c4c4", "New timetable", "scheduled", "none",
    [update("d9d9d9d9d9d9", "c4c4c4c4c4c4", "scheduled", "Soon.", "2026-03-02T08:00:00.000-07:00")],
    scheduled_for="2099-04-01T02:00:00.000-06:00", scheduled_until="2099-04-01T03:00:00.000-06:00",
)  # fmt: skip


def page():
    """Each document below `/api/v2/`, by its name."""
    parts = [SITE, EAST, WEST, BOATS]
    status = {"indicator": "minor", "description": "Minor Service Outage"}
    return {
        "summary": {
            "page": PAGE,
            "components": parts,
            "incidents": [OPEN],
            "scheduled_maintenances": [DOCK, PLANNED],
            "status": status,
        },
        "status": {"page": PAGE, "status": status},
        "components": {"page": PAGE, "components": parts},
        "incidents": {"page": PAGE, "incidents": [OPEN, OVER]},
        "incidents/unresolved": {"page": PAGE, "incidents": [OPEN]},
        "scheduled-maintenances": {"page": PAGE, "scheduled_maintenances": [PLANNED, DOCK]},
        "scheduled-maintenances/upcoming": {"page": PAGE, "scheduled_maintenances": [PLANNED]},
        "scheduled-maintenances/active": {"page": PAGE, "scheduled_maintenances": [DOCK]},
        "incidents/c1c1c1c1c1c1": {"page": PAGE, "incident": OPEN},
    }
