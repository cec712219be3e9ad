"""Queues: Erlang C at one desk, four desks against one, and residents behind tasks that go first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.params import Label
from sim.verify.bars import mean
from sim.verify.base import Check, Outcome, Row, Size
from sim.verify.offices import work

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOAD = 0.8
SERVERS = (1, 2, 5, 10)
POOLED = 4
RESIDENTS = 0.3
ADMIN = (0.2, 0.4, 0.5, 0.6)

CODE = (
    "sim.model.CommunityModel.step", "sim.processes.world.tasks", "sim.processes.staffing.staff",
    "sim.processes.handling.work_week")
_PLAIN = Label(
    zh="整个模型照常逐周运行，只是不发生摩擦，人手不外借、不下沉、不做台账，无人等不及；居委会的人手设为整数"
       "个全职人员。上级任务在工作时间内按泊松流到达，工时为指数分布，均值 1 小时；周末停办、跨周续办都在"
       "内。每个社区是一个独立的办公室。",
    en="Whole weeks of the model run, but there is no friction, no hours are lent, handed down or spent on "
       "records, and nobody loses patience; the residents' committee has a whole number of full-time staff. "
       "Tasks from above are a Poisson stream in working time and take exponential hours, 1 on average; "
       "weekends and services carried over are in it. Each community is an office of its own.")


def erlang_c(servers: int, load: float) -> float:
    """Chance that an arrival waits at ``servers`` with each busy for a share ``load``."""
    offered = servers * load
    below = sum(offered**k / math.factorial(k) for k in range(servers))
    full = offered**servers / math.factorial(servers) / (1.0 - load)
    return full / (below + full)


def expected_wait(servers: int, load: float) -> float:
    """Mean wait in mean services."""
    return erlang_c(servers, load) / (servers * (1.0 - load))


def low_priority_wait(first: float, last: float) -> float:
    """Mean wait of the class served last, one server, no interruption, in mean services."""
    return (first + last) / ((1.0 - first) * (1.0 - first - last))


def desks(size: Size) -> Outcome:
    """Share that waits, and mean wait, at 1 to 10 servers."""
    rows = list[Row]()
    for at, servers in enumerate(SERVERS):
        slow = servers <= 2  # larger desks have more arrivals, and forget sooner
        waits = work(
            servers, LOAD, offices=size.of(50, 100) if slow else size.of(30, 60), settle=15 if slow else 6,
            weeks=size.of(30, 400) if slow else size.of(10, 120), seed=100 * size.seed + at)
        label = Label(zh=f"{servers} 人：须等待的比例", en=f"c = {servers}: share that waits")
        chance = erlang_c(servers, LOAD)
        rows.append(mean(f"share_{servers}", label, chance, *waits.by_office(waits.wait > 0.0)))
        label = Label(zh=f"{servers} 人：平均等待 × μ", en=f"c = {servers}: mean wait × μ")
        theory = expected_wait(servers, LOAD)
        rows.append(mean(f"wait_{servers}", label, theory, *waits.by_office(waits.wait)))
    return Outcome(tuple(rows), {})


def pooling(size: Size) -> Outcome:
    """Four desks of one against one desk of four."""
    split = work(1, LOAD, offices=80, settle=20, weeks=size.of(20, 300), seed=100 * size.seed + 10)
    pooled = work(POOLED, LOAD, offices=40, settle=10, weeks=size.of(15, 200), seed=100 * size.seed + 11)
    return Outcome((
        mean("split", Label(zh="四个窗口各自排队：平均等待 × μ", en="four queues apart: mean wait × μ"),
             expected_wait(1, LOAD), *split.by_office(split.wait)),
        mean("pooled", Label(zh="四人合成一队：平均等待 × μ", en="one queue for all four: mean wait × μ"),
             expected_wait(POOLED, LOAD), *pooled.by_office(pooled.wait))), {})


def priority(size: Size) -> Outcome:
    """Wait of ordinary cases as more tasks go first."""
    rows = list[Row]()
    for at, admin in enumerate(ADMIN):
        load = RESIDENTS + admin
        waits = work(
            1, load, first=admin / load, offices=size.of(60, 120),
            settle=round(0.6 / (1.0 - load) ** 2),  # some six relaxation times
            weeks=size.of(30, 400), seed=100 * size.seed + 20 + at)
        label = Label(
            zh=f"行政负荷 {admin:g}：居民平均等待 × μ", en=f"admin load {admin:g}: residents' wait × μ")
        theory = low_priority_wait(admin, RESIDENTS)
        rows.append(mean(f"admin_{admin:g}", label, theory, *waits.by_office(waits.wait, waits.ordinary)))
    return Outcome(tuple(rows), {})


def draw_desks(outcome: Outcome, lang: str) -> Figure:
    """Share that waits and mean wait, side by side."""
    from sim.report.words import say
    from sim.verify.drawing import intervals, key, sheet

    figure = sheet(2.8, DESKS.label, DESKS.reduction, lang)
    names = [say(lang, f"{c} 人", f"{c} server{'s'[: c - 1]}") for c in SERVERS]
    for ax, start, what in zip(
        figure.subplots(1, 2), ("share_", "wait_"),
        (say(lang, "须等待的比例", "share that waits"), say(lang, "平均等待 × μ", "mean wait × μ")),
        strict=True,
    ):
        intervals(ax, _rows(outcome, start), names, lang)
        ax.set_xlabel(what)
    key(ax)
    return figure


def draw_pooling(outcome: Outcome, lang: str) -> Figure:
    """Waits apart and pooled."""
    from sim.report.words import say
    from sim.verify.drawing import intervals, key, sheet

    figure = sheet(2.2, POOLING.label, POOLING.reduction, lang)
    ax = figure.subplots()
    intervals(ax, outcome.rows, [say(lang, "各自排队", "apart"), say(lang, "合成一队", "pooled")], lang)
    ax.set_xlim(left=0.0)
    ax.set_xlabel(say(lang, "平均等待 × μ", "mean wait × μ"))
    key(ax)
    return figure


def draw_priority(outcome: Outcome, lang: str) -> Figure:
    """Residents' wait along the administrative load."""
    import numpy as np

    from sim.report.words import say
    from sim.verify.drawing import THEORY, key, points, sheet

    figure = sheet(3.2, PRIORITY.label, PRIORITY.reduction, lang)
    ax = figure.subplots()
    along = np.linspace(0.0, 0.62, 120)
    ax.plot(along, [low_priority_wait(x, RESIDENTS) for x in along], color=THEORY, label=say(
        lang, "理论", "theory"))
    points(ax, ADMIN, outcome.rows, say(lang, "模拟", "simulated"), lang)
    ax.set_xlabel(say(
        lang, "行政任务的负荷（居民诉求的负荷 0.3）", "load of tasks that go first (residents' own: 0.3)"))
    ax.set_ylabel(say(lang, "居民平均等待 × μ", "residents' mean wait × μ"))
    key(ax)
    return figure


