"""The public requests that Flask answers. No cookie is set here; see `app/web/headers.py`."""

from flask import Blueprint, request
from sqlalchemy.exc import OperationalError

from app import clock
from app.content import language
from app.content import pages as shown
from app.domain import organisation
from app.web.public import health, own_page, pages, statuspage, subscribers

bp = Blueprint("public", __name__)
bp.register_blueprint(health.bp)
bp.register_blueprint(pages.bp)
bp.register_blueprint(subscribers.bp)
bp.register_blueprint(own_page.bp)
bp.register_blueprint(statuspage.bp)


@bp.before_request
def _speak() -> None:
    """Public pages are in the organisation's language."""
    if request.blueprint == "public.health":
        return  # what asks how we are is answered without a database as well
    if ours := organisation.current():
        language.speak(ours.language)


@bp.context_processor
def _site() -> dict[str, object]:
    """What `templates/public/base.html` says of the organisation."""
    try:
        ours = organisation.current()
    except OperationalError:
        return {}  # the page that says so needs nothing of it
    return {"site": shown.site(ours, clock.now())} if ours else {}
