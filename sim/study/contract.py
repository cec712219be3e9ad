"""The contract every policy keeps, whoever wrote it: one list, for our own tests and for plug-ins.

Each check takes a policy's kind, tries it in the small community of :mod:`sim.study.watched`, and returns
None or one sentence on what is wrong. Comparisons are bit by bit: there is no tolerance anywhere.
"""

from __future__ import annotations

import inspect
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.errors import YiheError
from sim.ledger.levers import LEVERS
from sim.params import ASSUMPTION, declared
from sim.plugins import own_institutions
from sim.policies.base import Policy
from sim.policies.registry import BUILT_IN, policy_class
from sim.results import RunResult
from sim.scenario.reading import dump, loads
from sim.study import watched as lab
from sim.study.bare_numbers import bare_numbers
from sim.study.clauses import Check, Fault, Verdict, clause, fault, judge
from sim.study.decree import offences
from sim.study.watched import WEEKS, watched
from sim.vocabulary import Regime

IDLE = frozenset({"no_op"})
"""Policies that are meant to do nothing."""


def class_of(kind: str) -> type[Policy]:
    """The policy of a kind.

    Raises
    ------
    KeyError
        If there is none.
    """
    found = policy_class(kind)
    if found is None:
        raise KeyError(kind)
    return found


def home(kind: str) -> Regime:
    """A regime in which a policy finds its convenor."""
    convenors = class_of(kind).convenors
    return Regime.ONE_CORE if Regime.ONE_CORE in convenors else min(convenors)


def _one(kind: str, **settings: Any) -> dict[str, Any]:
    return {"kind": kind, **settings}


class _Plain(NamedTuple):
    result: RunResult
    arrays: dict[str, np.ndarray]
    digests: tuple[str, ...]


@lru_cache(maxsize=8)
def _without(regime: str) -> _Plain:
    """A run without any policy: its result, its last state, and a digest at the end of each week."""
    model, digests = watched(regime=regime), []
    for week in range(WEEKS):
        digests.append(model.until(week).state_.digest())
    result = model.run()
    return _Plain(result, lab.arrays(model), (*digests, model.state_.digest()))


@lru_cache(maxsize=4)
def _at_home(kind: str) -> lab.Guarded:
    """A run with the policy alone, at its defaults, where it has its convenor."""
    model = watched(_one(kind), regime=home(kind).key, guarded=True).until(WEEKS)
    assert isinstance(model, lab.Guarded)
    return model


def forget() -> None:
    """Forget runs made before a plug-in was loaded."""
    lab.forget()
    _without.cache_clear()
    _at_home.cache_clear()


# The clauses.


def off_is_nothing(kind: str) -> Fault:
    """Intensity 0 leaves every array, outcome and case as without the policy, and costs nothing."""
    plain = _without(Regime.ONE_CORE.key)
    off = watched(_one(kind, intensity=1.0 if kind in IDLE else 0.0))
    result, mine = off.run(), lab.arrays(off)
    for name, column in plain.arrays.items():
        if not np.array_equal(column, mine.pop(name), equal_nan=column.dtype.kind == "f"):
            return fault(f"力度为 0 时 {name} 仍变了", f"at intensity 0, {name} differs all the same")
    if mine:
        return fault(f"力度为 0 时多出 {min(mine)}", f"at intensity 0 there is a new {min(mine)}")
    for name, series in plain.result.series.items():
        if not np.array_equal(series, result.series[name], equal_nan=True):
            return fault(f"力度为 0 时指标 {name} 不同", f"at intensity 0 the outcome {name} differs")
    if plain.result.cases.tobytes() != result.cases.tobytes():
        return fault("力度为 0 时案件记录不同", "at intensity 0 the log of cases differs")
    if off.budget.spent_total.sum() != 0.0:
        return fault("力度为 0 时仍花了钱", "at intensity 0 it spends money")
    return None


