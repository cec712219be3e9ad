"""For every policy one setting declared beforehand in which, by its own card, it should do harm.

Each follows the ``harm`` of the policy's card: the community's numbers that make its stated regime of harm,
the policy's own numbers within their declared ranges, and one outcome with a known better direction that the
card says gets worse. Everything else is the first setting of :mod:`sim.study.trials`. Nothing here is
typical: a setting is chosen for its harm, and says that harm can be reached, not how often it is met.

A declaration may be replaced once, after its failure has been understood; :data:`FIRST` keeps what it
replaced, which is run and told along with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sim.params import Label


class Harm(NamedTuple):
    """One policy in the setting chosen for its harm."""

    outcome: str
    """Gets worse, by its own ``better``."""
    label: Label
    """The setting in words."""
    changes: dict[str, Any]
    """Dotted keys of a scenario and their values."""
    policy: dict[str, Any]
    """The policy's own numbers, where not its defaults."""
    since: int
    """First week read."""


RATE, TASKS = "world.potential_rate", "world.tasks_rate"
STAFF, PROPERTY = "actors.residents_committee.staff_per_1000", "actors.property.staff_per_1000"
CORE, UNITS = "actors.core.attention_share", "actors.partner_unit.number"
SKILL, SOCIAL = "population.attitudes.skill", "actors.social_organization.present"

SHORT: dict[str, Any] = {RATE: 5.0, STAFF: 1.2}
"""Residents' committee short of staff (2 is usual), frictions above the usual 3."""
PRESSED: dict[str, Any] = {RATE: 5.0, CORE: 0.5}
"""A core with little attention (0.8 is usual), frictions above the usual 3."""


def _h(
    outcome: str, zh: str, en: str, changes: Mapping[str, Any], since: int = 0, **policy: Any
) -> Harm:
    return Harm(outcome, Label(zh=zh, en=en), dict(changes), policy, since)


