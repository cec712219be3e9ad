"""What trials found of a policy, on twelve settings and in one chosen for its harm, and which other policies
work on the same levers.
"""

from __future__ import annotations

import json
from typing import Any

from sim.explain.mechanism import mechanism
from sim.ledger.levers import LEVERS
from sim.outcomes import OUTCOMES
from sim.params import Label
from sim.policies.base import Policy
from sim.policies.registry import BUILT_IN, policy_class
from sim.study.harm import stored as stored_harm
from sim.study.trials import stored

_COMMON = {"staff_hours", "paper_hours", "notice", "free_hours"}
"""Levers that so many policies use that sharing them says little."""

Facts = dict[str, Any]


def trial_facts(kind: str) -> Facts | None:
    """What was found on twelve settings and in the one declared for harm; None if neither was tried.

    ``settings`` is None for a control, which has no claim to agree with; ``declared`` is None where no
    setting was declared.
    """
    declared = [_declared_facts(one) for one in stored_harm().get(kind, [])]
    twelve = _twelve(kind)
    if twelve is None and not declared:
        return None
    return {
        **(twelve or {"settings": None}), "declared": declared[-1] if declared else None,
        "declared_first": declared[0] if len(declared) > 1 else None}


def _twelve(kind: str) -> Facts | None:
    """Share of settings that agree with the source, and the clearest harm; None if it was not tried."""
    found = stored()
    one = found.get("policies", {}).get(kind)
    if one is None:
        return None
    settings = found["settings"]
    harms = sorted(one["harms"], key=lambda harm: (harm["outcome"] != one["outcome"], harm["setting"]))
    return {
        "outcome": _outcome(one["outcome"]),
        "sign": one["sign"], "settings": len(settings), "agrees": len(one["agrees"]),
        "against": len(one["against"]), "seeds": len(found["seeds"]), "commit": one.get("commit", ""),
        "date": one.get("date", ""),
        "harmed": len({harm["setting"] for harm in harms}),
        "harm": None if not harms else {
            "setting": settings[harms[0]["setting"]], "outcome": _outcome(harms[0]["outcome"]),
            "difference": harms[0]["difference"], "low": harms[0]["low"], "high": harms[0]["high"]}}


def _declared_facts(one: Facts) -> Facts:
    """A setting declared for its harm, and what was found there."""
    return {
        "setting": one["label"], "changes": one["changes"], "policy": one["policy"], "since": one["since"],
        "outcome": _outcome(one["outcome"]), "worse": one["worse"], "without": one["without"],
        "difference": one["difference"], "low": one["low"], "high": one["high"], "verdict": one["verdict"],
        "seeds": len(one["seeds"]), "declaration": one["declaration"], "commit": one["commit"],
        "date": one["date"]}


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
        lines += _trial_lines(trial, lang) if trial["settings"] is not None else []
        lines += [_declared_line(trial, lang)] if trial["declared"] is not None else []
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
            lines.append("有害的设定：这些设定中没有一种达到多重比较校正后的标准")
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
        lines.append("Harm: in none of these settings beyond the bar for many looks")
    return lines


_FOUND = {
    "harm": {"zh": "害处成立", "en": "harm found"},
    "unclear": {"zh": "未见害处", "en": "no harm found"},
    "better": {"zh": "未见害处，反而变好", "en": "no harm found, it gets better"}}


def _declared_line(trial: Facts, lang: str) -> str:
    """The setting declared for harm: one setting, one test, and what it showed, nothing included."""
    one, first = trial["declared"], trial["declared_first"]
    if lang == "zh":
        before = "" if first is None else f"。此为第二次声明；第一次声明：{_found(first, lang)}"
        return ("另有一个事先声明的设定，专挑最可能有害之处，只检验一次，不在十二种之内（95% 区间，"
                f"{one['seeds']} 个种子）：{_found(one, lang)}{before}")
    before = "" if first is None else f". This is the second declaration; the first: {_found(first, lang)}"
    return ("One more setting, declared beforehand where harm is likeliest, tested once and not of the "
            f"twelve (95 % interval, {one['seeds']} seeds): {_found(one, lang)}{before}")


def _found(one: Facts, lang: str) -> str:
    """A declared setting in words and in the keys of a scenario, and what was found there."""
    zh = lang == "zh"
    comma = "，" if zh else ", "
    parts = [comma.join(f"{key} {_value(value)}" for key, value in one["changes"].items())]
    if one["policy"]:
        own = comma.join(f"{key} {_value(value)}" for key, value in one["policy"].items())
        parts.append(("政策 " if zh else "policy ") + own)
    if one["since"]:
        parts.append(f"第 {one['since']} 周起计" if zh else f"read from week {one['since']}")
    keys = ("；" if zh else "; ").join(part for part in parts if part)
    keys = "" if not keys else f"（{keys}）" if zh else f" ({keys})"
    usual = f"（无此政策时 {one['without']:.3g}）" if zh else f" (without the policy {one['without']:.3g})"
    end = f"{_FOUND[one['verdict']][lang]}{comma}{one['outcome'][lang]} {_size(one)}{usual}"
    return f"“{one['setting'][lang]}”{keys}{'——' if zh else ': '}{end}"


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _outcome(name: str) -> dict[str, str]:
    return {"key": name, **_label(OUTCOMES[name].label)}


def _size(harm: Facts) -> str:
    return f"{harm['difference']:+.3g} [{harm['low']:+.3g}, {harm['high']:+.3g}]".replace("-", "−")


def _label(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}
