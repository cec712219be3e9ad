"""Every policy tried alone on twelve settings declared beforehand: where does it do what its source expects?

The settings cross the type of community and the load with money and trust. In each, one run with and one
without the policy for each of :data:`SEEDS` seeds, with common random numbers. A setting *agrees* where the
95 % interval of the paired difference lies wholly on the side that the source expects; a policy *does harm*
in a setting where one of :data:`HARMS` moves to the worse with an interval of 1 − 0.05/72, so that over 12
settings and 6 outcomes a policy without any effect is accused in at most 5 % of cases. A policy without any
effect agrees by chance in 2.5 % of settings. Controls are not tried: a sham has no claim to agree with.
``python -m sim.study.trials`` runs them all and writes ``trials.json`` beside this file, from which cards and
documents quote.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.policies.registry import BUILT_IN
from sim.study.ranges import of_difference
from sim.study.statistics import paired

FILE = Path(__file__).with_name("trials.json")
SEEDS = tuple(range(1, 9))
WEEKS = 52
HARMS = (
    "participation_52_other", "latent_disputes", "real_resolution_rate", "satisfaction", "autonomy",
    "time_waiting")
"""Outcomes of which none may get worse. Waiting counts those who give up; times to close would not."""
LEVEL, STRICT = 0.95, 1.0 - 0.05 / (12 * len(HARMS))

_OLD: dict[str, Any] = {
    "actors": {
        "property": {"present": False}, "owners_committee": {"present": False},
        "residents_committee": {"staff_per_1000": 1.6}},
    "population": {"age": {"elderly": 0.30}, "renters": 0.15}, "places": {"floors": 6}}
_LOAD: dict[str, Any] = {"world": {"tasks_rate": 8.0, "potential_rate": 5.0}}
_POOR: dict[str, Any] = {"budget": {"weekly": 400.0}}
_DISTRUST: dict[str, Any] = {
    "actors": {"trust_between": 0.3, "core": {"manner": 0.4}},
    "population": {"trust": {"core": 0.35, "residents_committee": 0.35, "grid_worker": 0.35}}}

Part = tuple[str, str, dict[str, Any]]
TYPES: tuple[Part, ...] = (("商品房小区", "commercial estate", {}), ("老旧小区", "old estate", _OLD))
LOADS: tuple[Part, ...] = (("通常负荷", "usual load", {}), ("高负荷", "high load", _LOAD))
MEANS: tuple[Part, ...] = (
    ("经费与信任如常", "usual money and trust", {}), ("经费紧", "little money", _POOR),
    ("信任低", "little trust", _DISTRUST))


class Setting(NamedTuple):
    """One community in which every policy is tried."""

    label: Label
    changes: dict[str, Any]


def base_setting() -> dict[str, Any]:
    """What all settings have in common; the first of them is nothing but this."""
    return {
        "yihe": 1, "name": "trial", "weeks": WEEKS, "warmup": 52,
        "places": {"communities": 3, "grids": 1, "unit_buildings": 1}, "population": {"residents": 300},
        "shocks": [{"kind": "burst_main", "week": 30, "weeks": 2}]}


def _settings() -> tuple[Setting, ...]:
    from sim.scenario.merge import merge

    found = []
    for parts in product(TYPES, LOADS, MEANS):
        changes = base_setting()
        for _, _, change in parts:
            changes = merge(changes, change)
        label = Label(zh="，".join(p[0] for p in parts), en=", ".join(p[1] for p in parts))
        found.append(Setting(label, changes))
    return tuple(found)


class Expectation(NamedTuple):
    """What the source expects of a policy, as an outcome and its direction."""

    outcome: str
    sign: int
    """+1: it rises; −1: it falls."""


_UP, _DOWN = 1, -1
EXPECTED: dict[str, Expectation] = {
    kind: Expectation(outcome, sign) for kind, outcome, sign in (
        ("appraisal_reform", "satisfaction", _UP),
        ("big_party_committee", "resolved", _UP),
        ("building_council", "participation_52_other", _UP),
        ("building_leaders", "participation_52_other", _UP),
        ("burden_reduction", "time_waiting", _DOWN),
        ("cadre_manner", "satisfaction", _UP),
        ("cadre_team", "real_resolution_rate", _UP),
        ("community_funding", "resolved", _UP),
        ("cross_appointment", "handoffs", _DOWN),
        ("deliberation_techniques", "autonomy", _UP),
        ("devolution", "real_resolution_rate", _UP),
        ("digital_platform", "time_to_find", _DOWN),
        ("district_support", "time_waiting", _DOWN),
        ("emergency_linkage", "recovery_weeks", _DOWN),
        ("empowerment_chain", "participation_52_other", _UP),
        ("feedback_loop", "participation_52_other", _UP),
        ("gatekeeping_list", "real_resolution_rate", _UP),
        ("grid_party_building", "time_to_find", _DOWN),
        ("grid_staffing", "time_to_close", _DOWN),
        ("guiding_core", "autonomy", _UP),
        ("joint_party_organisation", "resolved", _UP),
        ("last_resort", "silent_disputes", _DOWN),
        ("legal_publicity", "real_resolution_rate", _UP),
        ("member_model_posts", "participation_52_other", _UP),
        ("micro_projects", "participation_52", _UP),
        ("mobile_members", "member_gap", _UP),
        ("mutual_help_teams", "participation_52_other", _UP),
        ("neighbour_covenant", "latent_neighbour_disputes", _DOWN),
        ("neighbour_festival", "participation_52_other", _UP),
        ("oversight_accountability", "handoffs", _DOWN),
        ("owners_committee_party", "legitimacy", _UP),
        ("party_alliance", "resolved", _UP),
        ("points_incentive", "participation_52", _UP),
        ("professional_mediation", "real_resolution_rate", _UP),
        ("project_operation", "resolved", _UP),
        ("red_microcirculation", "participation_52_other", _UP),
        ("red_property", "property_effort", _UP),
        ("secretary_studio", "participation_52_other", _UP),
        ("service_centres", "participation_52_other", _UP),
        ("space_for_service", "participation_52_other", _UP),
        ("targeted_services", "participation_52", _UP),
        ("unit_services", "unit_satisfaction", _UP),
    )}
"""Our reading of each card's claim; where a source only praises, the outcome its mechanism aims at."""


