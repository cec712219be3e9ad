"""Outcomes, declared once: name, unit, better direction and breakdown; the recorder fills them in."""

from __future__ import annotations

from typing import Literal, NamedTuple

from sim.params import Label

Better = Literal["more", "less", "neither"]
Summary = Literal["mean", "last", "sum_per_year"]
Family = Literal["participation", "disputes", "state", "cost"]


class Outcome(NamedTuple):
    """One declared outcome.

    A weekly series of every outcome is recorded. ``summary`` says how a window of weeks becomes one number:
    ``mean`` over its weeks, the ``last`` week's value, or the sum scaled to a year (``sum_per_year``).
    """

    label: Label
    unit: str
    better: Better
    summary: Summary
    of: Family


def _o(zh: str, en: str, unit: str, better: Better, summary: Summary, of: Family) -> Outcome:
    return Outcome(Label(zh=zh, en=en), unit, better, summary, of)


_PER = "per 1,000 residents a year"

OUTCOMES: dict[str, Outcome] = {
    # Participation: share of residents aged 18 and over.
    "participation_52": _o(
        "年参与率", "took part within 52 weeks", "share of adults", "more", "last", "participation"),
    "participation_52_other": _o(
        "年参与率（不含所比政策自办活动）",
        "took part within 52 weeks, without the compared policies' own events", "share of adults", "more",
        "last", "participation"),
    "participation_52_public": _o(
        "年公共事务参与率（不含自办）",
        "took part in public affairs or above within 52 weeks, without own events", "share of adults", "more",
        "last", "participation"),
    "participation_4": _o(
        "月参与率", "took part within 4 weeks", "share of adults", "more", "mean", "participation"),
    "participation_4_other": _o(
        "月参与率（不含自办）", "took part within 4 weeks, without own events", "share of adults", "more",
        "mean", "participation"),
    "participation_week": _o(
        "周参与率", "took part this week", "share of adults", "more", "mean", "participation"),
    "hours_given": _o("人均参与时间", "hours given", "h a week per adult", "more", "mean", "participation"),
    "participation_gini": _o(
        "参与习惯基尼系数", "Gini of habit of taking part", "0 to 1", "less", "mean", "participation"),
    "stage_mutual_help": _o(
        "互助及以上", "at mutual help or above", "share of adults", "more", "last", "participation"),
    "stage_public_affairs": _o(
        "公共事务及以上", "at public affairs or above", "share of adults", "more", "last", "participation"),
    "stage_volunteer": _o("志愿骨干", "volunteers", "share of adults", "more", "last", "participation"),
    "vote_turnout": _o(
        "业主表决参与率", "turnout of owners' votes", "share of owners invited", "more", "mean",
        "participation"),
    "age_gap": _o(
        "年龄差（60岁以上减18–59岁）", "gap: 60 and over minus 18–59", "share of adults", "neither", "last",
        "participation"),
    "class_gap": _o(
        "体制外中产与全体之差", "gap: private-sector middle class minus all", "share of adults", "neither",
        "last", "participation"),
    "member_gap": _o(
        "党员与非党员之差", "gap: members minus others", "share of adults", "neither", "last",
        "participation"),
    # Disputes and demands.
    "potential_frictions": _o("潜在摩擦", "potential frictions", _PER, "neither", "sum_per_year", "disputes"),
    "latent_disputes": _o(
        "隐性及显性纠纷与诉求", "latent disputes and demands", _PER, "less", "sum_per_year", "disputes"),
    "latent_neighbour_disputes": _o(
        "邻里纠纷（含未上报）", "latent neighbour disputes", _PER, "less", "sum_per_year", "disputes"),
    "recorded_disputes": _o("记录在案", "recorded", _PER, "neither", "sum_per_year", "disputes"),
    "recorded_neighbour_disputes": _o(
        "记录在案的邻里纠纷", "recorded neighbour disputes", _PER, "neither", "sum_per_year", "disputes"),
    "silent_disputes": _o(
        "沉默（未被发现或放弃）", "silent: never found or given up", _PER, "less", "sum_per_year",
        "disputes"),
    "raised_disputes": _o(
        "议事会提起的沉默问题", "silent ones raised by a forum", _PER, "neither", "sum_per_year", "disputes"),
    "given_up": _o(
        "中途放弃", "given up after being recorded", _PER, "less", "sum_per_year", "disputes"),
    "resolved": _o("实际化解", "really resolved", _PER, "more", "sum_per_year", "disputes"),
    "closed_on_paper": _o("纸面办结", "closed on paper", _PER, "less", "sum_per_year", "disputes"),
    "escalated": _o("上交街道", "escalated to the street", _PER, "less", "sum_per_year", "disputes"),
    "relapsed": _o("反弹", "relapsed", _PER, "less", "sum_per_year", "disputes"),
    "backlog": _o("未决件", "backlog", "cases per 1,000 residents", "less", "mean", "disputes"),
    "real_resolution_rate": _o(
        "年实际化解率（占年内全部纠纷，含沉默）",
        "really resolved and not relapsed, of all there were within 52 weeks, silent ones too", "share",
        "more", "last", "disputes"),
    "recorded_resolution_rate": _o(
        "年台账办结率（占年内在办）",
        "closed, as recorded, of all that were in hand within 52 weeks", "share", "neither", "last",
        "disputes"),
    "time_to_find": _o("发现时间", "time to find", "clock h, mean", "less", "mean", "disputes"),
    "time_to_assign": _o("派单到位时间", "time to assign", "working h, mean", "less", "mean", "disputes"),
    "time_to_close": _o("办结时间", "time to close", "working h, mean", "less", "mean", "disputes"),
    "time_waiting": _o(
        "等待时间（含放弃者）", "waiting before service, given up included", "working h, mean", "less",
        "mean", "disputes"),
    "recovery_weeks": _o(
        "冲击后恢复周数", "weeks until the backlog is back after a shock", "weeks", "less", "last",
        "disputes"),
    "handoffs": _o("流转次数", "hand-offs a case", "times", "less", "mean", "disputes"),
    "satisfaction": _o("当事人满意度", "satisfaction of parties", "0 to 1", "more", "mean", "disputes"),
    # State.
    "trust_core": _o("对社区党委信任", "trust in the party committee", "0 to 1", "more", "mean", "state"),
    "trust_committee": _o(
        "对居委会信任", "trust in the residents' committee", "0 to 1", "more", "mean", "state"),
    "trust_property": _o("对物业信任", "trust in the property company", "0 to 1", "more", "mean", "state"),
    "trust_owners_committee": _o(
        "对业委会信任", "trust in the owners' committee", "0 to 1", "more", "mean", "state"),
    "trust_grid_worker": _o("对网格员信任", "trust in the grid worker", "0 to 1", "more", "mean", "state"),
    "trust_social_organization": _o(
        "对社会组织信任", "trust in the social organisation", "0 to 1", "more", "mean", "state"),
    "trust_partner_unit": _o("对驻区单位信任", "trust in partner units", "0 to 1", "more", "mean", "state"),
    "trust_mediation": _o(
        "对调解队伍信任", "trust in the mediation team", "0 to 1", "more", "mean", "state"),
    "trust_volunteers": _o("对志愿团队信任", "trust in volunteers", "0 to 1", "more", "mean", "state"),
    "trust_street": _o("对街道信任", "trust in the street office", "0 to 1", "more", "mean", "state"),
    "unit_satisfaction": _o(
        "企业满意度", "satisfaction of partner units", "0 to 1", "more", "mean", "state"),
    "legitimacy": _o(
        "业委会公信力", "legitimacy of the owners' committee", "0 to 1", "more", "mean", "state"),
    "efficacy": _o("效能感", "efficacy", "0 to 1", "more", "mean", "state"),
    "autonomy": _o("自主感", "felt autonomy", "0 to 1", "more", "mean", "state"),
    "attachment": _o("归属感", "attachment", "0 to 1", "more", "mean", "state"),
    "event_ties": _o("活动结识的关系", "ties made at events", "a resident", "more", "mean", "state"),
    "norm": _o("公约规范强度", "strength of agreed rules", "0 to 1", "more", "mean", "state"),
    "fee_payment": _o(
        "物业费缴费率", "households paying the fee", "share of households", "more", "mean", "state"),
    "property_effort": _o("物业努力", "effort of the property company", "0 to 1", "more", "mean", "state"),
    "staff_load": _o(
        "社区工作者负荷", "load of the residents' committee", "share of time", "less", "mean", "state"),
    "core_load": _o("社区党委负荷", "load of the core", "share of time", "less", "mean", "state"),
    "paper_share": _o(
        "留痕占比", "share of effort on paper", "share of staff hours", "less", "mean", "state"),
    "people_left": _o(
        "因坏经历离开", "left after bad experience", "per 1,000 residents a year", "less", "sum_per_year",
        "state"),
    # Cost.
    "money_spent": _o(
        "政策支出", "spent on policies", "yuan per 1,000 residents a year", "less", "sum_per_year", "cost"),
    "hours_on_policies": _o(
        "政策占用工时", "staff and core hours on policies", "h per 1,000 residents a year", "less",
        "sum_per_year", "cost"),
    "cost_per_resolved": _o(
        "每件实际化解成本（年）", "policy money per really resolved case, within 52 weeks", "yuan a case",
        "less", "last", "cost"),
}
"""Every outcome there is."""

BREAKDOWNS: dict[str, Label] = {
    "age": Label(zh="年龄", en="age"),
    "position": Label(zh="社会位置", en="position"),
    "tenure": Label(zh="居住性质", en="tenure"),
    "membership": Label(zh="党员身份", en="party membership"),
    "grid": Label(zh="网格", en="grid"),
}
"""Groups by which participation is recorded: ``participation_52_other`` and ``participation_week`` of
each."""
