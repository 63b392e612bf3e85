"""Imports every module of faults, so that all are registered."""

from tests.faults import answers, kills, lives

MODULES = (answers, kills, lives)
