"""Visitors: a stranger, people who have signed in, and whoever comes with a real browser."""

from threading import Thread

import pytest
from werkzeug.serving import make_server

from tests.conftest import catch_up
from tests.e2e import browser as browsers
from tests.factories import make_organisation
from tests.web.visiting import Visitor


@pytest.fixture
def stranger(app):
    return Visitor(app)


@pytest.fixture
def ada(app):
    """The administrator of an instance that is set up, signed in."""
    make_organisation()
    visitor = Visitor(app)
    visitor.sign_in()
    return visitor


@pytest.fixture(scope="module")
def browser(request):
    yield from browsers.opened(request.config)


@pytest.fixture
def address(app):
    """The application on a port of this machine."""

    def caught_up(environ, start_response):
        with app.app_context():
            catch_up(app)
        return app(environ, start_response)

    server = make_server("127.0.0.1", 0, caught_up, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser, address):
    """Open a path as a new visitor."""
    contexts = []

    def open_page(path, **visitor):
        context = browser.new_context(**visitor)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
