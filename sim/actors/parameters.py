"""Numbers of the institutions: staff, aims and what can go wrong."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from sim.params import Param, Parameters


class Gathering(Parameters):
    """Something an institution holds regularly and residents can come to."""

    weeks: float = Param(
        4, unit="weeks from one to the next", ge=1, le=520, label=("间隔", "weeks from one to the next"),
        note="rounded; each place has its turn at a phase of its own")
    hours: float = Param(1.5, unit="h", ge=0.05, le=20, label=("时长", "hours"))
    notice: float = Param(
        0.3, unit="probability of hearing", ge=0, le=1, label=("告知覆盖", "reach of its notices"))
    relevance: float = Param(
        0.5, unit="0 to 1", ge=0, le=1, label=("切合需求程度", "closeness to needs"))
    ease: float = Param(
        0.0, unit="logit", ge=-4, le=10, label=("便捷程度", "ease of joining"))
    voice: float = Param(0.3, unit="0 to 1", ge=0, le=1, label=("发言权", "say that participants have"))
    mixing: float = Param(0.3, unit="0 to 1", ge=0, le=1, label=("混坐程度", "mixing beyond neighbours"))
    contacts: int = Param(1, unit="people", ge=0, le=10, label=("结识人数", "people met"))
    forum: float = Param(
        0.0, unit="share of silent cases raised", ge=0, le=1,
        label=("会上提起沉默问题", "silent cases raised if it bears fruit"))

    def terms(self) -> dict[str, Any]:
        """Everything but the rhythm, as columns of an opportunity."""
        return {name: getattr(self, name) for name in type(self).model_fields if name != "weeks"}


class CoreParameters(Parameters):
    """社区党委: the core's attention and style."""

    staff_per_1000: float = Param(
        1.0, unit="staff per 1,000 residents", ge=0.1, le=10, label=("党务工作者", "party workers"))
    attention_share: float = Param(
        0.8, unit="share of the working week", ge=0, le=1,
        label=("可用注意力", "attention left by party life"), note="cut it to see one_core fall behind")
    authority: float = Param(
        0.6, unit="0 to 1", ge=0, le=1, label=("统筹权威", "authority over other actors"))
    report_share: float = Param(
        0.3, unit="share of attention at full weight of records", ge=0, le=1,
        label=("对上汇报占用", "attention on reports for superiors"))
    visit_share: float = Param(
        0.2, unit="share of attention", ge=0, le=1, label=("走访占比", "attention on visits"))
    oversight_share: float = Param(
        0.1, unit="share of attention", ge=0, le=1, label=("监督占比", "attention on oversight"))
    visit_hours: float = Param(0.5, unit="h a visit", ge=0.1, le=4, label=("每次走访", "hours a visit"))
    manner: float = Param(
        0.6, unit="0 to 1", ge=0, le=1, label=("干部作风（公平感）", "cadres' manner: felt fairness"))
    manner_strain: float = Param(
        0.2, unit="share lost at full load of line staff", ge=0, le=1,
        label=("忙则生硬", "manner lost under load"))
    guiding: float = Param(
        0.0, unit="share of cases of several actors", ge=0, le=1,
        label=("放手程度（包办者→引导者）", "cases left to residents' own lead"),
        note="where the core leads, and owners' committee or volunteers can")
    guiding_pressed: float = Param(
        0.2, unit="share more at full load", ge=0, le=1,
        label=("忙时放手", "more left to residents under load"))
    style_pace: float = Param(
        0.1, unit="share of the way a week", ge=0, le=1,
        label=("工作方式转变速度", "pace at which style changes"))
    skill: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("协调能力", "convening skill"))

    turnover: float = Param(
        0.1, unit="share a year", ge=0, le=1, label=("年轮换率", "cadres changing a year"))
    beginner: float = Param(
        0.6, unit="share of the leaver's skill", ge=0, le=1, label=("新任干部能力", "skill of a new cadre"))
    party_day: Gathering = Field(
        Gathering(weeks=4, notice=0.8, ease=1.0), description="党员奉献日 · party members' service day")
    group_members: float = Param(
        2.0, unit="members a building", ge=0.5, le=50,
        label=("党小组所需党员", "members a building group needs"))
    group_pace: float = Param(
        0.1, unit="share a week", ge=0, le=1,
        label=("党小组成形速度", "pace at which a group forms or fades"))
    group_notice: float = Param(
        0.2, unit="probability of hearing", ge=0, le=1, label=("党小组告知", "notice by a building group"))
    household_visits: float = Param(
        0.5, unit="visits a week at one open home a dwelling", ge=0, le=7,
        label=("中心户串门", "visits at member households"))
    branch_patrol_hours: float = Param(
        2.0, unit="h a week a grid", ge=0, le=40, label=("支部巡查", "patrol hours of a branch"))


