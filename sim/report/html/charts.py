"""Figures that answer: what they show, in both languages, packed for the script that draws them.

A chart has one or several views, such as an outcome each, and each view holds points of some series: along an
axis (``lines``) or beside names (``rows``). Numbers are kept to seven digits, single seeds to five.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.params import Label
from sim.report.palette import ArmStyle
from sim.report.studies.material import BETWEEN
from sim.report.studies.names import level_unit, scaled, unit_of, weekly_unit
from sim.report.words import ILLUSTRATIVE, short_name

Json = dict[str, Any]
Values = npt.NDArray[np.float64] | Sequence[float]

LANGS = ("zh", "en")
DIGITS, SEED_DIGITS = 7, 5
MOST_SEED_VALUES = 150_000
"""Values of single seeds in one chart; views after that are drawn without them."""


class Series(NamedTuple):
    """What one colour stands for."""

    key: str
    name: Label
    style: ArmStyle


class Line(NamedTuple):
    """Points of one series: means with intervals, and each seed's values."""

    series: int
    x: Values
    """Along the axis; of ``rows`` the number of the row."""
    mean: Values
    low: Values
    high: Values
    seeds: npt.NDArray[np.float64]
    """Shape (seeds, points); no rows if they are not shown."""


SEED = Label(zh="种子", en="seed")


@dataclass(frozen=True)
class View:
    """What is shown at one time.

    Parameters
    ----------
    key : str
        In the data that can be downloaded.
    name : Label
    unit : Label
    lines : sequence of Line
    kind : {"lines", "rows"}
    scale : float
        What values are multiplied by to be shown: 100 for shares.
    group : Label, optional
        Heading in the list of views.
    rows : sequence of (key, Label)
        Names beside which ``rows`` are drawn.
    x : Label, optional
        Of the axis.
    log, step, signed : bool
        Whether the axis is logarithmic; lines are stairs; values are differences from 0.
    """

    key: str
    name: Label
    unit: Label
    lines: Sequence[Line]
    kind: Literal["lines", "rows"] = "lines"
    scale: float = 1.0
    group: Label | None = None
    rows: Sequence[tuple[str, Label]] = ()
    x: Label | None = None
    log: bool = False
    step: bool = False
    signed: bool = False


@dataclass(frozen=True)
class Chart:
    """A figure that answers.

    Parameters
    ----------
    key : str
        Names its place in the page and the files downloaded from it.
    title, note : Label
    series : sequence of Series
    views : sequence of View
    seeds : sequence of int
        What rows of :attr:`Line.seeds` belong to; empty if they are numbered as in ``dots``.
    dots : Label
        What one small point is: a seed, unless said otherwise.
    marks : sequence of (x, Label)
        Where something begins on the axis.
    """

    key: str
    title: Label
    note: Label
    series: Sequence[Series]
    views: Sequence[View]
    seeds: Sequence[int] = ()
    dots: Label = SEED
    marks: Sequence[tuple[float, Label]] = ()


def outcome(key: str, kind: Literal["level", "week", "change"]) -> Json:
    """Name, unit and scale of an outcome's view, as keywords of :class:`View`."""
    units: dict[str, Callable[[str, str], str]] = {
        "level": level_unit, "week": weekly_unit, "change": partial(unit_of, f"a{BETWEEN}b")}
    return {
        "key": key, "name": label(partial(short_name, key)), "unit": label(partial(units[kind], key)),
        "scale": scaled(key)}


def label(text: Callable[[str], str]) -> Label:
    """A label out of what gives its words in a language."""
    return Label(zh=text("zh"), en=text("en"))


NO_SEEDS = np.empty((0, 0))


def packed(charts: Sequence[Chart]) -> str:
    """Charts as base64 of compressed JSON; the same charts give the same bytes."""
    text = json.dumps({
        "mark": _both(ILLUSTRATIVE), "charts": [_chart(chart) for chart in charts]},
        ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode("utf-8"), 6, mtime=0)).decode("ascii")


def words(charts: Iterable[Chart]) -> Iterator[str]:
    """Every text that charts show, for the type the page carries."""
    for chart in charts:
        labels = [chart.title, chart.note, chart.dots, *(one.name for one in chart.series)]
        labels += [label for _, label in chart.marks]
        for view in chart.views:
            labels += [view.name, view.unit, *(label for _, label in view.rows)]
            labels += [label for label in (view.group, view.x) if label is not None]
        yield from (label.text(lang) for label in labels for lang in LANGS)


def _chart(chart: Chart) -> Json:
    room, views = MOST_SEED_VALUES, []
    for view in chart.views:
        size = sum(line.seeds.size for line in view.lines)
        views.append(_view(view, seeds=size <= room))
        room -= size if size <= room else 0
    return {
        "key": chart.key, "title": _both(chart.title), "note": _both(chart.note), "dots": _both(chart.dots),
        "seeds": list(chart.seeds), "views": views,
        "marks": [[x, _both(label)] for x, label in chart.marks],
        "series": [
            {"key": one.key, "name": _both(one.name), "color": one.style.color, "dash": _dashes(one.style),
             "marker": one.style.marker} for one in chart.series]}


def _view(view: View, *, seeds: bool) -> Json:
    return {
        "key": view.key, "name": _both(view.name), "unit": _both(view.unit), "kind": view.kind,
        "scale": view.scale, "group": None if view.group is None else _both(view.group),
        "rows": [[key, _both(label)] for key, label in view.rows],
        "x": None if view.x is None else _both(view.x), "log": view.log, "step": view.step,
        "signed": view.signed,
        "lines": [
            {"series": line.series, "x": _numbers(line.x, DIGITS), "mean": _numbers(line.mean, DIGITS),
             "low": _numbers(line.low, DIGITS), "high": _numbers(line.high, DIGITS),
             "seeds": [_numbers(row, SEED_DIGITS) for row in line.seeds] if seeds else []}
            for line in view.lines]}


def _both(label: Label) -> Mapping[str, str]:
    return {"zh": label.zh, "en": label.en}


def _dashes(style: ArmStyle) -> str:
    """Dashes of matplotlib, which counts in widths of the line, for an SVG."""
    return "" if style.line == "-" else " ".join(f"{1.8 * length:.3g}" for length in style.line[1])


def _numbers(values: Values, digits: int) -> list[float | int | None]:
    return [_number(float(value), digits) for value in values]


def _number(value: float, digits: int) -> float | int | None:
    """A number of so many digits, whole ones without a point; None for one that does not exist."""
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{digits}g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short
