"""`python -m tests.faults`: run faults at their full size, or short, and say what was seen."""

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests import databases
from tests.faults import every, servers
from tests.faults.house import FULL, SHORT, House
from tests.faults.registry import FAULTS, order


def main():
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("--short", action="store_true", help="small numbers, as the tests run them")
    asked.add_argument("--only", action="append", default=[], metavar="F1")
    asked.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    options = asked.parse_args()
    databases.isolate_from_environment()
    assert every.MODULES
    size = SHORT if options.short else FULL
    broken = 0
    for kind in options.database or ["sqlite", "postgresql"]:
        print(f"{kind}, {size.name} size", flush=True)
        for number in sorted(options.only or FAULTS, key=order):
            one = FAULTS[number]
            if kind in one.on:
                broken += not survives(one, kind, size)
    sys.exit(1 if broken else 0)


def survives(one, kind, size):
    """Run one fault in a house of its own, and say what came of it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="allclear-fault-") as folder:
        try:
            with servers.database(kind, Path(folder)) as (url, server):
                house = House(Path(folder), url, size, server)
                try:
                    with house.inside():
                        seen, held = one.run(house), True
                finally:
                    house.close()
        except Exception as error:
            seen, held = f"{type(error).__name__}: {error}", False
            traceback.print_exc()
    word = "held" if held else "BROKEN"
    took = time.monotonic() - began
    print(f"  {one.number:<4} {word:<7} {took:6.1f} s  {one.what}: {seen}", flush=True)
    return held


if __name__ == "__main__":
    main()
