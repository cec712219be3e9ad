"""Put measured figures into both READMEs: ``python benchmarks/readme.py [--demo SECONDS]``.

Reads what ``benchmarks/run.py`` wrote, and replaces what stands between ``<!-- measured: NAME -->`` and
``<!-- /measured -->``. A figure that was not measured is left as it is.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NAMES = {
    "run1k": "a run of 1,000 residents × 104 weeks",
    "run20k": "a run of 20,000 residents × 104 weeks",
    "help": "yihe --help",
    "validate": "yihe validate",
    "sweep": "sweep, 2 processes",
    "cold": "compiling all kernels, once",
}
MACHINE = {
    "README.md": "{processor}, {cores} cores, Python {python}, numba {numba}, NumPy {numpy}; medians.",
    "README.zh-CN.md": "{processor}，{cores} 核，Python {python}，numba {numba}，NumPy {numpy}；取中位数。",
}


def texts(report: dict[str, Any], demo: float | None, machine: str) -> dict[str, str]:
    """Text of every slot that was measured."""
    figures = {figure["name"]: figure for figure in report["figures"]}
    found = {
        slot: f"{figures[name]['median']:.2g} {figures[name]['unit']}"
        for slot, name in NAMES.items() if name in figures
    }
    if demo is not None:
        found["demo"] = f"{demo:.0f} s"
    return {**found, "machine": machine.format(**report, **report["packages"])}


def fill(text: str, found: dict[str, str]) -> str:
    """A README with its slots filled."""

    def put(match: re.Match[str]) -> str:
        head, old, tail = match.groups()
        return head + found.get(re.sub(r".*: (\w+) .*", r"\1", head), old) + tail

    return re.sub(r"(<!-- measured: \w+ -->)(.*?)(<!-- /measured -->)", put, text)


def main() -> None:
    """Fill both."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--figures", type=Path, default=ROOT / "results" / "benchmarks.json")
    parser.add_argument("--demo", type=float, help="seconds of `make demo` on a new clone")
    given = parser.parse_args()
    report = json.loads(given.figures.read_text(encoding="utf-8"))
    for name, machine in MACHINE.items():
        file = ROOT / name
        text = fill(file.read_text(encoding="utf-8"), texts(report, given.demo, machine))
        file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
