"""How people and programs reach Allclear: public pages and the console."""

from datetime import timedelta

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings
from app.content import language
from app.web import auth, console, errors, filters, headers, hooks, limits, origins, public, setup
from app.web.public.health import AnyHost


def init_app(app: Flask) -> None:
    """Register everything that answers requests."""
    settings: Settings = app.config["ALLCLEAR"]
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # as Flask's docs have it
    app.wsgi_app = AnyHost(app.wsgi_app, settings.public_host)  # type: ignore[method-assign]  # as Flask's docs have it
    app.config.from_mapping(
        # The cookie is of no use outside of the console, so browsers are told not to send it there.
        SESSION_COOKIE_NAME="allclear",
        SESSION_COOKIE_PATH="/console",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"),
        # A pasted runbook is one field of a form; the request as a whole stays limited.
        MAX_FORM_MEMORY_SIZE=app.config["MAX_CONTENT_LENGTH"],
        PERMANENT_SESSION_LIFETIME=timedelta(days=7),
    )
    app.jinja_env.undefined = StrictUndefined
    language.install(app.jinja_env)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(lambda: language.speak(language.SOURCE))  # until one is chosen
    headers.init_app(app)
    limits.limiter.init_app(app)
    origins.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    app.register_blueprint(setup.bp)
    app.register_blueprint(auth.bp)
    app.register_blueprint(console.bp)
    app.register_blueprint(public.bp)
    app.register_blueprint(hooks.bp)
