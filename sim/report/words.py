"""Names and fixed rules by which numbers become words; never stronger than the interval."""

from __future__ import annotations

import math
from typing import Literal

from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.study.view import GAPS
from sim.vocabulary import Membership, Position, Tenure, Term

Direction = Literal["up", "down", "same", "none", "unknown"]
"""Of an interval of a difference: above 0, below 0, holds 0, exactly 0, or no interval."""

ILLUSTRATIVE = Label(zh="示意性，未经校准", en="illustrative, uncalibrated")

_GROUPS: dict[str, type[Term]] = {"position": Position, "membership": Membership, "tenure": Tenure}

MEMBERS = {"member": ("党员", "member"), "other": ("非党员", "not a member")}
"""Groups that take all members together."""

UNITS_ZH = {
    "share of adults": "占成年人比例",
    "h a week per adult": "小时/周/成年人",
    "0 to 1": "0–1",
    "share of owners invited": "占受邀业主比例",
    "per 1,000 residents a year": "件/千人/年",
    "cases per 1,000 residents": "件/千人",
    "share": "比例",
    "clock h, mean": "自然小时，均值",
    "working h, mean": "工作小时，均值",
    "times": "次",
    "weeks": "周",
    "a resident": "条/人",
    "share of households": "占户比例",
    "share of time": "占工时比例",
    "share of staff hours": "占工时比例",
    "yuan per 1,000 residents a year": "元/千人/年",
    "h per 1,000 residents a year": "小时/千人/年",
    "yuan a case": "元/件",
}
"""Chinese for the units of :data:`sim.outcomes.OUTCOMES`."""


def say(lang: str, zh: str, en: str) -> str:
    """One of two sentences."""
    return zh if lang == "zh" else en


SHORT = {
    "participation_52_other": ("年参与率（不含自办）", "took part in 52 weeks, other events"),
    "participation_52": ("年参与率（含自办）", "took part in 52 weeks, all events"),
    "participation_52_public": ("公共事务参与率（不含自办）", "took part in public affairs"),
    "latent_neighbour_disputes": ("邻里纠纷（含未上报）", "latent neighbour disputes"),
    "latent_disputes": ("隐性及显性纠纷与诉求", "latent disputes and demands"),
    "trust_committee": ("对居委会信任", "trust in residents' committee"),
    "trust_core": ("对社区党委信任", "trust in party committee"),
    "property_effort": ("物业努力", "effort of property company"),
    "staff_load": ("社区工作者负荷", "load of residents' committee"),
}
"""Names that fit beside an axis and into a table."""


def short_name(outcome: str, lang: str) -> str:
    """Short name of an outcome."""
    if outcome in SHORT:
        return say(lang, *SHORT[outcome])
    return OUTCOMES[outcome].label.text(lang) if outcome in OUTCOMES else outcome


def replicates_en(n: int) -> str:
    """``1 replicate``, ``2 replicates``."""
    return f"{n} replicate" if n == 1 else f"{n} replicates"


def outcome_name(outcome: str, lang: str) -> str:
    """Label of an outcome; its key if it isn't declared."""
    known = OUTCOMES.get(outcome)
    if known is None:
        return outcome
    text = known.label.text(lang)
    return text if lang == "zh" else text[0].upper() + text[1:]


def unit_name(outcome: str, lang: str) -> str:
    """Unit of an outcome."""
    if outcome in GAPS:
        return say(lang, "百分点", "percentage points")
    unit = OUTCOMES[outcome].unit if outcome in OUTCOMES else ""
    if outcome == "people_left":
        return say(lang, "人/千人/年", unit)
    return UNITS_ZH.get(unit, unit) if lang == "zh" else unit


def is_share(outcome: str) -> bool:
    """Whether an outcome is a share and reads best in per cent."""
    return outcome in OUTCOMES and OUTCOMES[outcome].unit.startswith("share")


def group_name(breakdown: str, group: str, lang: str) -> str:
    """Label of one group of a breakdown."""
    if breakdown == "membership" and group in MEMBERS:
        return say(lang, *MEMBERS[group])
    terms = _GROUPS.get(breakdown)
    if terms is None:
        return group
    for term in terms:
        if term.key == group:
            return term.label(lang)
    return group


def direction(low: float, high: float) -> Direction:
    """What an interval of a difference allows to be said."""
    if math.isnan(low) or math.isnan(high):
        return "unknown"
    if low == 0.0 and high == 0.0:
        return "none"
    if low > 0.0:
        return "up"
    return "down" if high < 0.0 else "same"


