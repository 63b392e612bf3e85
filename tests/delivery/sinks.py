"""Stand-ins for what is outside: a real SMTP server, and servers that answer as they are told."""

import json
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class SmtpSink:
    """Takes every mail, unless it is told how to answer."""

    def __init__(self):
        self.mails = []
        self.copies = Counter()
        self.connections = 0
        self.answers = {}
        """By command (`MAIL`, `RCPT`, `DATA`): what is answered instead."""
        self.keep = True

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):
        if "DATA" in self.answers:
            return self.answers["DATA"]
        if self.keep:
            self.mails.append((envelope.rcpt_tos, bytes(envelope.content)))
        self.copies.update(envelope.rcpt_tos)
        return f"250 OK queued as {len(self.mails)}"


@contextmanager
def smtp_sink(**options):
    """A server on a free port; yields the sink and its address for the settings."""
    sink = SmtpSink()

    class Free(Controller):
        def factory(self):
            return SMTP(self.handler, **options)

        def _trigger_server(self):
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    controller = Free(sink, hostname="127.0.0.1", port=0)
    controller.start()
    sink.connections = 0
    try:
        yield sink, f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


class HttpSink:
    """Answers each POST with `status`, and keeps what was sent."""

    def __init__(self):
        self.requests = []
        self.status = 202
        self.headers = {"X-Message-Id": "abc123"}
        self.body = b""
        self.delay = threading.Event()
        self.is_slow = False
        self.on_request = lambda: None
        self.answer = lambda body: None
        """Status, headers and body by the request's; None is what stands above."""


def read(body):
    """JSON as values, anything else as text."""
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()


@contextmanager
def http_sink():
    sink = HttpSink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = read(self.rfile.read(int(self.headers["Content-Length"])))
            sink.requests.append((self.path, dict(self.headers), asked))
            sink.on_request()
            if sink.is_slow:
                sink.delay.wait(5)
            usual = (sink.status, sink.headers, sink.body)
            status, headers, body = sink.answer(asked) or usual
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield sink, f"http://127.0.0.1:{server.server_port}"
    finally:
        sink.delay.set()
        server.shutdown()
        server.server_close()
        thread.join()
