"""Hold every scenario file against its recorded baseline, or record the baselines anew.

    python tests/record_baselines.py            every arm of every scenario; exit code 1 if any differs
    python tests/record_baselines.py --renew    write down what the code does now

A baseline that did not change is left as it is, whatever it was recorded with.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection
from pathlib import Path

from sim.comparing.baseline import RENEW, Form, between_records, read, record, write
from sim.comparing.difference import Difference
from sim.comparing.words import MOST, markdown
from sim.errors import default_language

ROOT = Path(__file__).parent.parent
BASELINES = ROOT / "tests" / "baselines"
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))


def baseline(scenario: Path) -> Path:
    return BASELINES / f"{scenario.stem}.json"


def against_baseline(scenario: Path, only: Collection[str] | None = None) -> Difference:
    """What a scenario gives now, against what was recorded of it."""
    names = f"tests/baselines/{scenario.stem}.json", f"scenarios/{scenario.name}"
    known = read(baseline(scenario))
    now = record(scenario, only=only, form=Form(known.seed, known.warmup, known.weeks))
    return between_records(known, now, names, only=only)


def told(found: Difference) -> str:
    """The words of ``yihe diff``, and what to do."""
    lang = default_language()
    return f"{markdown(found, lang, MOST)}\n{RENEW.text(lang)}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--renew", action="store_true", help="write the baselines that changed")
    parser.add_argument("names", nargs="*", help="scenarios by their file's name without .yaml; all if none")
    asked = parser.parse_args()
    differing = 0
    BASELINES.mkdir(exist_ok=True)
    for scenario in SCENARIOS:
        if asked.names and scenario.stem not in asked.names:
            continue
        if asked.renew and not baseline(scenario).exists():
            write(record(scenario), baseline(scenario))
            print(f"{scenario.stem}: recorded", flush=True)
            continue
        found = against_baseline(scenario)
        differing += not found.identical
        print(f"{scenario.stem}: {'same' if found.identical else 'differs'}", flush=True)
        if not found.identical:
            print(told(found), flush=True)
            if asked.renew:
                write(record(scenario), baseline(scenario))
    gone = [file for file in BASELINES.glob("*.json") if file.stem not in {s.stem for s in SCENARIOS}]
    for file in gone:
        print(f"{file.stem}: there is no such scenario any more; delete {file.relative_to(ROOT)}", flush=True)
    return 0 if asked.renew else int(bool(differing or gone))


if __name__ == "__main__":
    sys.exit(main())
