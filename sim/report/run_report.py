"""What ``yihe run`` writes beside its tables where there are many grids: map, summary and page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.tiles import site_of

if TYPE_CHECKING:
    from sim.study.compare import Comparison


def write_run_report(result: Comparison, folder: Path, lang: str) -> list[Path]:
    """Write the map of all grids, ``summary.md`` and ``report.html``.

    Parameters
    ----------
    result : Comparison
        Of one arm alone.
    folder : Path
    lang : {"zh", "en"}

    Returns
    -------
    list of Path
        Summary, page, then the map; empty where there are too few grids for one.
    """
    if not site_of(next(iter(result.scenarios.values()))).mapped:
        return []
    from sim.report.figures import MAPS, write_figures
    from sim.report.html.reports import FILE, comparison_page
    from sim.report.material import material_of
    from sim.report.summary import summary_markdown
    from sim.study.store import write_text

    material = material_of(result)
    maps = write_figures(material, folder / "figures", lang, names=MAPS)
    write_text(folder / "summary.md", summary_markdown(material, lang))
    write_text(folder / FILE, comparison_page(material, maps, lang))
    return [folder / "summary.md", folder / FILE, *maps]