def nothing_before_start(kind: str) -> Fault:
    """Nothing differs before the week in which it starts; something does afterwards."""
    regime = home(kind).key
    plain, later = _without(regime), watched(_one(kind, start=4), regime=regime)
    for week in range(5):
        if later.until(week).state_.digest() != plain.digests[week]:
            return fault(
                f"第 4 周才开始，第 {week} 周已有不同", f"it starts in week 4 and differs in week {week}")
    if kind not in IDLE and later.until(WEEKS).state_.digest() == plain.digests[-1]:
        return fault("开始之后没有任何不同", "nothing differs once it has started")
    return None


def order_is_nothing(kind: str) -> Fault:
    """The order in which policies are listed changes no bit."""
    others = [other for other in ("neighbour_festival", "party_alliance", "sham") if other != kind]
    listed = [_one(kind), *(_one(other) for other in others), _one(kind, id=f"{kind}_again", start=2)]
    for weekly in (1500.0, 20000.0):
        digests = {
            watched(*order, budget={"weekly": weekly}).until(WEEKS).state_.digest()
            for order in (listed, listed[::-1], listed[2:] + listed[:2])}
        if len(digests) > 1:
            return fault(
                f"政策列出的先后改变了结果（每周经费 {weekly:g} 元）",
                f"the order of listing changes the run (at {weekly:g} yuan a week)")
    return None


def survives_yaml(kind: str) -> Fault:
    """A scenario with it, written to YAML and read again, is the same scenario."""
    middle: dict[str, Any] = {
        "kind": kind, "id": "mine", "start": 1, "end": 9, "target": {"communities": (1,)}}
    for number in declared(class_of(kind)):
        value = (number.ge + number.le) / 2
        at = middle
        *above, name = number.path.split(".")
        for key in above:
            at = at.setdefault(key, {})
        at[name] = int(value) if isinstance(number.default, int) else value
    for policies in ([_one(kind)], [middle]):
        before = lab.scenario(*policies)
        for full in (True, False):
            try:
                same = loads(dump(before, full=full)) == before
            except YiheError as error:
                return fault(f"写成 YAML 后读不回来：{error.zh}", f"it cannot be read back: {error.en}")
            if not same:
                return fault("写成 YAML 再读回后不同", "it differs after a round trip through YAML")
    return None


def numbers_are_declared(kind: str) -> Fault:
    """Every number has unit, range, source, grade and two names."""
    cls = class_of(kind)
    known = {number.path: number for number in declared(cls)}
    for name, field in cls.model_fields.items():
        if field.annotation in (int, float) and name != "start" and name not in known:
            return fault(f"数字 {name} 没有用 Param 声明", f"the number {name} is not declared with Param")
    for path, number in known.items():
        if not (number.unit.strip() and number.zh.strip() and number.en.strip() and number.ge < number.le):
            return fault(f"{path} 缺单位、名称或范围", f"{path} lacks a unit, a name or a range")
        if number.evidence not in ("A", "B", "C", "D"):
            return fault(f"{path} 的证据等级不对", f"{path} has no grade of evidence")
        if (number.source == ASSUMPTION) != (number.evidence == "D"):
            return fault(f"{path} 的等级与出处不符", f"grade and source of {path} do not agree")
    return None


def card_is_complete(kind: str) -> Fault:
    """The card says everything in both languages, and names a source."""
    card = getattr(class_of(kind), "card", None)
    if card is None:
        return fault("没有政策卡（card）", "there is no card")
    for name in ("name", "mechanism", "cost", "claim", "harm"):
        label = getattr(card, name)
        if not re.search(r"[\u4e00-\u9fff]", label.zh):
            return fault(f"政策卡的 {name} 缺中文", f"the card's {name} lacks Chinese")
        if not re.search(r"[A-Za-z]{2}", label.en) or re.search(r"[，。；：、]", label.en):
            return fault(f"政策卡的 {name} 缺英文或夹中文标点", f"the card's {name} lacks plain English")
    return None if card.source.strip() else fault("政策卡没有出处", "the card names no source")


