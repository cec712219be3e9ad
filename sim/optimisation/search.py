"""The search: packages asked in batches, each batch a pure function of the record before it.

A batch is asked of a fresh sampler whose seed is keyed by its number and whose past is the record of all
whole batches before. A search that was killed therefore asks for just the packages it would have asked for,
whenever and however often it was killed.

Small spaces are gone through whole. Otherwise the first packages are the base, then a Sobol sequence, and
then Optuna's tree-structured Parzen estimator [1]_ takes over, with constraints [2]_ for budgets, and
settings of a policy modelled only where it is listed. No package is tried twice.

References
----------
.. [1] Watanabe, S. (2023). Tree-structured Parzen estimator. arXiv:2304.11127.
.. [2] Watanabe, S. and Hutter, F. (2023). c-TPE: tree-structured Parzen estimator with inequality
   constraints. arXiv:2211.14411.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.designs.points import frame
from sim.designs.sampling import sobol_blocks
from sim.optimisation.journal import Journal, Way
from sim.optimisation.scores import Scores, means, score
from sim.optimisation.space import Point, Space, key
from sim.optimisation.spec import Optimise
from sim.rng import Streams, combine_array, combine_whole, unit_interval

if TYPE_CHECKING:
    import pandas as pd
    from optuna.samplers import TPESampler
    from optuna.study import Study
    from optuna.trial import FrozenTrial

Evaluate = Callable[["pd.DataFrame", int], "pd.DataFrame"]
"""Points (columns are factors, one row a point) and a number of replicates → runs.

Runs have columns ``point`` (row of the points), ``arm``, ``seed`` and outcomes; a failed run has no row.
Replicates are the first of one fixed list of seeds, the same for all points and calls."""

Progress = Callable[[str, int, int], None]
"""Told what is under way (``"search"`` or ``"final"``), how much is done, and of how much."""

_RETRIES = 3  # asks of the sampler that may come back with a known package before neighbours are tried
_NEIGHBOURS = 200
_STRANGERS = 1_000


def directions(spec: Optimise) -> list[Way]:
    """Of Optuna's values: utility is raised; objectives of a Pareto front go their own ways."""
    if not spec.pareto:
        return ["maximize"]
    return ["maximize" if goal.sign > 0 else "minimize" for goal in spec.goals]


def search(
    spec: Optimise, space: Space, evaluate: Evaluate, journal: Journal, seed: int, progress: Progress
) -> None:
    """Try packages until there are as many trials as wanted, or none is left."""
    streams = Streams(seed)
    while True:
        done = journal.trials()
        progress("search", min(len(done), spec.trials), spec.trials)
        if len(done) >= spec.trials:
            return
        number = len(done) // spec.batch
        past = done[: number * spec.batch]
        points = _batch(spec, space, past, int(streams.key(f"optimise.batch.{number}")), streams)
        # A batch cut short while it was written: what is recorded stands
        recorded = [point_of(trial, space) for trial in done[len(past) :]]
        known = {key(point) for point in recorded}
        points = [*recorded, *(p for p in points[len(recorded) :] if key(p) not in known)]
        points = points[: spec.trials - len(past)]
        new = points[len(recorded) :]
        if not new:
            return
        scores = score(spec, evaluate(table(new, space), spec.replicates), len(new))
        for i, point in enumerate(new):
            journal.add(_told(spec, space, point, scores, i))


def table(points: Sequence[Point], space: Space) -> pd.DataFrame:
    """Packages as a table of points, one a row."""
    kinds = {name: factor.kind for name, factor in space.factors.items()}
    return frame({name: [point[name] for point in points] for name in space.factors}, kinds)


def point_of(trial: FrozenTrial, space: Space) -> Point:
    """The package of a recorded trial."""
    recorded: dict[str, Any] = trial.user_attrs["point"]
    return {name: recorded[name] for name in space.factors}


# --- what to try next ---


def _batch(
    spec: Optimise, space: Space, past: Sequence[FrozenTrial], batch_key: int, streams: Streams
) -> list[Point]:
    """Packages of the next batch; fewer than a whole one when no more are left."""
    seen = {key(point_of(trial, space)) for trial in past}
    if space.size <= spec.trials:
        return list(itertools.islice((p for p in space.every() if key(p) not in seen), spec.batch))
    points: list[Point] = []
    if len(past) < first_packages(spec, space):
        points = list(
            itertools.islice((p for p in _spread(space, streams) if key(p) not in seen), spec.batch)
        )
    return points + _asked(
        spec, space, past, seen | set(map(key, points)), batch_key, spec.batch - len(points)
    )


