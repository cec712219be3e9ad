"""The four regimes of coordination: who convenes, who decides, who does the work, and the way of a case.

What differs between them is a handful of branches in ``sim/processes/routing.py`` and ``handling.py``,
and one
table in ``sim/actors/core.py``. Here each regime is told as the stages a case of several actors passes, with
the file that holds each stage and the declared numbers it reads; shares, numbers and idle policies are looked
up in the code when asked for, and tests run all four to see that they do what is said.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.explain.find import parameters
from sim.params import Declared, Label
from sim.policies.registry import policy_kinds
from sim.scenario.units import UNITS_ZH
from sim.vocabulary import Kind, Regime

_ROUTING, _QUEUES = "processes/routing.py", "processes/queues.py"
_HANDLING, _EXPERIENCE = "processes/handling.py", "processes/experience.py"


class Stage(NamedTuple):
    """One stage of the way of a case."""

    label: Label
    file: str
    """Source that holds it, within the package."""
    numbers: tuple[str, ...]
    """Key paths of the numbers it reads."""


class Way(NamedTuple):
    """How one regime coordinates."""

    convenes: Label
    decides: Label
    works: Label
    bounces: Label
    """Who may pass the file on."""
    voice: str
    """Key path of the voice parties have in it."""
    conveners: tuple[Kind, ...]
    """Kinds that call meetings on cases; none where there are no meetings."""
    leads: tuple[Kind, ...]
    """Whose hours launch what the community does of its own: the first of them that exists."""
    stages: tuple[Stage, ...]


def _l(zh: str, en: str) -> Label:
    return Label(zh=zh, en=en)


def _s(file: str, zh: str, en: str, *numbers: str) -> Stage:
    return Stage(_l(zh, en), file, numbers)


_ACCEPT = ("cases.accept_intercept", "cases.accept_trust", "cases.accept_clarity", "cases.accept_load")
_HANDED = _s("actors/core.py", "核心放手的一部分交居民牵头，改走居民自治的路；越忙放得越多",
             "what the core leaves to residents' lead goes the self-governing way; more of it under load",
             "actors.core.guiding", "actors.core.guiding_pressed")
_WAIT = _s(_HANDLING, "等最慢的一家到会", "wait for the slowest actor to attend", "cases.attendance_delay",
           "cases.attendance_idle")
_AGREE = ("cases.meeting_hours", "cases.agree_intercept", "cases.agree_authority", "cases.agree_trust",
          "cases.agree_fairness", "cases.agree_conflict", "cases.max_meetings")

WAYS: dict[Regime, Way] = {
    Regime.FRAGMENTED: Way(
        _l("无人召集", "nobody"),
        _l("各家各自决定接不接", "each actor, whether to take it"),
        _l("各家依次办，各管各的", "the actors, one after another, past each other"),
        _l("每一家都可以推诿", "every actor may bounce it"), "cases.voice_file", (),
        (Kind.RESIDENTS_COMMITTEE,),
        (_s(_QUEUES, "到第一家窗口排队；看信任、职责清晰和负荷，接或推",
            "queue at the first actor's desk: taken or bounced by trust, clarity of duty and "
            "load", *_ACCEPT, "cases.bounce_hours"),
         _s(_HANDLING, "推诿：双方都搭工时，再等，重来",
            "a bounce costs both sides hours and a delay, then again",
            "cases.bounce_delay", "cases.max_bounces"),
         _s(_HANDLING, "交给下一家，直到各家都办过", "on to the next, until every actor has done its part"),
         _s(_HANDLING, "落实：单家权限，且各自为政要扣分",
            "does it hold? one actor's authority, less for working past each "
            "other", "cases.actor_authority", "cases.uncoordinated"))),
    Regime.ADMINISTRATIVE: Way(
        _l("无人召集，社区党委自己办", "nobody: the party committee does it itself"),
        _l("社区党委", "the party committee"),
        _l("社区党委一家办完各家的活", "the party committee does all actors' work"),
        _l("不推诿", "nobody"), "cases.voice_alone", (), (Kind.CORE,),
        (_HANDED,
         _s(_ROUTING, "报社区党委，排核心工时的队", "queue for the party committee's hours"),
         _s(_QUEUES, "核心一手办完：各家工时之和 ×（1＋额外成本）",
            "the core does it all: the actors' hours together, and an overhead", "cases.overhead"),
         _s(_HANDLING, "落实：核心的权威和能力", "does it hold? by the core's authority and skill",
            "actors.core.authority", "actors.core.skill"),
         _s(_EXPERIENCE, "当事人没有发言权，自主感下降", "parties have no say: felt autonomy falls",
            "experience.autonomy_step"))),
    Regime.ONE_CORE: Way(
        _l("社区党委", "the party committee"),
        _l("到会各家商定，核心的权威促成", "those who attend agree, helped by the core's authority"),
        _l("各家按商定的分工落实", "the actors, as agreed"),
        _l("商定以后不推诿", "nobody once agreed"), "cases.voice_meeting", (Kind.CORE,),
        (Kind.CORE,),
        (_HANDED,
         _s(_QUEUES, "报社区党委，排核心注意力的队，会前准备", "queue for the core's attention; it prepares",
            "cases.prepare_hours", "cases.prepare_unskilled"),
         _WAIT,
         _s(_HANDLING, "开一次会，各家都出工时；谈不拢再开",
            "one meeting that costs every actor hours; once more if they cannot agree", *_AGREE),
         _s(_HANDLING, "各家依次落实", "the actors deliver, one after another"),
         _s(_HANDLING, "落实：核心的权威，各家的能力",
            "does it hold? by the core's authority and the actors' skill",
            "actors.core.authority"))),
    Regime.SELF_GOVERNING: Way(
        _l("业委会或志愿团队，取较闲的", "owners' committee or volunteers, the less loaded"),
        _l("到会各家商定，靠召集人的公信力和能力",
           "those who attend agree, by the convenor's standing and skill"),
        _l("各家按商定的分工落实", "the actors, as agreed"),
        _l("物业、驻区单位和街道仍可推诿", "property company, partner units and street still may"),
        "cases.voice_meeting", (Kind.OWNERS_COMMITTEE, Kind.VOLUNTEERS),
        (Kind.OWNERS_COMMITTEE, Kind.VOLUNTEERS, Kind.RESIDENTS_COMMITTEE),
        (_s(_ROUTING, "交业委会或志愿团队会前准备；都没有则同“多头无核”",
            "owners' committee or volunteers prepare; without either it goes as under “fragmented”"),
         _WAIT,
         _s(_HANDLING, "开一次会；权威 = 系数 × 公信力 ×（½＋能力）",
            "one meeting; authority = factor × standing × (½ + skill)", "cases.self_authority", *_AGREE),
         _s(_QUEUES, "各家落实；外来机构不受约束，接或推",
            "the actors deliver; outsiders are not bound and may bounce",
            *_ACCEPT),
         _s(_HANDLING, "落实：召集人的权威，各家的能力",
            "does it hold? by the convenor's authority and the actors' skill", "cases.self_authority"))),
}
"""Every regime there is, in the order of the vocabulary."""

ALONE = _l(
    "只涉及一家机构的件，四种方式一样：到那家窗口排队办，可推诿；一核多元下，一被推诿就上核心的会",
    "A case of one actor goes the same way in all four: it queues at that desk, which may bounce it; under "
    "one core a bounced file comes to the core's table")
PARITY = _l(
    "四种方式的人手、工时和钱一样多，差别只在谁召集、谁决定、核心的注意力用在哪",
    "All four hold the same people, hours and money; they differ in who convenes, who decides and where the "
    "core's attention goes")
ATTENTION = {
    True: _l("汇报、走访、监督之外，全部用于案件",
             "all that reports, visits and oversight leave goes into cases"),
    False: _l("汇报、走访、监督之外，全部借给居委会窗口",
              "all that reports, visits and oversight leave is lent to the residents' committee's desk"),
}
"""By whether the core takes cases of its own."""


def find_regime(key: str) -> Regime:
    """The regime of a key."""
    return next(regime for regime in Regime if regime.key == key)


def regime_facts(key: str) -> dict[str, Any]:
    """Who convenes, decides and works; the way of a case; numbers; policies that idle.

    Parameters
    ----------
    key : str
        Such as ``one_core``.
    """
    from sim.actors.core import CASE_SHARE

    regime, known = find_regime(key), parameters()
    way = WAYS[regime]
    idle = [kind for kind, cls in policy_kinds().items() if regime not in cls.convenors]
    return {
        "convenes": _both(way.convenes), "decides": _both(way.decides), "works": _both(way.works),
        "bounces": _both(way.bounces), "core_share_for_cases": CASE_SHARE[regime],
        "attention": _both(ATTENTION[CASE_SHARE[regime] > 0]), "voice": _number(known[way.voice]),
        "leads": [{"key": kind.key, "zh": kind.zh, "en": kind.en} for kind in way.leads],
        "stages": [
            {**_both(stage.label), "file": f"sim/{stage.file}",
             "numbers": [_number(known[path]) for path in stage.numbers]}
            for stage in way.stages],
        "alone": _both(ALONE), "parity": _both(PARITY), "idle": idle,
        "others": [other.key for other in Regime if other != regime]}


def _number(found: Declared) -> dict[str, Any]:
    return {
        "path": found.path, "zh": found.zh, "en": found.en, "default": found.default,
        "unit": {"zh": UNITS_ZH.get(found.unit, found.unit), "en": found.unit}}


def _both(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}
