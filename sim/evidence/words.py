"""How pages of evidence speak: names of factors, outcomes and regimes, numbers in an outcome's unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.params import Label
from sim.report.studies.factors import factor_of
from sim.report.studies.names import bracketed, level_unit, scaled, unit_of
from sim.report.words import minus, short_name, significant
from sim.vocabulary import Regime

MADE = "<!-- 由 python -m sim.evidence 生成，请勿手改 · made by python -m sim.evidence; do not edit -->"
MARK = "> **示意性，未经校准 · illustrative, uncalibrated.**"

ESTATES = {
    "commercial": Label(zh="商品房小区", en="commercial estate"),
    "old": Label(zh="老旧小区", en="old estate"),
    "rental": Label(zh="租赁社区", en="rental estate")}
REGIMES = {regime.key: Label(zh=regime.zh, en=regime.en) for regime in Regime}


def both(label: Label) -> str:
    """Chinese and English side by side."""
    return f"{label.zh} · {label.en}"


def outcome(name: str) -> Label:
    """Short name of an outcome."""
    return Label(zh=short_name(name, "zh"), en=short_name(name, "en"))


def factor(key: str, value: str = "") -> Label:
    """Name of a factor; with a value, of that value of it.

    Numbers of gatherings share their names, so the gathering stands before them.
    """
    if key == "estate":
        found = Label(zh="小区类型", en="kind of estate")
        return _is(found, ESTATES[value]) if value in ESTATES else found
    known = factor_of(key)
    place = _GATHERINGS.get(key.rpartition(".")[0])
    label = known.label if place is None else Label(
        zh=f"{place.zh}：{known.label.zh.rpartition('：')[2]}",
        en=f"{place.en}: {known.label.en.rpartition(': ')[2]}")
    named = known.values.get(value) if value else None
    if known.label.zh == key:
        label = _switch(key) or label
    return label if not value else _is(label, named or _switch_value(key, value))


_GATHERINGS = {
    "actors.core.party_day": Label(zh="党员奉献日", en="party members' service day"),
    "actors.residents_committee.meeting": Label(zh="居民会议", en="residents' meeting"),
    "actors.residents_committee.activity": Label(zh="居委活动", en="committee's activity"),
    "actors.grid_worker.patrol": Label(zh="邻里联合巡逻", en="joint patrol"),
    "actors.owners_committee.vote": Label(zh="业主表决", en="owners' vote"),
    "actors.social_organization.project": Label(zh="社会组织项目", en="project of the social organisation"),
    "actors.volunteers.shift": Label(zh="志愿班次", en="volunteer shift")}


def _is(label: Label, value: Label) -> Label:
    return Label(zh=f"{label.zh}＝{value.zh}", en=f"{label.en} = {value.en}")


def _switch(key: str) -> Label | None:
    from sim.explain.switches import switches

    found = switches().get(key)
    return None if found is None else found.names.label


def _switch_value(key: str, value: str) -> Label:
    from sim.explain.switches import switches

    found = switches().get(key)
    known = {} if found is None else {str(name): label for name, label in found.names.values.items()}
    return known.get(value, Label(zh=value, en=value))


def percent(share: float) -> str:
    """A share as a whole percentage."""
    return minus(f"{100 * share:.0f}%")


def in_unit(value: float, name: str, digits: int = 3) -> str:
    """A change of an outcome, in its unit's scale, signed."""
    return minus(significant(scaled(name) * value, signed=True, digits=digits))


def plain(value: float, name: str, digits: int = 3) -> str:
    """A size in an outcome's unit, without a sign."""
    return minus(significant(scaled(name) * value, digits=digits))


def unit(name: str, contrast: bool, lang: str) -> str:
    """Unit of an outcome or of a difference of it."""
    return unit_of("a - b" if contrast else "a", name, lang) if contrast else level_unit(name, lang)


def titled(name: str, contrast: bool, lang: str) -> str:
    """Outcome with its unit."""
    return bracketed(short_name(name, lang), unit(name, contrast, lang), lang)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