DECLARED: dict[str, Harm] = {
    "appraisal_reform": _h(
        "closed_on_paper", "满意度调查没有经费，由被考核者自填，任务和摩擦多",
        "no money for the survey, filled in by those it judges, under many tasks and frictions",
        {RATE: 5.0, TASKS: 8.0}, survey_money=0.0),
    "big_party_committee": _h(
        "time_waiting", "席位多、只求不予，党委注意力少",
        "many seats, units that are asked and get nothing back, a core with little attention",
        {**PRESSED, UNITS: 12}, seats=12, exchange=0.0, services=0.0, partner_hours=0.0),
    "building_council": _h(
        "time_waiting", "每两周开会，居委会人手少", "meetings every other week, few committee staff",
        SHORT, weeks=2),
    "building_leaders": _h(
        "autonomy", "任命的楼长没有威信，周周开会", "appointed leaders without standing, weekly meetings",
        {}, appointed_standing=0.0, meeting_weeks=1),
    "burden_reduction": _h(
        "time_waiting", "挡回的任务全数不入账回流，另由人手少的街道自办，台账考核不减",
        "all that is turned away comes back unrecorded, a street with few staff takes on as much, and "
        "records weigh as before",
        {RATE: 5.0, "actors.street.staff_per_community": 0.12}, cut=0.5, comes_back=1.0, to_street=1.0,
        record_cut=0.0),
    "cadre_manner": _h(
        "time_waiting", "倾听占用工时多，居委会人手少", "long hours of listening, few committee staff",
        SHORT, listening_hours=20.0),
    "cadre_team": _h(
        "time_waiting", "学习和带教占用工时多，居委会人手少",
        "long hours of training and mentoring, few committee staff",
        SHORT, training_hours=12.0, mentor_hours=6.0),
    "community_funding": _h(
        "time_waiting", "自我造血先占工时，居委会人手少",
        "own earnings that take hours first, few committee staff",
        SHORT, source="self_funding", committee_hours=10.0),
    "cross_appointment": _h(
        "time_waiting", "书记兼主任工时多，党委注意力少",
        "long hours as director for a secretary of little attention",
        PRESSED, director_hours=12.0),
    "deliberation_techniques": _h(
        "time_waiting", "没有社会组织，周周由居委会自己主持和培训，人手又少",
        "no social organisation: weekly sessions and training by a committee of few staff",
        {**SHORT, SOCIAL: False}, weeks=1),
    "devolution": _h(
        "time_waiting", "只下放事项，不给权力、人员、经费，居委会人手少",
        "duties come down without powers, people or money, on few committee staff",
        SHORT, authority=0.0, street_hours=0.0, income=0.0, services=0.0, duty_hours=12.0, paper_hours=3.0),
    "digital_platform": _h(
        "time_waiting", "诉求因平台增多，居委会和物业人手减半，上级任务加倍",
        "more induced demand on half the staff of committee and company, twice the tasks",
        {TASKS: 8.0, STAFF: 1.0, PROPERTY: 2.0}, induced=0.5),
    "district_support": _h(
        "time_waiting", "两周一换，来人不熟，对接和汇报多，居委会人手少",
        "terms of two weeks by people who do not know the place, much reception and reporting, few "
        "committee staff",
        SHORT, share=0.6, term=2, learning=26.0, lent_hours=15.0, reception=0.5, report_hours=5.0),
    "emergency_linkage": _h(
        "time_waiting", "没有冲击，录入多，居委会人手少",
        "no shock, many entries, few committee staff",
        {**SHORT, "shocks": []}, entry_hours=1.0),
    "empowerment_chain": _h(
        "time_waiting", "学习和传授占用工时多、见效慢，居委会人手少",
        "long hours of learning and teaching that bear fruit late, few committee staff",
        SHORT, learning_hours=12.0, teaching_hours=8.0, pace=0.02),
    "feedback_loop": _h(
        "efficacy", "能力低、权责离散、人手极少，多数诉求等不及而放弃，件件反馈",
        "little skill, scattered authority and hardly any staff, so that most demands are given up waiting; "
        "everything told",
        {"conditions": ["scarce_skill", "scattered_authority"], SKILL: 0.05, RATE: 8.0, STAFF: 0.8,
         CORE: 0.3}, told=1.0),
    "gatekeeping_list": _h(
        "time_waiting", "清单无所不包，党委注意力少", "everything weighty on the list, a core with little "
        "attention", PRESSED, scope=1.0),
    "grid_party_building": _h(
        "time_waiting", "组织工作占用多，党委注意力少",
        "much organising by a core with little attention",
        PRESSED, attention=8.0),
    "grid_staffing": _h(
        "time_waiting", "低薪增岗，巡查发现增多，后台居委会和物业人手减半",
        "cheap posts whose patrols find more, half the staff of committee and company behind them",
        {RATE: 5.0, STAFF: 1.0, PROPERTY: 2.0}, posts=3.0, pay=650.0),
    "guiding_core": _h(
        "real_resolution_rate", "业委会没有公信力和能力，党委全部放手、不培训",
        "an owners' committee of no legitimacy and skill, a core that lets everything go and trains nobody",
        {RATE: 5.0, "actors.owners_committee.legitimacy": 0.05, "actors.owners_committee.skill": 0.05},
        observe=1.0, pace=0.2, guide=0.0, enable=0.0),
    "joint_party_organisation": _h(
        "time_waiting", "单位只有一家、只求不予，联络频繁，党委注意力少",
        "a single unit that gets nothing back, much liaison, a core with little attention",
        PRESSED, attention=8.0, unit_hours=1.5, exchange=0.0, services=0.0),
    "last_resort": _h(
        "time_waiting", "无人负责的事全由党委接下，党委注意力少",
        "all that nobody answers for falls to a core with little attention",
        PRESSED, share=1.0),
    "legal_publicity": _h(
        "time_waiting", "维权意识大增，居委会人手少", "many more claims, few committee staff",
        SHORT, induced=1.0, most=5.0, session_weeks=1, notice=1.0),
    "member_model_posts": _h(
        "time_waiting", "重在报到和台账，居委会人手少",
        "reporting and paperwork are what counts, few committee staff",
        SHORT, double_report=1.0, committee_hours=6.0, paper_hours=10.0),
    "micro_projects": _h(
        "efficacy", "心愿多、钱极少", "many wishes and next to no money",
        {}, wish_share=0.5, notice=1.0, weeks=1, money=5.0),
    "mobile_members": _h(
        "time_waiting", "没有流动党员，照样周周排查、造册，居委会人手少",
        "no mobile members, weekly checks and registers all the same, few committee staff",
        {**SHORT, "population.membership.mobile": 0.0}, check_weeks=1, check_hours=30.0, paper_hours=10.0),
    "mutual_help_teams": _h(
        "time_waiting", "少有人来，带队占用工时多，居委会人手少",
        "few takers, long hours of leading, few committee staff",
        SHORT, notice=0.02, member_notice=0.0, committee_hours=0.8),
    "neighbour_covenant": _h(
        "autonomy", "公约自上而下强加，续议频繁", "rules imposed from above, renewed often",
        {}, voice=0.0, renewal_weeks=8),
    "neighbour_festival": _h(
        "efficacy", "内容空、说了不算，居民能力低，周末多",
        "hardly any content or say, residents of little skill, many weekends",
        {SKILL: 0.05}, substance=0.05, voice=0.1, weekends=10),
    "oversight_accountability": _h(
        "closed_on_paper", "防御性台账多、考核更看台账，居委会人手少",
        "many defensive files and more weight of records, few committee staff",
        SHORT, defensive_hours=10.0, record_gain=0.3),
    "owners_committee_party": _h(
        "autonomy", "严加把关，业主说了不算，恳谈频繁",
        "all vetted beforehand, owners without a say, frequent talks",
        {}, vetting=1.0, voice=0.0, talk_weeks=2),
    "party_alliance": _h(
        "time_waiting", "周周开会、只求不予，党委注意力少",
        "weekly meetings, units that get nothing back and lend nothing, a core with little attention",
        PRESSED, weeks=1, attention=6.0, member_hours=0.5, exchange=0.0, partner_hours=0.0),
    "party_brand": _h(
        "efficacy", "通常的社区，默认数字：按其政策卡处处有害", "the usual community and its own default "
        "numbers: by its card it does harm everywhere", {}),
    "points_incentive": _h(
        "participation_4_other", "挤出效应强，物质积分发半年后停止",
        "strong crowding-out, material points that stop after half a year",
        {"participation.crowding_step": 0.3, "participation.reward_weight": 1.0, "budget.weekly": 12000.0},
        since=28, end=24, reward=4.0, notice=1.0, seats=1000.0, fund=10000.0),
    "professional_mediation": _h(
        "time_waiting", "程序繁、卷宗多，居委会人手少", "heavy procedure, many files, few committee staff",
        SHORT, formality=1.0, mediated=1.0, procedure_delay=60.0, file_hours=15.0),
    "project_operation": _h(
        "time_waiting", "居民能力低、少有人来，牵头和台账照旧，居委会人手少",
        "residents of little skill of whom few come, leading and records all the same, few committee staff",
        {**SHORT, SKILL: 0.05}, member_notice=0.05, notice=0.05, committee_hours=8.0, paper_hours=8.0),
    "red_microcirculation": _h(
        "time_waiting", "项目难以过关，停在第二步照样花费，居委会和党委都忙",
        "projects hardly ever enough, standing still at the second step and costing all the same, committee "
        "and core busy",
        {**SHORT, CORE: 0.5, SKILL: 0.05}, fruitful_projects=30),
    "red_property": _h(
        "time_waiting", "没有物业公司，党委注意力少",
        "no property company, a core with little attention",
        {**PRESSED, "actors.property.present": False}, attention=8.0),
    "secretary_studio": _h(
        "time_waiting", "照搬照抄、周周观摩，居委会和党委都忙",
        "copied regardless, weekly workshops, committee and core busy",
        {**SHORT, CORE: 0.5}, weeks=1, attention=3.0, hosting=3, committee_hours=3.0, uptake=1.0,
        research=0.0, misfit=1.0, loss=0.5, adaptation=0.0),
    "service_centres": _h(
        "time_waiting", "就近无需往返，值守占用工时多，居委会人手少",
        "a way that is short anyway, long duty at the desk, few committee staff",
        SHORT, saved=0.0, duty_hours=20.0),
    "sham": _h(
        "efficacy", "通常的社区，默认数字：按其政策卡处处有害", "the usual community and its own default "
        "numbers: by its card it does harm everywhere", {}),
    "space_for_service": _h(
        "participation_52_other", "活动用房全部出借", "all rooms lent out",
        {}, lent=1.0, further=2.0),
    "targeted_services": _h(
        "time_waiting", "不调查、凭猜测列名单，台账多，居委会人手少",
        "no surveys, lists by guesswork, much paperwork, few committee staff",
        SHORT, survey_hours=0.0, online=0.0, guess_hit=0.2, guess_false=0.5, paper_hours=10.0),
    "unit_services": _h(
        "time_waiting", "单位多、服务全下放，居委会人手少",
        "many units and all services handed down, few committee staff",
        {**SHORT, UNITS: 12}, served=1.0),
}
"""Kind of policy to its setting. One without any effect shows harm here by chance in 2.5 % of cases."""

FIRST: dict[str, Harm] = {
    # Sessions bore little fruit, but their forum raised silent troubles that were mostly solved, and some
    # techniques tell results or meet needs: what people learnt from that outweighed it. Without the forum
    # and at round tables alone efficacy falls.
    "deliberation_techniques": _h(
        "efficacy", "没有专业引导、不培训，居民议事能力低，周周议事",
        "no professionals and no training, residents of little skill, weekly sessions",
        {SOCIAL: False, SKILL: 0.05}, training_hours=0.0, weeks=1),
    # Even there four fifths of the cases that were told about had been solved, more than people expected
    # (efficacy 0.53): telling raised it.
    "feedback_loop": _h(
        "efficacy", "居民和各方能力低、摩擦多，办成的少，件件反馈",
        "residents and actors of little skill, many frictions and little settled, everything told",
        {"conditions": ["scarce_skill"], SKILL: 0.05, RATE: 5.0}, told=1.0),
}
"""First declarations that showed no harm, of policies that have a second one above."""
