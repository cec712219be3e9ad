"""Finished runs as tidy tables: one row a run, a week, a group or a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import YiheError
from sim.outcomes import OUTCOMES
from sim.results import RunResult
from sim.vocabulary import Channel, Regime, Status, Term

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = ("runs", "series", "groups", "cases", "timings")
"""Every table of a study. ``runs`` says which runs are finished; ``timings`` alone may differ between two
studies that did the same."""

LONG = ("series", "groups", "cases")
"""Tables with many rows a run, kept in several files."""

@dataclass(frozen=True)
class Keep:
    """What is kept of a run besides its outcomes.

    Parameters
    ----------
    tables : tuple of str
        Of :data:`LONG`.
    weekly : tuple of str, optional
        Outcomes kept week by week; all if left out.
    """

    tables: tuple[str, ...] = LONG
    weekly: tuple[str, ...] | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The tables a study has."""
        return tuple(kind for kind in KINDS if kind not in LONG or kind in self.tables)


EVERYTHING = Keep()

_CODES: dict[str, type[Term]] = {"status": Status, "channel": Channel, "regime": Regime}


@dataclass(frozen=True)
class Finished:
    """One run that ended well.

    Parameters
    ----------
    point : int
        Row of the design; 0 in a comparison.
    arm : str
    seed : int
    key : str
        Content key of the run.
    result : RunResult
    seconds : float
        Wall time; arms that share a warm-up share its time evenly.
    """

    point: int
    arm: str
    seed: int
    key: str
    result: RunResult
    seconds: float


def arrow() -> ModuleType:
    """pyarrow, or one sentence on how to get it.

    Raises
    ------
    YiheError
        If it is not installed.
    """
    try:
        import pyarrow
    except ImportError as error:
        raise missing("pyarrow") from error
    return pyarrow


def missing(package: str) -> YiheError:
    """The sentence for a missing package of the ``study`` extra."""
    return YiheError(
        f"缺少 {package}：请安装研究组件，pip install 'yihe[study]'",
        f"{package} is missing: install the study extra, pip install 'yihe[study]'")


def build(runs: Sequence[Finished], keep: Keep = EVERYTHING) -> dict[str, pa.Table]:
    """Every table of some finished runs.

    Columns
    -------
    runs : key, point, arm, seed, digest, weeks, then every outcome over the default window (last 52 weeks)
    series : key, point, arm, seed, week, then the outcomes kept
    groups : point, arm, seed, breakdown, group, size (adults in it), week, value
    cases : point, arm, seed, case, then the fields of :data:`sim.results.CASE`; codes are spelled out
    timings : key, point, arm, seed, seconds
    """
    made: dict[str, Callable[[Sequence[Finished]], pa.Table]] = {
        "runs": _runs, "series": lambda some: _series(some, keep.weekly), "groups": _groups, "cases": _cases,
        "timings": lambda some: _table(
            {**_who(some, [1] * len(some)), "seconds": [float(run.seconds) for run in some]}),
    }
    return {kind: made[kind](runs) for kind in keep.kinds}


def _table(columns: dict[str, Any]) -> pa.Table:
    return arrow().table(columns)


def _outcomes(runs: Sequence[Finished]) -> Iterator[str]:
    there = runs[0].result.series
    yield from (name for name in OUTCOMES if name in there)


def _who(runs: Sequence[Finished], rows: Sequence[int], *, key: bool = True) -> dict[str, Any]:
    """Columns that say which run each row belongs to, for ``rows[i]`` rows of run i."""
    names = ("key", "arm") if key else ("arm",)
    texts = {name: _repeat([getattr(run, name) for run in runs], rows) for name in names}
    numbers = {
        name: np.repeat(np.array([getattr(run, name) for run in runs], np.int64), rows)
        for name in ("point", "seed")}
    columns = {**texts, **numbers}
    return {name: columns[name] for name in ("key", "point", "arm", "seed") if name in columns}


def _repeat(texts: Sequence[str], rows: Sequence[int]) -> pa.Array:
    pa = arrow()
    return pa.array(texts, pa.string()).take(pa.array(np.repeat(np.arange(len(texts)), rows)))


def _runs(runs: Sequence[Finished]) -> pa.Table:
    summaries = [run.result.summary() for run in runs]
    return _table({
        **_who(runs, [1] * len(runs)),
        "digest": [run.result.digest for run in runs],
        "weeks": np.array([run.result.weeks for run in runs], np.int64),
        **{name: np.array([summary[name] for summary in summaries], float) for name in _outcomes(runs)},
    })


def _series(runs: Sequence[Finished], weekly: Sequence[str] | None) -> pa.Table:
    weeks = [run.result.weeks for run in runs]
    return _table({
        **_who(runs, weeks),
        "week": np.concatenate([np.arange(n) for n in weeks]),
        **{
            name: np.concatenate([np.asarray(run.result.series[name], float) for run in runs])
            for name in _outcomes(runs) if weekly is None or name in weekly
        },
    })


def _groups(runs: Sequence[Finished]) -> pa.Table:
    pieces = [_groups_of(run.result) for run in runs]
    rows = [len(piece["week"]) for piece in pieces]
    return _table({
        **_who(runs, rows, key=False),
        "breakdown": _concat([piece["breakdown"] for piece in pieces]),
        "group": _concat([piece["group"] for piece in pieces]),
        **{name: np.concatenate([piece[name] for piece in pieces]) for name in ("size", "week", "value")},
    })


def _groups_of(result: RunResult) -> dict[str, Any]:
    """Rows of one run: by breakdown, then group, then week."""
    weeks = result.weeks
    names = [(breakdown, group) for breakdown in result.groups for group in result.group_names[breakdown]]
    rows = [weeks] * len(names)
    sizes = [np.asarray(result.group_sizes[breakdown], np.int64) for breakdown in result.groups]
    values = [np.asarray(table, float).T.ravel() for table in result.groups.values()]
    return {
        "breakdown": _repeat([breakdown for breakdown, _ in names], rows),
        "group": _repeat([group for _, group in names], rows),
        "size": np.repeat(np.concatenate(sizes) if sizes else np.empty(0, np.int64), weeks),
        "week": np.tile(np.arange(weeks), len(names)),
        "value": np.concatenate(values) if values else np.empty(0),
    }


def _cases(runs: Sequence[Finished]) -> pa.Table:
    logs = [run.result.cases for run in runs]
    columns = _who(runs, [len(log) for log in logs], key=False)
    for name in logs[0].dtype.names or ():
        codes = [np.asarray(log[name]) for log in logs]
        if name == "category":
            spelled = [_spell(c, run.result.categories) for c, run in zip(codes, runs, strict=True)]
            columns[name] = _concat(spelled)
        elif name in _CODES:
            columns[name] = _spell(np.concatenate(codes), tuple(member.key for member in _CODES[name]))
        else:
            columns["case" if name == "key" else name] = np.concatenate(codes)
    return _table(columns)


def _spell(codes: Any, names: Sequence[str]) -> pa.Array:
    pa = arrow()
    return pa.array(list(names), pa.string()).take(pa.array(codes.astype(np.int64)))


def _concat(arrays: Sequence[pa.Array]) -> pa.Array:
    return arrow().concat_arrays(arrays)
