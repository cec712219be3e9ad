"""Figures inside the page: those that answer, and the pictures that were drawn, with their data beneath."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sim.params import Label
from sim.report.html.charts import Chart
from sim.report.html.marks import Html, both, element, spoken
from sim.report.html.tables import data_of, folded

MOST_BYTES = 2_000_000
"""Of an SVG; a larger one, such as a very large network, is shown by its PNG."""

TITLES = {
    "participation": ("参与率随时间变化", "Participation over time"),
    "effects": ("差值与主张", "Differences and claims"),
    "durations": ("办结用时", "Time to close"),
    "funnel": ("从潜在摩擦到实际化解", "From potential friction to real resolution"),
    "spread": ("各次运行的分布", "Distribution over runs"),
    "network": ("关系网", "Networks"),
    "district": ("各网格一览", "Grid by grid"),
    "district_differences": ("各网格：方案之差", "Grid by grid: differences"),
}
"""Figures of a comparison, in the order of the page."""

FOR_PAPERS = Label(
    zh="论文用图（PNG、SVG 在 figures/；图内文字为写报告时所选的语言）",
    en="Picture for papers (PNG and SVG in figures/; its words are in the language the report was written "
       "in)")


class Picture(NamedTuple):
    """One figure on disk."""

    name: str
    title: Label
    svg: Path
    png: Path
    csv: Path


def pictures(files: Sequence[Path], name: str, title: Label) -> Picture:
    """PNG, SVG and CSV of one figure, in any order."""
    by_ending = {file.suffix: file for file in files}
    return Picture(name, title, by_ending[".svg"], by_ending[".png"], by_ending[".csv"])


def of_comparison(files: Sequence[Path]) -> list[Picture]:
    """Figures out of the files :func:`sim.report.figures.write_figures` names."""
    stems = {file.stem: [other for other in files if other.stem == file.stem] for file in files}
    order = [*(name for name in TITLES if name in stems), *(name for name in stems if name not in TITLES)]
    titles = {name: Label(zh=zh, en=en) for name, (zh, en) in TITLES.items()}
    return [pictures(stems[name], name, titles.get(name, Label(zh=name, en=name))) for name in order]


def place(chart: Chart) -> Html:
    """Where a chart is drawn by the page's script, under its title."""
    return element(
        "figure", element("h3", both(chart.title)), element("div", id=f"chart-{chart.key}"), class_="chart")


def figure(picture: Picture, others: Mapping[str, Picture] | None = None) -> Html:
    """The picture, which carries its title, and its data folded beneath.

    Parameters
    ----------
    picture : Picture
    others : mapping of language to Picture, optional
        The same with its words in each language, of which the page shows one.

    It is held as an image, not as elements of the page: names inside it cannot meet those of other figures,
    and nothing inside it can run. Its text is outlines, so that it needs no font. The page's script takes it
    out of its packing, which is a quarter as large.
    """
    if others is not None:
        images = [spoken(lang, _image(one)) for lang, one in sorted(others.items(), reverse=True)]
        return element("figure", *images, data_of(picture.csv))
    return element("figure", _image(picture), data_of(picture.csv))


def _image(picture: Picture) -> Html:
    words = picture.title.zh if picture.title.zh == picture.title.en else (
        f"{picture.title.zh} · {picture.title.en}")
    if picture.svg.stat().st_size > MOST_BYTES:
        return element("img", src=f"data:image/png;base64,{_text(picture.png.read_bytes())}", alt=words)
    return element("img", alt=words, data_packed=_text(gzip.compress(picture.svg.read_bytes(), 6, mtime=0)))


def figures(found: Iterable[Picture], charts: Iterable[Chart]) -> list[Html]:
    """Charts, each with the picture it stands for folded beneath; then pictures that have no chart."""
    left = {picture.name: picture for picture in found}
    whole: list[Html] = []
    for chart in charts:
        whole.append(place(chart))
        if chart.key in left:
            whole.append(folded(FOR_PAPERS, figure(left.pop(chart.key))))
    for picture in left.values():
        whole += [element("h3", both(picture.title)), figure(picture)]
    return whole


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
