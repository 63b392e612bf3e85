"""Markdown in, runbook out. Pure: no database, no Flask."""

from app.runbook.reader import read

__all__ = ["read"]
