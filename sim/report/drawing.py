"""Draw one figure and write its files; importing this loads matplotlib, which takes most of a second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report import durations, effects, funnel, grid_map, network_figure, participation, spread
from sim.report.embed import save
from sim.report.style import look

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.report.material import Material
    from sim.report.network_figure import State

FIGURES: dict[str, Callable[[Material, str], tuple[Figure, pd.DataFrame]]] = {
    "participation": participation.draw,
    "durations": durations.draw,
    "effects": effects.draw,
    "funnel": funnel.draw,
    "spread": spread.draw,
}
"""Figures drawn from a comparison, by file name, the slowest first."""

MAPS: dict[str, Callable[[Material, str], tuple[Figure, pd.DataFrame]]] = {
    "district": grid_map.draw,
    "district_differences": grid_map.draw_differences,
}
"""The same for places with many grids."""

_material: list[Material] = []
"""In a helper process: what it draws from, sent once."""


def draw_one(name: str, material: Material, folder: Path, lang: str) -> list[Path]:
    """Draw a figure of :data:`FIGURES` or :data:`MAPS` and write PNG, SVG and CSV."""
    with look():
        figure, data = (FIGURES | MAPS)[name](material, lang)
        return save(figure, folder, name, data, material.manifest)


def draw_network(states: Sequence[State], material: Material, folder: Path, lang: str) -> list[Path]:
    """The same for the networks of some runs."""
    with look():
        figure, data = network_figure.draw(states, lang, material.source(lang), material.files)
        return save(figure, folder, "network", data, material.manifest)


def take(material: Material) -> None:
    """In a helper process: keep what is drawn from."""
    _material[:] = [material]


def draw_taken(name: str, folder: Path, lang: str) -> list[Path]:
    """In a helper process: :func:`draw_one` from what was taken."""
    return draw_one(name, _material[0], folder, lang)