def first_packages(spec: Optimise, space: Space) -> int:
    """How many packages are tried before the sampler takes over: two a factor and two, in whole batches."""
    return spec.batch * math.ceil((2 * len(space.factors) + 2) / spec.batch)


def _spread(space: Space, streams: Streams) -> Iterator[Point]:
    """The base package, and then the allowed ones along a Sobol sequence, each once."""
    seen = set()
    blocks = sobol_blocks(64, len(space.factors), int(streams.key("optimise.first")))
    for point in itertools.chain(
        [space.base], (space.at(row) for block in itertools.islice(blocks, 64) for row in block)
    ):
        if key(point) not in seen and space.allowed(point):
            seen.add(key(point))
            yield point


def _asked(
    spec: Optimise, space: Space, past: Sequence[FrozenTrial], seen: set[str], batch_key: int, count: int
) -> list[Point]:
    """New packages asked of the sampler, or near what it asks for where it repeats itself."""
    study = _memory(spec, past, batch_key)
    seen, points = set(seen), []
    for place in range(count):
        point = _ask(study, space, seen, combine_whole(batch_key, place))
        if point is None:
            break
        seen.add(key(point))
        points.append(point)
    return points


def _ask(study: Study, space: Space, seen: set[str], place_key: int) -> Point | None:
    from optuna.trial import TrialState

    point = space.base
    for _ in range(_RETRIES):
        trial = study.ask()
        point = space.suggested(trial)
        if key(point) not in seen and space.allowed(point):
            return point  # stays open in memory, so that the next one keeps off it
        study.tell(trial, state=TrialState.FAIL)
    fresh = (p for p in _strangers(space, point, place_key) if key(p) not in seen and space.allowed(p))
    return next(fresh, None)


def _strangers(space: Space, near: Point, place_key: int) -> Iterator[Point]:
    """Packages that differ from one in one factor, then in more, then in everything."""
    d = len(space.factors)
    bits = combine_array(np.uint64(place_key), np.arange((_NEIGHBOURS + _STRANGERS) * (d + d)))
    draws = unit_interval(bits).reshape(-1, 2, d)
    names = list(space.factors)
    for i, (which, unit) in enumerate(draws):
        other = space.at(unit)
        changes = 1 + i * min(d, 4) // _NEIGHBOURS
        if i < _NEIGHBOURS:
            moved = np.argsort(which, kind="stable")[:changes]
            other = space.settled({**near, **{names[m]: other[names[m]] for m in moved.tolist()}})
        yield other


def _memory(spec: Optimise, past: Sequence[FrozenTrial], batch_key: int) -> Study:
    """A study in memory that holds the past and asks under the batch's own seed."""
    import optuna

    study = optuna.create_study(directions=directions(spec), sampler=_sampler(spec, batch_key))
    study.add_trials(past)
    return study


def _sampler(spec: Optimise, batch_key: int) -> TPESampler:
    import optuna
    from optuna.samplers import TPESampler

    settings: dict[str, Any] = {}
    if spec.limits and int(optuna.__version__.partition(".")[0]) < 5:
        settings["constraints_func"] = lambda trial: trial.system_attrs["constraints"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)  # group and constant_liar
        return TPESampler(
            seed=batch_key % 2**32,
            n_startup_trials=1,
            multivariate=True,
            group=True,
            constant_liar=True,
            **settings,
        )


# --- what came of it ---


def _told(spec: Optimise, space: Space, point: Point, scores: Scores, row: int) -> FrozenTrial:
    """A finished trial: its values, by how much it exceeds each budget, and the seeds it was judged on."""
    from optuna.trial import TrialState, create_trial

    goals, costs = means(scores.goals)[row], means(scores.costs)[row]
    wanted = goals if spec.pareto else np.array([means(scores.utility[:, :, None])[row, 0]])
    judged = bool(scores.judged[row]) and not any(map(math.isnan, (*wanted, *costs)))
    about = {
        "point": point,
        "seeds": scores.seeds[scores.there[row]].tolist(),
        **{f"mean {goal.name}": _json(v) for goal, v in zip(spec.goals, goals, strict=True)},
        **{f"mean {limit.name}": _json(v) for limit, v in zip(spec.limits, costs, strict=True)},
    }
    return create_trial(
        state=TrialState.COMPLETE if judged else TrialState.FAIL,
        values=wanted.tolist() if judged else None,
        params=space.params(point) if judged else {},
        distributions=space.distributions(point) if judged else {},
        user_attrs=about,
        system_attrs={"constraints": scores.excess[row].tolist()} if spec.limits and judged else {},
    )


def _json(number: np.float64) -> float | None:
    return None if math.isnan(number) else float(number)
