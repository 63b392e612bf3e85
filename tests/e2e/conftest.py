"""A browser, and an instance that is served for real and mails to a real SMTP server."""

from types import SimpleNamespace

import pytest

from tests.cli import running
from tests.delivery.sinks import smtp_sink
from tests.e2e import browser as browsers


@pytest.fixture(scope="module")
def browser(request):
    yield from browsers.opened(request.config)


@pytest.fixture
def page(browser):
    """A fresh visitor; a fault in a script or a refused resource fails the test."""
    context = browser.new_context()
    context.set_default_timeout(30_000)
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    # A form that is refused answers 4xx, and the browser notes it; that is no fault.
    assert [fault for fault in faults if "Failed to load resource" not in fault] == []


@pytest.fixture
def instance(database, tmp_path):
    """`allclear serve` on a free port: its address, what it printed, and the mails it sent."""
    port = running.free_port()
    with smtp_sink() as (sink, smtp):
        settings = {
            "ALLCLEAR_DATABASE_URL": database(tmp_path),
            "ALLCLEAR_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "ALLCLEAR_EMAIL": smtp,
            "ALLCLEAR_EMAIL_FROM": "status@example.org",
        }
        with running.started(
            "serve", "--bind", f"127.0.0.1:{port}", cwd=tmp_path, **settings
        ) as process:
            printed = running.printed_until(process, "Stop it with")
            yield SimpleNamespace(url=f"http://127.0.0.1:{port}", printed=printed, mails=sink.mails)
