"""`python -m tests.faults`: run faults at their full size, or short, and say what was seen."""

import argparse
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from tests import databases
from tests.faults import every, servers
from tests.faults.house import FULL, SHORT, House, Tally
from tests.faults.registry import FAULTS, order


@dataclass(frozen=True)
class Outcome:
    """What came of one fault on one database."""

    number: str
    database: str
    size: str
    seconds: float
    tally: Tally
    held: bool

    HEAD = "fault  database    size   seconds  deliveries  lost  repeated  bound"

    def line(self):
        tally = self.tally
        return (
            f"{self.number:<6} {self.database:<11} {self.size:<5} {self.seconds:8.1f}"
            f"  {tally.deliveries:10}  {tally.lost:4}  {tally.repeated:8}  {tally.bound:5}"
            f"  {'held' if self.held else 'BROKEN'}"
        )


def main():
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--short", action="store_true", help="small numbers, as the tests run them")
    asked.add_argument("--only", action="append", default=[], metavar="F1", choices=[*FAULTS])
    asked.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    options = asked.parse_args()
    databases.isolate_from_environment()
    size = SHORT if options.short else FULL
    outcomes = [
        survive(FAULTS[number], kind, size)
        for kind in options.database or ["sqlite", "postgresql"]
        for number in sorted(options.only or FAULTS, key=order)
        if kind in FAULTS[number].on
    ]
    print("\n" + "\n".join([Outcome.HEAD, *(outcome.line() for outcome in outcomes)]), flush=True)
    sys.exit(0 if all(outcome.held for outcome in outcomes) else 1)


def survive(one, kind, size):
    """Run one fault in a house of its own, and say what came of it."""
    began, tally, held = time.monotonic(), Tally(), False
    with tempfile.TemporaryDirectory(prefix="allclear-fault-") as folder:
        try:
            with servers.database(kind, Path(folder)) as (url, server):
                house = House(Path(folder), url, size, server)
                tally = house.tally
                try:
                    with house.inside():
                        seen, held = one.run(house), True
                finally:
                    house.close()
        except Exception as error:
            seen, held = f"{type(error).__name__}: {error}", False
            traceback.print_exc()
    outcome = Outcome(one.number, kind, size.name, time.monotonic() - began, tally, held)
    print(f"{outcome.line()}\n       {one.what}: {seen}", flush=True)
    return outcome


assert every.MODULES  # it has filled FAULTS

if __name__ == "__main__":
    main()
