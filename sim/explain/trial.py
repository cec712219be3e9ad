"""What the trials on twelve settings found of a policy, and with which others it works on the same levers."""

from __future__ import annotations

from typing import Any

from sim.explain.mechanism import mechanism
from sim.ledger.levers import LEVERS
from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.policies.base import Policy
from sim.policies.registry import BUILT_IN, policy_class
from sim.study.trials import stored

_COMMON = {"staff_hours", "paper_hours", "notice", "free_hours"}
"""Levers that so many policies use that sharing them says little."""

Facts = dict[str, Any]


def trial_facts(kind: str) -> Facts | None:
    """Share of settings that agree with the source, and the clearest harm; None if it was not tried."""
    found = stored()
    one = found.get("policies", {}).get(kind)
    if one is None:
        return None
    settings = found["settings"]
    harms = sorted(one["harms"], key=lambda harm: (harm["outcome"] != one["outcome"], harm["setting"]))
    return {
        "outcome": {"key": one["outcome"], **_label(OUTCOMES[one["outcome"]].label)},
        "sign": one["sign"], "settings": len(settings), "agrees": len(one["agrees"]),
        "against": len(one["against"]), "seeds": len(found["seeds"]), "commit": one.get("commit", ""),
        "date": one.get("date", ""),
        "harmed": len({harm["setting"] for harm in harms}),
        "harm": None if not harms else {
            "setting": settings[harms[0]["setting"]],
            "outcome": {"key": harms[0]["outcome"], **_label(OUTCOMES[harms[0]["outcome"]].label)},
            "difference": harms[0]["difference"], "low": harms[0]["low"], "high": harms[0]["high"]}}


def interactions(kind: str, cls: type[Policy]) -> list[Facts]:
    """Our own policies that work on a lever of this one, most levers first."""
    own = set(mechanism(cls).levers) - _COMMON
    found = []
    for other in sorted(BUILT_IN):
        theirs = policy_class(other)
        if other == kind or theirs is None:
            continue
        shared = sorted(own & set(mechanism(theirs).levers))
        if shared:
            found.append({
                "kind": other, **_label(theirs.card.name),
                "levers": [{"key": lever, **_label(LEVERS[lever].label)} for lever in shared]})
    return sorted(found, key=lambda one: -len(one["levers"]))


def told(f: Facts, lang: str) -> list[str]:
    """Both as lines for a reader; ``f`` holds a policy's ``trial`` and ``interactions``."""
    lines = []
    trial = f["trial"]
    if trial is None:
        lines.append("尚未试验" if lang == "zh" else "not tried yet")
    else:
        lines += _trial_lines(trial, lang)
    if f["interactions"]:
        names = [
            f"{one[lang]}" + ("（" if lang == "zh" else " (")
            + ("、" if lang == "zh" else ", ").join(lever[lang] for lever in one["levers"])
            + ("）" if lang == "zh" else ")") for one in f["interactions"][:6]]
        more = len(f["interactions"]) - 6
        rest = "" if more <= 0 else f"，另有 {more} 项" if lang == "zh" else f", and {more} more"
        if lang == "zh":
            lines.append("相互作用：与下列政策动用同一操纵量，可相加、可饱和，也争同一份注意力和工时："
                         + "；".join(names) + rest)
        else:
            lines.append("Interacts with policies on the same levers, where effects add up or saturate and "
                         "attention and hours are contended for: " + "; ".join(names) + rest)
    return lines


def _trial_lines(trial: Facts, lang: str) -> list[str]:
    outcome = trial["outcome"][lang]
    harm = trial["harm"]
    if lang == "zh":
        way = "上升" if trial["sign"] > 0 else "下降"
        lines = [
            f"模型所示：{trial['settings']} 种设定中，{trial['agrees']} 种“{outcome}”{way}（来源预期的方向，"
            f"95% 区间，每种 {trial['seeds']} 个种子），{trial['against']} 种方向相反，其余分不出差别"]
        if harm:
            lines.append(
                f"有害的设定：{trial['harmed']} 种，例如“{harm['setting']['zh']}”：{harm['outcome']['zh']}"
                f" {_size(harm)}（多重比较校正后的区间）")
        else:
            lines.append("有害的设定：这些设定中没有一种达到多重比较校正后的标准；机制上的害处见上")
        return lines
    way = "rises" if trial["sign"] > 0 else "falls"
    lines = [
        f"The model shows: “{outcome}” {way}, as the source expects, in {trial['agrees']} of "
        f"{trial['settings']} settings (95 % intervals, {trial['seeds']} seeds each); the other way in "
        f"{trial['against']}; no telling in the rest"]
    if harm:
        lines.append(
            f"Harm in {trial['harmed']} settings, such as “{harm['setting']['en']}”: {harm['outcome']['en']} "
            f"{_size(harm)} (interval corrected for many looks)")
    else:
        lines.append(
            "Harm: in none of these settings beyond the bar for many looks; for harm by mechanism see above")
    return lines


def _size(harm: Facts) -> str:
    return f"{harm['difference']:+.3g} [{harm['low']:+.3g}, {harm['high']:+.3g}]".replace("-", "−")


def _label(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}