def _one(job: tuple[int, int, tuple[str, ...]]) -> tuple[int, int, dict[str, dict[str, float]]]:
    """All policies in one setting with one seed: outcomes of each arm, ``""`` being none."""
    from sim.scenario.merge import tuples
    from sim.scenario.schema import Scenario
    from sim.simulation import simulate_arms

    setting, seed, kinds = job
    changes = _settings()[setting].changes
    policies = {kind: [{"kind": kind}] if kind else [] for kind in ("", *kinds)}
    arms = {kind: Scenario.model_validate(tuples({**changes, "policies": listed}))
            for kind, listed in policies.items()}
    wanted = {*HARMS, *(EXPECTED[kind].outcome for kind in kinds)}
    results = simulate_arms(arms, seed, frozenset(kinds))
    return setting, seed, {
        kind: {name: result.value(name, 0, WEEKS) for name in sorted(wanted)}
        for kind, result in results.items()}


def run(kinds: tuple[str, ...], seeds: tuple[int, ...] = SEEDS, workers: int = 2) -> dict[str, Any]:
    """Try some policies; what ``trials.json`` holds.

    Parameters
    ----------
    kinds : tuple of str
        Each with an entry in :data:`EXPECTED`.
    seeds : tuple of int
    workers : int
        Processes; the result is the same for any number.
    """
    settings = _settings()
    jobs = [(s, seed, kinds) for s in range(len(settings)) for seed in seeds]
    values: dict[tuple[int, str, str], list[float]] = {}
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for setting, _, arms in pool.map(_one, jobs):
            for kind, outcomes in arms.items():
                for name, value in outcomes.items():
                    values.setdefault((setting, kind, name), []).append(value)
    policies = {kind: _verdict(kind, values, len(settings)) for kind in kinds}
    return {
        "seeds": list(seeds), "weeks": WEEKS, "harms": list(HARMS), "level": LEVEL, "strict": STRICT,
        "settings": [s.label.model_dump() for s in settings], "policies": policies}


def _verdict(kind: str, values: Mapping[tuple[int, str, str], list[float]], settings: int) -> dict[str, Any]:
    wanted = EXPECTED[kind]
    agrees, against, harms = [], [], []
    differences = []
    for s in range(settings):
        name = wanted.outcome
        with_it, without = values[s, kind, name], values[s, "", name]
        found = paired(with_it, without, LEVEL, of_difference(name))
        differences.append([plain(found.difference), plain(found.low), plain(found.high)])
        if seen(found.low, found.high, wanted.sign):
            agrees.append(s)
        elif seen(found.low, found.high, -wanted.sign):
            against.append(s)
        for harm in HARMS:
            worse = 1 if OUTCOMES[harm].better == "less" else -1
            strict = paired(values[s, kind, harm], values[s, "", harm], STRICT, of_difference(harm))
            if seen(strict.low, strict.high, worse):
                harms.append({
                    "setting": s, "outcome": harm, "difference": plain(strict.difference),
                    "low": plain(strict.low), "high": plain(strict.high)})
    return {
        "outcome": wanted.outcome, "sign": wanted.sign, "agrees": agrees, "against": against,
        "differences": differences, "harms": harms}


def seen(low: float, high: float, sign: int) -> bool:
    """Whether an interval lies wholly on one side of 0."""
    return bool(low > 0 if sign > 0 else high < 0)


def plain(value: float) -> float | None:
    """A number rounded for JSON; None for what could not be computed."""
    return None if not np.isfinite(value) else float(f"{value:.4g}")


def stored() -> dict[str, Any]:
    """What the last trials found; empty if there are none."""
    if not FILE.is_file():
        return {}
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def made_by() -> str:
    """Last commit that touched the sources, with a plus where a source file differs from it."""
    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], capture_output=True, text=True, check=False, cwd=FILE.parent.parent)
        return done.stdout.strip()

    changed = [line for line in git("status", "--porcelain", ".").splitlines() if not line.endswith(".json")]
    return git("log", "-1", "--format=%h", "--", ".") + ("+" if changed else "")


def main() -> int:
    """Run all trials and write them down."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("kinds", nargs="*", help="policies; all if left out")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    kinds = tuple(given.kinds) or tuple(k for k in sorted(BUILT_IN) if k in EXPECTED)
    start, commit = time.perf_counter(), made_by()
    found = run(kinds, workers=given.workers)
    if commit != made_by():
        commit += "+changed"  # sources moved while it ran: not to be quoted
    for one in found["policies"].values():
        one["commit"], one["date"] = commit, time.strftime("%Y-%m-%d")
    if given.kinds and (before := stored()):
        if any(before[key] != found[key] for key in ("seeds", "weeks", "harms", "settings")):
            print("trials.json was made by other rules: run all policies anew", file=sys.stderr)
            return 1
        found["policies"] = dict(sorted({**before["policies"], **found["policies"]}.items()))
    FILE.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for kind, one in found["policies"].items():
        print(f"{kind:28} {one['outcome']:28} agrees {len(one['agrees']):2}/12, "
              f"against {len(one['against']):2}, harm in {len({h['setting'] for h in one['harms']})}")
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
