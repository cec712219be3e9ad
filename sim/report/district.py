"""What a run shows of each grid: participation, disputes and their handling; how grids differ and change.

Every number comes from two tables of the results: participation by grid, and the case log.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.report.material import FloatArray, Material
from sim.report.pairs import Pair, pairs
from sim.report.tiles import Site
from sim.study.verdicts import FEW
from sim.vocabulary import WEEK_HOURS, Status

IntArray = npt.NDArray[np.int64]

YEAR = 52


class Measure(NamedTuple):
    """One thing that is shown of each grid."""

    key: str
    zh: str
    en: str
    unit_zh: str
    unit_en: str
    colors: str
    """Name of a sequential colour map."""
    share: bool = False
    """Whether it is shown in per cent, and its changes in points."""

    @property
    def scale(self) -> float:
        """What values are multiplied by to be shown."""
        return 100.0 if self.share else 1.0


_PART = ("年参与率（不含自办）", "took part in 52 weeks", "占成年人%", "% of adults", "Blues", True)

MEASURES = (
    Measure("participation_start", *_PART),
    Measure("participation_middle", *_PART),
    Measure("participation_end", *_PART),
    Measure("disputes", "纠纷与诉求（含未上报）", "disputes and demands", "件/千成年人/年",
            "per 1,000 adults a year", "YlOrBr"),
    Measure("solved", "实际化解率（占纠纷与诉求）", "really resolved", "占纠纷与诉求%",
            "% of disputes and demands", "Greens", True),
    Measure("time_to_close", "平均办结用时", "mean time to close", "工作小时", "working hours", "Purples"),
)
"""In the order of the panels."""

SPREAD = MEASURES[2:]
"""What is said of the spread, and set against a control: participation at the end only."""


class Counts(NamedTuple):
    """What was counted in one arm, each of shape (seeds, places); all of it adds up over places."""

    adults: FloatArray
    """At the end of the run."""
    took_part: tuple[FloatArray, FloatArray, FloatArray]
    """Adults with a mark of 52 weeks in the first, middle and last week, by the share then and adults now."""
    cases: FloatArray
    """Born in the window."""
    solved: FloatArray
    closed: FloatArray
    hours: FloatArray
    """Working hours to close, summed over closed cases."""
    squares: FloatArray
    """The same, squared."""

    def over(self, first: IntArray) -> Counts:
        """The same for larger places, each a run of those here that begins at one of ``first``."""
        def added(column: FloatArray) -> FloatArray:
            return np.add.reduceat(column, first, axis=1)

        took_part = added(self.took_part[0]), added(self.took_part[1]), added(self.took_part[2])
        return Counts(added(self.adults), took_part, *map(added, self[2:]))


class District(NamedTuple):
    """A site, and what was counted there, arm by arm."""

    site: Site
    seeds: tuple[int, ...]
    window: int
    """Last weeks whose cases count."""
    weeks: tuple[int, int, int]
    """First, middle and last week of a run."""
    grids: dict[str, Counts]

    def communities(self, arm: str) -> Counts:
        """Counts by community."""
        return self.grids[arm].over(self.site.first_grids)

    def values(self, arm: str) -> dict[str, FloatArray]:
        """Of each grid: see :func:`values`."""
        return values(self.grids[arm], self.window)


class Spread(NamedTuple):
    """How far places differ: within a run, as the mean over runs; the extremes are of means over runs."""

    places: int
    median: float
    low: float
    """Lower quartile."""
    high: float
    """Upper quartile."""
    gini: float
    beyond: float
    """Share of the variance between places that chance alone would not give, at least 0."""
    least: tuple[int, float]
    most: tuple[int, float]
    """Place, counted from 0, and its value."""


class Change(NamedTuple):
    """How many places are higher and lower than they were, or than in another arm, by the mean over runs."""

    up: int
    down: int
    same: int
    median: float
    told: tuple[int, int] | None
    """How many of those up and down have a 95 % t-interval that leaves 0 out; None with few runs."""


def mapped_site(m: Material) -> Site | None:
    """The site that is shown: the control's, if it has places enough."""
    arms = [arm for arm in m.arms if arm.key == m.control] or list(m.arms[:1])
    site = arms[0].site if arms else None
    return site if site is not None and site.mapped else None


def district(m: Material) -> District | None:
    """What was counted on the site that is shown, in all arms that share it; None if there is none."""
    kept = vars(m)  # where cached properties are kept, too: figures and words ask for it several times
    if "district" not in kept:
        site = mapped_site(m)
        kept["district"] = None if site is None else _count(m, site)
    known: District | None = kept["district"]
    return known