class CommitteeParameters(Parameters):
    """居委会."""

    staff_per_1000: float = Param(
        2.0, unit="staff per 1,000 residents", ge=0.2, le=20, label=("社区工作者", "community workers"))
    skill: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("专业能力", "professional skill"))
    record_share: float = Param(
        0.3, unit="share of hours at full weight of records", ge=0, le=1,
        label=("台账占用工时", "hours on records"))
    turnover: float = Param(
        0.1, unit="share a year at full load", ge=0, le=1, label=("负荷致离职", "staff leaving at full load"))
    beginner: float = Param(
        0.5, unit="share of the leaver's skill", ge=0, le=1, label=("新社工能力", "skill of a new worker"))
    too_busy: float = Param(
        0.95, unit="load, 0 to 1", ge=0, le=1, label=("无暇办活动的负荷", "load above which nothing is held"))
    meeting: Gathering = Field(
        Gathering(weeks=6, relevance=0.4, voice=0.4, forum=0.1),
        description="居民会议 · residents' meeting")
    activity: Gathering = Field(
        Gathering(weeks=2, hours=1.0, relevance=0.4), description="居委活动 · committee's activity")


class GridWorkerParameters(Parameters):
    """网格员."""

    per_grid: int = Param(
        1, unit="workers a grid", ge=0, le=10, label=("每网格专职网格员", "full-time workers a grid"),
        evidence="C", source="S0: 573 full-time grid workers in 573 grids")
    patrol_share: float = Param(
        0.4, unit="share of the week", ge=0, le=1, label=("巡查时间占比", "share of time on patrol"))
    skill: float = Param(0.45, unit="0 to 1", ge=0, le=1, label=("处置能力", "skill"))
    turnover: float = Param(
        0.15, unit="share a year at half load", ge=0, le=1, label=("年流动率", "turnover a year"),
        note="half of it without load, one and a half times at full load")
    beginner: float = Param(
        0.5, unit="share of the usual skill", ge=0, le=1, label=("新手能力", "skill of a beginner"))
    learning_weeks: float = Param(
        26.0, unit="weeks", ge=1, le=520, label=("上手时间", "weeks to learn the work"))
    busy_patrol: float = Param(
        0.5, unit="share of patrols given up at full load", ge=0, le=1,
        label=("忙时少巡查", "patrols given up under load"))
    patrol: Gathering = Field(
        Gathering(weeks=2, notice=0.15, mixing=0.1), description="邻里联合巡逻 · joint patrol")


class PropertyParameters(Parameters):
    """物业公司: profit by effort, under two equilibria of fee and service."""

    present: bool = Field(True, description="有无物业公司 · whether there is one")
    staff_per_1000: float = Param(
        4.0, unit="staff per 1,000 residents", ge=0, le=40, label=("物业人员", "property staff"))
    fee: float = Param(45.0, unit="yuan a dwelling a week", ge=0, le=400, label=("物业费", "fee"))
    fixed_cost: float = Param(
        12.0, unit="yuan a dwelling a week", ge=0, le=400, label=("固定成本", "fixed cost"))
    effort_cost: float = Param(
        30.0, unit="yuan a dwelling a week at full effort, quadratic", ge=0, le=400,
        label=("努力成本", "cost of effort"))
    penalty: float = Param(
        8.0, unit="yuan a dwelling a week at full oversight and no effort", ge=0, le=200,
        label=("监督处罚", "penalty under oversight"))
    pay_intercept: float = Param(0.2, unit="logit", ge=-6, le=6, label=("缴费基准 f₀", "paying: intercept"))
    pay_quality: float = Param(
        4.0, unit="logit per unit of quality", ge=0, le=20, label=("服务质量促缴费 f₁", "paying: quality"))
    pay_neighbours: float = Param(
        2.0, unit="logit", ge=0, le=12, label=("邻居缴费的作用 f₂", "paying: neighbours' share"))
    expected_quality: float = Param(
        0.55, unit="0 to 1", ge=0, le=1, label=("期望质量 q*", "expected quality q*"))
    adjust: float = Param(
        0.25, unit="share a month", ge=0, le=1, label=("努力调整速度", "pace of adjusting effort"))
    oversight_half: float = Param(
        4.0, unit="h a week per 1,000 adults", ge=0.1, le=80,
        label=("监督见效工时", "oversight at which half the penalty bites"))
    no_company_quality: float = Param(
        0.35, unit="0 to 1", ge=0, le=1, label=("无物业时的服务质量", "quality where there is no company"))
    initial_effort: float = Param(0.55, unit="0 to 1", ge=0, le=1, label=("初始努力", "initial effort"))
    initial_paying: float = Param(
        0.76, unit="share of households", ge=0, le=1, label=("初始缴费率", "initial share paying"),
        evidence="B", source="evidence.md §2: mean residential collection 76 %, 2025")
    service_pace: float = Param(
        0.25, unit="share of the way a week", ge=0, le=1,
        label=("服务质量跟进速度", "pace at which quality follows effort"))
    skill: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("服务能力", "skill"))


