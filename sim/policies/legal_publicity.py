"""司法宣传周 and 法律明白人: legal advice near by, and residents who know the law."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.arithmetic import YEAR
from sim.policies.base import BoolArray, Card, FloatArray
from sim.policies.common import CommunityPolicy, hours_left
from sim.policies.fieldwork import IndexArray, moved_since, offer, own_rows, tally
from sim.population.parameters import ADULT
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView


class LegalPublicity(CommunityPolicy):
    """司法宣传周／法律明白人: who knows one's rights settles more, and also claims more."""

    kind: Literal["legal_publicity"] = "legal_publicity"
    card: ClassVar[Card] = Card(
        name=Label(zh="司法宣传周／法律明白人", en="law week and residents who know the law"),
        mechanism=Label(
            zh="平时有法律顾问值班，充实调解工时和能力；每年司法宣传周集中讲法、咨询；参加培训的居民有一部"
            "分成为法律明白人，每周拿出自己少许空闲时间帮助调解，搬走或不复训便减少。法律常识使各方职责更清，也使居民更多"
            "主张权利、诉求增多。",
            en="An adviser on call adds hours and skill to mediation; a law week each year brings lectures "
            "and advice; some who take part in training become residents who know the law and lend mediation "
            "a little of their own free time each week, fewer as they move or go without refreshers. Knowing "
            "the law makes duties clearer, and makes people claim more.",
        ),
        cost=Label(
            zh="法律顾问按工时付费、宣传经费、居委会组织工时、调解员讲课工时、明白人和居民的空闲时间。",
            en="The adviser's fee by the hour, money for the law week, the residents' committee's hours, "
            "mediators' hours to lecture, free hours of residents and of those who know the law.",
        ),
        claim=Label(
            zh="通过司法宣传周普及法律常识、提供咨询，形成法律顾问、调解员、干部、网格员、法律明白人的服务"
            "模式（未给出数字）。",
            en="Law weeks spread legal knowledge and advice; adviser, mediator, cadre, grid worker and "
            "resident work together (no figure given).",
        ),
        source="S0 2.3 (社区法律顾问+人民调解员+社区干部+网格员+法律明白人; 司法宣传周)",
        harm=Label(
            zh="维权意识提高而处置力量不变时，诉求增多、排队更长；调解员讲课占用调解工时；无人复训，明白人"
            "逐年减少。",
            en="Where people claim more and the staff stay the same, queues grow; lectures take mediators' "
            "hours; without refreshers those who know the law become fewer.",
        ),
    )

    week_of_year: int = Param(
        12, unit="week of the year", ge=0, le=51, label=("宣传周", "law week"),
        note="years are counted from the start of the warm-up")
    lecture_hours: float = Param(
        6.0, unit="h in law week per 1,000 residents", ge=0, le=80,
        label=("讲课工时", "mediators' hours to lecture"))
    adviser_hours: float = Param(
        1.5, unit="h a week per 1,000 residents", ge=0, le=40, label=("顾问值班", "adviser's hours"),
        note="bought in by the hour")
    adviser_fee: float = Param(100.0, unit="yuan an hour", ge=0, le=2000, label=("顾问费", "adviser's fee"))
    skill: float = Param(0.05, unit="0 to 1", ge=0, le=0.5, label=("调解能力", "skill at mediation"))
    money: float = Param(
        30.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
        label=("宣传经费", "money for lectures and print"))
    committee_hours: float = Param(
        1.0, unit="h a week per 1,000 residents", ge=0, le=40, label=("组织工时", "the committee's hours"))
    session_weeks: int = Param(
        6, unit="weeks", ge=1, le=104, label=("明白人培训间隔", "weeks between training sessions"))
    hours: float = Param(1.0, unit="h", ge=0.25, le=6, label=("参加时长", "hours of taking part"))
    notice: float = Param(0.3, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    law_week_notice: float = Param(
        0.6, unit="probability of hearing", ge=0, le=1, label=("宣传周告知", "notice in law week"))
    law_week_ease: float = Param(
        1.0, unit="logit", ge=-2, le=4, label=("宣传周低门槛", "ease of joining in law week"))
    law_week_mixing: float = Param(
        0.5, unit="0 to 1", ge=0, le=1, label=("宣传周混坐程度", "mixing in law week"))
    mixing: float = Param(0.3, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    voice: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    relevance: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    becomes: float = Param(
        0.15, unit="share of participants", ge=0, le=1,
        label=("成为明白人", "participants who come to know the law"))
    forgotten: float = Param(
        0.02, unit="share a week", ge=0, le=1, label=("明白人流失", "knowledge lost without refreshers"))
    most: float = Param(
        10.0, unit="people per 1,000 residents", ge=0, le=200, label=("明白人上限", "most who know the law"))
    given: float = Param(
        0.3, unit="h a week each", ge=0, le=5, label=("明白人助调工时", "hours each lends to mediation"),
        note="never more than their free hours")
    clarity: float = Param(
        0.08, unit="0 to 1 at full number", ge=0, le=0.5, label=("职责清晰", "clarity of duty"))
    induced: float = Param(
        0.15, unit="share more reports at full number", ge=0, le=1, label=("诱发诉求", "induced demand"))

    def request(self, view: ModelView) -> Request:
        """The adviser and the committee's hours every week; mediators' hours in law week."""
        scale = self.thousands(view)
        staff = {Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale}
        if self._law_week(view):
            staff[Kind.MEDIATION] = self.lecture_hours * scale
        money = self.money + self.adviser_fee * self.adviser_hours
        return self.ask(view, money * scale, 0.0, staff)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Advise, train, lecture in law week; those who know the law help and claim."""
        kept = view.memory(self.id, {"knowing": "resident"})
        strength, size = self.strength(view, level), self.residents(view)
        on = strength > 0
        known, knowing = self._learn(view, kept, on, size)
        lent = self._lend(view, knowing, on)
        view.levers.add("staff_hours", self.adviser_hours * strength * size + lent, kind=Kind.MEDIATION)
        view.levers.add("desk_skill", self.skill * strength, kind=Kind.MEDIATION)
        view.levers.add("clarity", self.clarity * known * on)
        view.levers.add("induced_demand", self.induced * known * on)
        due = on & view.turn(f"law/{self.id}", "community", self.session_weeks)
        common = {"relevance": self.relevance, "voice": self.voice, "contacts": self.contacts}
        offer(view, self.id, "community", due, Kind.MEDIATION, Activity.MEETING, Stage.MUTUAL_HELP,
              self.hours, self.notice * np.minimum(1.0, strength[due]), 0, mixing=self.mixing, **common)
        if self._law_week(view):
            offer(view, self.id, "community", on, Kind.MEDIATION, Activity.FESTIVAL, Stage.SELF_HELP,
                  self.hours, self.law_week_notice * np.minimum(1.0, strength[on]), 1,
                  ease=self.law_week_ease, mixing=self.law_week_mixing, **common)

    def _law_week(self, view: ModelView) -> bool:
        return view.week % YEAR == self.week_of_year

    def _lend(self, view: ModelView, who: IndexArray, on: BoolArray) -> FloatArray:
        """Hours that those who know the law lend to mediation, (C,), taken from their own free hours."""
        home = view.residents.community[who]
        lends = (on & (view.state(Kind.MEDIATION).present > 0))[home]
        given = np.minimum(self.given * lends, hours_left(view, who))
        if given.any():
            view.levers.add("free_hours", -given, where=who)
        return np.bincount(home, given, view.places.communities).astype(float)

    def _learn(
        self, view: ModelView, kept: dict[str, FloatArray], on: BoolArray, size: FloatArray
    ) -> tuple[FloatArray, IndexArray]:
        """Some move or forget, some of last week's participants learn.

        Returns the share of the most there can be who know the law, (C,), and who they are, ascending.

        ``knowing`` holds the week after a resident came to know the law, 0 for those who do not. Offers count
        those who came without naming them, so that they are drawn among last week's active residents.
        """
        r, n = view.residents, view.places.communities
        knew = np.flatnonzero(kept["knowing"] > 0)
        forgets = view.draw(f"forgets/{self.id}", rows=knew) < self.forgotten
        gone = moved_since(view, kept["knowing"], knew) | forgets
        kept["knowing"][knew[gone]] = 0.0
        knew = knew[~gone]
        among = np.flatnonzero(r.last_any == view.week - 1)
        among = among[(kept["knowing"][among] == 0) & (r.present[among] > 0) & (r.age[among] >= ADULT)]
        among = among[on[r.community[among]] & self.buildings(view)[r.building[among]]]
        came = tally(own_rows(view, self.id), "attended", n)
        rate = self.becomes * came / np.maximum(np.bincount(r.community[among], minlength=n), 1.0)
        who = among[view.draw(f"learns/{self.id}", rows=among) < rate[r.community[among]]]
        most = np.maximum(self.most * size, 1e-9)
        room = np.ceil(most) * (self.most > 0) - np.bincount(r.community[knew], minlength=n)
        home = r.community[who]
        order = np.lexsort((view.draw(f"room/{self.id}", rows=who), home))
        who, home = who[order], home[order]
        rank = np.arange(len(who)) - np.searchsorted(home, np.arange(n))[home]
        new = who[rank < room[home]]
        kept["knowing"][new] = view.week + 1.0
        knowing = np.sort(np.concatenate([knew, new]))
        return np.minimum(1.0, np.bincount(r.community[knowing], minlength=n) / most), knowing
