"""Every figure of a comparison, written as PNG and SVG with its data beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.report import durations, effects, funnel, network_figure, participation, spread
from sim.report.embed import save
from sim.report.material import Material, material_of
from sim.report.style import look
from sim.study.store import writing

if TYPE_CHECKING:
    from sim.study.compare import Comparison

FIGURES = {
    "participation": participation.draw,
    "funnel": funnel.draw,
    "durations": durations.draw,
    "effects": effects.draw,
    "spread": spread.draw,
}
"""Figures drawn from a comparison, by file name."""


def write_figures(
    comparison: Comparison | Material,
    folder: str | Path,
    lang: str,
    model: network_figure.Community | None = None,
) -> list[Path]:
    """Write every figure.

    Parameters
    ----------
    comparison : Comparison or Material
    folder : str or Path
        Made if it does not exist.
    lang : {"zh", "en"}
    model : Community, optional
        One run's model at its end; without it the network is left out.

    Returns
    -------
    list of Path
        PNG, SVG and CSV of each figure.

    Raises
    ------
    YiheError
        If the folder cannot be written or the font is missing.
    """
    material = material_of(comparison)
    folder = Path(folder)
    written: list[Path] = []
    with writing(folder), look():
        folder.mkdir(parents=True, exist_ok=True)
        for name, draw in FIGURES.items():
            figure, data = draw(material, lang)
            written += save(figure, folder, name, data, material.manifest)
        if model is not None:
            figure, data = network_figure.draw(model, lang, material.source(lang))
            written += save(figure, folder, "network", data, material.manifest)
    return written
