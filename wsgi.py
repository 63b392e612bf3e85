"""The application for any WSGI server: `app`."""

from app import create_app

app = create_app()
