"""Figure: PAWN indices, how far each factor shifts the whole distribution of an outcome."""

from __future__ import annotations

from collections.abc import Iterator

from sim.report.studies.material import StudyMaterial
from sim.report.studies.sheet import (
    BLUE,
    ORANGE,
    Drawing,
    by_group,
    even_rows,
    pure,
    rows_axis,
    sheet,
    span,
    whisker,
)
from sim.report.studies.tables import Group, records
from sim.report.style import INK
from sim.report.words import say


def draw(m: StudyMaterial, lang: str) -> Iterator[Drawing]:
    """One figure an outcome of an arm or contrast. Data: its rows of ``pawn``."""
    what = say(lang, "PAWN 指数", "PAWN indices")
    return by_group(m, "pawn", what, ["pawn"], _one, lang)


def _one(m: StudyMaterial, group: Group, name: str, title: str, lang: str) -> Drawing:
    rows = group.rows.sort_values("pawn", ascending=False, kind="stable", na_position="last")
    labels = [m.factor(str(key)).titled(lang) for key in rows["factor"]]
    figure = sheet(m, even_rows(labels) + 0.5, title, [say(
        lang,
        "PAWN：固定该因子时指标分布与整体分布的最大距离（0–1）。橙线：毫无影响的因子在同样多的点上也会达到的值；"
        "空心：区间不超过橙线，看不出影响。线：95%区间。",
        "PAWN: greatest distance (0 to 1) between the outcome's distribution with that factor fixed and the "
        "overall one. Orange: what a factor without influence would reach with as many points; hollow: the "
        "interval does not pass it, no influence can be told. Lines: 95 % intervals.",
    )], lang)
    ax = figure.add_subplot()
    rows_axis(ax, labels)
    for y, row in enumerate(records(rows)):
        told = row["pawn_low"] > row["dummy"]
        ax.barh(y, row["pawn"], height=0.6, facecolor=BLUE if told else "white", edgecolor=BLUE,
                linewidth=0.8)
        whisker(ax, row["pawn_low"], row["pawn_high"], y, INK)
        ax.plot([row["dummy"]] * 2, [y - 0.5, y + 0.5], color=ORANGE, linewidth=1.3,
                linestyle=(0, (3, 1.2)), zorder=4)
    ax.set_xlim(0, min(1.0, max(0.05, span(rows[["pawn", "pawn_high", "dummy"]])[1])))
    pure(ax.xaxis)
    ax.set_xlabel(say(lang, "PAWN 指数（0–1）", "PAWN index (0 to 1)"))
    return Drawing(name, title, figure, rows)
