"""The sensitivity studies, written one from the other: sieve, Morris, whole ranges one at a time, Sobol.

``python -m sim.evidence stages`` writes ``experiments/evidence/sieve.yaml`` from the registry, and the later
ones from what the reference results of the earlier ones say matters; nothing is typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import sim
from sim.evidence import structures
from sim.evidence.factors import Varied, Width, varied
from sim.evidence.sensitivity import ranked
from sim.evidence.stored import REFERENCE, stored, there
from sim.params import Label

STUDIES = Path(sim.__file__).parent.parent / "experiments" / "evidence"

OUTCOMES = (
    "participation_52_other", "latent_disputes", "real_resolution_rate", "time_waiting", "satisfaction")
"""Main outcomes of the sensitivity studies."""
OF = ("none", "none - none_fragmented", "festival - none")
"""What is analysed: the level under one core, and the two conclusions."""


MORRIS, WHOLE, SOBOL = 18, 16, 4
"""Numbers taken into each later stage; Morris and Sobol have the structural alternatives besides."""
RULE, REST = "decision_rule", "all_the_rest"
"""Groups of the Sobol study: terms of the decision rule; every other number, organisations too."""


class Stage(NamedTuple):
    """One study of the chain."""

    name: str
    label: Label
    width: Width
    design: str
    quick: str
    replicates: tuple[int, int]
    """Seeds at full size and in the quick form."""
    arms: tuple[str, ...] = ("none", "none_fragmented", "festival")
    of: tuple[str, ...] = OF


STAGES = {
    "sieve": Stage(
        "sieve", Label(zh="全部不确定参数的粗筛", en="a sieve of all uncertain numbers"), "near",
        "method: latin_hypercube\n  n: 2048", "{n: 256}", (5, 2)),
    "morris": Stage(
        "morris",
        Label(zh="粗筛留下的参数：Morris 筛选", en="Morris screening of what the sieve left"), "near",
        "method: morris\n  trajectories: 40\n  levels: 4", "{trajectories: 10}", (10, 4)),
    "sobol": Stage(
        "sobol",
        Label(zh="全部不确定参数与结构：方差分解", en="variance by all uncertain numbers and structures"),
        "near",
        "method: sobol\n  n: 1024\n  second_order: false", "{n: 128}", (10, 2), ("none",), ("none",)),
    "whole": Stage(
        "whole",
        Label(zh="逐个参数移到声明范围的两端", en="one number at a time to both ends of its whole range"),
        "whole", "method: one_at_a_time", "{method: one_at_a_time}", (40, 4)),
}

_ARMS = {
    "none": """\
    none:
      label: {zh: 无政策·一核多元, en: "no policy, one core"}
      population: {residents: 400}
      places: {grids: 1}
""",
    "none_fragmented": """\
    none_fragmented:
      label: {zh: 无政策·多头无核, en: "no policy, fragmented"}
      regime: fragmented
      population: {residents: 400}
      places: {grids: 1}
""",
    "festival": """\
    festival:
      label: {zh: 邻里节·一核多元, en: "festival, one core"}
      population: {residents: 400}
      places: {grids: 1}
      policies:
        - {kind: neighbour_festival}
        - {kind: neighbour_covenant}
        - {kind: mutual_help_teams}
        - {kind: building_council}
""",
}
"""Arms of the quick forms."""

_HEAD = """\
# 由 python -m sim.evidence stages 生成，请勿手改 · made by python -m sim.evidence stages; do not edit
# {zh}（{count} 个因子） · {en} ({count} factors).
# 参考结果用 --quick（探索性）；完整规模不带 --quick，另加 --yes
# the reference results are the quick form (exploratory); full size without --quick, with --yes
study: evidence_{name}
title: {{zh: {zh}, en: "{en}"}}
base: ../../scenarios/chaoyang_neighbour_festival.yaml
weeks: 104
warmup: 52
arms: [{arms}]
replicates: {full}
keep: {{weekly: none}}
report:
  outcomes: [{outcomes}]
  of: [{of}]
  contrasts: {{against: none}}
