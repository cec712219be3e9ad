"""Two results folders compared run by run: single runs, comparisons and studies alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.comparing.difference import Change, Difference, ordered
from sim.comparing.settings import settings_between
from sim.study.designfile import START
from sim.study.opened import Study, open_study
from sim.study.shards import look

if TYPE_CHECKING:
    import pandas as pd

RUN = ["point", "arm", "seed"]
"""What a run is matched by, once the points of both designs are."""

Bools = npt.NDArray[np.bool_]


def between_folders(a: Path, b: Path) -> Difference:
    """What differs between two results folders.

    Runs are matched by arm, seed and the values of the design's factors.

    Parameters
    ----------
    a, b : Path
        What ``yihe run``, ``compare`` or ``sweep`` wrote.

    Raises
    ------
    YiheError
        If one of them holds no results.
    """
    before, after = open_study(a), open_study(b)
    points = _points(before, after)
    ours, theirs = _runs(before), _runs(after, points)
    both = ours[[*RUN, "row"]].merge(theirs[[*RUN, "row"]], on=RUN, suffixes=("", "_b"))
    first, second = ours.iloc[both["row"]], theirs.iloc[both["row_b"]]
    shared = [name for name in before.outcomes if name in after.outcomes]
    differs = np.zeros(len(both), bool)
    tables: dict[str, int] = {}
    for name, mask in {
        "digest": (first["digest"].to_numpy() != second["digest"].to_numpy()),
        **{name: _other_rows(before, after, points, name, both) for name in ("groups", "cases")},
    }.items():
        if mask.any():
            tables[name] = int(mask.sum())
            differs |= mask
    weekly = _Weekly(before, after, points, both)
    changes: list[Change] = []
    for name in shared:
        one, other = first[name].to_numpy(float), second[name].to_numpy(float)
        mask = unlike(one, other)
        weeks = weekly.first(name)
        mask |= weeks >= 0
        differs |= mask
        if mask.any():
            changes += _changes(name, both["arm"].to_numpy(), mask, one, other, weeks, _spread(ours, name))
    return Difference(
        before=str(a), after=str(b),
        settings=tuple(settings_between(a, b, before.manifest, after.manifest)),
        matched=len(both), only_before=len(ours) - len(both), only_after=len(theirs) - len(both),
        equal=int(len(both) - differs.sum()), outcomes=len(shared),
        missing=tuple(sorted(before.outcomes.keys() ^ after.outcomes.keys())),
        changes=ordered(changes), tables=tables, beside=tuple(sorted({*before.arms} ^ {*after.arms})))


def unlike(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> Bools:
    """Where two columns differ in a bit; values that do not exist are all the same."""
    bits = np.ascontiguousarray(one).view(np.int64) != np.ascontiguousarray(other).view(np.int64)
    found: Bools = bits & ~(np.isnan(one) & np.isnan(other))
    return found


def _changes(
    name: str, arms: npt.NDArray[Any], mask: Bools, one: npt.NDArray[np.float64],
    other: npt.NDArray[np.float64], weeks: npt.NDArray[np.int64], spread: dict[str, float],
) -> list[Change]:
    """A change for each arm in which an outcome differs."""
    found = []
    for arm in dict.fromkeys(arms[mask].tolist()):
        mine = arms == arm
        begun = weeks[mine & (weeks >= 0)]
        there = mine & ~(np.isnan(one) | np.isnan(other))
        means = [float(column[there].mean()) if there.any() else np.nan for column in (one, other)]
        found.append(Change(
            arm, name, int((mask & mine).sum()), means[0], means[1], spread.get(arm, np.nan),
            int(begun.min()) if len(begun) else None))
    return found


def _spread(runs: pd.DataFrame, name: str) -> dict[str, float]:
    """Standard deviation over seeds within a point, by arm: the root of the mean variance."""
    variances = runs.groupby(["arm", "point"])[name].var().groupby("arm").mean()
    return {str(arm): float(value) ** 0.5 for arm, value in variances.items() if np.isfinite(value)}


def _runs(study: Study, points: dict[int, int] | None = None) -> pd.DataFrame:
    runs = _moved(study.runs, points)
    return runs.assign(row=np.arange(len(runs)))


def _points(before: Study, after: Study) -> dict[int, int] | None:
    """Points of the second design by their number in the first; None if the numbers are the same.

    A point without its like in the first design gets a number below 0.
    """
    one, other = (study.design.drop(columns=START, errors="ignore") for study in (before, after))
    if one.equals(other):
        return None
    numbers: dict[tuple[str, ...], list[int]] = {}
    names = sorted(map(str, one.columns[1:]))
    if names != sorted(map(str, other.columns[1:])):
        return {int(point): -1 - i for i, point in enumerate(other["point"])}
    for point, row in zip(one["point"], one[names].itertuples(index=False, name=None), strict=True):
        numbers.setdefault(tuple(map(str, row)), []).append(int(point))
    moved = {}
    for i, (point, row) in enumerate(
            zip(other["point"], other[names].itertuples(index=False, name=None), strict=True)):
        there = numbers.get(tuple(map(str, row)))
        moved[int(point)] = there.pop(0) if there else -1 - i
    return moved


def _moved(frame: pd.DataFrame, points: dict[int, int] | None) -> pd.DataFrame:
    return frame if points is None else frame.assign(point=frame["point"].map(points))


def _other_rows(
    before: Study, after: Study, points: dict[int, int] | None, table: str, both: pd.DataFrame,
) -> Bools:
    """Matched runs whose rows in a table are not the same; none if a study does not keep it."""
    if not (look(before.folder).files[table] and look(after.folder).files[table]):
        return np.zeros(len(both), bool)
    marks = [_marks(_moved(before.table(table), None)), _marks(_moved(after.table(table), points))]
    columns = [both[RUN].merge(mark, on=RUN, how="left")["mark"].fillna(0) for mark in marks]
    found: Bools = columns[0].to_numpy() != columns[1].to_numpy()
    return found


def _marks(frame: pd.DataFrame) -> pd.DataFrame:
    """One number for the rows of each run, whatever their order."""
    from pandas.util import hash_pandas_object

    rest = frame.drop(columns=[*RUN, "key"], errors="ignore")
    marked = frame[RUN].assign(mark=hash_pandas_object(rest, index=False).to_numpy())
    summed: pd.DataFrame = marked.groupby(RUN)["mark"].sum().reset_index()
    return summed


class _Weekly:
    """Weekly values of matched runs, where both studies keep them; one outcome in memory at a time."""

    def __init__(
        self, before: Study, after: Study, points: dict[int, int] | None, both: pd.DataFrame,
    ) -> None:
        self.studies = before, after
        self.number = len(both)
        self.kept: set[str] = set()
        snapshots = [look(study.folder) for study in self.studies]
        if not all(snapshot.files["series"] for snapshot in snapshots) or both.empty:
            return
        self.kept = set(snapshots[0].outcomes("series")) & set(snapshots[1].outcomes("series"))
        ours, theirs = self._keys(before, None), self._keys(after, points)
        rows = ours.merge(theirs, on=[*RUN, "week"], suffixes=("", "_b"))
        run = both[RUN].assign(run=np.arange(len(both)))
        rows = rows.merge(run, on=RUN)
        self.week, self.run = rows["week"].to_numpy(), rows["run"].to_numpy()
        self.rows = rows["row"].to_numpy(), rows["row_b"].to_numpy()

    def first(self, outcome: str) -> npt.NDArray[np.int64]:
        """First week in which each matched run differs, shape (runs,); -1 if in none."""
        weeks = np.full(self.number, -1, np.int64)
        if outcome not in self.kept:
            return weeks
        one, other = (
            study.table("series", [outcome])[outcome].to_numpy(float)[rows]
            for study, rows in zip(self.studies, self.rows, strict=True))
        mask = unlike(one, other)
        latest = np.full(self.number, np.iinfo(np.int64).max)
        np.minimum.at(latest, self.run[mask], self.week[mask])
        return np.where(latest < np.iinfo(np.int64).max, latest, weeks)

    @staticmethod
    def _keys(study: Study, points: dict[int, int] | None) -> pd.DataFrame:
        keys: Sequence[str] = [*RUN, "week"]
        frame = _moved(study.table("series", keys), points)
        return frame.assign(row=np.arange(len(frame)))
