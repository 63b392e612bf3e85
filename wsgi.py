"""The application for any WSGI server: `app`."""

import threading

from app import create_app, publication

app = create_app()
publication.start(app, threading.Event())
