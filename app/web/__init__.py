"""How people and programs reach Allclear: public pages and the console."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register everything that answers requests."""
