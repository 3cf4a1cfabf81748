"""`make bench`: measures the real thing beside its peers, turn about, on this machine. Nothing is asserted.

Each part goes on round after round until its ratios are known, or to a limit of rounds; see `rounds.py`.
Run one part alone by its name: `python -m tests.bench push pull photos growth map start`.
"""

import argparse
import importlib
import time
from typing import Any

from tests.bench import report
from tests.bench.figures import Figure

PARTS = {
    "push": "tests.bench.push",
    "pull": "tests.bench.pull",
    "photos": "tests.bench.photos",
    "growth": "tests.bench.growth",
    "map": "tests.bench.map_page",
    "start": "tests.bench.start",
}


def main() -> None:
    """Measure the parts named on the command line, or all of them, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="|".join(PARTS))
    parser.add_argument("--most", type=int, metavar="N", help="end each part after N rounds at the latest")
    asked = parser.parse_args()
    limit = {"most": asked.most} if asked.most else {}
    figures: list[Figure] = []
    for name in asked.parts or PARTS:
        begun = time.monotonic()
        print(f"measuring {name} …", flush=True)
        part: Any = importlib.import_module(PARTS[name])
        figures += part.measure(**limit)
        print(f"measured {name} in {time.monotonic() - begun:.0f} s", flush=True)
    print("\n" + report.table(figures))
    report.write(figures)
    print(f"\nEvery round is in {report.FILE}.")


if __name__ == "__main__":
    main()