def acts_with_its_convenor(kind: str) -> Fault:
    """It sets levers or offers something in every regime that has its convenor."""
    for regime in sorted(class_of(kind).convenors) if kind not in IDLE else ():
        model: lab.Watched = _at_home(kind)
        if regime != home(kind):
            model = watched(_one(kind), regime=regime.key).until(WEEKS)
        if not any(note.levers or len(note.offers) for note in model.notes):
            return fault(f"在“{regime.zh}”下什么也没做", f"it does nothing in the regime {regime.en}")
    return None


def pays_and_idles_without(kind: str) -> Fault:
    """Where the regime lacks its convenor it is paid for and does nothing."""
    for regime in sorted(set(Regime) - class_of(kind).convenors):
        model = watched(_one(kind), regime=regime.key).until(WEEKS)
        if any(note.levers or len(note.offers) for note in model.notes):
            return fault(f"没有召集者（{regime.zh}）仍在起作用", f"it acts without a convenor ({regime.en})")
        if kind not in IDLE and not _cost(model) > 0:
            return fault(
                f"没有召集者（{regime.zh}）时不付出", f"without a convenor ({regime.en}) it costs nothing")
    return None


def leaves_nothing_after_end(kind: str) -> Fault:
    """No lever and no offer from its end on."""
    end = 10
    model = watched(_one(kind, end=end), regime=home(kind).key).until(WEEKS)
    for note in model.notes:
        if note.week >= end and (note.levers or len(note.offers)):
            what = ", ".join(note.levers) or "offers"
            return fault(f"第 {end} 周结束后仍留下 {what}", f"after its end in week {end} it leaves {what}")
    return None


def keeps_to_its_target(kind: str) -> Fault:
    """Communities outside its target get no lever, no offer and no bill."""
    model = watched(_one(kind, target={"communities": (1,)}), regime=home(kind).key).until(WEEKS)
    places, residents = model.places, model.residents
    outside = {
        "resident": residents.community == 0, "building": places.building_community == 0,
        "grid": places.grid_community == 0, "community": np.array([True, False])}
    outside["community_kind"] = outside["community"]
    for note in model.notes:
        if (note.offers["community"] != 1).any():
            return fault("在目标之外也办活动", "it offers something outside its target")
        for name, values in note.levers.items():
            if values[outside[LEVERS[name].axis]].any():
                return fault(f"在目标之外也动了 {name}", f"it sets {name} outside its target")
    if model.budget.spent_total[0] != 0.0:
        return fault("在目标之外也花钱", "it spends money outside its target")
    return None


def half_costs_no_more(kind: str) -> Fault:
    """It costs money or hours, and half of it no more than all of it."""
    full = _at_home(kind)
    half = watched(_one(kind, intensity=0.5), regime=home(kind).key).until(WEEKS)
    if half.budget.spent_total.sum() > full.budget.spent_total.sum():
        return fault("力度减半反而更贵", "half of it costs more than all of it")
    if kind not in IDLE and not _cost(full) > 0:
        return fault("既不花钱也不占工时", "it costs neither money nor hours")
    return None


def _cost(model: lab.Watched) -> float:
    """Money and hours used so far; only whether it is 0 means anything."""
    return float(sum(np.nansum(model.recorder.series[name]) for name in ("money_spent", "hours_on_policies")))


def does_nothing_unpaid(kind: str) -> Fault:
    """Without money nothing is spent, and what costs money does not happen."""
    model = watched(_one(kind), regime=home(kind).key, budget={"weekly": 0.0}).until(WEEKS)
    if model.budget.spent_total.sum() != 0.0:
        return fault("没有经费仍花了钱", "it spends money that is not there")
    cost = lab.policy(kind).request(watched().until(0)).money
    if np.max(cost) > 0 and any(note.levers or len(note.offers) for note in model.notes):
        return fault("付不起仍在起作用", "it acts without being paid for")
    return None