def _rows(outcome: Outcome, start: str) -> Sequence[Row]:
    return [row for row in outcome.rows if row.key.startswith(start)]


DESKS = Check(
    "erlang_c", Label(zh="埃尔朗 C 公式", en="Erlang C"), "Erlang C (M/M/c)",
    Label(zh="负荷 0.8 时，1、2、5、10 人的窗口须等待的概率为 0.8、0.7111、0.5541、0.4092；平均等待是它除以 "
             "c(1 − ρ)。",
          en="At load 0.8 an arrival waits with 0.8, 0.7111, 0.5541, 0.4092 at 1, 2, 5, 10 servers; the "
             "mean wait is that over c (1 − ρ)."),
    _PLAIN, CODE, desks, draw_desks)

POOLING = Check(
    "pooling", Label(zh="分散与合并的队列", en="Split and pooled queues"), "Erlang C (M/M/c)",
    Label(zh="负荷 0.8 时，四个一人窗口平均等待 4.0 个服务时长，合成一个四人窗口只等 0.7455。",
          en="At load 0.8 four desks of one wait 4.0 mean services, one desk of four 0.7455."),
    _PLAIN, CODE, pooling, draw_pooling)

PRIORITY = Check(
    "priority", Label(zh="任务优先时的居民等待", en="Residents behind tasks that go first"),
    "M/M/1, two classes, non-preemptive",
    Label(zh="居民负荷 0.3，优先的行政任务负荷 0.2、0.4、0.5、0.6 时，居民平均等待 1.25、3.89、8.0、22.5 个"
             "服务时长。",
          en="With a load of 0.3 of residents and 0.2, 0.4, 0.5, 0.6 of tasks that go first, residents wait "
             "1.25, 3.89, 8.0, 22.5 mean services."),
    Label(zh=_PLAIN.zh + "居民一类由不优先的任务代表：同一窗口、同一队列、同一优先级；居民自己的诉求按钟点发"
                         "生，夜间与周末的堆到次日上午，不是泊松流。",
          en=_PLAIN.en + " Tasks that do not go first stand for residents: same desk, same queue, same "
                         "class; residents' own cases come by the clock, and those of nights and weekends "
                         "pile up on the next morning: no Poisson stream."),
    CODE, priority, draw_priority)
