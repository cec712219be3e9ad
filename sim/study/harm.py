"""Every policy in the one setting declared for its harm: does it do the harm that its card names?

Settings stand in :mod:`sim.study.harm_settings`. Each is run with and without the policy for :data:`SEEDS`
seeds that the twelve settings of :mod:`sim.study.trials` do not use, with common random numbers. Harm is
*found* where the 95 % interval of the paired difference lies wholly on the worse side of the declared
outcome: one setting, one outcome, one test, so a policy without any effect is accused in 2.5 % of cases. A
second declaration gets seeds of its own. ``python -m sim.study.harm [kind …]`` runs them and writes
``harm.json`` beside this file, from which cards quote.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, NamedTuple

from sim.outcomes import OUTCOMES
from sim.policies.registry import policy_kinds
from sim.study.harm_settings import DECLARED, FIRST, Harm
from sim.study.ranges import of_difference
from sim.study.statistics import paired
from sim.study.trials import WEEKS, base_setting, made_by, plain, seen

FILE = Path(__file__).with_name("harm.json")
SEEDS = (tuple(range(101, 117)), tuple(range(201, 217)))
"""Of first and of second declarations."""
LEVEL = 0.95

Verdict = Literal["harm", "unclear", "better"]


class Declaration(NamedTuple):
    """One of at most two of a policy."""

    kind: str
    number: int
    """1, or 2."""
    harm: Harm


def declarations(kinds: tuple[str, ...] = tuple(DECLARED)) -> Iterator[Declaration]:
    """First and second declarations of some policies."""
    for kind in kinds:
        if kind in FIRST:
            yield Declaration(kind, 1, FIRST[kind])
        yield Declaration(kind, 1 + (kind in FIRST), DECLARED[kind])


def scenario(declared: Declaration, with_it: bool) -> dict[str, Any]:
    """The whole scenario of a declaration, with or without its policy."""
    from sim.scenario.merge import expand, merge

    policies = [{"kind": declared.kind, **declared.harm.policy}] if with_it else []
    return {**merge(base_setting(), expand(declared.harm.changes)), "policies": policies}


def worse(outcome: str) -> int:
    """Direction in which an outcome gets worse: +1 or −1."""
    return 1 if OUTCOMES[outcome].better == "less" else -1


def _load() -> None:
    """Load all sources at the start, so that one edited meanwhile is never read by half."""
    import_module("sim.simulation")
    policy_kinds()


def _one(job: tuple[Declaration, int]) -> tuple[Declaration, float, float]:
    """The declared outcome of one seed, with the policy and without."""
    from sim.scenario.merge import tuples
    from sim.scenario.schema import Scenario
    from sim.simulation import simulate_arms

    declared, seed = job
    arms = {name: Scenario.model_validate(tuples(scenario(declared, name == "with")))
            for name in ("with", "without")}
    results = simulate_arms(arms, seed, frozenset((declared.kind,)))
    outcome, since = declared.harm.outcome, declared.harm.since
    with_it, without = (results[name].value(outcome, since, WEEKS) for name in ("with", "without"))
    return declared, with_it, without


def run(kinds: tuple[str, ...], workers: int = 2) -> dict[str, list[dict[str, Any]]]:
    """Try some policies in their settings; what ``harm.json`` holds of them.

    Parameters
    ----------
    kinds : tuple of str
        Each with a declaration.
    workers : int
        Processes; the result is the same for any number.
    """
    jobs = [(one, seed) for one in declarations(kinds) for seed in SEEDS[one.number - 1]]
    values: dict[tuple[str, int], tuple[list[float], list[float]]] = {}
    with ProcessPoolExecutor(workers, get_context("spawn"), _load) as pool:
        for declared, with_it, without in pool.map(_one, jobs):
            found = values.setdefault(declared[:2], ([], []))
            found[0].append(with_it)
            found[1].append(without)
    return {
        kind: [result(one, *values[one[:2]]) for one in declarations((kind,))] for kind in kinds}


def result(declared: Declaration, with_it: list[float], without: list[float]) -> dict[str, Any]:
    """One declaration and what was found, ready for JSON.

    Parameters
    ----------
    declared : Declaration
    with_it, without : list of float
        The declared outcome by seed.
    """
    harm = declared.harm
    found = paired(with_it, without, LEVEL, of_difference(harm.outcome))
    sign = worse(harm.outcome)
    verdict: Verdict = "unclear"
    if seen(found.low, found.high, sign):
        verdict = "harm"
    elif seen(found.low, found.high, -sign):
        verdict = "better"
    return {
        **stated(declared), "seeds": list(SEEDS[declared.number - 1]),
        "without": plain(sum(without) / len(without)), "difference": plain(found.difference),
        "low": plain(found.low), "high": plain(found.high), "verdict": verdict}


def stated(declared: Declaration) -> dict[str, Any]:
    """A declaration as it is written down: what a stored result must still agree with."""
    harm = declared.harm
    return {
        "declaration": declared.number, "outcome": harm.outcome, "worse": worse(harm.outcome),
        "label": harm.label.model_dump(), "changes": harm.changes, "policy": harm.policy,
        "since": harm.since}


def stored() -> dict[str, list[dict[str, Any]]]:
    """What was found last, by kind of policy; empty if nothing was."""
    if not FILE.is_file():
        return {}
    found: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))["policies"]
    return found


def main() -> int:
    """Run declared settings and write down what was found."""
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=formatter)
    parser.add_argument("kinds", nargs="*", help="policies; all if left out")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    if unknown := set(given.kinds) - set(DECLARED):
        parser.error("no setting declared for: " + ", ".join(sorted(unknown)))
    kinds = tuple(given.kinds) or tuple(DECLARED)
    start = time.perf_counter()
    stamp = {"commit": made_by(), "date": time.strftime("%Y-%m-%d")}  # of what workers load at the start
    found = run(kinds, given.workers)
    tried = {kind: [{**one, **stamp} for one in ones] for kind, ones in found.items()}
    policies = dict(sorted({**stored(), **tried}.items()))
    whole = {"weeks": WEEKS, "level": LEVEL, "policies": policies}
    FILE.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for kind, ones in found.items():
        for one in ones:
            print(f"{kind:26} {one['declaration']} {one['outcome']:22} {one['without']!s:>8} "
                  f"{one['difference']!s:>9} [{one['low']}, {one['high']}] {one['verdict']}")
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
