"""Web, worker and clock as processes of their own, sharing one database."""

import json
import signal

import pytest

from tests.cli import running
from tests.cli.test_serve import set_up
from tests.waiting import eventually

pytestmark = pytest.mark.timeout(300)


def test_the_three_together_do_what_serve_does_alone(tmp_path):
    set_up(tmp_path)
    port = running.free_port()
    url = f"http://127.0.0.1:{port}"

    def health():
        return json.loads(running.get(f"{url}/healthz")[1])

    with (
        running.started("web", "--bind", f"127.0.0.1:{port}", cwd=tmp_path) as web,
        running.started("worker", cwd=tmp_path) as worker,
        running.started("clock", cwd=tmp_path) as clock,
    ):
        running.printed_until(web, "Stop it with")
        running.printed_until(worker, "Stop it with")
        running.printed_until(clock, "Stop it with")
        assert eventually(lambda: health()["ok"])
        posted = running.run(
            "incident", "open", "--title", "X", "--severity", "1", "--impact", "website=major",
            cwd=tmp_path,
        )  # fmt: skip
        assert posted.returncode == 0, posted.stderr
        assert eventually(lambda: "X" in running.get(f"{url}/feed.rss")[1])

        for process in (clock, worker, web):
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0
