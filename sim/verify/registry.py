"""All checks in the order of the evidence page, what the model cannot express, and the run of them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sim.errors import YiheError
from sim.params import Label
from sim.verify import (
    conditional_cooperation,
    erlang,
    friedkin_johnsen,
    granovetter,
    volunteers_dilemma,
    watts,
)
from sim.verify.base import Check, Outcome, Size

CHECKS: tuple[Check, ...] = (
    granovetter.TWO_CROWDS, granovetter.NORMAL, watts.CHECK, erlang.DESKS, erlang.POOLING, erlang.PRIORITY,
    friedkin_johnsen.CHECK, volunteers_dilemma.CHECK, conditional_cooperation.CHECK)

NOT_EXPRESSIBLE: dict[str, Label] = {
    "poisson_disputes": Label(
        zh="居民自己的纠纷作为 M/M/c：纠纷按钟点发生，夜间与周末的堆到次日上午，不是工作时间里的泊松流；排队"
           "公式只用上级任务检验。",
        en="Residents' own disputes as M/M/c: they arise by the clock, nights and weekends pile up on the "
           "next morning, so they are no Poisson stream in working time; queue formulas are tested with "
           "tasks from above only."),
    "public_goods_amounts": Label(
        zh="公共品博弈的出力数额、收益与信念（Fischbacher 等人的实验）：模型里只有来与不来，没有收益函数，也"
           "没有四人小组的轮换。",
        en="Amounts, payoffs and beliefs of a public goods game (the experiment of Fischbacher et al.): the "
           "model knows coming or not, no payoff function, and no rotating groups of four."),
    "learnt_equilibrium": Label(
        zh="志愿者困境中由博弈得出的均衡、不等的成本、先后举报：模型直接用对称混合均衡的公式。",
        en="An equilibrium found by playing the volunteer's dilemma, unequal costs, reporting in turn: the "
           "model uses the formula of the symmetric mixed equilibrium."),
    "irreversible_adoption": Label(
        zh="加入后不再退出（格兰诺维特、沃茨）：模型里每周重新决定；只因门槛规则单调且先行者常在，终局才相"
           "同。",
        en="Joining for good (Granovetter, Watts): the model decides anew every week; only monotone "
           "thresholds and first movers who stay make the end the same."),
    "certain_decisions": Label(
        zh="毫无误差的决定：逻辑函数在 ±16 外持平，每次决定留有 1.1e-7 的走样机会。",
        en="Decisions without any error: the logistic is flat beyond ±16, which leaves 1.1e-7 a decision."),
    "own_susceptibility": Label(
        zh="在情景文件里为每人写不同的 Λ：情景只有一个交谈权重；检验时直接写在模型的列上。",
        en="A Λ of one's own in a scenario file: it has one weight of talk for all; the check writes the "
           "model's column."),
}
"""Theory, or part of one, that no setting of the model gives, by name."""


class Done(NamedTuple):
    """One check with what it found."""

    check: Check
    outcome: Outcome
    seconds: float


def chosen(names: Sequence[str]) -> tuple[Check, ...]:
    """Checks of these names, all if there are none.

    Raises
    ------
    YiheError
        If there is no such check.
    """
    from sim.scenario.bykind import near

    known = [check.name for check in CHECKS]
    for name in names:
        if name not in known:
            guess = near(name, known)
            raise YiheError(
                f"没有叫 {name} 的检验{f'，是否想写 {guess}' if guess else ''}；可用的有：{'、'.join(known)}",
                f"there is no check {name}{f', did you mean {guess}' if guess else ''}; there are: "
                f"{', '.join(known)}", key="--only")
    return tuple(check for check in CHECKS if not names or check.name in names)


def run(checks: Sequence[Check], size: Size) -> Iterator[Done]:
    """Run checks one after the other.

    Parameters
    ----------
    checks : sequence of Check
    size : Size

    Yields
    ------
    Done
    """
    for check in checks:
        start = time.perf_counter()
        outcome = check.run(size)
        yield Done(check, outcome, time.perf_counter() - start)
