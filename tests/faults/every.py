"""Imports every module of faults, so that all are registered."""

from tests.faults import answers, deploys, kills, lives

MODULES = (answers, deploys, kills, lives)
