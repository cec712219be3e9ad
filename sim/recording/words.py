"""The words of a recording: every code in Chinese and English, and the terms of a decision in plain words.

The page builds its sentences from these lists alone, so that a recording can be read without the program that
made it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sim.plugins import own_categories
from sim.processes.categories import CATEGORIES
from sim.processes.queues import ACT, ALONE, APPROVE, AT_STREET, BOUNCE, DELIVER, GONE, ON_TASK, PREPARE
from sim.recording.contents import ATTENTION, FLAGS, LEVELS
from sim.recording.deciding import ROUTES, TERMS
from sim.vocabulary import (
    AGE_BANDS,
    Activity,
    Channel,
    Kind,
    Layer,
    Membership,
    Motive,
    Position,
    Regime,
    Sex,
    Stage,
    Status,
    Tenure,
    Term,
)

Word = dict[str, str]
"""``key``, ``zh`` and ``en``; terms of a decision also have both as reasons for and against."""


class Reason(NamedTuple):
    """A term of a decision: its name, and what it says when it speaks for coming and against."""

    zh: str
    en: str
    for_zh: str
    for_en: str
    against_zh: str
    against_en: str


REASONS: dict[str, Reason] = {
    "intercept": Reason(
        "一般倾向", "baseline", "一般人都乐意来", "most people would come",
        "一般人听说了也不大会来", "most who hear of such things stay at home"),
    "interest": Reason(
        "个人兴趣", "own interest", "本人一向热心公共事务", "has always cared for common affairs",
        "本人对公共事务一向不大上心", "has never cared much for common affairs"),
    "attachment": Reason(
        "归属感与切身程度", "attachment and relevance", "对小区有感情，这事又与自己有关",
        "is attached to the place, and it concerns own needs",
        "对小区感情不深，或事不关己", "feels little for the place, or it does not concern own needs"),
    "efficacy": Reason(
        "效能感", "efficacy", "相信提了就能解决", "believes that things get solved",
        "觉得说了也没用", "believes that nothing comes of it"),
    "norm": Reason(
        "身边人的参与", "others taking part", "受身边人参与的带动，或自己就愿意带头",
        "is drawn in by others who take part, or would even go first",
        "身边人的参与还不足以带动自己", "is not drawn in by those around who take part"),
    "members": Reason(
        "身边党员示范", "party members nearby", "同楼党员亮身份、带头干",
        "party members in the building lead the way",
        "同楼没有党员带头", "no party member in the building leads the way"),
    "skill": Reason(
        "参与能力", "participation skill", "有参与的经验和能力", "knows how such things are done",
        "缺少参与的经验", "has little experience of such things"),
    "health": Reason(
        "健康", "health", "身体好", "is in good health", "身体条件一般", "is not in the best of health"),
    "habit": Reason(
        "习惯", "habit", "常来，已成习惯", "often comes: it has become a habit",
        "没有参与的习惯", "has no habit of taking part"),
    "fatigue": Reason(
        "疲劳", "fatigue", "不觉得累", "is not tired of it",
        "最近参加得多，累了", "has done much of late and is tired"),
    "time": Reason(
        "占用时间", "time asked", "不占时间", "it takes no time", "要占去这周不少空闲时间",
        "it would take much of this week's free time"),
    "rung": Reason(
        "跨阶", "rungs above one's own", "正合自己的参与阶段", "it fits where they stand on the ladder",
        "比自己习惯的参与程度高", "it asks for more than they are used to"),
    "ease": Reason(
        "门槛", "threshold", "门槛低，来了就行", "it is easy to join",
        "要求高，不容易参加", "it is demanding"),
    "reward": Reason(
        "物质激励", "reward", "有积分或实物奖励", "there is a reward", "没有奖励", "there is no reward"),
    "honour": Reason(
        "荣誉激励", "honour", "有荣誉和表彰", "there is honour in it",
        "没有荣誉", "there is no honour in it"),
    "crowding": Reason(
        "奖励挤出", "crowding-out", "不图奖励", "does not look for rewards",
        "以前靠奖励，如今内在动力淡了", "earlier rewards have worn out the wish of one's own"),
    "autonomy": Reason(
        "自主感", "felt autonomy", "觉得大家的事自己能做主", "feels that it is theirs to decide",
        "觉得自己做不了主", "feels that others decide"),
    "voice": Reason(
        "发言权", "say offered", "在会上说了算数", "there is a real say", "去了也没多少发言权",
        "there is little say"),
    "digital": Reason(
        "数字能力", "digital ability", "手机用得熟，线上方便", "is at home on the phone",
        "手机不熟，线上参加不便", "finds it hard to take part online"),
}
"""Each of :data:`sim.recording.deciding.TERMS`."""

_FLAGS = {
    "took_part": ("本周参与", "took part this week"), "heard": ("听说了", "heard of something"),
    "lives_here": ("在此居住", "lives here"), "volunteer": ("志愿骨干", "volunteer"),
    "moved_in": ("本周新迁入", "moved in this week"),
    "kept_away": ("愿意来但没能来", "wanted to come but could not"),
    "voted": ("本周投票", "voted this week")}
_ANSWERS = {
    "declined": ("听说了，没有来", "heard of it and did not come"), "came": ("来了", "came"),
    "could_not": ("想来，但时间不够或名额已满", "wanted to come, but had no time left or found no seat")}
_ROUTES = {
    "tie": ("参与过的熟人", "someone they know who took part"), "visit": ("上门走访", "a home visit"),
    "notice": ("楼里的通知", "a notice"), "app": ("手机应用", "the app")}
_PHASES = {
    "with_actor": ("责任方处置", "with those whose duty it is"), "bounced": ("推转中", "being passed on"),
    "preparing": ("召集准备", "being prepared for a meeting"),
    "delivering": ("按议定结果落实", "being carried out as agreed"),
    "alone": ("党委包办", "done by the core alone"), "at_street": ("街道办理", "with the street office"),
    "task": ("上级任务", "a task from above"), "over": ("已了结", "over"),
    "approval": ("待党委审批", "waiting for the core's approval")}
_CODES = ACT, BOUNCE, PREPARE, DELIVER, ALONE, AT_STREET, ON_TASK, GONE, APPROVE
assert tuple(range(len(_PHASES))) == _CODES
_LEVELS = {"community": ("社区", "community"), "grid": ("网格", "grid"), "building": ("楼栋", "building")}
_ATTENTION = {
    "policies": ("政策", "policies"), "reports": ("写材料报表", "reports"), "visits": ("走访", "visits"),
    "oversight": ("督促", "oversight"), "cases": ("召集或办理", "convening or doing"),
    "line_work": ("帮居委会办事", "lent to line work")}


def _terms(terms: Iterable[Term]) -> list[Word]:
    return [{"key": term.key, "zh": term.zh, "en": term.en} for term in terms]


def _named(keys: Iterable[str], names: dict[str, tuple[str, str]]) -> list[Word]:
    return [{"key": key, "zh": names[key][0], "en": names[key][1]} for key in keys]


def _categories() -> list[Word]:
    """By code: ours, tasks from above, then those of plug-ins."""
    ours, own = ([{"key": c.key, "zh": c.label.zh, "en": c.label.en} for c in some]
                 for some in (CATEGORIES, own_categories()))
    return [*ours, {"key": "task", "zh": "上级任务", "en": "task from above"}, *own]


def words() -> dict[str, list[Word]]:
    """Every list of words, by name; the position of a word is its code in the arrays."""
    reasons = [{"key": term, **REASONS[term]._asdict()} for term in TERMS]
    kinds = _terms(Kind)
    return {
        "stages": _terms(Stage), "sexes": _terms(Sex), "positions": _terms(Position),
        "tenures": _terms(Tenure), "memberships": _terms(Membership), "motives": _terms(Motive),
        "ages": [{"key": name, "zh": f"{name}岁", "en": name, "from": str(low)} for low, name in AGE_BANDS],
        "activities": _terms(Activity), "kinds": kinds, "institutions": kinds, "categories": _categories(),
        "statuses": _terms(Status), "channels": _terms(Channel), "layers": _terms(Layer),
        "regimes": _terms(Regime), "terms": reasons, "routes": _named(ROUTES, _ROUTES),
        "answers": _named(_ANSWERS, _ANSWERS), "flags": _named(FLAGS, _FLAGS),
        "case_stages": _named(_PHASES, _PHASES), "levels": _named(LEVELS, _LEVELS),
        "attention": _named(ATTENTION, _ATTENTION)}
