"""An optimisation on the study runner: every run stored, a kill at any moment loses nothing finished."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.designs.factors import Factor
from sim.designs.section import read
from sim.errors import YiheError
from sim.optimisation.optimise import Found, optimise
from sim.optimisation.spec import Optimise
from sim.outcomes import OUTCOMES
from sim.study.bench import Bench
from sim.study.setup import Setup
from sim.study.sweep import How, Swept
from sim.study.variants import check_policies, vary

if TYPE_CHECKING:
    import pandas as pd

KEY, JOURNAL = "optimise", "journal"


def wanted_of(setup: Setup) -> tuple[Optimise, dict[str, Factor], tuple[str, ...]]:
    """What a study file wants: objective and budget, factors, constraints between them.

    Raises
    ------
    YiheError
        The first mistake in its ``optimise:`` section.
    """
    tree = dict(setup.file.optimise or {})
    if not tree:
        raise YiheError(
            "没有 optimise 一节：请写明 objective、factors 和 trials，或用 yihe sweep",
            "there is no optimise section: give objective, factors and trials, or use yihe sweep",
            file=setup.path,
            key=KEY,
        )
    said, rules = tree.pop("factors", {}), tree.pop("constraints", ())
    place: dict[str, Any] = {"file": setup.path, "origins": setup.origins}
    spec: Optimise = read(Optimise, tree, key=KEY, **place)
    factors: dict[str, Factor] = read(dict[str, Factor], said, key=f"{KEY}.factors", **place)
    constraints: tuple[str, ...] = read(tuple[str, ...], rules, key=f"{KEY}.constraints", **place)
    try:
        spec.check(OUTCOMES, setup.arms)
        check_policies(setup.arms, tuple(factors))
        for name, factor in factors.items():
            _check_ends(setup, name, factor)
    except YiheError as error:
        key = error.key or ""
        key = key if key.startswith(KEY) else f"{KEY}.factors.{key}"
        raise YiheError(error.zh, error.en, file=setup.path, key=key) from error
    return spec, factors, constraints


def _check_ends(setup: Setup, name: str, factor: Factor) -> None:
    """Build scenarios with a factor's ends, or with all its values, before anything runs."""
    for value in factor.values or (factor.low, factor.high):
        try:
            vary(setup.arms, (name,), (int(value) if factor.integer and value is not None else value,))
        except YiheError as error:
            raise YiheError(error.zh, error.en, key=f"{KEY}.factors.{name}") from error


def run_optimisation(setup: Setup, folder: Path, how: How | None = None) -> tuple[Swept, Found]:
    """Search for the best package, from the start or from where it stopped.

    Parameters
    ----------
    setup : Setup
    folder : Path
    how : How, optional

    Raises
    ------
    YiheError
        For a mistake in the study, or a folder that cannot be used.
    """
    spec, factors, constraints = wanted_of(setup)
    first = setup.table.first_seed
    with Bench.at_work(setup, folder, how) as bench:

        def evaluate(points: pd.DataFrame, replicates: int) -> pd.DataFrame:
            runs = bench.table("runs", bench.run(points, replicates))
            return runs[runs["seed"] < first + replicates].reset_index(drop=True)

        found = optimise(
            spec, factors, evaluate, folder / JOURNAL, first, constraints=constraints,
            identity=setup.table.key)
        tables = {"trials": found.trials, "finalists": found.finalists, "equivalent": found.equivalent}
        done = bench.finish(tables, factors=list(factors), best=found.best)
    return done, found
