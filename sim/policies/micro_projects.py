"""民生微实事, 微心愿 and 微项目: small wishes, easily voiced, quickly seen to as far as the money goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import BoolArray, Card, FloatArray
from sim.policies.common import PlacePolicy
from sim.policies.fieldwork import hours_given, own_rows
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView

_WISH, _WORK, _BUILD = 0, 1, 2


class MicroProjects(PlacePolicy):
    """民生微实事／微心愿／微项目: what is wished beyond what can be done makes the next wish hollow."""

    kind: Literal["micro_projects"] = "micro_projects"
    place: ClassVar[str] = "grid"
    card: ClassVar[Card] = Card(
        name=Label(zh="民生微实事／微心愿／微项目", en="micro-wishes and micro-projects"),
        mechanism=Label(
            zh="每隔几周在线上（可加线下）征集小心愿、小改善，几分钟就能参加；经费按件办理，办成的件按所花经费充实"
            "物业工时，并把结果告诉参加者和邻居。提出的多于办得了的便积压，下次征集的实在程度随之下降。居民也"
            "可认领微项目动手做，工时进入志愿团队。",
            en="Every few weeks small wishes and repairs are gathered online (in person as well if wished); "
            "it takes minutes. Money sees to a number of them: works add the hours at the property desk that "
            "it buys, and results are told to those who took part and to neighbours. Wishes beyond that pile "
            "up, and the next call has less substance. Residents can also take on a micro-project, whose "
            "hours go to the volunteers.",
        ),
        cost=Label(
            zh="按网格的办理经费、居委会征集和回复工时；小心愿也带来更多诉求。",
            en="Money for works in each grid, the residents' committee's hours to gather and answer; small "
            "wishes bring further demands.",
        ),
        claim=Label(
            zh="设计微项目、微心愿等小切口，降低门槛，让群众易于参与；“民生微实事”成功推广（未给出数字）。",
            en="Small openings lower the threshold so that people join easily; the practice spread (no "
            "figure given).",
        ),
        source="S1 challenge 4 (微项目、微心愿), path 4, Shenzhen case (民生微实事)",
        harm=Label(
            zh="心愿多而经费少，积压使征集变成走过场，效能感下降；诱发的诉求使排队更长；只在线上征集时数字"
            "能力低的人被落下；台阶低，人停在自助一级，不进入公共事务。",
            en="With many wishes and little money the pile makes the call hollow and efficacy falls; "
            "induced demands lengthen the queues; online only, people of low digital ability are left out; "
            "the rung is low, and people need not climb to public affairs.",
        ),
    )

    online_only: bool = Field(False, description="只在线上征集 · wishes online only")
    weeks: int = Param(4, unit="weeks", ge=1, le=52, label=("征集间隔", "weeks between calls for wishes"))
    hours: float = Param(0.2, unit="h", ge=0.02, le=2, label=("提心愿时长", "hours to voice a wish"))
    notice: float = Param(0.3, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    ease: float = Param(0.7, unit="logit", ge=-2, le=4, label=("低门槛", "ease of joining"))
    in_person: float = Param(
        0.5, unit="share of the notice", ge=0, le=1, label=("线下征集告知折扣", "notice of calls in person"))
    voice: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("发言权", "say"))
    relevance: float = Param(0.75, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    wish_share: float = Param(
        0.2, unit="wishes a participant", ge=0, le=3, label=("每人提出件数", "wishes a participant"),
        note="the others second a wish")
    money: float = Param(
        350.0, unit="yuan a week per 1,000 residents", ge=0, le=20000, label=("办理经费", "money for works"))
    cost_each: float = Param(
        60.0, unit="yuan a wish", ge=1, le=5000, label=("每件经费", "money a wish"))
    hour_price: float = Param(
        75.0, unit="yuan an hour", ge=5, le=2000,
        label=("物业工时价格（含材料）", "price of an hour of works, with materials"),
        note="hours of works follow from the money spent")
    feedback: float = Param(
        0.4, unit="share of outcomes told", ge=0, le=1, label=("结果告知", "outcomes told when all is done"))
    committee_hours: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=60,
        label=("征集回复工时", "hours to gather and answer"))
    induced: float = Param(
        0.08, unit="share more reports", ge=0, le=1, label=("诱发诉求", "induced demand"))
    project_weeks: int = Param(
        4, unit="weeks", ge=1, le=52, label=("微项目间隔", "weeks between micro-projects"))
    project_hours: float = Param(
        1.0, unit="h", ge=0.1, le=8, label=("微项目时长", "hours of a micro-project"))
    project_ease: float = Param(
        0.5, unit="share of the ease", ge=0, le=1,
        label=("微项目低门槛折扣", "ease left in a micro-project"))
    project_voice: float = Param(
        0.6, unit="0 to 1", ge=0, le=1, label=("微项目发言权", "say in a micro-project"))
    mixing: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(2, unit="people", ge=0, le=10, label=("结识人数", "people met"))

    def request(self, view: ModelView) -> Request:
        """Money and hours for each grid every week."""
        scale = self.thousands(view)
        return Request(
            self.money * scale, 0.0, {Kind.RESIDENTS_COMMITTEE: self.committee_hours * scale},
            self.units(view))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """See to last week's wishes, tell, and call for this week's."""
        kept = view.memory(self.id, {"pile": "grid", "seen": "grid"})
        held = self.served(view, level)
        if not held.any():
            return
        done = self._works(view, kept, held)
        calls = held & view.turn(f"wishes/{self.id}", "grid", self.weeks)
        kept["seen"][calls] = 0.0
        common = {
            "relevance": self.relevance, "ease": self.ease, "voice": self.voice, "substance": done[calls]}
        self.offer(view, calls, Kind.RESIDENTS_COMMITTEE, Activity.MICRO_WISH, Stage.SELF_HELP, self.hours,
                   self.notice, _WISH, online=1, contacts=0, **common)
        if not self.online_only:
            self.offer(view, calls, Kind.RESIDENTS_COMMITTEE, Activity.MICRO_WISH, Stage.SELF_HELP,
                       self.hours, self.in_person * self.notice, _WORK, contacts=0, **common)
        builds = held & view.turn(f"micro/{self.id}", "grid", self.project_weeks)
        self.offer(view, builds, Kind.RESIDENTS_COMMITTEE, Activity.PROJECT, Stage.MUTUAL_HELP,
                   self.project_hours, self.notice, _BUILD, relevance=self.relevance,
                   ease=self.project_ease * self.ease, voice=self.project_voice, contacts=self.contacts,
                   mixing=self.mixing, work=int(Kind.VOLUNTEERS))

    def _works(self, view: ModelView, kept: dict[str, FloatArray], held: BoolArray) -> FloatArray:
        """See to wishes as far as the money goes; hours, words and demands follow.

        Returns
        -------
        array, shape (G,)
            Share of the wishes since the last call that have been seen to; 1 where there were none.
        """
        places, n = view.places, view.places.communities
        rows = own_rows(view, self.id)
        rows = rows[(rows["activity"] == Activity.MICRO_WISH) & (rows["attended"] > 0)]
        asking = np.bincount(view.residents.grid[rows["lo"]], rows["attended"].astype(float), places.grids)
        open_ = np.bincount(places.grid_community, held, n) > 0  # where nobody sees to wishes, none are kept
        waiting = kept["pile"] + self.wish_share * asking * open_[places.grid_community]
        able = held * self.money * self.thousands(view)[places.grid_community] / self.cost_each
        now = np.minimum(waiting, able)
        kept["pile"][:] = waiting - now
        kept["seen"][:] += now
        wished = kept["pile"] + kept["seen"]
        done = np.where(wished > 0, kept["seen"] / np.maximum(wished, 1e-9), 1.0)
        grids = np.maximum(np.bincount(places.grid_community, minlength=n), 1)
        works = np.bincount(places.grid_community, now, n)
        if works.any():
            told = np.bincount(places.grid_community, done * held, n) / grids
            view.levers.add("staff_hours", works * self.cost_each / self.hour_price, kind=Kind.PROPERTY)
            view.levers.add("feedback", self.feedback * told * (works > 0))
        reach = np.bincount(places.grid_community, held, n) / grids
        asked = hours_given(view, rows) > 0
        if asked.any():
            view.levers.add("induced_demand", self.induced * reach * asked)
        return done
