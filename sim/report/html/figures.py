"""Figures inside the page: the SVG that was drawn, as it is, with its data beneath."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sim.report.html.marks import Html, element
from sim.report.html.tables import data_of
from sim.report.words import say

MOST_BYTES = 2_000_000
"""Of an SVG; a larger one, such as a very large network, is shown by its PNG."""

TITLES = {
    "participation": ("参与率随时间变化", "Participation over time"),
    "effects": ("差值与主张", "Differences and claims"),
    "durations": ("办结用时", "Time to close"),
    "funnel": ("从潜在摩擦到实际化解", "From potential friction to real resolution"),
    "spread": ("各次运行的分布", "Distribution over runs"),
    "network": ("关系网", "Networks"),
}
"""Figures of a comparison, in the order of the page."""


class Picture(NamedTuple):
    """One figure on disk."""

    title: str
    svg: Path
    png: Path
    csv: Path


def pictures(files: Sequence[Path], title: str) -> Picture:
    """PNG, SVG and CSV of one figure, in any order."""
    by_ending = {file.suffix: file for file in files}
    return Picture(title, by_ending[".svg"], by_ending[".png"], by_ending[".csv"])


def of_comparison(files: Sequence[Path], lang: str) -> list[Picture]:
    """Figures out of the files :func:`sim.report.figures.write_figures` names."""
    stems = {file.stem: [other for other in files if other.stem == file.stem] for file in files}
    order = [*(name for name in TITLES if name in stems), *(name for name in stems if name not in TITLES)]
    return [pictures(stems[name], say(lang, *TITLES.get(name, (name, name)))) for name in order]


def figure(picture: Picture, lang: str) -> Html:
    """The picture, which carries its title, and its data folded beneath.

    It is held as an image, not as elements of the page: names inside it cannot meet those of other figures,
    and nothing inside it can run. Its text is outlines, so that it needs no font.
    """
    kind, file = "svg+xml", picture.svg
    if file.stat().st_size > MOST_BYTES:
        kind, file = "png", picture.png
    inside = base64.b64encode(file.read_bytes()).decode("ascii")
    words = picture.title + say(lang, "。数据见图下的表", ". Its data are in the table beneath")
    image = element("img", src=f"data:image/{kind};base64,{inside}", alt=words)
    return element("figure", image, data_of(picture.csv, lang))
