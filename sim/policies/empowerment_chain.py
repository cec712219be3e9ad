"""赋能链: social workers train community workers, who train teams, who bring in residents; with lag and "
"loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import Card, FloatArray
from sim.policies.common import CommunityPolicy, staffed
from sim.policies.fieldwork import offer, take_hours
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView

_COLUMNS = {"workers": "community", "teams": "community", "residents": "community"}
"""How far what the chain teaches has got to community workers, teams and residents, 0 to 1."""


class EmpowermentChain(CommunityPolicy):
    """赋能链: each link learns from the one above, if both have hours; a link without breaks the chain."""

    kind: Literal["empowerment_chain"] = "empowerment_chain"
    card: ClassVar[Card] = Card(
        name=Label(zh="赋能链（社工→社区工作者→团队→居民）", en="chain of empowerment"),
        mechanism=Label(
            zh="政府购买社工服务，社工培训社区工作者；社区工作者学会后孵化、带动志愿团队；团队再带居民从身"
            "边事参与。每一环都要双方出工时，有时滞、有损耗；停了便消退。社区工作者办理能力提高，团队办理能"
            "力提高，居民得到发言权高、有引导的活动。某一环没有工时（无社会组织、居委会被占满、团队未成形"
            "），往下的就传不到。",
            en="Bought-in social workers train community workers; these, having learnt, bring teams "
            "together and train them; teams bring residents in from what is near to them. Every link takes "
            "hours on both sides, with a lag and a loss, and fades when it stops. Workers' and teams' skill "
            "rises at their desks, and residents get activities with facilitation and a say. A link without "
            "hours (no social organisation, a committee that is booked up, no team yet) leaves all below it "
            "without.",
        ),
        cost=Label(
            zh="购买服务经费，社会组织培训工时，居委会受训和带队工时，团队工时。",
            en="Money to buy the service, trainers' hours of the social organisation, the committee's hours "
            "to learn and to teach, teams' hours.",
        ),
        claim=Label(
            zh="社工赋能社区工作者，社区工作者赋能红色团队，二者赋能居民，逐步培育参与意识、能力和公共精神"
            "（来源未给出数字）。",
            en="Social workers empower community workers, these the teams, both the residents, whose will "
            "and skill to take part grow (no figure given).",
        ),
        source="S4 新模式 (赋权增能: 社工→社区工作者→红色团队→居民)",
        harm=Label(
            zh="受训和带队占用一线工时，成效要隔几环才到居民，期间居民等待更久；链条一断，上游投入全部落"
            "空；团队少时反复出工而疲劳。",
            en="Learning and teaching take line hours long before anything reaches residents, who wait "
            "longer meanwhile; once the chain breaks, all that went in above is lost; small teams give hours "
            "again and again and tire.",
        ),
    )

    money: float = Param(
        260.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
        label=("购买社工服务", "social workers bought in"))
    social_hours: float = Param(
        3.0, unit="h a week per 1,000 residents", ge=0, le=80,
        label=("社工培训工时", "social workers' hours"))
    learning_hours: float = Param(
        3.0, unit="h a week per 1,000 residents", ge=0, le=80,
        label=("社区工作者受训工时", "workers' hours to learn"))
    teaching_hours: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=80,
        label=("社区工作者带队工时", "workers' hours to teach teams"))
    team_hours: float = Param(
        2.0, unit="h a week per 1,000 residents", ge=0, le=80,
        label=("团队带居民工时", "teams' hours with residents"))
    pace: float = Param(
        0.08, unit="share of the way a week", ge=0, le=1, label=("传导速度", "pace of a link"),
        note="a link takes about 1/pace weeks")
    loss: float = Param(
        0.2, unit="share lost at a link", ge=0, le=1, label=("每环损耗", "lost at each link"))
    fading: float = Param(
        0.02, unit="share a week", ge=0, le=1, label=("消退", "fading without hours"))
    worker_skill: float = Param(
        0.12, unit="0 to 1", ge=0, le=0.5, label=("社区工作者能力", "skill of workers who have learnt"))
    team_skill: float = Param(
        0.2, unit="0 to 1", ge=0, le=0.5, label=("团队能力", "skill of teams that have learnt"))
    facilitation: float = Param(
        0.2, unit="skill, 0 to 1", ge=0, le=0.5,
        label=("居民活动引导", "facilitation that reaches residents"))
    begins: float = Param(
        0.05, unit="0 to 1", ge=0, le=1,
        label=("学到多少才带下一环", "learnt before the next link is taught"))
    arrives: float = Param(
        0.01, unit="0 to 1", ge=0, le=1, label=("传到多少才办活动", "learnt by residents before activities"))
    activity_weeks: int = Param(
        2, unit="weeks", ge=1, le=52, label=("居民活动间隔", "weeks between activities"))
    hours: float = Param(1.0, unit="h", ge=0.1, le=6, label=("活动时长", "hours of an activity"))
    notice: float = Param(0.3, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    ease: float = Param(0.5, unit="logit", ge=-2, le=4, label=("从身边事起步", "ease of starting near by"))
    relevance: float = Param(0.8, unit="0 to 1", ge=0, le=1, label=("切合需求", "closeness to needs"))
    forming_voice: float = Param(
        0.7, unit="0 to 1", ge=0, le=1, label=("孵化团队时的发言权", "say while a team is forming"))
    voice: float = Param(
        0.8, unit="0 to 1", ge=0, le=1, label=("居民活动发言权", "say in residents' activities"))
    mixing: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(2, unit="people", ge=0, le=10, label=("结识人数", "people met"))

    def request(self, view: ModelView) -> Request:
        """Money and trainers' hours every week; the lower links give what they have left."""
        scale = self.thousands(view)
        return self.ask(view, self.money * scale, 0.0, {Kind.SOCIAL_ORGANIZATION: self.social_hours * scale})

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Pass on what the link above knows, link by link, as far as there are hours."""
        kept = view.memory(self.id, _COLUMNS)
        strength = self.strength(view, level)
        size = strength * self.residents(view)
        committee, teams = Kind.RESIDENTS_COMMITTEE, Kind.VOLUNTEERS
        formed = view.state(teams).formed > 0
        taught = (strength > 0) * staffed(view, Kind.SOCIAL_ORGANIZATION) * float(self.social_hours > 0)
        learnt = self._share(view, committee, self.learning_hours * size * (taught > 0))
        able, ready = kept["workers"] > self.begins, kept["teams"] > self.begins
        passed = self._share(view, committee, self.teaching_hours * size * able)
        shown = self._share(view, teams, self.team_hours * size * formed * ready)
        self._flow(kept["residents"], kept["teams"], shown * formed * strength)
        self._flow(kept["teams"], kept["workers"], passed * formed * strength)
        self._flow(kept["workers"], np.ones_like(strength), np.minimum(taught, learnt) * strength)
        view.levers.add("training", np.minimum(taught, learnt) * self.learning_hours * size, kind=committee)
        view.levers.add("desk_skill", self.worker_skill * kept["workers"] * (strength > 0), kind=committee)
        view.levers.add("desk_skill", self.team_skill * kept["teams"] * (strength > 0), kind=teams)
        self._incubate(view, kept["workers"] * passed * ~formed)
        self._reach_residents(view, kept["residents"] * (strength > 0))

    def _share(self, view: ModelView, kind: Kind, wanted: FloatArray) -> FloatArray:
        """Share of the wanted hours that a link could give, (C,); 0 where it is given none."""
        taken = take_hours(view, kind, wanted)
        return np.where(wanted > 0, taken / np.maximum(wanted, 1e-12), 0.0)

    def _flow(self, below: FloatArray, above: FloatArray, share: FloatArray) -> None:
        """Move the lower link towards what the upper one knows less the loss, or let it fade."""
        goal = np.maximum((1.0 - self.loss) * above - below, 0.0)
        np.copyto(below, below * (1.0 - self.fading) + self.pace * share * goal)

    def _incubate(self, view: ModelView, able: FloatArray) -> None:
        """Where there is no team yet, workers who have learnt bring together those who may become one."""
        due = (able > 0) & view.turn(f"incubates/{self.id}", "community", self.activity_weeks)
        offer(view, self.id, "community", due, Kind.RESIDENTS_COMMITTEE, Activity.PROJECT,
              Stage.PUBLIC_AFFAIRS, self.hours, self.notice * (able * (2.0 - able))[due], 1,
              relevance=self.relevance, ease=self.ease, voice=self.forming_voice, mixing=self.mixing,
              contacts=self.contacts)

    def _reach_residents(self, view: ModelView, reached: FloatArray) -> None:
        on = reached > self.arrives
        if not on.any():
            return
        view.levers.add("facilitation", self.facilitation * reached * on)
        due = on & view.turn(f"chain/{self.id}", "community", self.activity_weeks)
        offer(view, self.id, "community", due, Kind.VOLUNTEERS, Activity.MUTUAL_HELP, Stage.MUTUAL_HELP,
              self.hours, self.notice * (reached * (2.0 - reached))[due], relevance=self.relevance,
              ease=self.ease, voice=self.voice, mixing=self.mixing, contacts=self.contacts)
