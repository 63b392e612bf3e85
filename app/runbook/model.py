"""What a runbook says, as values. Lines are 1-based lines of the document as it was given."""

from dataclasses import dataclass, field
from enum import StrEnum

from app.words import Audience, Stage


class TemplateStage(StrEnum):
    """Which part of an incident's life a template is for."""

    INITIAL = "initial"
    UPDATE = "update"
    RESOLVED = "resolved"
    OTHER = "other"


@dataclass(frozen=True)
class Severity:
    """A level of the runbook with its clocks, in minutes; None where the runbook is silent."""

    key: str
    name: str | None = None
    definition: str | None = None
    examples: tuple[str, ...] = ()
    response_minutes: int | None = None
    resolution_minutes: int | None = None
    update_every_minutes: int | None = None
    line: int = 0


@dataclass(frozen=True)
class Obligation:
    """Something that must be done within a time; `severity` is a severity's key, None for all."""

    severity: str | None
    text: str
    within_minutes: int
    line: int = 0


@dataclass(frozen=True)
class MatrixRow:
    """One row of a severity matrix: what is seen, and the severity that follows from it."""

    severity: str
    signs: tuple[tuple[str, str], ...]
    """Pairs of column heading and cell."""


@dataclass(frozen=True)
class AlertChannels:
    """How people are alerted at one level, as the runbook words it."""

    level: str
    severity: str | None
    channels: tuple[str, ...]


@dataclass(frozen=True)
class Criterion:
    """A reason to escalate, under the heading it stands below."""

    kind: str
    text: str
    line: int = 0


@dataclass(frozen=True)
class Role:
    """A part somebody plays in an incident."""

    name: str
    who: str | None = None
    backup: str | None = None
    responsibilities: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Template:
    """A message with blanks. `blanks` are the distinct blanks in order, as inside their marks.

    `serves` are the stages whose news this template's words fit. `first_only` marks a
    declaration: it opens an incident and never follows up on one. `severities` are keys;
    empty means all. `promise_minutes` is a promise that stands in the words themselves
    ("Next update in 15 minutes").
    """

    name: str
    audience: Audience | None
    stage: TemplateStage
    serves: tuple[Stage, ...]
    subject: str | None
    body: str
    blanks: tuple[str, ...]
    line: int
    channel: str | None = None
    severities: tuple[str, ...] = ()
    first_only: bool = False
    promise_minutes: int | None = None


@dataclass(frozen=True)
class ChecklistItem:
    text: str
    line: int
    done: bool = False


@dataclass(frozen=True)
class Checklist:
    """Boxes to tick, with the phase of the incident they belong to and its time box."""

    title: str
    phase: str | None
    stage: Stage | None
    from_minutes: int | None
    to_minutes: int | None
    severities: tuple[str, ...]
    items: tuple[ChecklistItem, ...]
    line: int


@dataclass(frozen=True)
class Contact:
    """A person, team or vendor and the ways to reach them: ("Email", "a@example.org")."""

    name: str
    kind: str | None
    ways: tuple[tuple[str, str], ...]
    line: int = 0


@dataclass(frozen=True)
class EmergencyAction:
    action: str
    authority: str
    contact: str | None = None


@dataclass(frozen=True)
class Review:
    """When the review is due after resolution, in hours, and for which severities."""

    within_hours: int
    severities: tuple[str, ...] = ()
    text: str = ""
    line: int = 0


@dataclass(frozen=True)
class ErrorBudget:
    """How long a service may be down in a period ("Monthly"), in minutes."""

    service: str
    minutes: float
    period: str
    line: int = 0


@dataclass(frozen=True)
class Section:
    """A heading of the document and the Markdown below it, up to the next heading."""

    title: str
    level: int
    line: int
    text: str
    stage: Stage | None = None


@dataclass(frozen=True)
class NotUnderstood:
    line: int
    text: str
    why: str


@dataclass(frozen=True)
class Runbook:
    """Everything that was read out of one document."""

    title: str
    is_runbook: bool
    why_not: str | None = None
    """Why the document is no runbook, as a sentence; None when it is one."""
    severities: tuple[Severity, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    matrix: tuple[MatrixRow, ...] = ()
    alert_channels: tuple[AlertChannels, ...] = ()
    escalation: tuple[Criterion, ...] = ()
    roles: tuple[Role, ...] = ()
    templates: tuple[Template, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    contacts: tuple[Contact, ...] = ()
    actions: tuple[EmergencyAction, ...] = ()
    reviews: tuple[Review, ...] = ()
    review_form: str | None = None
    error_budgets: tuple[ErrorBudget, ...] = ()
    stage_words: dict[Stage, str] = field(default_factory=dict)
    """The runbook's own words for our stages, where they differ."""
    sections: tuple[Section, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()

    @property
    def checklist_items(self) -> int:
        """How many task boxes the document holds."""
        return sum(len(checklist.items) for checklist in self.checklists)

    @property
    def review_within_hours(self) -> int | None:
        """The earliest review the document asks for."""
        return min((review.within_hours for review in self.reviews), default=None)

    def severity(self, key: str) -> Severity | None:
        return next((severity for severity in self.severities if severity.key == key), None)