quick:  # 400 人、一个网格、13 周预热 · 400 residents in one grid, 13 weeks of warm-up
  weeks: 52
  warmup: 13
  replicates: {small}
  design: {quick}
  arms:
{quick_arms}design:
  {design}
  factors:
"""


def text(stage: Stage, factors: Sequence[Varied]) -> str:
    """The study file of a stage."""
    count = len({one.group or one.path for one in factors})
    head = _HEAD.format(
        zh=stage.label.zh, en=stage.label.en, count=count, name=stage.name, full=stage.replicates[0],
        small=stage.replicates[1], quick=stage.quick, design=stage.design, outcomes=", ".join(OUTCOMES),
        of=", ".join(f'"{of}"' for of in stage.of), arms=", ".join(stage.arms),
        quick_arms="".join(_ARMS[arm] for arm in stage.arms))
    return head + "".join(f"    {one.written()}\n" for one in factors)


def chosen(root: Path = REFERENCE) -> dict[str, list[Varied]]:
    """Factors of every stage whose basis is there."""
    found = {"sieve": varied("near")}
    if there("evidence_sieve", root):
        best = strongest(root)
        switches = [one.path for one in varied("near") if one.values]
        found["morris"] = only("near", [*best[:MORRIS], *switches])
        found["whole"] = only("whole", best[:WHOLE])
    if there("evidence_morris", root):
        found["sobol"] = grouped(_influential(root)[:SOBOL])
    return found


def strongest(root: Path = REFERENCE) -> list[str]:
    """Numbers that the sieve took in, those first that explain most of any one response."""
    table = stored("evidence_sieve", root).table("sieve")
    gain = table.groupby("factor")["gain"].max().sort_values(ascending=False, kind="stable")
    switches = {one.path for one in varied("near") if one.values}
    return [str(path) for path in gain.index if path not in switches]


def _influential(root: Path) -> list[str]:
    """Numbers of the Morris screening, those first that have the greatest part in any one response."""
    switches = {one.path for one in varied("near") if one.values}
    best = ranked(stored("evidence_morris", root).table("morris"))["factor"]
    return [str(path) for path in best if path not in switches]


def grouped(alone: Sequence[str]) -> list[Varied]:
    """Every uncertain number and structure: some numbers alone, structures, and the rest as one group.

    Without a policy, so that numbers of policies, which nothing would read, are left out.

    Parameters
    ----------
    alone : sequence of str
        Numbers that are factors by themselves, unless they are terms of the decision rule.
    """
    terms = structures.terms()
    found = [Varied(structures.REGIME, 0.0, 0.0, False, False, structures.REGIMES)]
    found += [Varied(path, 0.0, 0.0, False, False, values, RULE) for path, values in terms.items()]
    for one in varied("near"):
        if one.path in terms or one.path.startswith("policies."):
            continue
        if one.path in (*alone, structures.BUILDER, structures.MIX):
            found.append(one)
        else:
            found.append(one._replace(group=REST))
    return found


def only(width: Width, paths: Iterable[str]) -> list[Varied]:
    """Some factors, in the order of the registry."""
    wanted = set(paths)
    return [one for one in varied(width) if one.path in wanted]


def files(root: Path = REFERENCE) -> dict[str, str]:
    """Every study file that is made, by name."""
    found = {f"{name}.yaml": text(STAGES[name], factors) for name, factors in chosen(root).items()}
    if there("evidence_calibration", root):
        found["posterior.csv"] = posterior(root)
    return {**found, "structure.csv": structures.table()}


def posterior(root: Path = REFERENCE) -> str:
    """Distinct draws of the strict calibration as a table of points, for claims of other scenarios."""
    r = stored("evidence_calibration", root)
    names = list(r.table("shrinkage")["parameter"])
    draws = r.table("draws")[names].drop_duplicates()
    return str(draws.to_csv(index=False, float_format="%.6g", lineterminator="\n"))


def write(studies: Path = STUDIES, root: Path = REFERENCE) -> list[Path]:
    """Write them."""
    made = []
    for name, content in files(root).items():
        (studies / name).write_text(content, encoding="utf-8")
        made.append(studies / name)
    return made
