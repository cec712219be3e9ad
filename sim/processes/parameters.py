"""Numbers of the four processes: world, participation, cases, experience."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from sim.params import Param, Parameters


class WorldParameters(Parameters):
    """What happens to the community, the same under every policy."""

    categories: Literal["salience_shanghai_2014", "wide_prior"] = "wide_prior"
    potential_rate: float = Param(
        3.0, unit="potential frictions per 100 dwellings a week", ge=0, le=40,
        label=("潜在摩擦发生率", "potential frictions"),
    )
    tasks_rate: float = Param(
        4.0, unit="tasks a week per 1,000 residents", ge=0, le=60, label=("上级任务数量", "tasks from above"),
    )
    tasks_hours: float = Param(6.0, unit="h a task", ge=0, le=40, label=("每项任务工时", "hours a task"))
    renter_moves: float = Param(
        0.20, unit="share of renting households a year", ge=0, le=1,
        label=("租户年搬迁率", "renters moving a year"),
    )
    owner_moves: float = Param(
        0.03, unit="share of owning households a year", ge=0, le=1,
        label=("业主年搬迁率", "owners moving a year"),
    )
    refill_weeks: float = Param(
        8.0, unit="weeks", ge=1, le=104, label=("空置后再入住时间", "weeks until a vacated home is taken"),
    )


class ParticipationParameters(Parameters):
    """The decision to take part: theory of planned behaviour (attitude, norm, control) under a time
    budget."""

    intercept: float = Param(
        -2.8, unit="logit", ge=-10, le=2, label=("基准倾向", "baseline inclination"),
        note="in logits for an invitation that was heard; free of age and class",
    )
    attachment_weight: float = Param(
        2.0, unit="logit", ge=0, le=6, label=("归属感×相关度的作用", "attachment × relevance"))
    efficacy_weight: float = Param(1.5, unit="logit", ge=0, le=6, label=("效能感的作用", "efficacy"))
    autonomy_weight: float = Param(
        0.8, unit="logit", ge=0, le=6, label=("自主感的作用（公共事务以上）",
        "felt autonomy, from public affairs up"))
    voice_weight: float = Param(0.6, unit="logit", ge=0, le=6, label=("发言权的作用", "voice offered"))
    norm_weight: float = Param(
        1.0, unit="1", ge=0, le=4, label=("他人参与的作用倍数", "response to others, times own slope"))
    visible_member_weight: float = Param(
        0.8, unit="logit per visible member a household", ge=0, le=4,
        label=("身边党员示范的作用", "visible members nearby"))
    skill_weight: float = Param(
        1.2, unit="logit", ge=0, le=6, label=("参与能力的作用", "participation skill"))
    health_weight: float = Param(2.0, unit="logit", ge=0, le=8, label=("健康的作用", "health"))
    digital_weight: float = Param(
        2.0, unit="logit", ge=0, le=8, label=("数字能力的作用（线上）", "digital ability, online"))
    time_weight: float = Param(
        0.8, unit="logit per share of the week's free hours asked", ge=0, le=4,
        label=("占用时间的阻力", "share of free time asked"))
    distance_hours: float = Param(
        0.4, unit="h there and back", ge=0, le=3, label=("往返时间", "way there and back"),
        note="counts into the hours an offline opportunity takes")
    rung_weight: float = Param(
        0.7, unit="logit a missing rung", ge=0, le=4, label=("跨阶阻力", "each rung above one's own"))
    reward_weight: float = Param(
        0.6, unit="logit a unit", ge=0, le=4, label=("物质激励的作用", "material reward"))
    honour_weight: float = Param(0.5, unit="logit", ge=0, le=4, label=("荣誉激励的作用", "honorary reward"))
    habit_weight: float = Param(1.5, unit="logit", ge=0, le=6, label=("习惯的作用", "habit"))
    fatigue_weight: float = Param(2.0, unit="logit", ge=0, le=8, label=("疲劳的作用", "fatigue"))
    hear_by_tie: float = Param(
        0.3, unit="probability an active contact", ge=0, le=1,
        label=("熟人传播", "heard from an active contact"))
    hear_by_visit: float = Param(
        0.7, unit="probability a visit", ge=0, le=1, label=("走访告知", "heard at a home visit"))
    hear_app_offline: float = Param(
        0.5, unit="share of the app's reach", ge=0, le=1,
        label=("应用告知线下活动的效力", "the app's reach for events on the spot"))
    hours_spread: float = Param(
        0.5, unit="share of usual free hours", ge=0, le=1,
        label=("每周空闲时间起伏", "weekly swing of free hours"), note="even between 1 − and 1 + this share")
    crowding_step: float = Param(
        0.03, unit="logit a unit of reward taken", ge=0, le=0.5,
        label=("奖励挤出内在动机", "crowding-out by reward"),
        note="direction from the motivation-crowding literature; size assumed")
    crowding_half_life: float = Param(
        26.0, unit="weeks", ge=1, le=520, label=("挤出消退半衰期", "half-life of crowding-out"))
    habit_step: float = Param(
        0.10, unit="share of the way to 1", ge=0, le=1, label=("习惯养成", "habit gained a time"))
    habit_half_life: float = Param(
        20.0, unit="weeks", ge=1, le=520, label=("习惯消退半衰期", "half-life of habit"))
    skill_step: float = Param(
        0.015, unit="share of the way to 1 an hour", ge=0, le=0.5, label=("干中学", "skill gained an hour"))
    skill_half_life: float = Param(
        104.0, unit="weeks", ge=4, le=1040, label=("能力消退半衰期", "half-life of skill"))
    fatigue_step: float = Param(
        0.06, unit="per hour given", ge=0, le=1, label=("每小时疲劳", "fatigue an hour"))
    fatigue_recovery: float = Param(
        0.25, unit="share a week", ge=0, le=1, label=("疲劳恢复", "recovery a week"))
    practice_to_climb: float = Param(
        4.0, unit="times", ge=1, le=30, label=("上一阶所需次数", "times to climb a rung"))
    practice_to_keep: float = Param(
        0.25, unit="share of the times to climb", ge=0, le=0.5,
        label=("保阶所需历练", "practice below which a rung is lost"))
    practice_half_life: float = Param(
        40.0, unit="weeks", ge=1, le=520, label=("历练消退半衰期", "half-life of practice"))
    practice_after: float = Param(
        0.5, unit="share of the times to climb", ge=0, le=0.99,
        label=("变阶后留存历练", "practice left after a change of rung"))
    event_tie_strength: int = Param(
        3, unit="1 to 8", ge=1, le=8, label=("新结识关系强度", "strength of a new acquaintance"))
    event_tie_decay_weeks: int = Param(
        4, unit="weeks a unit of strength", ge=1, le=52, label=("新关系消退", "weeks until it loses a unit"))


class CaseParameters(Parameters):
    """From friction to latent dispute to handling."""

    latent_familiarity: float = Param(
        2.0, unit="logit", ge=0, le=8, label=("熟识抑制纠纷", "familiarity against disputes"))
    latent_norm: float = Param(
        1.5, unit="logit", ge=0, le=8, label=("公约规范抑制纠纷", "local norms against disputes"))
    latent_service: float = Param(
        2.0, unit="logit per unit of service quality missing", ge=0, le=8,
        label=("物业差激发纠纷", "poor service breeds disputes"))
    report_intercept: float = Param(
        -1.0, unit="logit", ge=-6, le=4, label=("诉求基准", "speaking up: intercept"))
    report_efficacy: float = Param(
        2.0, unit="logit", ge=0, le=8, label=("效能感促诉求", "speaking up: efficacy"))
    report_severity: float = Param(
        2.0, unit="logit", ge=0, le=8, label=("严重度促诉求", "speaking up: severity"))
    report_trust: float = Param(1.0, unit="logit", ge=0, le=8, label=("信任促诉求", "speaking up: trust"))
    report_app: float = Param(
        1.0, unit="logit", ge=0, le=6, label=("线上渠道促诉求", "speaking up: app at hand"))
    report_leader: float = Param(
        0.5, unit="logit", ge=0, le=6, label=("楼长促诉求", "speaking up: building leader at hand"))
    report_delay: float = Param(
        36.0, unit="clock h, mean", ge=0.1, le=500, label=("线下反映延迟", "delay of speaking up in person"))
    report_delay_app: float = Param(
        1.0, unit="clock h, mean", ge=0.01, le=100, label=("线上反映延迟", "delay of speaking up by app"))
    channel_app: float = Param(2.0, unit="weight", ge=0, le=10, label=("走线上", "by app or hotline"))
    channel_leader: float = Param(1.0, unit="weight", ge=0, le=10, label=("找楼长", "to the building leader"))
    channel_grid: float = Param(0.8, unit="weight", ge=0, le=10, label=("找网格员", "to the grid worker"))
    channel_property: float = Param(
        1.2, unit="weight", ge=0, le=10, label=("找物业", "to the property company"))
    channel_committee: float = Param(
        1.0, unit="weight", ge=0, le=10, label=("找居委会", "to the residents' committee"))
    report_leader_sooner: float = Param(
        0.5, unit="share of the delay", ge=0, le=1,
        label=("找楼长的延迟折减", "delay left with a leader next door"))
    familiar_strength: float = Param(
        8.0, unit="strength of an event tie", ge=1, le=32,
        label=("完全熟识的关系强度", "tie at which two homes know each other fully"))
    urgent_severity: float = Param(
        0.8, unit="severity, 0 to 1", ge=0, le=1,
        label=("紧急事项的严重度", "severity from which a case is urgent"))
    nuisance_weeks: float = Param(
        4.0, unit="weeks", ge=0.1, le=52, label=("可被巡查发现的时长", "weeks a nuisance can be seen"))
    shared_cost: float = Param(
        0.5, unit="cost over benefit of reporting", ge=0.01, le=0.99,
        label=("共同滋扰举报成本", "cost of reporting a shared nuisance"))
    shared_households: int = Param(
        10, unit="households", ge=2, le=60, label=("共同受扰户数", "households sharing a nuisance"))
    patrol_find: float = Param(
        0.08, unit="chance a week for full visibility at one patrol hour a building", ge=0, le=1,
        label=("巡查发现", "found by patrol"))
    sensor_delay: float = Param(0.05, unit="h", ge=0, le=24, label=("感知延迟", "delay of a sensor"))

    accept_intercept: float = Param(
        0.0, unit="logit", ge=-6, le=6, label=("接办基准 a₀", "accepting: intercept"))
    accept_trust: float = Param(
        2.0, unit="logit", ge=0, le=8, label=("机构间信任 a₁", "accepting: trust between actors"))
    accept_clarity: float = Param(
        2.0, unit="logit", ge=0, le=8, label=("职责清晰 a₂", "accepting: clarity of duty"))
    accept_load: float = Param(2.0, unit="logit", ge=0, le=8, label=("负荷 a₃", "accepting: load"))
    bounce_hours: float = Param(
        0.75, unit="h on both sides", ge=0, le=8, label=("推诿耗时", "hours lost to a bounce"))
    bounce_delay: float = Param(8.0, unit="working h", ge=0, le=80, label=("推诿延误", "delay of a bounce"))
    max_bounces: int = Param(4, unit="times", ge=1, le=15, label=("最多推诿次数", "bounces before giving up"))

    prepare_hours: float = Param(
        1.0, unit="h of the convenor", ge=0, le=16, label=("会前准备", "preparing a meeting"))
    meeting_hours: float = Param(
        1.5, unit="h of every actor", ge=0, le=16, label=("会议时长 h_m", "hours of a meeting"))
    attendance_delay: float = Param(
        10.0, unit="working h, mean an actor", ge=0, le=160,
        label=("约齐等待", "wait for one actor's attendance"))
    max_meetings: int = Param(
        2, unit="times", ge=1, le=7, label=("最多协调次数", "meetings before escalation"))
    prepare_unskilled: float = Param(
        1.5, unit="times the usual hours", ge=1, le=5,
        label=("生手会前准备倍数", "preparation by a convenor without skill"),
        note="falls evenly to half the usual at full skill when left at 1.5")
    attendance_idle: float = Param(
        0.5, unit="share of the wait at half load", ge=0, le=1,
        label=("空闲机构到会等待", "wait for an actor without load"))
    weighty_severity: float = Param(
        0.55, unit="severity, 0 to 1", ge=0, le=1,
        label=("重大事项的严重度", "severity from which approval can be asked for"))
    approve_hours: float = Param(
        0.5, unit="h of the core", ge=0, le=16, label=("把关审议工时", "hours of an approval"))
    agree_intercept: float = Param(
        -0.5, unit="logit", ge=-6, le=6, label=("达成一致基准 b₀", "agreeing: intercept"))
    agree_authority: float = Param(2.0, unit="logit", ge=0, le=8, label=("权威 b₁", "agreeing: authority"))
    agree_trust: float = Param(1.5, unit="logit", ge=0, le=8, label=("信任 b₂", "agreeing: trust"))
    agree_fairness: float = Param(1.5, unit="logit", ge=0, le=8, label=("公平感 b₃", "agreeing: fairness"))
    agree_conflict: float = Param(
        2.0, unit="logit", ge=0, le=8, label=("利益冲突 b₄", "agreeing: conflict of interest"))
    overhead: float = Param(
        0.4, unit="share more hours", ge=0, le=3,
        label=("包办额外成本 ι", "overhead of doing it all oneself"))
    deliver_intercept: float = Param(
        1.0, unit="logit", ge=-6, le=6, label=("落实基准", "delivering: intercept"))
    deliver_skill: float = Param(2.0, unit="logit", ge=0, le=8, label=("能力促落实", "delivering: skill"))
    deliver_authority: float = Param(
        3.0, unit="logit per unit of authority missing", ge=0, le=10,
        label=("权限不足", "delivering: authority missing"))
    uncoordinated: float = Param(
        0.6, unit="logit a further actor", ge=0, le=4, label=("各自为政的落空", "working past each other"))

    actor_authority: float = Param(
        0.35, unit="0 to 1", ge=0, le=1, label=("单个机构权限", "authority of one actor"))
    volunteer_authority: float = Param(
        0.35, unit="0 to 1", ge=0, le=1,
        label=("志愿者可办的权限", "authority of cases that volunteers can take"))
    self_authority: float = Param(
        0.5, unit="per unit of legitimacy × (½ + skill)", ge=0, le=2,
        label=("自治权威系数", "authority of self-government"))
    missing_actor: float = Param(
        0.8, unit="logit an absent actor", ge=0, le=6, label=("缺位", "delivering: actors that do not exist"))
    voice_meeting: float = Param(
        0.7, unit="0 to 1", ge=0, le=1, label=("会议中的发言权", "voice in a meeting"))
    voice_file: float = Param(
        0.35, unit="0 to 1", ge=0, le=1, label=("逐家办理的发言权", "voice in file-by-file handling"))
    voice_alone: float = Param(
        0.1, unit="0 to 1", ge=0, le=1, label=("包办时的发言权", "voice when the core does it all"))
    fairness_voice: float = Param(
        0.5, unit="share of felt fairness", ge=0, le=1,
        label=("发言权在公平感中的比重", "weight of voice in felt fairness"),
        note="the rest is the manner of those who handle the case")
    fairness_holds: float = Param(
        0.6, unit="share of relapses avoided at full fairness", ge=0, le=1,
        label=("公平则少反弹", "fair settlements hold"))
    record_hours: float = Param(
        0.5, unit="h a case closed on paper", ge=0, le=8,
        label=("做台账工时", "hours to close a case on paper"))
    return_delay: float = Param(
        20.0, unit="working h", ge=0, le=400, label=("退回再诉间隔", "delay before pressing again"))
    max_returns: int = Param(1, unit="times", ge=0, le=10, label=("最多再诉次数", "times pressed again"))
    escalate: float = Param(
        0.5, unit="probability", ge=0, le=1, label=("上交街道", "escalated after failing"))
    street_authority: float = Param(
        0.85, unit="0 to 1", ge=0, le=1, label=("街道权限", "authority of the street"))
    relapse: float = Param(0.15, unit="probability", ge=0, le=1, label=("反弹", "relapse of an agreed case"))
    relapse_delay: float = Param(
        320.0, unit="working h, mean", ge=1, le=4000, label=("反弹间隔", "time to relapse"))
    patience: float = Param(
        8.0, unit="weeks in one queue", ge=1, le=104, label=("等待耐心", "patience in a queue"),
        note="who has waited longer gives up and nobody serves the case; overdue tasks lapse too")
    appraisal_record: float = Param(
        0.3, unit="weight, 0 to 1", ge=0, le=1, label=("考核看台账", "appraisal by records"),
        note="failures are closed on paper with this weight; staff then spend hours on records")
    appraisal_tasks_first: float = Param(
        0.7, unit="share of tasks served first", ge=0, le=1, label=("上级任务优先", "tasks from above first"))
    load_waiting: float = Param(
        2.0, unit="h a waiting case", ge=0, le=40,
        label=("积压折算负荷", "load felt for each case that waits"))
    load_smoothing: float = Param(
        0.25, unit="share of the way a week", ge=0.01, le=1,
        label=("负荷感受平滑", "pace at which felt load follows"))


class ExperienceParameters(Parameters):
    """What people make of what happens to them and to those they know."""

    forgetting: float = Param(
        0.02, unit="share a week", ge=0, le=1, label=("信任遗忘", "forgetting of reputation"))
    good_step: float = Param(
        1.0, unit="pseudo-counts", ge=0, le=10, label=("好经历", "weight of a good experience"))
    bad_step: float = Param(
        2.0, unit="pseudo-counts", ge=0, le=20, label=("坏经历", "weight of a bad experience"))
    hearsay_step: float = Param(
        0.2, unit="share of own experience", ge=0, le=1, label=("传闻", "weight of hearsay"))
    talk: float = Param(
        0.3, unit="weight of others' views", ge=0, le=1, label=("交谈影响", "weight of talk in efficacy"),
        note="1 − anchor of the Friedkin–Johnsen average")
    outcome_weight: float = Param(
        0.7, unit="share of satisfaction", ge=0, le=1,
        label=("结果在满意度中的比重", "weight of the outcome in satisfaction"),
        note="the rest is felt fairness")
    content: float = Param(
        0.4, unit="satisfaction, 0 to 1", ge=0, le=1,
        label=("算作好经历的满意度", "satisfaction above which an experience is good"))
    silent_blame: float = Param(
        0.25, unit="share of a bad experience", ge=0, le=1,
        label=("忍受也归咎居委会", "blame for a problem borne in silence"))
    silent_efficacy: float = Param(
        0.5, unit="share of the usual step", ge=0, le=1,
        label=("忍受对效能感的影响", "efficacy moved by a problem borne in silence"))
    file_voice: float = Param(
        0.5, unit="0 to 1", ge=0, le=1,
        label=("逐家办理时的自主感", "autonomy felt when handled without a meeting"))
    gathering_step: float = Param(
        0.3, unit="share of a case's step", ge=0, le=1,
        label=("活动经历的分量", "weight of a gathering beside a case of one's own"))
    feedback_witness: float = Param(
        2.0, unit="times more at full feedback", ge=0, le=10,
        label=("反馈使旁观者知情", "witnesses' learning under feedback"))
    efficacy_step: float = Param(
        0.15, unit="share of the way", ge=0, le=1, label=("效能感更新", "efficacy moved by an outcome"))
    witness_step: float = Param(
        0.03, unit="share of the way", ge=0, le=1,
        label=("旁观者更新", "efficacy moved by a witnessed outcome"))
    fruit_intercept: float = Param(
        -1.0, unit="logit", ge=-6, le=6, label=("活动见效基准", "gathering bears fruit: intercept"))
    fruit_skill: float = Param(
        3.0, unit="logit", ge=0, le=12, label=("能力促见效", "gathering bears fruit: skill"))
    fruit_full: float = Param(
        20.0, unit="participants", ge=1, le=500,
        label=("人数充分", "participants at which size helps no more"))
    fruit_size: float = Param(
        0.5, unit="logit at full size", ge=0, le=4, label=("人数促见效", "gathering bears fruit: size"))
    norm_half_life: float = Param(
        52.0, unit="weeks", ge=1, le=1040, label=("公约消退半衰期", "half-life of agreed rules"))
    silent_weeks: int = Param(
        8, unit="weeks", ge=1, le=104, label=("沉默问题可被提起的时长", "weeks a silent case can be raised"))
    wait_half: float = Param(
        80.0, unit="working h", ge=1, le=2000, label=("等待耐受", "wait that halves satisfaction"))
    autonomy_step: float = Param(
        0.10, unit="share of the way", ge=0, le=1, label=("自主感更新", "felt autonomy moved by handling"))
    attachment_rate: float = Param(
        0.02, unit="share a week", ge=0, le=1, label=("归属感调整", "attachment's pace"))
    attachment_autonomy: float = Param(
        0.4, unit="per unit", ge=0, le=2, label=("自主感养归属", "attachment from autonomy"))
    attachment_gain: float = Param(
        0.01, unit="share of the way", ge=0, le=1, label=("参与养归属", "attachment from taking part"))
    leave_intercept: float = Param(
        -5.0, unit="logit", ge=-12, le=2, label=("离开基准", "leaving after bad experience: intercept"))
    leave_trust: float = Param(
        3.0, unit="logit per unit of trust missing", ge=0, le=10,
        label=("失信促离开", "leaving: trust missing"))
    leave_renter: float = Param(1.0, unit="logit", ge=0, le=6, label=("租户更易离开", "leaving: renters"))


SHOCKS: dict[str, dict[str, float]] = {
    "custom": {},
    "burst_main": {"friction_factor": 3.0, "staff_factor": 0.8, "weeks": 1},
    "epidemic_week": {
        "tasks_factor": 6.0, "free_hours_factor": 0.5, "staff_factor": 0.8, "friction_factor": 1.5,
        "weeks": 1},
    "extreme_weather": {"friction_factor": 2.0, "tasks_factor": 2.0, "free_hours_factor": 0.7, "weeks": 2},
}
"""Factors that each kind of shock brings unless the file says otherwise (modeller's assumption, D)."""


class Shock(Parameters):
    """A disturbance on the timeline, the same under every policy.

    Its ``kind`` sets the factors that are left out; see :data:`SHOCKS`.
    """

    kind: Literal["burst_main", "epidemic_week", "extreme_weather", "custom"] = "custom"
    week: int = Field(
        ge=0, le=5200, description="冲击开始周（预热后起算） · week it starts, counted after the warm-up")
    weeks: int = Field(1, ge=1, le=520, description="持续周数 · weeks it lasts")
    friction_factor: float = Param(1.0, unit="times", ge=0, le=50, label=("摩擦倍数", "frictions, times"))
    tasks_factor: float = Param(1.0, unit="times", ge=0, le=50, label=("任务倍数", "tasks from above, times"))
    free_hours_factor: float = Param(
        1.0, unit="times", ge=0, le=5, label=("可用时间倍数", "free hours, times"))
    staff_factor: float = Param(1.0, unit="times", ge=0, le=5, label=("在岗工时倍数", "staff hours, times"))

    @model_validator(mode="before")
    @classmethod
    def _factors_of_kind(cls, data: object) -> object:
        if isinstance(data, dict):
            return {**SHOCKS.get(str(data.get("kind", "custom")), {}), **data}
        return data
