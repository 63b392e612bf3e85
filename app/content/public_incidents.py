"""An incident as the public may see it: plain values, without ids, facts or names of people."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from app.content import characters, markdown, sentence, stages, times
from app.content.language import gettext as _
from app.content.sentence import Tone
from app.content.times import Moment, Zone
from app.models import Component, ImpactOnComponent, Incident, Message, Update
from app.words import Audience, Impact, Stage


@dataclass(frozen=True)
class Step:
    """A stage on the road, in the runbook's own word."""

    word: str
    place: str
    """`done`, `now` or `ahead`."""


@dataclass(frozen=True)
class Promise:
    """When the next update is due; `at` is None when no time is set."""

    at: Moment | None
    late: bool


@dataclass(frozen=True)
class Planned:
    """The window of a maintenance, and where it stands: `ahead`, `now`, `over` or `cancelled`."""

    place: str
    starts: Moment
    ends: Moment


@dataclass(frozen=True)
class PublicUpdate:
    code: str
    path: str
    """Its permanent address below the public address, with its anchor."""
    stage: str
    at: Moment
    published_at: datetime
    body: Markup
    edited_at: Moment | None
    """When it was last corrected. Why is told to colleagues only."""
    taken_back_at: Moment | None = None

    @property
    def text(self) -> str:
        """The words alone."""
        return markdown.words(self.body)


@dataclass(frozen=True)
class PublicIncident:
    title: str
    path: str
    tone: Tone
    """The worst of what the newest update says; calm once it is resolved."""
    parts: tuple[str, ...]
    is_open: bool
    started: Moment
    day: str
    ended: Moment | None
    took: str
    """How long it lasted; empty while it is open."""
    road: tuple[Step, ...]
    updates: tuple[PublicUpdate, ...]
    """Newest first."""
    promise: Promise | None
    changed_at: datetime
    planned: Planned | None = None
    """Its window, for a maintenance."""
    is_taken_back: bool = False
    """Whether all that was told of it was."""

    @property
    def outcome(self) -> str:
        """How it ended, in a few words."""
        if self.is_taken_back:
            return _("taken back")
        if self.planned:
            return _("maintenance, done after %(length)s", length=self.took)
        return (
            _("resolved after %(length)s", length=self.took) if self.took else _("not resolved yet")
        )


def is_open(incident: Incident) -> bool:
    """Whether the public knows it as open: what only colleagues were told does not count."""
    told = incident.public_updates
    stands = bool(told) and told[0].retracted_at is None
    return stands and incident.is_open and told[0].stage.is_open


def impacts(incident: Incident) -> dict[int, Impact]:
    """What the public knows of each public component now, by the component's id."""
    if not is_open(incident) or incident.public_updates[0].stage is Stage.SCHEDULED:
        return {}  # what is planned is not so yet
    newest = incident.public_updates[0]
    return {
        said.component_id: said.impact
        for said in newest.impacts
        if said.component.is_public and said.impact is not Impact.OPERATIONAL
    }


def show(incident: Incident, zone: Zone, *, lasting: bool = False) -> PublicIncident | None:
    """The incident for the public; None when the public was never told of it.

    `lasting` is for pages that stay: a time is told from the day on which it began, not today.
    """
    told = incident.public_updates
    if not told:
        return None
    on = incident.occurred_at if lasting else zone.now
    path = f"/incidents/{incident.code}"
    ended_at = None if is_open(incident) else _ended_at(incident)
    took = times.length(ended_at - incident.occurred_at) if ended_at else ""
    is_taken_back = all(update.retracted_at for update in told)
    is_over = ended_at is not None and not is_taken_back
    return PublicIncident(
        title=title(incident),
        path=path,
        tone=_tone(incident),
        parts=tuple(characters.one_line(part.name) for part in _touched(incident)),
        is_open=ended_at is None,
        started=zone.clock(incident.occurred_at, on=on),
        day=times.day_with_year(zone.day_of(incident.occurred_at)),
        ended=zone.clock(ended_at, on=on) if ended_at else None,
        took=took,
        road=_road(incident, told[0].stage.road[-1] if is_over else told[0].stage),
        updates=tuple(_update(update, path, zone, on) for update in incident.told_updates),
        promise=None if ended_at or incident.is_maintenance else _promise(incident, zone),
        planned=_planned(incident, zone, on),
        is_taken_back=is_taken_back,
        changed_at=max([incident.updated_at, *map(_changed_at, incident.told_updates)]),
    )


