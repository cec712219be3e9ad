"""Main effects and two-way interactions of two-level designs: what each policy adds, alone and in pairs.

The effect of a term is the mean outcome where its coded column is +1 minus the mean where it is −1, the other
terms held equal (least squares within each seed; exact contrasts in an orthogonal design). The interaction
``a × b`` is half the difference between the effect of a with b and without. Seeds are the units: a t-interval
over their effects, and Holm's adjustment over all terms.

In a fraction of a design some terms cannot be told apart: they share one column, and so one row, named
after the first of them with the others as ``aliases``. Where interactions are mixed with several other terms
at once (as in Plackett–Burman designs, or when too many runs failed), they are NaN and main effects alone are
fitted.

Reference: Box, Hunter and Hunter 2005, Statistics for Experimenters, chapters 5 and 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.analysis.responses import Response, complete
from sim.errors import YiheError
from sim.study.statistics import holm, paired

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]

BY = " × "
"""Between the factors of an interaction."""

COLUMNS = ("of", "outcome", "term", "order", "effect", "low", "high", "p", "p_holm", "aliases", "n", "points")

_ROUNDING = 1e-12


class Term(NamedTuple):
    """A column of the model and every name it goes by."""

    name: str
    order: int
    column: FloatArray
    aliases: tuple[str, ...]


def effects(
    response: Response,
    problem: Mapping[str, Any],
    unit: FloatArray,
    *,
    order: int = 2,
    aliases: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Effects of a two-level design.

    Parameters
    ----------
    response : Response
    problem : mapping
        SALib's: ``names`` of the factors in the order of the columns of ``unit``.
    unit : array, shape (points, factors)
        The design in the unit cube, points from 0; a factor's lesser value is coded −1, the greater +1.
    order : {1, 2}
        Main effects alone, or two-way interactions as well.
    aliases : mapping of str to sequence of str, optional
        Aliases of a term, such as ``{"a": ["b × c"]}``, as the design declares them; found from the columns,
        among terms of the given order, for terms not named.

    Returns
    -------
    DataFrame
        ``of, outcome, term, order, effect, low, high, p, p_holm, aliases, n, points``, in units of the
        outcome; ``aliases`` is a text, with a minus before an alias of opposite sign.

    Raises
    ------
    YiheError
        If a factor has not two levels, or too few points are complete.
    """
    import pandas as pd

    terms = _terms([str(name) for name in problem["names"]], unit, order)
    values = response.rows(len(unit))
    kept = complete(~np.isnan(values))
    by_seed = _by_seed(terms, values[np.ix_(kept.blocks, kept.seeds)], kept.blocks)
    rows = []
    for term, found in zip(terms, by_seed, strict=True):
        contrast = paired(found, np.zeros(len(found)), bounds=response.bounds_of_change)
        named = term.aliases if aliases is None else tuple(aliases.get(term.name, term.aliases))
        rows.append({
            "of": response.of, "outcome": response.outcome, "term": term.name, "order": term.order,
            "effect": contrast.difference, "low": contrast.low, "high": contrast.high, "p": contrast.p,
            "aliases": ", ".join(named), "n": contrast.n, "points": len(kept.blocks)})
    table = pd.DataFrame(rows)
    table["p_holm"] = holm(table["p"].to_numpy(float))
    return table[list(COLUMNS)]


def _terms(names: list[str], unit: FloatArray, order: int) -> list[Term]:
    """Columns that differ, each with the names of those that equal it or its opposite."""
    for name, column in zip(names, unit.T, strict=True):
        found = len(np.unique(column))
        if found != 2:
            raise YiheError(
                f"因素 {name} 有 {found} 个取值，主效应与交互效应要求每个因素恰有两个："
                "请使用两水平设计，或改用 PAWN",
                f"factor {name} has {found} values; main and interaction effects need two of every factor: "
                "use a two-level design, or PAWN", key="design.method")
    levels = np.where(unit == unit.max(axis=0), 1.0, -1.0)
    columns = [(name, 1, levels[:, i]) for i, name in enumerate(names)]
    if order > 1:
        columns += [(f"{names[i]}{BY}{names[j]}", 2, levels[:, i] * levels[:, j])
                    for i, j in combinations(range(len(names)), 2)]
    first: dict[bytes, int] = {}
    terms: list[Term] = []
    for name, degree, column in columns:
        sign = column[0]  # equal or opposite columns are equal once the first entry is made +1
        place = first.setdefault((column * sign).tobytes(), len(terms))
        if place == len(terms):
            terms.append(Term(name, degree, column, ()))
        else:
            known = terms[place]
            alias = name if known.column[0] == sign else f"−{name}"
            terms[place] = known._replace(aliases=(*known.aliases, alias))
    return terms


def _by_seed(terms: Sequence[Term], y: FloatArray, points: npt.NDArray[np.int64]) -> FloatArray:
    """Effects of each seed, shape (terms, seeds); NaN for terms that cannot be told from several others."""
    found = np.full((len(terms), y.shape[1]), np.nan)
    for degree in (2, 1):
        fitted = [i for i, term in enumerate(terms) if term.order <= degree]
        model = np.column_stack([np.ones(len(points)), *(terms[i].column[points] for i in fitted)])
        if model.shape[0] and np.linalg.matrix_rank(model) == model.shape[1]:
            effect = 2.0 * (np.linalg.pinv(model) @ y)[1:]
            # Least squares leaves rounding where the effect is exactly 0; it must not pass for an effect
            effect[np.abs(effect) <= _ROUNDING * np.abs(y).max()] = 0.0
            found[fitted] = effect
            return found
    mains = sum(term.order == 1 for term in terms)
    raise YiheError(
        f"只有 {len(points)} 个点有完整的运行，不足以估计 {mains} 个主效应：请用 yihe resume 补跑失败的运行",
        f"{len(points)} points with complete runs are too few for {mains} main effects: run what failed "
        "again with yihe resume", key="design")