def _count(m: Material, site: Site) -> District:
    weeks = 0, max(0, m.weeks // 2 - 1), m.weeks - 1
    seeds, window = tuple(m.seeds), min(YEAR, m.weeks)
    arms = [arm.key for arm in m.arms if arm.site == site]
    shares, adults = _participation(m, arms, seeds, len(site.communities), weeks)
    told = _handling(m, arms, seeds, len(site.communities), window)
    counts = {
        arm: Counts(adults[i], (shares[0][i], shares[1][i], shares[2][i]), *(column[i] for column in told))
        for i, arm in enumerate(arms)}
    return District(site, seeds, window, weeks, counts)


def _participation(
    m: Material, arms: list[str], seeds: tuple[int, ...], grids: int, weeks: tuple[int, int, int]
) -> tuple[list[FloatArray], FloatArray]:
    """Adults who took part, in each of some weeks, and all adults: shape (arms, seeds, grids)."""
    rows = m.groups[(m.groups["breakdown"] == "grid") & m.groups["week"].isin(weeks)]
    rows = rows[rows["arm"].isin(arms)]
    at = (
        pd.Categorical(rows["arm"], arms).codes, pd.Categorical(rows["seed"], seeds).codes,
        rows["group"].str.removeprefix("grid_").astype(int).to_numpy() - 1)
    week, size = rows["week"].to_numpy(), rows["size"].to_numpy(float)
    adults = np.full((len(arms), len(seeds), grids), np.nan)  # NaN stays where a run failed
    adults[at] = size
    took_part = []
    for wanted in weeks:
        table = np.full(adults.shape, np.nan)
        here = week == wanted
        table[tuple(axis[here] for axis in at)] = rows["value"].to_numpy(float)[here]
        took_part.append(np.where(adults > 0.0, table * adults, adults))
    return took_part, adults


def _handling(
    m: Material, arms: list[str], seeds: tuple[int, ...], grids: int, window: int
) -> list[FloatArray]:
    """Cases born in the last weeks: all, solved, closed, hours to close and their squares."""
    c = m.cases
    c = c[c["arm"].isin(arms) & (c["born"] >= m.end_work - window * WEEK_HOURS)]
    shape = len(arms), len(seeds), grids
    place = np.ravel_multi_index((
        pd.Categorical(c["arm"], arms).codes, pd.Categorical(c["seed"], seeds).codes, c["grid"].to_numpy()
    ), shape)
    hours, status = c["close_work"].to_numpy(float), c["status"].to_numpy()
    # Who gives up ends a case without closing it
    closed = ~np.isnan(hours) & (status != Status.SILENT.key)
    spent = np.where(closed, hours, 0.0)
    weights = np.ones(len(c)), status == Status.RESOLVED.key, closed, spent, spent**2
    return [
        np.bincount(place, np.asarray(weight, float), math.prod(shape)).reshape(shape).astype(float)
        for weight in weights]


def values(counts: Counts, window: int) -> dict[str, FloatArray]:
    """Every measure, shape (seeds, places); NaN where nobody lives, there was no case, or a run failed.

    Parameters
    ----------
    counts : Counts
    window : int
        Weeks in which cases were born.
    """
    took_part = [_ratio(part, counts.adults) for part in counts.took_part]
    rate = _ratio(counts.cases, counts.adults) * 1000.0 * YEAR / window
    there = np.where(np.isnan(counts.adults), np.nan, counts.cases)
    found = (*took_part, rate, _ratio(counts.solved, there), _ratio(counts.hours, counts.closed))
    return {measure.key: one for measure, one in zip(MEASURES, found, strict=True)}


def _chance(counts: Counts, window: int) -> dict[str, FloatArray]:
    """Variance of each measure of :data:`SPREAD` if every adult and every case had its own luck only."""
    def share(part: FloatArray, whole: FloatArray) -> FloatArray:
        mean = _ratio(part.sum(axis=1), whole.sum(axis=1))[:, None]
        return _ratio(mean * (1.0 - mean), whole)

    n, rate = counts.adults, 1000.0 * YEAR / window
    mean = _ratio(counts.cases.sum(axis=1), n.sum(axis=1))[:, None]
    within = _ratio(counts.squares - _ratio(counts.hours**2, counts.closed), counts.closed - 1.0)
    found = (
        share(counts.took_part[-1], n), rate**2 * _ratio(mean, n), share(counts.solved, counts.cases),
        _ratio(within, counts.closed))
    return {measure.key: one for measure, one in zip(SPREAD, found, strict=True)}


def _ratio(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.divide(a, b, out=np.full(np.broadcast_shapes(a.shape, b.shape), np.nan), where=b > 0)


def over_seeds(table: FloatArray) -> FloatArray:
    """Mean over those seeds that have a value, shape (places,)."""
    there = ~np.isnan(table)
    return _ratio(np.where(there, table, 0.0).sum(axis=0), there.sum(axis=0).astype(float))


def spread(counts: Counts, measure: Measure, window: int) -> Spread | None:
    """How far places differ in one measure; None if fewer than two have a value."""
    table, chance = values(counts, window)[measure.key], _chance(counts, window)[measure.key]
    mean = over_seeds(table)
    if np.sum(~np.isnan(mean)) < 2:
        return None
    runs = [_of_run(row, luck) for row, luck in zip(table, chance, strict=True) if np.sum(~np.isnan(row)) > 1]
    least, most = int(np.nanargmin(mean)), int(np.nanargmax(mean))
    median, low, high, gini_, seen, expected = (
        np.mean(runs, axis=0) if runs else np.full(6, np.nan)).tolist()
    # Of means over runs: with few places a single run's share is far from sure, and cut off at 0
    beyond = max(0.0, 1.0 - expected / seen) if seen > 0.0 else math.nan
    return Spread(
        int(np.sum(~np.isnan(mean))), median, low, high, gini_, beyond,
        (least, float(mean[least])), (most, float(mean[most])))


def _of_run(row: FloatArray, luck: FloatArray) -> tuple[float, ...]:
    """Median, quartiles, Gini coefficient, variance, and that of chance."""
    there = row[~np.isnan(row)]
    low, median, high = np.quantile(there, (0.25, 0.5, 0.75)).tolist()
    known = luck[~np.isnan(row) & ~np.isnan(luck)]
    expected = float(known.mean()) if len(known) else math.nan
    return median, low, high, gini(there), float(np.var(there, ddof=1)), expected


def gini(values: npt.ArrayLike) -> float:
    """Gini coefficient of values of 0 or more: 0 if all are alike, (n − 1)/n if one has everything.

    Parameters
    ----------
    values : array, shape (n,)
    """
    x = np.sort(np.asarray(values, float))
    n, total = len(x), float(x.sum())
    if total <= 0.0:
        return 0.0
    return float(np.sum((2.0 * np.arange(1, n + 1) - n - 1.0) * x)) / (n * total)


def change(now: FloatArray, before: FloatArray) -> Change:
    """How places of one table stand against those of another, run by run: shape (seeds, places) each."""
    each = now - before
    mean = over_seeds(each)
    mean = mean[~np.isnan(mean)]
    up, down = int(np.sum(mean > 0.0)), int(np.sum(mean < 0.0))
    told = None
    n = np.sum(~np.isnan(each), axis=0)
    if len(each) >= FEW:
        from scipy.special import stdtrit

        middle = over_seeds(each)
        error = np.sqrt(_ratio(over_seeds((each - middle) ** 2), n - 1.0))
        far = np.abs(middle) > stdtrit(np.maximum(n - 1, 1), 0.975) * error
        told = int(np.sum(far & (middle > 0.0))), int(np.sum(far & (middle < 0.0)))
    return Change(
        up, down, len(mean) - up - down, float(np.median(mean)) if len(mean) else math.nan, told)


def comparable(m: Material, d: District) -> list[Pair]:
    """Arms that can be set against each other grid by grid."""
    return [pair for pair in pairs(m) if pair.arm in d.grids and pair.against in d.grids]


def _places(d: District) -> dict[str, IntArray]:
    """Numbers of each grid and of where it lies, counted from 1."""
    community = np.array(d.site.communities)
    return {"street": np.array(d.site.streets)[community] + 1, "community": community + 1,
            "grid": np.arange(len(community)) + 1}


def grid_table(d: District) -> pd.DataFrame:
    """A row a grid and arm, means over seeds.

    ``arm, street, community, grid, adults, cases, closed``, then the measures; shares between 0 and 1.
    """
    frames = []
    for arm, counts in d.grids.items():
        counted = {name: over_seeds(getattr(counts, name)) for name in ("adults", "cases", "closed")}
        measured = {key: over_seeds(table) for key, table in d.values(arm).items()}
        frames.append(pd.DataFrame({"arm": arm, **_places(d), **counted, **measured}))
    return pd.concat(frames, ignore_index=True)


def difference_table(m: Material, d: District) -> pd.DataFrame:
    """A row a grid and pair: ``arm, against, street, community, grid``, then differences of the measures."""
    frames = []
    for pair in comparable(m, d):
        arm, against = d.values(pair.arm), d.values(pair.against)
        frames.append(pd.DataFrame({
            "arm": pair.arm, "against": pair.against, **_places(d),
            **{key: over_seeds(arm[key] - against[key]) for key in arm}}))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
