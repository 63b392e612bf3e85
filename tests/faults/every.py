"""Imports every module of faults, so that all are registered."""

from tests.faults import answers, clocks, deploys, kills, lives, ways

MODULES = (answers, clocks, deploys, kills, lives, ways)