def began_at(incident: Incident) -> datetime:
    """Where the history puts it: when it was opened, or the start of its window."""
    return incident.scheduled_for or incident.opened_at


def _planned(incident: Incident, zone: Zone, on: datetime) -> Planned | None:
    if incident.scheduled_for is None or incident.scheduled_until is None:
        return None
    place = "now" if is_open(incident) else "over"
    if incident.cancelled_at is not None:
        place = "cancelled"
    elif incident.public_updates[0].stage is Stage.SCHEDULED:
        place = "ahead"
    return Planned(
        place,
        zone.clock(incident.scheduled_for, on=on),
        zone.clock(incident.scheduled_until, on=incident.scheduled_for),
    )


def show_update(update: Update, zone: Zone) -> PublicUpdate:
    """One update that the public was told, for where it stands alone."""
    return _update(update, f"/incidents/{update.incident.code}", zone, zone.now)


def _update(update: Update, path: str, zone: Zone, on: datetime) -> PublicUpdate:
    message = _message(update)
    newest = message.revisions[0] if message.revisions else None
    gone_at = zone.clock(update.retracted_at, on=on) if update.retracted_at else None
    return PublicUpdate(
        code=update.code,
        path=f"{path}#{update.code}",
        stage=stages.of(update),
        at=zone.clock(update.published_at, on=on),
        published_at=update.published_at,
        body=_taken_back(gone_at) if gone_at else markdown.render(message.body),
        edited_at=zone.clock(newest.at, on=on) if newest and not gone_at else None,
        taken_back_at=gone_at,
    )


def _taken_back(at: Moment) -> Markup:
    """What stands in the place of words that were taken back, where no script turns times."""
    told = _("This update was taken back %(time)s.", time=at.words)
    return Markup("<p>{}</p>").format(told)


def title(incident: Incident) -> str:
    return characters.one_line(incident.title) or _("Incident")


def stage_word(incident: Incident, stage: Stage) -> str:
    """The runbook's word for a stage."""
    return stages.word(incident.runbook.read, stage)


def _message(update: Update) -> Message:
    message = update.message(Audience.PUBLIC)
    if message is None:
        raise ValueError("the public was not told of this update")
    return message


def _changed_at(update: Update) -> datetime:
    corrected = [one.at for one in _message(update).revisions]
    return max([update.published_at, update.retracted_at or update.published_at, *corrected])


def _ended_at(incident: Incident) -> datetime:
    newest = incident.public_updates[0]
    if not newest.stage.is_open or incident.resolved_at is None:
        return newest.published_at
    return incident.resolved_at


def _tone(incident: Incident) -> Tone:
    if not is_open(incident):
        return Tone.OK
    if now := impacts(incident):
        return sentence.tone_of(list(now.values()))
    stage = incident.public_updates[0].stage
    is_calm = incident.is_maintenance or stage is Stage.MONITORING
    return Tone.PLANNED if is_calm else Tone.SLOW


def _visible(update: Update) -> list[ImpactOnComponent]:
    return [said for said in update.impacts if said.component.is_public]


def _touched(incident: Incident) -> list[Component]:
    """Public components that a public update named, in the order first named."""
    seen: dict[int, Component] = {}
    for update in reversed(incident.public_updates):
        for said in _visible(update):
            seen.setdefault(said.component_id, said.component)
    return list(seen.values())


def _road(incident: Incident, now: Stage) -> tuple[Step, ...]:
    if incident.cancelled_at is not None:
        return (Step(stage_word(incident, Stage.SCHEDULED), "done"), Step(_("Cancelled"), "now"))
    stages = now.road
    place = stages.index(now)
    return tuple(
        Step(
            stage_word(incident, stage),
            "now" if at == place else "done" if at < place else "ahead",
        )
        for at, stage in enumerate(stages)
    )


def _promise(incident: Incident, zone: Zone) -> Promise:
    due = incident.public_updates[0].promise_at
    if due is None:
        return Promise(None, late=False)
    return Promise(zone.clock(due), late=zone.now > due)