_DIRECTIONS: dict[Direction, tuple[str, str]] = {
    "up": ("提高", "higher"),
    "down": ("降低", "lower"),
    "same": ("看不出差别", "no difference can be told"),
    "none": ("完全相同", "exactly the same"),
    "unknown": ("无法判断（重复次数不足）", "cannot be told (too few replicates)"),
}


def direction_words(low: float, high: float, lang: str) -> str:
    """The same in words."""
    zh, en = _DIRECTIONS[direction(low, high)]
    return say(lang, zh, en)


def amount(value: float, outcome: str, *, change: bool = False, unit: bool = False) -> str:
    """A value of an outcome as text: shares in per cent, changes of shares in points, three digits otherwise.

    Parameters
    ----------
    value : float
    outcome : str
    change : bool
        Whether it is a difference: signed then.
    unit : bool
        Whether shares carry ``%``.
    """
    if math.isnan(value):
        return "—"
    if value == 0.0:
        return "0%" if unit and is_share(outcome) else "0"
    if is_share(outcome):
        text = f"{100 * value:+.1f}" if change else f"{100 * value:.1f}"
        text += "%" if unit else ""
    else:
        text = significant(value, signed=change)
    return minus("0" + text[len("-0") :] if _is_zero(text) else text)


Three = tuple[float, float, float]
"""A value and both ends of its interval."""


def amounts(three: Three, outcome: str, *, change: bool = False, unit: bool = False) -> tuple[str, str, str]:
    """A value and its interval as text, all to one place: two digits of the interval's half-width.

    Shares keep one decimal of a per cent. More than three significant digits are never shown. Where the
    interval leaves 0 out, no end reads 0.

    Parameters
    ----------
    three : (float, float, float)
        Value, low, high.
    outcome : str
    change, unit : bool
        As in :func:`amount`.
    """
    half = (three[2] - three[1]) / 2.0
    if is_share(outcome) or not half > 0.0:
        value, low, high = (amount(each, outcome, change=change, unit=unit) for each in three)
        share = is_share(outcome)
        return _off_zero(
            three, (value, low, high), 100.0 if share else 1.0, signed=change,
            unit="%" if share and unit else "")
    largest = max(map(abs, three))
    most = 2 - math.floor(math.log10(largest))
    places = min(1 - math.floor(math.log10(half)), most)
    while places < min(most, 4) and any(each != 0.0 and round(each, places) == 0.0 for each in three[1:]):
        places += 1
    value, low, high = (minus(_to_place(each, min(places, 4), change)) for each in three)
    return _off_zero(three, (value, low, high), 1.0, signed=change, unit="")


def relatives(three: Three) -> tuple[str, str, str]:
    """A relative change and its interval in per cent, signed; no end reads 0 that isn't."""
    value, low, high = map(relative, three)
    return _off_zero(three, (value, low, high), 100.0, signed=True, unit="%")


def shares(three: Three) -> tuple[str, str, str]:
    """A share of cases and its interval in per cent."""
    value, low, high = ("—" if math.isnan(each) else f"{100 * each:.1f}%" for each in three)
    return value, low, high


def _off_zero(
    three: Three, texts: tuple[str, str, str], scale: float, *, signed: bool, unit: str,
) -> tuple[str, str, str]:
    """The texts, those that read 0 by rounding given one digit if the interval leaves 0 out."""
    if not (three[1] > 0.0 or three[2] < 0.0):
        return texts
    value, low, high = (
        text if each == 0.0 or any(digit in text for digit in "123456789")
        else _first_digit(scale * each, signed) + unit
        for each, text in zip(three, texts, strict=True))
    return value, low, high


def _first_digit(value: float, signed: bool) -> str:
    """A small number by its first digit that isn't 0."""
    places = min(-math.floor(math.log10(abs(value))), 12)
    return minus(f"{value:{'+' if signed else ''}.{max(places, 0)}f}")


def _to_place(value: float, places: int, signed: bool) -> str:
    rounded = round(value, places)
    if rounded == 0.0:
        return "0"
    return f"{rounded:{'+' if signed else ''},.{max(places, 0)}f}"


def relative(value: float) -> str:
    """A relative change in per cent, signed."""
    return "—" if math.isnan(value) else minus(f"{100 * value:+.1f}%")


def significant(value: float, *, signed: bool = False, digits: int = 3) -> str:
    """Three significant digits, or as many as asked for, without an exponent: 1,234.5 is 1,230."""
    if value == 0.0:
        return "0"
    places = min(digits - 1 - math.floor(math.log10(abs(value))), 4)
    return f"{round(value, places):{'+' if signed else ''},.{max(places, 0)}f}"


def minus(text: str) -> str:
    """With a true minus sign."""
    return text.replace("-", "−")


def _is_zero(text: str) -> bool:
    return text.startswith("-0") and not any(digit in text for digit in "123456789")
