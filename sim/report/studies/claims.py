"""Figure: in what share of the calibrated space each claim is reached."""

from __future__ import annotations

import math
from collections.abc import Iterator

from matplotlib.patches import Patch

from sim.report.studies.material import StudyMaterial
from sim.report.studies.sheet import Drawing, even_rows, nothing, rows_axis, sheet, whisker
from sim.report.studies.tables import records
from sim.report.style import INK, percent_axis
from sim.report.words import say
from sim.scenario.targets import VERDICTS, Verdict

FILLS: dict[Verdict, tuple[str, str, str]] = {
    "reached": ("#0072B2", "#0072B2", ""),
    "weaker": ("#a9d0e8", "#0072B2", ""),
    "undetermined": ("#eeeeee", "#9a9a9a", "...."),
    "opposite": ("#f3c9a5", "#D55E00", "////"),
}
"""Face, edge and hatch of each verdict, in the order of the bars."""

_CELLS = 40


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure, a bar a claim. Data: ``claims``."""
    table = m.table("claims")
    if table is None:
        return
    title = say(lang, "校准后的参数空间中，各主张成立的比例", "Claims over the calibrated space")
    if not table["share"].notna().any():
        yield nothing(m, "claims", title, lang, table, say(lang, "没有待检验的主张", "no claims to test"))
        return
    names = [str(name) for name in table["claim"].drop_duplicates()]
    figure = sheet(m, even_rows(names, _CELLS, 0.3) + 0.7, title, [say(
        lang,
        "校准后仍可能的参数各作一次判定，按结论计数；线：“达到”的比例的95%区间。比例只相对于所用的目标和先验而言。",
        "Each set of parameters that calibration leaves is judged, and verdicts are counted; line: 95 % "
        "interval of the share that is reached. Shares hold for these targets and this prior only.")], lang)
    ax = figure.add_subplot()
    rows_axis(ax, names, cells=_CELLS)
    for y, name in enumerate(names):
        rows = {str(row["verdict"]): row for row in records(table[table["claim"] == name])}
        left = 0.0
        for verdict, (face, edge, hatch) in FILLS.items():
            share = float(rows[verdict]["share"]) if verdict in rows else 0.0
            if share > 0.0:
                ax.barh(y, share, left=left, height=0.56, facecolor=face, edgecolor=edge, hatch=hatch,
                        linewidth=0.6)
                left += share
        if "reached" in rows and not math.isnan(rows["reached"]["low"]):
            whisker(ax, rows["reached"]["low"], rows["reached"]["high"], y, INK, 1.3)
    ax.set_xlim(0, 1)
    percent_axis(ax, "x")
    ax.set_xlabel(say(lang, "占校准后参数的比例（%）", "share of the calibrated space (%)"))
    handles = [Patch(facecolor=face, edgecolor=edge, hatch=hatch, label=VERDICTS[verdict].text(lang))
               for verdict, (face, edge, hatch) in FILLS.items()]
    ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, borderaxespad=0.2, fontsize=7)
    yield Drawing("claims", title, figure, table)