class OwnersCommitteeParameters(Parameters):
    """业委会."""

    present: bool = Field(True, description="有无业委会 · whether there is one")
    staff: int = Param(4, unit="active members", ge=1, le=15, label=("活跃委员", "active members"))
    hours: float = Param(6.0, unit="h a week a member", ge=0, le=40, label=("委员每周工时", "hours a member"))
    legitimacy: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("初始公信力", "initial legitimacy"))
    skill: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("议事能力", "skill"))
    vote: Gathering = Field(
        Gathering(weeks=52, hours=0.1, notice=0.7, relevance=0.6, ease=5.0, contacts=0, mixing=0.0),
        description="业主表决：票送上门；发言权取决于公信力 · owners' vote: a ballot is brought to the door; "
        "say follows from legitimacy")
    captured_voice: float = Param(
        0.1, unit="0 to 1", ge=0, le=1, label=("被俘获时的发言权", "say under a captured committee"))
    quorum: float = Param(0.5, unit="share of owners", ge=0, le=1, label=("法定参与比例", "quorum"))
    legitimacy_step: float = Param(
        0.1, unit="share of the way a vote", ge=0, le=1, label=("公信力更新", "legitimacy moved by a vote"))
    oversight_hours: float = Param(
        2.0, unit="h a week", ge=0, le=40, label=("监督物业工时", "hours overseeing the property company"))
    capture: float = Param(
        0.02, unit="probability a month at no legitimacy", ge=0, le=1, label=("被俘获", "capture"),
        note="captured committees stop overseeing the property company")
    recovery: float = Param(
        0.25, unit="probability a month at full legitimacy", ge=0, le=1,
        label=("摆脱俘获", "recovery from capture"))
    captured_legitimacy: float = Param(
        0.2, unit="share of legitimacy left", ge=0, le=1,
        label=("被俘获后的公信力折减", "legitimacy left under capture"))


class SocialOrganizationParameters(Parameters):
    """社会组织."""

    present: bool = Field(True, description="有无社会组织 · whether there is one")
    staff: int = Param(1, unit="staff", ge=1, le=20, label=("项目人员", "staff"))
    skill: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("专业能力", "skill"))
    dependence: float = Param(
        0.6, unit="share of effort to the funder's reports", ge=0, le=1,
        label=("依附程度", "dependence on the funder"))
    renewal_weeks: int = Param(
        26, unit="weeks", ge=1, le=260, label=("续约周期", "weeks from one renewal to the next"))
    renewal_step: float = Param(
        0.1, unit="share a renewal", ge=0, le=1, label=("续约致依附变化", "dependence moved by a renewal"))
    renewal_reach: float = Param(
        0.2, unit="participants an adult", ge=0.01, le=10,
        label=("续约看重的覆盖面", "participants an adult that satisfy a funder who looks at people"))
    report_hours: float = Param(
        0.5, unit="share of effort at full dependence", ge=0, le=1,
        label=("迎评报告占用", "effort on reports at full dependence"))
    project: Gathering = Field(
        Gathering(weeks=3, notice=0.2, relevance=0.8, voice=0.4, mixing=0.5, contacts=2),
        description="项目活动：依附越深越不切合需求 · project: the deeper the dependence, the further from "
        "needs")


