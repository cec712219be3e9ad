"""How each outcome is counted: over whom or what, and by which rule; one home for the definitions.

Names, units, directions and windows stand in :mod:`sim.outcomes`; the weekly value of each is made in
:mod:`sim.measures`. What is said here is what is computed there, week by week.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from sim.params import Label


class Definition(NamedTuple):
    """What one weekly value of an outcome is."""

    over: Label
    """The people, cases or institutions that count."""
    rule: Label
    """How the number is made of them."""


ADULTS = Label(
    zh="在住的18岁及以上居民，含驻区单位员工",
    en="residents aged 18 and over who are here, employees of units included")
HOMES = Label(zh="有人住过的每户和驻区单位，每周",
              en="every dwelling ever lived in and every office, each week")
LATENT = Label(
    zh="本周产生的纠纷与诉求，不论有没有人说出来", en="disputes and demands born this week, voiced or not")
CASES = Label(
    zh="在办的件，不含上级任务", en="cases in hand; tasks from above do not count")
CLOSED = Label(
    zh="本周办结的件（实际化解或纸面办结）", en="cases closed this week, really resolved or on paper")
ENDED = Label(
    zh="本周了结的件（化解、纸面办结或放弃）",
    en="cases over this week: resolved, closed on paper or given up")
YEAR = Label(zh="过去52周的件", en="cases of the last 52 weeks")
DESK = Label(zh="各社区", en="communities")
STAFF = Label(
    zh="社区党委、居委会、社会组织和网格员",
    en="party committee, residents' committee, social organisation, grid workers")
MEANS = Label(zh="全部政策", en="all policies together")
_NO_VOTES = ("投票只计表决参与率，不算参与", "ballots count as turnout, not as taking part")
_OTHER = ("不计各方案间不相同的政策自办的活动",
          "events hosted by policies that differ between the arms do not count")


def _d(over: Label, zh: str, en: str) -> Definition:
    return Definition(over, Label(zh=zh, en=en))


def _took_part(weeks: str, weeks_en: str, more: tuple[str, str] | None = None) -> Definition:
    extra = ("", "") if more is None else (f"；{more[0]}", f"; {more[1]}")
    return _d(ADULTS, f"{weeks}到场过至少一次活动或服务的人 ÷ 全部{extra[0]}；{_NO_VOTES[0]}",
              f"those who came to at least one gathering or shift {weeks_en}, over all{extra[1]}; "
              f"{_NO_VOTES[1]}")


def _stage(zh: str, en: str) -> Definition:
    return _d(ADULTS, f"此刻处于参与阶梯“{zh}”及以上的人 ÷ 全部；靠同级及以上的实践升级，久不实践则退级",
              f"those who stand on the rung “{en}” or above now, over all; practice lifts, lack of it lowers")


def _trust(zh: str, en: str) -> Definition:
    return _d(ADULTS, f"对{zh}的好经历 ÷（好经历＋坏经历），各人的声誉值取平均；经历随时间淡忘，"
                      f"听来的分量较轻",
              f"good experience over good and bad with {en}, each person's reputation, averaged; experience "
              "fades, hearsay weighs less")


def _where(zh: str, en: str) -> Label:
    return Label(zh=f"有{zh}的社区", en=f"communities that have {en}")


DEFINITIONS: dict[str, Definition] = {
    "participation_52": _took_part("过去52周内", "within the last 52 weeks"),
    "participation_52_other": _took_part("过去52周内", "within the last 52 weeks", _OTHER),
    "participation_52_public": _took_part(
        "过去52周内在“公共事务”及以上一级", "at the rung of public affairs or above within the last 52 weeks",
        _OTHER),
    "participation_4": _took_part("过去4周内", "within the last 4 weeks"),
    "participation_4_other": _took_part("过去4周内", "within the last 4 weeks", _OTHER),
    "participation_week": _took_part("本周", "this week"),
    "hours_given": _d(
        ADULTS, "本周用于所参加活动的小时（含路上，含投票）合计 ÷ 人数",
        "hours spent this week on what they took up (the way there and ballots too), over their number"),
    "participation_gini": _d(
        ADULTS, "各人参与习惯（0–1，分50档）的基尼系数；0 为人人一样",
        "Gini coefficient of each one's habit of taking part (0 to 1 in 50 bins); 0 if all are alike"),
    "stage_mutual_help": _stage("互助", "mutual help"),
    "stage_public_affairs": _stage("公共事务", "public affairs"),
    "stage_volunteer": _stage("志愿骨干", "volunteer"),
    "vote_turnout": _d(
        Label(zh="本周被邀表决的业主", en="owners invited to a vote this week"),
        "投票人数 ÷ 受邀人数；没有表决的周没有数值",
        "ballots cast over owners invited; weeks without a vote have no value"),
    "age_gap": _d(
        ADULTS, "60岁及以上者的年参与率（不含自办）减18–59岁者的",
        "participation within 52 weeks, without own events, of those aged 60 and over minus that of those "
        "18–59"),
    "class_gap": _d(
        ADULTS, "体制外中产的年参与率（不含自办）减全体的",
        "participation within 52 weeks, without own events, of the private-sector middle class minus that "
        "of all"),
    "member_gap": _d(
        ADULTS, "党员的年参与率（不含自办）减非党员的",
        "participation within 52 weeks, without own events, of party members minus that of others"),
    "potential_frictions": _d(
        HOMES, "按外界给定的频率发生的摩擦与需求，还未看关系、公约和服务；÷ 居民数 × 1000",
        "frictions and needs at the rate the world sets, before ties, rules and service play a part; per "
        "1,000 residents"),
    "latent_disputes": _d(
        LATENT, "件数 ÷ 居民数 × 1000；熟识、公约和服务好使摩擦不成为纠纷",
        "their number per 1,000 residents; familiarity, agreed rules and good service keep frictions from "
        "becoming disputes"),
    "latent_neighbour_disputes": _d(
        LATENT, "其中发生在相邻住户之间的各类，件数 ÷ 居民数 × 1000",
        "those of the categories between next-door neighbours, per 1,000 residents"),
    "recorded_disputes": _d(
        CASES, "本周首次到达某家机构窗口的件数 ÷ 居民数 × 1000",
        "cases that reach a desk for the first time this week, per 1,000 residents"),
    "recorded_neighbour_disputes": _d(
        CASES, "本周首次到达窗口的相邻住户间纠纷 ÷ 居民数 × 1000",
        "disputes between next-door neighbours that reach a desk for the first time, per 1,000 residents"),
    "silent_disputes": _d(
        LATENT, "本周无人说出、巡查和感知也未发现的，加上中途放弃的，减去议事会重新提起的，÷ 居民数 × 1000；"
                "提起的多于新沉默的那一周为负",
        "those that nobody voices, patrols or senses and those given up this week, minus those that a forum "
        "raises, per 1,000 residents; negative in a week in which more are raised than fall silent"),
    "raised_disputes": _d(
        LATENT, "先前无人说出、本周由有成果的议事会提起的件数 ÷ 居民数 × 1000；下周一到达第一个窗口",
        "those that nobody had voiced and a fruitful forum raises this week, per 1,000 residents; they reach "
        "their first desk next Monday"),
    "given_up": _d(
        CASES, "本周等得太久而放弃的，和办不成又不再诉的，÷ 居民数 × 1000",
        "those whose parties waited too long or, after failing, do not press again, per 1,000 residents"),
    "resolved": _d(
        CASES, "本周办完且确实解决的件 ÷ 居民数 × 1000；是否解决取决于能力、权限和到场机构；"
               "反弹后再解决再计一次",
        "those done this week whose solution works, per 1,000 residents; that depends on skill, authority "
        "and the actors there are; a case that relapses may be counted again"),
    "closed_on_paper": _d(
        CASES, "本周未能解决、但因考核看台账而按台账结案的件 ÷ 居民数 × 1000",
        "failures closed in the records this week because appraisal looks at records, per 1,000 residents"),
    "escalated": _d(
        CASES, "本周社区办不成而上交街道的件 ÷ 居民数 × 1000",
        "those that the community failed with and sent up to the street this week, per 1,000 residents"),
    "relapsed": _d(
        Label(zh="已实际化解的件", en="cases really resolved before"),
        "本周又复发的件 ÷ 居民数 × 1000；办得越公平越少",
        "those that come back this week, per 1,000 residents; fewer the fairer they were handled"),
    "backlog": _d(
        CASES, "周末仍在办或在街道的件 ÷ 居民数 × 1000",
        "those still open or with the street at the week's end, per 1,000 residents"),
    "real_resolution_rate": _d(
        YEAR, "（实际化解 − 反弹）÷（实际化解＋纸面办结＋放弃＋此刻未决＋从未被发现）",
        "(really resolved − relapsed) over (really resolved + on paper + given up + open now + never found)"),
    "recorded_resolution_rate": _d(
        YEAR, "（实际化解＋纸面办结）÷（实际化解＋纸面办结＋放弃＋此刻未决）",
        "(really resolved + on paper) over (really resolved + on paper + given up + open now)"),
    "time_to_find": _d(
        Label(zh="本周产生、已经或将被发现的纠纷与诉求",
              en="disputes and demands born this week that are or will be found"),
        "从产生到被说出、巡查到或感知到的自然小时，取平均",
        "clock hours from their birth until somebody voices, patrols or senses them, averaged"),
    "time_to_assign": _d(
        ENDED, "从发现（或最近一次反弹）到真正动手办理的窗口开始服务的工作小时，取平均；推诿、"
               "会前准备和把关不算动手",
        "working hours from found (or the last relapse) until a desk begins the work itself, averaged; "
        "bouncing, preparing and approving are not the work"),
    "time_to_close": _d(
        CLOSED, "从发现（或最近一次反弹）到办结的工作小时，取平均",
        "working hours from found (or the last relapse) to the close, averaged"),
    "time_waiting": _d(
        ENDED, "在各窗口排队等候的工作小时之和，取平均",
        "working hours spent waiting in all queues, averaged"),
    "recovery_weeks": _d(
        Label(zh="第一次冲击", en="the first shock"),
        "冲击结束后，未决件回到冲击前至多8周平均的1.1倍以内所需的周数；没有冲击则没有数值",
        "weeks after its end until the backlog is within 1.1 times the mean of up to 8 weeks before it; no "
        "value without a shock"),
    "handoffs": _d(
        CLOSED, "换手次数（推诿、依次接办、把关、上交），取平均",
        "times the file changed hands (bounced, passed on, approved, sent up), averaged"),
    "satisfaction": _d(
        Label(zh="本周了结的件的诉求人", en="complainants whose case was over this week"),
        "（结果与公平感的加权和）× 随办理工时递减的系数，取平均",
        "outcome and felt fairness, weighted, times a factor that falls with the hours it took; averaged"),
    "trust_core": _trust("社区党委", "the party committee"),
    "trust_committee": _trust("居委会", "the residents' committee"),
    "trust_property": _trust("物业公司", "the property company"),
    "trust_owners_committee": _trust("业委会", "the owners' committee"),
    "trust_grid_worker": _trust("网格员", "the grid worker"),
    "trust_social_organization": _trust("社会组织", "the social organisation"),
    "trust_partner_unit": _trust("驻区单位", "partner units"),
    "trust_mediation": _trust("调解队伍", "the mediation team"),
    "trust_volunteers": _trust("志愿团队", "volunteers"),
    "trust_street": _trust("街道", "the street office"),
    "unit_satisfaction": _d(
        _where("驻区单位", "partner units"), "单位满意度取平均：被要得多则降，得到回报则升",
        "mean satisfaction of units: falls with what is asked of them, rises with what they get back"),
    "legitimacy": _d(
        _where("业委会", "an owners' committee"), "公信力取平均：随表决参与率（对所需票数）升降，被把持时降",
        "mean legitimacy: follows the turnout of its votes against the quorum, falls while captured"),
    "efficacy": _d(
        ADULTS, "“事情能不能解决”的信念，取平均；自己的经历为锚，邻里交谈会传染",
        "belief that things get solved, averaged; own experience is the anchor, talk spreads it"),
    "autonomy": _d(
        ADULTS, "“由我们自己作主”的感受，取平均；由核心包办时降，会上说得上话时升",
        "feeling of having a say oneself, averaged; falls where the core does it all, rises with a voice in "
        "meetings"),
    "attachment": _d(
        ADULTS, "对社区的归属感，取平均；参与使其上升，并向各人的基准回落",
        "attachment to the community, averaged; taking part raises it; it returns to each one's own level"),
    "event_ties": _d(
        ADULTS, "在活动中结识、尚未淡去的关系，人均条数；一条关系两头各计一次",
        "ties made at events that have not faded, each counted at both ends, over the number of adults"),
    "norm": _d(
        Label(zh="各栋楼", en="buildings"), "议成的公约在楼内的强度，取平均；不再议则逐渐失效",
        "strength of agreed rules of conduct in the building, averaged; it fades unless renewed"),
    "fee_payment": _d(
        _where("物业公司", "a property company"), "缴物业费的户 ÷ 全部户，各社区取平均",
        "households that pay the fee over all households, averaged over communities"),
    "property_effort": _d(
        _where("物业公司", "a property company"), "物业为利润最大而选的努力程度，取平均",
        "effort the company chooses for its profit, averaged"),
    "staff_load": _d(
        DESK, "居委会窗口忙碌和积压占工时的比例，逐周平滑，各社区取平均",
        "share of the residents' committee's time at work or called for by those who wait, smoothed over "
        "weeks; averaged"),
    "core_load": _d(
        DESK, "社区党委窗口忙碌和积压占工时的比例，逐周平滑，各社区取平均",
        "share of the party committee's time for cases at work or called for, smoothed over weeks; averaged"),
    "paper_share": _d(
        STAFF, "用于台账、迎检和汇报的小时 ÷ 社区党委、居委会和社会组织的工时，最多为1",
        "hours on records and reports over the staff hours of party committee, residents' committee and "
        "social organisation; at most 1"),
    "people_left": _d(
        Label(zh="居民", en="residents"), "本周因诉求没有解决而举家搬走的人数 ÷ 居民数 × 1000",
        "those whose household left this week over a case that was not solved, per 1,000 residents"),
    "money_spent": _d(MEANS, "本周花的钱 ÷ 居民数 × 1000", "yuan spent this week, per 1,000 residents"),
    "hours_on_policies": _d(
        MEANS, "本周占用的核心注意力和机构工时 ÷ 居民数 × 1000",
        "hours of the core's attention and of staff that they took this week, per 1,000 residents"),
    "cost_per_resolved": _d(
        YEAR, "过去52周政策花的钱 ÷ 同期实际化解的件；没有化解则没有数值",
        "money spent on policies in the last 52 weeks over cases really resolved in them; no value if there "
        "are none"),
}
"""Every outcome of our own; those of plug-ins are told by the words of their own function."""


def definition(outcome: str) -> Definition | None:
    """How an outcome is counted; that of a plug-in by its function's docstring, None if it has none.

    Parameters
    ----------
    outcome : str
    """
    known = DEFINITIONS.get(outcome)
    plugins = sys.modules.get("sim.plugins")
    if known is not None or plugins is None:
        return known
    told = next((reading.__doc__ for name, reading in plugins.own_outcomes() if name == outcome), None)
    if not told:
        return None
    text = " ".join(told.split())
    return Definition(Label(zh="插件自编", en="a plug-in's own"), Label(zh=text, en=text))
