"""Figure: posterior predictive checks, what the calibrated model gives against each target."""

from __future__ import annotations

import math
from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report.studies.factors import plain
from sim.report.studies.material import StudyMaterial
from sim.report.studies.names import Row, bracketed, held_out, range_text, target_name, unit_and_scale
from sim.report.studies.sheet import BLUE, GREEN, ORANGE, Drawing, even_rows, nothing, rows_axis, sheet
from sim.report.studies.tables import records
from sim.report.style import INK
from sim.report.words import say

_CELLS = 36
_SHADE = "#cfe6d8"
_FAR = 4.0
"""Half-widths of a target beyond which an interval is cut off with an arrow."""


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure, a row a target; targets held out of calibration last. Data: ``checks``."""
    table = m.table("checks")
    if table is None:
        return
    title = say(lang, "后验预测检验", "Posterior predictive checks")
    if not table["predicted"].notna().any():
        why = None if len(table) else say(lang, "没有目标", "no targets")
        yield nothing(m, "checks", title, lang, table, why)
        return
    data = table.iloc[table["use"].eq("held_out").to_numpy().argsort(kind="stable")].reset_index(drop=True)
    rows = records(data)
    labels = [target_name(m, row, lang) + (say(lang, "（留出）", " (held out)") if held_out(row) else "")
              for row in rows]
    figure = sheet(m, even_rows(labels, _CELLS, 0.3) + 0.7, title, [_note(lang)], lang)
    ax = figure.add_subplot()
    rows_axis(ax, labels, cells=_CELLS)
    reach = [abs(v) for row in rows for v in _relative(row) if math.isfinite(v)]
    far = min(_FAR, max(1.6, 1.15 * max(reach, default=1.6)))
    for y, row in enumerate(rows):
        _row(ax, row, y, far, lang)
    ax.set_xlim(-far, far)
    ax.set_xlabel(say(lang, "与目标中点（或端点）之差，以目标范围的半宽为1",
                      "distance from the middle (or end) of the target, half-width of its range = 1"))
    _key(ax, lang)
    yield Drawing("checks", title, figure, data)


def _note(lang: str) -> str:
    return say(
        lang,
        "绿：目标的允许范围（只有一个数或一端开放的目标以预测区间的半宽为1）；"
        "线：95%后验预测区间，含目标本身的误差；"
        "实心：区间与范围相交，与目标相容；空心：不相交，与目标不符；箭头：在图外。"
        "留出的目标没有用于校准，只有它们能检验模型。右侧为原单位的数值。",
        "Green: range of the target (where it is one number, or open on one side, the half-width of the "
        "prediction is 1); lines: 95 % posterior predictive interval, with the target's own error; full: "
        "it meets the range, so the model is compatible with the target; hollow: it does not; arrow: off the "
        "axis. Held-out targets had no part in the calibration: only they test the model. Right: values in "
        "their own units.",
    )


def _frame(row: Row) -> tuple[float, float]:
    """Middle of a target's range and half its width; of the prediction where the range has no width."""
    least, most = float(row["observed_low"]), float(row["observed_high"])
    ends = [end for end in (least, most) if math.isfinite(end)]
    middle = sum(ends) / len(ends) if ends else 0.0
    half = (most - least) / 2.0
    if not 0.0 < half < math.inf:
        half = (float(row["high"]) - float(row["low"])) / 2.0
    return middle, half if half > 0.0 else max(abs(middle), 1e-12)


def _relative(row: Row) -> tuple[float, float, float]:
    """Prediction and its ends in the frame of the target."""
    middle, half = _frame(row)
    value, low, high = ((float(row[key]) - middle) / half for key in ("predicted", "low", "high"))
    return value, low, high


def _row(ax: Axes, row: Row, y: int, far: float, lang: str) -> None:
    value, low, high = _relative(row)
    middle, half = _frame(row)
    colour = ORANGE if held_out(row) else BLUE
    least, most = ((float(row[key]) - middle) / half for key in ("observed_low", "observed_high"))
    if most > least:
        ends = [max(least, -far), min(most, far)]
        ax.fill_between(ends, y - 0.38, y + 0.38, color=_SHADE, linewidth=0, zorder=-1)
    else:
        ax.plot([0, 0], [y - 0.38, y + 0.38], color=GREEN, linewidth=2.4, zorder=1)
    if not (math.isnan(low) or math.isnan(high)):
        ax.plot([max(-far, min(far, end)) for end in (low, high)], [y, y], color=colour, linewidth=1.6,
                solid_capstyle="butt", zorder=3)
    for beyond, end, arrow in ((min(value, low) < -far, -far, "<"), (max(value, high) > far, far, ">")):
        if beyond:
            ax.plot(end, y, marker=arrow, color=colour, markersize=4, clip_on=False)
    if abs(value) <= far:
        ax.plot(value, y, marker="D" if held_out(row) else "o", markersize=4.5, zorder=4, linestyle="none",
                markerfacecolor=colour if row["covered"] else "white", markeredgecolor=colour)
    ax.annotate(_values(row, lang), (1.0, y), (6, 0), xycoords=("axes fraction", "data"),
                textcoords="offset points", va="center", fontsize=6.2, color=INK)


def _values(row: Row, lang: str) -> str:
    unit, scale = unit_and_scale(row, lang)
    predicted, low, high = (plain(scale * float(row[key])) for key in ("predicted", "low", "high"))
    said = bracketed(f"{predicted} [{low}, {high}]" if predicted != "—" else "—", unit, lang)
    wanted = range_text(float(row["observed_low"]), float(row["observed_high"]), scale)
    return say(lang, f"目标 {wanted}\n预测 {said}", f"target {wanted}\npredicted {said}")


def _key(ax: Axes, lang: str) -> None:
    def mark(marker: str, colour: str, text: str) -> Line2D:
        return Line2D([], [], marker=marker, color=colour, markersize=4.5, linewidth=1.6, label=text)

    ax.legend(
        handles=[
            mark("o", BLUE, say(lang, "用于校准", "calibrated on")),
            mark("D", ORANGE, say(lang, "留出", "held out")),
            Patch(facecolor=_SHADE, edgecolor=GREEN, linewidth=0.4,
                  label=say(lang, "目标范围", "range of the target"))],
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, borderaxespad=0.2, fontsize=7)