def writes_nothing(kind: str) -> Fault:
    """While it acts, no array of the community changes but the budget and its own memory."""
    model = _at_home(kind)
    own = ("budget.", f"memory.{lab.policy(kind).id}.")
    touched = sorted(name for name in model.changed if not name.startswith(own))
    if touched:
        what = ", ".join(touched[:3])
        return fault(f"直接改写了 {what}", f"it writes {what} itself")
    return None


def source_decrees_nothing(kind: str) -> Fault:
    """No outcome, and nothing that belongs to someone else, on the left of an assignment."""
    text, others = _source(kind)
    found = offences(text, leave_out=others)
    if found:
        line, what, why = found[0]
        zh = {"outcome": "结果指标", "not own": "不属于政策自己的量", "borrowed": "借来的数组"}[why]
        en = {"outcome": "an outcome", "not own": "not the policy's own", "borrowed": "borrowed"}[why]
        return fault(f"第 {line} 行给 {what} 赋值（{zh}）", f"line {line} assigns to {what} ({en})")
    return None


def source_holds_no_number(kind: str) -> Fault:
    """Whatever could be otherwise is declared; its functions hold arithmetic only."""
    text, others = _source(kind)
    for line, number in bare_numbers(text, leave_out=others):
        return fault(
            f"第 {line} 行的 {number} 没有单位、范围、出处和等级：请用 Param 声明",
            f"line {line}: {number} has no unit, range, source and grade: declare it with Param")
    return None


def _source(kind: str) -> tuple[str, frozenset[str]]:
    """The text of a policy's file, and the classes in it that are institutions."""
    file = inspect.getsourcefile(class_of(kind))
    if file is None:
        raise OSError(f"the source of {kind} cannot be found")
    institutions = frozenset(cls.__name__ for cls in own_institutions())
    return Path(file).read_text(encoding="utf-8"), institutions


CHECKS: tuple[Check, ...] = (
    clause("off", "力度为 0 时逐位相同", "at intensity 0 the run is the same bit by bit", off_is_nothing),
    clause("start", "开始之前毫无不同", "nothing differs before it starts", nothing_before_start),
    clause("order", "列出的先后不影响结果", "the order of listing changes nothing", order_is_nothing),
    clause("yaml", "写成 YAML 再读回不变", "it survives a round trip through YAML", survives_yaml),
    clause("numbers", "每个数字有单位、范围、出处、等级", "every number has unit, range, source and grade",
           numbers_are_declared),
    clause("bare", "代码里没有未声明的数字", "no number stands undeclared in its code",
           source_holds_no_number),
    clause("card", "政策卡中英文齐全", "the card is complete in both languages", card_is_complete),
    clause("acts", "有召集者时起作用", "it acts where it has its convenor", acts_with_its_convenor),
    clause("idles", "没有召集者时花费照付、空转", "without its convenor it pays and idles",
           pays_and_idles_without),
    clause("end", "结束后不留操纵量和活动", "after its end it leaves no lever and no offer",
           leaves_nothing_after_end),
    clause("target", "不越出目标范围", "it keeps to its target", keeps_to_its_target),
    clause("half", "有代价，力度减半不更贵", "it has a cost, and half of it costs no more",
           half_costs_no_more),
    clause("unpaid", "付不起就不发生", "it does nothing it cannot pay for", does_nothing_unpaid),
    clause("writes", "不直接改写社区状态", "it writes nothing of the community's state", writes_nothing),
    clause("source", "源代码不给结果赋值", "its source assigns to no outcome", source_decrees_nothing),
)
"""The contract of a policy, clause by clause."""


def check_policy(kind: str, file: str | Path | None = None) -> list[Verdict]:
    """Every clause of the contract for one policy.

    Parameters
    ----------
    kind : str
    file : path, optional
        Its plug-in file, to name the line at which it breaks.
    """
    return judge("policy", kind, CHECKS, file)


def ours(kind: str) -> bool:
    """Whether a policy is one of our own."""
    return kind in BUILT_IN
