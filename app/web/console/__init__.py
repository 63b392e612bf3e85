"""The internal side: closed to strangers before any view runs."""

from flask import Blueprint

from app.web import auth
from app.web.console import incidents

bp = Blueprint("console", __name__, url_prefix="/console")
bp.before_request(auth.guard)
bp.register_blueprint(incidents.bp)