class PartnerParameters(Parameters):
    """驻区单位."""

    number: int = Param(1, unit="units a community", ge=0, le=80, label=("驻区单位数", "partner units"))
    hours: float = Param(4.0, unit="h a week a unit", ge=0, le=40, label=("可出工时", "hours they can lend"))
    skill: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("专业能力", "skill"))
    satisfaction: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("初始满意度", "initial satisfaction"))
    strain: float = Param(
        0.02, unit="per week at full use", ge=0, le=0.5,
        label=("被求助的消耗", "satisfaction lost at full use"))
    exchange_gain: float = Param(
        0.05, unit="share of the way a week at full exchange", ge=0, le=1,
        label=("互惠所得", "satisfaction gained by exchange"))
    reversion: float = Param(
        0.02, unit="share of the way a week", ge=0, le=1,
        label=("满意度回归速度", "satisfaction's return to its usual level"))


class MediationParameters(Parameters):
    """调解队伍."""

    present: bool = Field(True, description="有无调解队伍 · whether there is one")
    staff: int = Param(1, unit="mediators a community", ge=1, le=20, label=("调解员", "mediators"))
    hours: float = Param(
        10.0, unit="h a week a mediator", ge=0, le=40, label=("调解工时", "hours a mediator"))
    skill: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("调解能力", "skill"))
    idle_skill: float = Param(
        0.8, unit="share of the usual skill", ge=0, le=1, label=("久不调解的能力", "skill left when idle"))
    practised_skill: float = Param(
        1.2, unit="share of the usual skill", ge=1, le=3, label=("常调解的能力", "skill under full use"))


class VolunteerParameters(Parameters):
    """志愿团队: forms out of residents on the last rung."""

    form_at: int = Param(
        5, unit="residents on the last rung per community", ge=1, le=200,
        label=("成队人数", "residents to form a team"))
    dissolve_at: int = Param(3, unit="residents", ge=0, le=200, label=("解散人数", "team dissolves below"))
    shift: Gathering = Field(
        Gathering(weeks=1, relevance=0.6, voice=0.6, mixing=0.2), description="志愿服务班次 · shift")


class StreetParameters(Parameters):
    """街道."""

    staff_per_community: float = Param(
        0.5, unit="staff a community", ge=0.05, le=10, label=("街道对口人员", "street staff a community"))
    skill: float = Param(0.55, unit="0 to 1", ge=0, le=1, label=("处置能力", "skill"))
    hand_down_hours: float = Param(
        0.2, unit="share of its staff hours at no pressure", ge=0, le=1,
        label=("人员下沉", "staff handed down"))
    hand_down_authority: float = Param(
        0.1, unit="authority at full pressure", ge=0, le=1, label=("放权", "authority handed down"))
    pressure_gain: float = Param(
        0.5, unit="share more weight at full load", ge=0, le=2,
        label=("压力加码台账", "pressed streets ask for more records"))


class ActorParameters(Parameters):
    """All institutions."""

    core: CoreParameters = CoreParameters()
    residents_committee: CommitteeParameters = CommitteeParameters()
    grid_worker: GridWorkerParameters = GridWorkerParameters()
    property: PropertyParameters = PropertyParameters()
    owners_committee: OwnersCommitteeParameters = OwnersCommitteeParameters()
    social_organization: SocialOrganizationParameters = SocialOrganizationParameters()
    partner_unit: PartnerParameters = PartnerParameters()
    mediation: MediationParameters = MediationParameters()
    volunteers: VolunteerParameters = VolunteerParameters()
    street: StreetParameters = StreetParameters()
    trust_between: float = Param(
        0.5, unit="0 to 1", ge=0, le=1, label=("机构间初始信任", "initial trust between actors"))
    reputation_weight: float = Param(
        4.0, unit="pseudo-counts", ge=0.5, le=100,
        label=("机构间初始信任的分量", "weight of initial trust between actors"))
    training_pace: float = Param(
        0.004, unit="share of the way to 1 an hour of training a head", ge=0, le=0.1,
        label=("培训见效", "skill gained by an hour of training"))
    skill_weeks: float = Param(
        52.0, unit="weeks", ge=4, le=1040,
        label=("能力回归时间", "weeks in which trained skill slides back to the usual"))


class BudgetParameters(Parameters):
    """Money for policies."""

    weekly: float = Param(
        2000.0, unit="yuan a week per 1,000 residents", ge=0, le=100000, label=("每周经费", "weekly budget"))
    carry_weeks: float = Param(
        26, unit="weeks of income", ge=0, le=104, label=("结余可留周数", "weeks of income that can be kept"))
