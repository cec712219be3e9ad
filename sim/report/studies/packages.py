"""What a search for the best package left, in the shape its figures and sentences read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.optimisation.running import wanted_of
from sim.study.setup import Setup

if TYPE_CHECKING:
    import pandas as pd


def told(setup: Setup, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """``trials`` and ``finalists`` with the columns of :data:`sim.report.studies.tables.COLUMNS`.

    The first objective, or the weighted sum of several, is the value shown. Finalists within the budget come
    first, the chosen one at their head, then by value.
    """
    import pandas as pd

    if "trials" not in tables or "finalists" not in tables:
        return {}
    spec, factors, _ = wanted_of(setup)
    goal = spec.goals[0]
    name = "sum" if "sum" in tables["trials"] else goal.name
    about = {"of": goal.of or next(iter(setup.arms)), "outcome": "" if name == "sum" else goal.outcome}
    trials = tables["trials"].assign(**about)
    trials = trials.assign(value=trials[name], feasible=trials["affordable"])
    finalists = tables["finalists"].assign(**about)
    order = finalists.assign(_value=-goal.sign * finalists[name]).sort_values(
        ["chosen", "equal", "_value"], ascending=[False, False, True], kind="stable")
    places = pd.Series(range(1, len(order) + 1), index=order.index)
    missing = pd.Series(float("nan"), index=finalists.index)
    return {"trials": trials, "finalists": finalists.assign(
        rank=places,
        package=pd.Series(_packages(finalists, list(factors)), index=finalists.index), value=finalists[name],
        low=finalists.get(f"{name}_low", missing), high=finalists.get(f"{name}_high", missing),
        difference=finalists.get("difference", missing),
        difference_low=finalists.get("difference_low", missing),
        difference_high=finalists.get("difference_high", missing),
        told_apart=~(finalists["equal"] | finalists["chosen"]).astype(bool))}


def _packages(finalists: pd.DataFrame, factors: Sequence[str]) -> list[dict[str, Any]]:
    """Each finalist's factors; those of a policy that is left out say nothing."""
    rows = finalists[list(factors)].astype(object).to_dict("records")
    return [{str(key): value for key, value in row.items() if not _idle(str(key), row)} for row in rows]


def _idle(factor: str, row: Mapping[Any, Any]) -> bool:
    parts = factor.rsplit(".", 1)
    return parts[-1] != "on" and row.get(f"{parts[0]}.on", True) is False
