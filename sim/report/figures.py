"""Every figure of a comparison, written as PNG and SVG with its data beside it.

A figure is drawn only if something it is made of has changed (:mod:`sim.report.record`). Figures that have to
be drawn are shared out between this process and a few helpers; the bytes do not depend on who draws.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.material import Material, material_of
from sim.report.record import Record, made_from
from sim.study.store import writing

if TYPE_CHECKING:
    from sim.report.network_figure import State
    from sim.study.compare import Comparison

NAMES = ("participation", "durations", "effects", "funnel", "spread")
"""Figures drawn from a comparison, by file name, in the order in which they are drawn."""

MAPS = ("district", "district_differences")
"""Drawn for places with many grids only; the second if arms can be set against each other."""

NETWORK = "network"

GetStates = Callable[[], "Sequence[State]"]


def write_figures(
    comparison: Comparison | Material,
    folder: str | Path,
    lang: str,
    states: GetStates | None = None,
    *,
    processes: int = 1,
    names: Sequence[str] | None = None,
) -> list[Path]:
    """Write every figure that is not there already.

    Parameters
    ----------
    comparison : Comparison or Material
    folder : str or Path
        Made if it does not exist.
    lang : {"zh", "en"}
    states : callable, optional
        Gives one run of each file as it stands at its end; called only if networks have to be drawn. Without
        it, or if it gives nothing, the network is left out.
    processes : int
        Processes that draw, this one included. More than one needs a main module that can be imported.
    names : sequence of str, optional
        Those wanted, of :data:`NAMES` and :data:`MAPS`, all if left out; maps without grids to show are never
        drawn.

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
    wanted = (*NAMES, *MAPS) if names is None else names
    names = [name for name in wanted if name not in MAPS[len(maps_of(material)):]]
    folder = Path(folder)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        record, made = Record(folder), made_from(material, lang)
        written = {name: record.fresh(name, made) for name in (*names, NETWORK)}
        stale = [name for name in names if not written[name]]
        network = states if states is not None and not written[NETWORK] else None
        if states is None:
            written[NETWORK] = []
        if stale or network is not None:
            drawn = _draw(material, folder, lang, stale, network, processes)
            record.keep(made, [file for files in drawn.values() for file in files])
            written |= drawn
    return [file for name in (*names, NETWORK) for file in written[name]]


def maps_of(material: Material) -> tuple[str, ...]:
    """Those of :data:`MAPS` for which there is something to draw."""
    from sim.report.district import comparable, district

    found = district(material)
    return () if found is None else MAPS if comparable(material, found) else MAPS[:1]


def _draw(
    material: Material, folder: Path, lang: str, names: list[str], states: GetStates | None, processes: int
) -> dict[str, list[Path]]:
    helpers = min(processes - 1, len(names) - (states is None))
    with _helpers(material, helpers) as pool:
        waiting = [(name, _send(pool, name, folder, lang)) for name in names]
        # Only now, while helpers start
        from sim.report.drawing import draw_network, draw_one

        drawn: dict[str, list[Path]] = {}
        now = states() if states is not None else ()
        if now:
            drawn[NETWORK] = draw_network(now, material, folder, lang)
        # Helpers take figures from the front, this process those that are left from the back
        for name, future in reversed(waiting):
            if future is None or future.cancel():
                drawn[name] = draw_one(name, material, folder, lang)
        for name, future in waiting:
            if name not in drawn:
                assert future is not None
                try:
                    drawn[name] = future.result()
                except BrokenExecutor:  # a helper was killed
                    drawn[name] = draw_one(name, material, folder, lang)
    return drawn


@contextmanager
def _helpers(material: Material, number: int) -> Iterator[ProcessPoolExecutor | None]:
    if number < 1:
        yield None
        return
    tables = {kind: getattr(material, kind) for kind in ("series", "groups", "cases")}
    shipped = replace(material, tables=tables.__getitem__)
    # New processes, not forked ones: this one has threads
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(number, fresh, _take, (shipped,)) as pool:
        yield pool


def _send(pool: ProcessPoolExecutor | None, name: str, folder: Path, lang: str) -> Future[list[Path]] | None:
    return None if pool is None else pool.submit(_draw_taken, name, folder, lang)


def _take(material: Material) -> None:
    from sim.report.drawing import take

    take(material)


def _draw_taken(name: str, folder: Path, lang: str) -> list[Path]:
    from sim.report.drawing import draw_taken

    return draw_taken(name, folder, lang)
