"""The fifteen patterns of the evidence page, their names and what the runs say about each."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import pattern_rules as rules
from pattern_lab import Finding


class Pattern(NamedTuple):
    """One pattern of the evidence page."""

    number: int
    zh: str
    en: str
    held_out: bool
    """Whether calibration may not use it."""
    look: Callable[[], Finding]

    @property
    def holds_as(self) -> str:
        """What the page calls it if it holds."""
        return HOLDS_AS.get(self.number, "成立 · holds")


HOLDS_AS = {2: "成立（仅就参与，投票则否） · holds for taking part, not for voting"}
"""Patterns that are decided on something narrower than the evidence speaks of."""


PATTERNS: tuple[Pattern, ...] = tuple(
    Pattern(number, zh, en, number not in (2, 6, 8, 14), look) for number, zh, en, look in (
        (1, "参与随年龄上升，直至70–79岁",
         "Participation rises with age up to 70–79", rules.rises_with_age),
        (2, "党员参与领先",
         "Party members ahead of others", rules.members_lead),
        (3, "业主效应只随社区类型出现",
         "Owner effect only together with community type", rules.owners_by_type),
        (4, "时间匮乏的体制外中产参与低，且无内置惩罚",
         "Time-poor private-sector middle class low, nothing built in", rules.middle_class_lags),
        (5, "认识邻居者更多参与",
         "Knowing neighbours predicts taking part", rules.neighbours_predict),
        (6, "回应改善，诉求与满意度同升",
         "Better response raises both complaints and satisfaction", rules.response_raises_both),
        (7, "居民等待随行政负荷凸增，参与下降",
         "Residents' wait convex in administrative load; participation falls", rules.wait_is_convex),
        (8, "办理时长右偏，办结数过度离散",
         "Durations skewed to the right, closures overdispersed", rules.skewed_and_bursty),
        (9, "看台账的考核拉大纸面差距，满意度下降",
         "Record-weighted appraisal widens the paper gap; satisfaction falls", rules.records_mislead),
        (10, "奖励只抬高受奖行为，撤销后不及从前",
         "Rewards raise the rewarded act only; withdrawn, less is left", rules.rewards),
        (11, "无后续的节庆效果消退",
         "Festivals without follow-up fade", rules.festivals_fade),
        (12, "处置力不足时数字诉求价值低；政策叠加次可加且可反转",
         "Digital reporting needs capacity; stacked policies sub-additive, can reverse",
         rules.stacked_policies),
        (13, "各街区诉求率不同",
         "Reporting rates differ between neighbourhoods", rules.reporting_differs),
        (14, "缴费与服务有两个均衡",
         "Two equilibria of fee payment and service", rules.two_equilibria),
        (15, "业委会被俘获或操控则自主感下降",
         "Captured or dominated owners' committee lowers felt autonomy", rules.lost_autonomy),
    ))
"""All fifteen; 2, 6, 8 and 14 may be used for calibration, the others are held out."""


@lru_cache(maxsize=len(PATTERNS))
def finding(number: int) -> Finding:
    """What the runs say about one pattern; runs them when first asked."""
    return PATTERNS[number - 1].look()
