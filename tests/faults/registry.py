"""The faults, by their numbers."""

from collections.abc import Callable
from dataclasses import dataclass

FAULTS: dict[str, "Fault"] = {}


@dataclass(frozen=True)
class Fault:
    number: str
    what: str
    run: Callable[..., str]
    """Breaks the house, checks it, and returns what was seen."""
    on: tuple[str, ...]


def fault(number, *, on=("sqlite", "postgresql")):
    """Keep a function as the fault of that number; its docstring says what breaks."""

    def keep(function):
        FAULTS[number] = Fault(number, function.__doc__.strip().rstrip("."), function, on)
        return function

    return keep


def order(number):
    return int(number[1:])
