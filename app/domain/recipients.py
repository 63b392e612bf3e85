"""Whom an update is for, and where each of them is reached at the moment of sending."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, exists, false, func, literal, or_, select
from sqlalchemy.sql import ColumnElement, SQLColumnExpression

from app.config import settings
from app.db import db
from app.models import (
    Announcement,
    AnnouncementKind,
    Channel,
    Delivery,
    DeliveryState,
    ImpactOnComponent,
    Message,
    Organisation,
    Subscriber,
    Update,
    subscription,
)
from app.words import Impact, Stage

SECRET = (Channel.WEBHOOK, Channel.SLACK, Channel.TEAMS)
"""Their addresses are keys: the ledger names none, and they are read when something is sent."""

_MAY_BE_TOLD = (Subscriber.paused_at.is_(None), Subscriber.quarantined_at.is_(None))


def in_use() -> list[Channel]:
    """The channels that somebody subscribed by; mail always is. Costs the same for any number."""
    others = [channel for channel in Channel if channel is not Channel.EMAIL]
    asked = [
        exists().where(Subscriber.channel == channel, Subscriber.confirmed_at.is_not(None))
        for channel in others
    ]
    row = db.session.execute(select(*asked)).one()
    return [Channel.EMAIL, *(channel for channel, used in zip(others, row, strict=True) if used)]


def has_slack(organisation: Organisation) -> bool:
    """Whether colleagues are reached in Slack: by a webhook, or by the bot in their channel."""
    token = settings().slack_token.get_secret_value()
    return bool(organisation.slack_webhook or (token and organisation.incident_channel))


def of(announcement: Announcement) -> tuple[ColumnElement[bool], ...]:
    """Confirmed when the update was posted, wanting to hear now, and of what it is about."""
    message = db.session.get_one(Message, announcement.message_id)
    update = db.session.get_one(Update, message.update_id)
    conditions = [
        Subscriber.channel == announcement.channel,
        Subscriber.confirmed_at <= announcement.created_at,
        *_MAY_BE_TOLD,
        or_(Subscriber.incident_id.is_(None), Subscriber.incident_id == update.incident_id),
        or_(_of_everything(update), _of_components(update)),
    ]
    if announcement.channel is Channel.SMS and not _is_worth_a_text(update):
        conditions.append(_hears_first(update))
    return tuple(conditions)


def _of_everything(update: Update) -> ColumnElement[bool]:
    said = select(ImpactOnComponent.impact).join(Update).where(*_so_far(update)).distinct()
    worst = max((impact.rank for impact in db.session.scalars(said)), default=-1)
    reached = [impact for impact in Impact if impact.rank <= worst]
    asked = or_(Subscriber.least_impact.is_(None), Subscriber.least_impact.in_(reached))
    return Subscriber.everything & asked


def _of_components(update: Update) -> ColumnElement[bool]:
    """One that it chose was named by now, as badly as it asked for."""
    return (
        select(subscription.c.subscriber_id)
        .join(ImpactOnComponent, ImpactOnComponent.component_id == subscription.c.component_id)
        .join(Update, ImpactOnComponent.update_id == Update.id)
        .where(
            subscription.c.subscriber_id == Subscriber.id,
            *_so_far(update),
            or_(
                Subscriber.least_impact.is_(None),
                _rank(ImpactOnComponent.impact) >= _rank(Subscriber.least_impact),
            ),
        )
        .exists()
    )


def _so_far(update: Update) -> tuple[ColumnElement[bool], ...]:
    return (Update.incident_id == update.incident_id, Update.number <= update.number)


def _rank(impact: SQLColumnExpression[Any]) -> ColumnElement[int]:
    return case({one: one.rank for one in Impact}, value=impact, else_=-1)


def _is_worth_a_text(update: Update) -> bool:
    """Texts say that something begins or is over: opened, resolved, maintenance started."""
    before = db.session.scalar(
        select(Update.stage)
        .where(
            Update.incident_id == update.incident_id,
            Update.number < update.number,
            Update.retracted_at.is_(None),
        )
        .order_by(Update.number.desc())
        .limit(1)
    )
    if update.stage.is_of_maintenance:
        return update.stage is Stage.IN_PROGRESS and before is not Stage.IN_PROGRESS
    return update.stage is Stage.RESOLVED or before in (None, Stage.RESOLVED)


def _hears_first(update: Update) -> ColumnElement[bool]:
    """Only now it is as bad as they asked for: they were told nothing of it yet."""
    opened = select(func.min(Update.published_at)).where(Update.incident_id == update.incident_id)
    told = (
        select(Delivery.id)
        .join(Announcement, Delivery.announcement_id == Announcement.id)
        .join(Message, Announcement.message_id == Message.id)
        .join(Update, Message.update_id == Update.id)
        .where(
            Update.incident_id == update.incident_id,
            Delivery.recipient == literal("subscriber:") + Subscriber.code,
            Delivery.state != DeliveryState.CANCELLED,
        )
    )
    if update.stage.is_of_maintenance and update.stage is not Stage.IN_PROGRESS:
        return false()
    return (Subscriber.confirmed_at <= opened.scalar_subquery()) & ~told.exists()


def locked(ids: Collection[int]) -> Sequence[Subscriber]:
    """These subscribers, before they stop being told something, in the transaction around it.

    A worker that is writing deliveries for them at this moment is waited for, so that those can
    be cancelled too; who writes the next ones waits. (SQLite has one writer at a time anyway.)
    """
    chosen = (
        select(Subscriber)
        .where(Subscriber.id.in_(ids))
        .order_by(Subscriber.id)  # two who lock several never wait for one another
        .with_for_update(of=Subscriber)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(chosen).all()


def why_untold(delivery: Delivery) -> str:
    """Why its subscriber is not to be told it any more; empty where nothing speaks against it.

    In the transaction around it. As in `reach`, only updates stop at a pause or in quarantine.
    """
    if not delivery.recipient.startswith("subscriber:"):
        return ""
    found = locked([delivery.subscriber_id or 0])
    if not found:
        return "This recipient has left and is told nothing more."
    if delivery.announcement.kind is not AnnouncementKind.UPDATE:
        return ""
    if found[0].quarantined_at is not None:
        return "This recipient is in quarantine and is told nothing. Let it be told again first."
    return "This recipient has paused and is told nothing." if found[0].paused_at else ""


def shown_address() -> ColumnElement[str]:
    """What the ledger keeps of a subscriber's address: nothing where it is a key."""
    return case((Subscriber.channel.in_(SECRET), literal("")), else_=Subscriber.address)


@dataclass(frozen=True)
class Reached:
    """Where a subscriber is reached now, and what signs what is sent there."""

    address: str
    secrets: tuple[str, ...]


def reach(recipient: str, kind: AnnouncementKind) -> Reached | None:
    """Where the subscriber that the ledger names so is; None when it has left.

    No update reaches it during a pause or in quarantine. What was asked for there does: a test,
    and the question that leads out of quarantine.
    """
    row = db.session.execute(
        select(Subscriber.address, Subscriber.secret, Subscriber.earlier_secret).where(
            Subscriber.code == recipient.removeprefix("subscriber:"),
            *(_MAY_BE_TOLD if kind is AnnouncementKind.UPDATE else ()),
        )
    ).one_or_none()
    if row is None:
        return None
    return Reached(row.address, tuple(secret for secret in row[1:] if secret))
