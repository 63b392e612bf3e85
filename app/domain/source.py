"""What another page's public API says, checked: the documents that an import reads.

Fields that are not named here are ignored. Sizes are capped, so that no page can fill ours.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from app.errors import Rejected
from app.words import Impact, Stage

POSTMORTEM = "postmortem"
MOST = 10_000
"""Components, and incidents, of one document."""


def _clean(text: object) -> object:
    """The text without what no database keeps: NUL, and halves of characters."""
    if not isinstance(text, str):
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _at_most(length: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) > length:
            raise ValueError(f"it should have at most {length:,} characters")
        return text

    return check


def _known_status(word: str) -> str:
    if word != POSTMORTEM and word not in list(Stage):
        raise ValueError(f"{word[:40]} is no stage that we know")
    return word


Code = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{12}$")]
Line = Annotated[str, BeforeValidator(_clean), AfterValidator(_at_most(1_000))]
Words = Annotated[str, BeforeValidator(_clean), AfterValidator(_at_most(100_000))]
Status = Annotated[Line, AfterValidator(_known_status)]
Link = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,1000}$")]


class Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class SourcePage(Record):
    id: Code
    name: Line
    time_zone: Line = "Etc/UTC"


class SourceComponent(Record):
    id: Code
    name: Line
    status: Impact
    created_at: AwareDatetime
    updated_at: AwareDatetime
    position: int = Field(default=1, ge=-1_000_000, le=1_000_000)
    description: Words | None = None
    showcase: bool = False
    start_date: date | None = None
    group_id: Code | None = None
    group: bool = False
    only_show_if_degraded: bool = False


class SourceChange(Record):
    """What an update changed of a component; old pages name none in words."""

    code: Code | None = None
    name: Line
    old_status: Impact | None = None
    new_status: Impact | None = None


class SourceUpdate(Record):
    id: Code
    status: Status
    body: Words = ""
    created_at: AwareDatetime
    updated_at: AwareDatetime
    display_at: AwareDatetime
    affected_components: Annotated[list[SourceChange], Field(max_length=MOST)] | None = None
    deliver_notifications: bool = True
    custom_tweet: Words | None = None
    tweet_id: Line | int | None = None

    @property
    def stage(self) -> Stage:
        return Stage.RESOLVED if self.status == POSTMORTEM else Stage(self.status)


class SourceIncident(Record):
    id: Code
    name: Line
    status: Status
    created_at: AwareDatetime
    updated_at: AwareDatetime
    resolved_at: AwareDatetime | None = None
    impact: Annotated[str, StringConstraints(max_length=30, pattern="^[a-z]+$")]
    shortlink: Link | None = None
    started_at: AwareDatetime | None = None
    incident_updates: Annotated[list[SourceUpdate], Field(max_length=MOST)]
    components: Annotated[list[SourceComponent], Field(max_length=MOST)] = []
    scheduled_for: AwareDatetime | None = None
    scheduled_until: AwareDatetime | None = None

    @property
    def told(self) -> list[SourceUpdate]:
        """Its updates, oldest first."""
        listed = list(reversed(self.incident_updates))
        return sorted(listed, key=lambda one: one.display_at)


class SourceDocument(Record):
    """Any of the documents below `/api/v2/`."""

    page: SourcePage
    components: Annotated[list[SourceComponent], Field(max_length=MOST)] = []
    incidents: Annotated[list[SourceIncident], Field(max_length=MOST)] = []
    scheduled_maintenances: Annotated[list[SourceIncident], Field(max_length=MOST)] = []
    incident: SourceIncident | None = None


@dataclass(frozen=True)
class Source:
    """Everything that was read of one page."""

    page: SourcePage
    parts: Mapping[str, SourceComponent] = field(default_factory=dict)
    """Components and groups by their codes, in the order of the page."""
    incidents: Mapping[str, SourceIncident] = field(default_factory=dict)
    """Incidents and maintenances by their codes, oldest first."""


def read(documents: Iterable[tuple[str, Any]]) -> Source:
    """Documents of one page, each with the place that it came from, as what they say together.

    Raise Rejected with the place of what cannot be read.
    """
    read_ones = [(place, _read(place, values)) for place, values in documents]
    if not read_ones:
        raise Rejected(form="There is nothing to read.")
    page = read_ones[0][1].page
    parts: dict[str, SourceComponent] = {}
    nested: dict[str, SourceComponent] = {}
    incidents: dict[str, SourceIncident] = {}
    for place, document in read_ones:
        if document.page.id != page.id:
            raise Rejected(
                form=f"{place} is of another page ({document.page.name}) than {read_ones[0][0]} "
                f"({page.name}). Import one page at a time."
            )
        for part in document.components:
            parts.setdefault(part.id, part)
        for one in _incidents(document):
            known = incidents.get(one.id)
            if known is None or one.updated_at >= known.updated_at:
                incidents[one.id] = one
            nested |= {part.id: part for part in one.components}
    told = sorted(incidents.values(), key=lambda one: one.created_at)
    # What only incidents name, such as a component that is hidden now, comes after the others.
    return Source(page, {**parts, **_without(nested, parts)}, {one.id: one for one in told})


def _without(
    nested: Mapping[str, SourceComponent], parts: Mapping[str, SourceComponent]
) -> dict[str, SourceComponent]:
    return {code: part for code, part in nested.items() if code not in parts}


def _incidents(document: SourceDocument) -> list[SourceIncident]:
    one = [document.incident] if document.incident else []
    return [*document.incidents, *document.scheduled_maintenances, *one]


def _read(place: str, values: Any) -> SourceDocument:
    try:
        return SourceDocument.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]
        )
        more = len(error.errors()) - 1
        rest = f" (and {more} more)" if more else ""
        raise Rejected(
            form=f"{place}: {where.lstrip('.') or 'it'}: {first['msg']}{rest}."
        ) from None


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
