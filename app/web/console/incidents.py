"""Where responders run an incident."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.domain import status

bp = Blueprint("incidents", __name__, url_prefix="/incidents")


@bp.get("")
def index() -> ResponseReturnValue:
    return render_template("console/incidents/index.html", incidents=status.open_incidents())
