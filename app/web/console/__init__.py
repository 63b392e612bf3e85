"""The internal side: closed to strangers before any view runs."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from app import publication
from app.content import times
from app.domain import health, transports
from app.web import auth
from app.web.console import (
    account,
    components,
    deliveries,
    drill,
    incidents,
    mails,
    maintenance,
    maintenance_series,
    people,
    response,
    runbook,
    settings,
)

bp = Blueprint("console", __name__, url_prefix="/console")
bp.before_request(auth.guard)
bp.register_blueprint(account.bp)
bp.register_blueprint(components.bp)
bp.register_blueprint(deliveries.bp)
bp.register_blueprint(drill.bp)
bp.register_blueprint(incidents.bp)
bp.register_blueprint(mails.bp)
bp.register_blueprint(maintenance.bp)
bp.register_blueprint(maintenance_series.bp)
bp.register_blueprint(people.bp)
bp.register_blueprint(response.bp)
bp.register_blueprint(runbook.bp)
bp.register_blueprint(settings.bp)


@bp.get("")
@bp.get("/")
def home() -> ResponseReturnValue:
    """The address that the start prints: on to the incidents."""
    return redirect(url_for("console.incidents.index"))


@bp.context_processor
def _publication() -> dict[str, object]:
    """What every page of the console says when readers do not see or get what was posted."""
    return {
        "publication_faults": publication.faults,
        "publication_trouble": publication.trouble,
        "troubled_transports": transports.troubled,
        "delivery_health": health.look,
        "length": times.length,
    }
