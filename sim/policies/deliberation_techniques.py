"""议事技术: open space, round table, needs survey with residents, evaluation with residents, in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import BoolArray, Card, FloatArray
from sim.policies.common import PlacePolicy, staffed
from sim.policies.fieldwork import Company, IndexArray, own_rows
from sim.vocabulary import Activity, Kind, Stage

if TYPE_CHECKING:
    from sim.view import ModelView

TECHNIQUES = ("open_space", "round_table", "needs_survey", "evaluation")
"""开放空间会议, 圆桌会议, 参与式需求调查, 参与式绩效评估, in the order of a rotation."""


class DeliberationTechniques(PlacePolicy):
    """议事技术: cards, merging and scoring give all a say, if whoever facilitates has learnt how."""

    kind: Literal["deliberation_techniques"] = "deliberation_techniques"
    place: ClassVar[str] = "grid"
    card: ClassVar[Card] = Card(
        name=Label(zh="议事技术（开放空间、圆桌、参与式需求调查与评估）",
                   en="techniques of deliberation"),
        mechanism=Label(
            zh="各网格定期用一种技术议事，用卡片法、归并法、打分法使人人发言：开放空间由参加者定议题、混"
            "坐；圆桌人少，相关各方到场；参与式需求调查见效后，后续议题更切合需求；参与式绩效评估见效后，考"
            "核中台账的分量下降、结果反馈给参加者。引导能力来自社会组织，或靠培训居委会积累，不培训便消退，"
            "也用于当周协调会。",
            en="Each grid meets regularly by one technique; cards, merging and scoring give everyone a say. "
            "In open space participants set the agenda and mix; round tables are small and the parties "
            "attend; a fruitful needs survey brings later topics closer to needs; a fruitful evaluation by "
            "residents lowers the weight of records in appraisal and tells people what came of it. "
            "Facilitation comes from the social organisation or is learnt in training by the residents' "
            "committee, fades without, and serves that week's coordination meetings too.",
        ),
        cost=Label(
            zh="每次议事的引导者工时（社会组织，没有则居委会）、居委会培训与配合工时、经费、居民较长的时"
            "间。",
            en="Facilitators' hours at each session (social organisation, else residents' committee), the "
            "committee's hours for training and support, money, a good deal of residents' time.",
        ),
        claim=Label(
            zh="问需于民、问计于民、问效于民，由替民做主转向让民做主（来源未给出数字）。",
            en="Residents voice needs, discuss problems and judge results: from deciding for them to "
            "letting them decide (no figure given).",
        ),
        source="S4 新理念 (问需、问计、问效) and 新技术新方法",
        harm=Label(
            zh="没有专业引导者又不培训时，会议长而无果，效能感下降；引导和培训占用一线工时，居民等待更久；"
            "会议时间长，时间少的人来不了。",
            en="Without professionals or training, long meetings bear no fruit and efficacy falls; "
            "facilitating and training take line hours, so that residents wait longer; people with little "
            "time stay away.",
        ),
    )

    technique: Literal["rotate", "open_space", "round_table", "needs_survey", "evaluation"] = "rotate"
    weeks: int = Param(
        6, unit="weeks between sessions of a grid", ge=1, le=104,
        label=("议事间隔", "weeks between sessions"))
    facilitator_hours: float = Param(
        4.0, unit="h a session", ge=0, le=40, label=("引导者工时", "facilitators' hours"))
    committee_hours: float = Param(
        1.0, unit="h a session", ge=0, le=40, label=("居委会配合工时", "the committee's support"))
    training_hours: float = Param(
        1.5, unit="h a session", ge=0, le=40, label=("居委会受训工时", "training of the committee"))
    money: float = Param(200.0, unit="yuan a session", ge=0, le=10000, label=("经费", "money"))
    learning: float = Param(
        0.03, unit="share of the way an hour", ge=0, le=0.5, label=("培训见效", "learnt an hour of training"))
    fading: float = Param(
        0.02, unit="share a week", ge=0, le=0.5, label=("不用则忘", "forgotten without use"),
        note="of facilitation learnt, needs known and evaluations alike")
    facilitation: float = Param(
        0.3, unit="skill, 0 to 1", ge=0, le=0.6,
        label=("引导能力上限", "facilitation by a full professional"))
    voice: float = Param(
        0.9, unit="0 to 1", ge=0, le=1, label=("卡片打分法的发言权", "say by cards and scoring"))
    forum: float = Param(
        0.4, unit="share of silent cases raised", ge=0, le=1, label=("提出沉默问题", "silent cases raised"))
    hours: float = Param(1.5, unit="h", ge=0.25, le=6, label=("议事时长", "hours of a session"))
    open_hours: float = Param(
        2.5, unit="h", ge=0.25, le=10, label=("开放空间时长", "hours of an open space"))
    seats: int = Param(12, unit="people", ge=2, le=60, label=("圆桌人数", "seats of a round table"))
    notice: float = Param(0.4, unit="probability of hearing", ge=0, le=1, label=("告知", "notice"))
    relevance: float = Param(
        0.6, unit="0 to 1", ge=0, le=1, label=("未调查时切合需求", "closeness to needs before a survey"))
    surveyed: float = Param(
        0.35, unit="0 to 1", ge=0, le=1, label=("需求调查增加切合", "closeness added by a survey"))
    open_space: Company = Field(
        Company(mixing=0.9, contacts=3), description="开放空间中的交往 · whom people meet in an open space")
    round_table: Company = Field(
        Company(mixing=0.5, contacts=1), description="圆桌上的交往 · whom people meet at a round table")
    needs_survey: Company = Field(
        Company(mixing=0.5, contacts=1), description="需求调查中的交往 · whom people meet in a survey")
    evaluation: Company = Field(
        Company(mixing=0.3, contacts=0), description="绩效评估中的交往 · whom people meet in an evaluation")
    relief: float = Param(
        0.3, unit="−1 to 1, taken off the weight of records", ge=0, le=1,
        label=("群众评议冲抵台账", "weight taken off records by evaluation"))
    told: float = Param(
        0.3, unit="share of outcomes", ge=0, le=1, label=("评议反馈", "outcomes told back by evaluation"))

    def turn(self, view: ModelView) -> BoolArray:
        """Grids whose session falls in this week."""
        return view.turn(self.id, self.place, self.weeks)

    def request(self, view: ModelView) -> Request:
        """Facilitators' and trainees' hours and some money a session."""
        host, committee = self._host(view), Kind.RESIDENTS_COMMITTEE
        staff = {committee: self.committee_hours + self.training_hours}
        staff[host] = staff.get(host, 0.0) + self.facilitator_hours
        return Request(self.money, 0.0, staff, self.units(view))

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Train, meet, and let what surveys and evaluations left behind work."""
        kept = view.memory(self.id, {"trained": "community", "judged": "community", "needs": "grid"})
        held = self.served(view, level)
        meetings = self.rounds(view, held)
        self._learn(view, kept, meetings)
        technique = self._technique(view, view.week)
        for number, name in enumerate(TECHNIQUES):
            self._meet(view, held & (technique == number), name, number, kept["needs"])
        able = np.maximum(kept["trained"], self._professional(view))
        usual = np.maximum(self.rounds(view, self._lived_in(view)) / self.weeks, 1e-9)
        view.levers.add("facilitation", self.facilitation * able * np.minimum(1.0, meetings / usual))
        active = (level > 0) & (kept["judged"] > 0)
        if active.any():
            view.levers.add("record_weight", -self.relief * kept["judged"] * active)
            view.levers.add("feedback", self.told * kept["judged"] * active)

    def _learn(self, view: ModelView, kept: dict[str, FloatArray], meetings: FloatArray) -> None:
        """Training hours teach; last week's fruitful surveys and evaluations leave something behind."""
        for column in kept.values():
            column *= 1.0 - self.fading
        hours = self.training_hours * meetings
        if hours.any():
            kept["trained"][:] += np.minimum(1.0, self.learning * hours) * (1.0 - kept["trained"])
            view.levers.add("training", hours, kind=Kind.RESIDENTS_COMMITTEE)
        rows = own_rows(view, self.id)
        rows = rows[rows["fruitful"] > 0]
        grid = view.residents.grid[rows["lo"]]
        technique = self._technique(view, view.week - 1)[grid]
        kept["needs"][grid[technique == TECHNIQUES.index("needs_survey")]] = 1.0
        verdicts = rows[technique == TECHNIQUES.index("evaluation")]
        if len(verdicts):
            grids = np.bincount(view.places.grid_community, minlength=view.places.communities)
            share = np.bincount(verdicts["community"], minlength=len(grids)) / grids
            kept["judged"][:] += np.minimum(1.0, share) * (1.0 - kept["judged"])

    def _meet(
        self, view: ModelView, held: BoolArray, name: str, number: int, known: FloatArray
    ) -> None:
        relevance = np.minimum(1.0, self.relevance + self.surveyed * known)[held]
        company: Company = getattr(self, name)
        common = {"relevance": relevance, "voice": self.voice, **company.terms()}
        host = self._host(view)
        if name == "open_space":
            self.offer(view, held, host, Activity.MEETING, Stage.PUBLIC_AFFAIRS, self.open_hours, self.notice,
                       number, forum=self.forum, **common)
        elif name == "round_table":
            self.offer(view, held, host, Activity.MEETING, Stage.PUBLIC_AFFAIRS, self.hours, self.notice,
                       number, forum=self.forum, seats=self.seats, **common)
        elif name == "needs_survey":
            self.offer(view, held, host, Activity.PROJECT, Stage.MUTUAL_HELP, self.hours, self.notice,
                       number, **common)
        else:
            self.offer(view, held, host, Activity.MEETING, Stage.PUBLIC_AFFAIRS, self.hours, self.notice,
                       number, **common)

    def _technique(self, view: ModelView, week: int) -> IndexArray:
        """Which technique each grid is at in a week, (G,)."""
        if self.technique != "rotate":
            return np.full(view.places.grids, TECHNIQUES.index(self.technique))
        phase = view.phase(self.id, self.place, self.weeks)
        return np.asarray((week + phase) // self.weeks % len(TECHNIQUES))

    @staticmethod
    def _professional(view: ModelView) -> FloatArray:
        social = view.state(Kind.SOCIAL_ORGANIZATION)
        return np.asarray(np.minimum(1.0, social.skill) * (social.present > 0))

    @staticmethod
    def _host(view: ModelView) -> Kind:
        social = staffed(view, Kind.SOCIAL_ORGANIZATION).any()
        return Kind.SOCIAL_ORGANIZATION if social else Kind.RESIDENTS_COMMITTEE
