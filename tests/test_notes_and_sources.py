"""Notes and sources have a Chinese form wherever our own text has one, and the tables hold nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.explain.facts import facts
from sim.explain.find import everything, find, parameters
from sim.explain.text import explained
from sim.params import declared
from sim.policies import registry
from sim.policies.base import Policy
from sim.processes.parameters import Shock
from sim.scenario.conditions import CONDITIONS
from sim.scenario.notes import NOTES_ZH, note_in, noted
from sim.scenario.schema import Scenario
from sim.scenario.sources import SOURCES_ZH, source_in, sourced
from sim.scenario.sources_of_scenarios import SCENARIO_SOURCES
from sim.web.library import Library
from sim.web.limits import Limits
from sim.web.start import start

ROOT = Path(__file__).parent.parent
HAN = re.compile("[\u4e00-\u9fff]")


def _policies() -> list[type[Policy]]:
    found = [registry.policy_class(kind) for kind in registry.BUILT_IN]
    return [cls for cls in found if cls is not None]


def _numbers() -> dict[str, tuple[str, str]]:
    """Note and source of every number of our own, by key path."""
    blocks: list[Any] = [Scenario, Shock, *_policies()]
    found = {f"{block.__name__}.{one.path}": one for block in blocks for one in declared(block)}
    found |= parameters(own=False)
    return {path: (one.note, one.source) for path, one in found.items()}


def _of_files() -> dict[str, str]:
    """Sources of our scenario files and their claims, by where they stand."""
    found = {}
    for file in sorted((ROOT / "scenarios").glob("*.yaml")):
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
        for where, one in [(file.name, tree), *((c["id"], c) for c in tree.get("targets", []))]:
            if one.get("source"):
                found[f"{file.name} {where}"] = one["source"]
    return found


def _sources() -> dict[str, str]:
    """Every source of our own, by what names it."""
    return {
        **{path: source for path, (_, source) in _numbers().items()},
        **{cls.__name__: cls.card.source for cls in _policies()},
        **{name: condition.source for name, condition in CONDITIONS.items()}, **_of_files()}


def test_every_note_has_a_chinese_form_and_no_form_is_left_over() -> None:
    notes = {note: path for path, (note, _) in _numbers().items() if note}
    assert not {note: path for note, path in notes.items() if not HAN.search(NOTES_ZH.get(note, ""))}
    assert not NOTES_ZH.keys() - notes.keys()


def test_every_source_has_a_chinese_form_and_no_form_is_left_over() -> None:
    sources = {source: where for where, source in _sources().items()}
    missing = {one: where for one, where in sources.items() if not HAN.search(SOURCES_ZH.get(one, ""))}
    assert not missing
    assert not SOURCES_ZH.keys() - sources.keys()


def test_sources_of_scenario_files_are_told_in_english_too() -> None:
    sources = set(_of_files().values())
    assert sources == SCENARIO_SOURCES.keys()
    for source in sources:
        english = source_in(source, "en")
        assert not re.search("[\u4e00-\u9fff，。；：、（）“”]", english), source
        named = {lang: re.findall(r"\bS[0-4]\b", source_in(source, lang)) for lang in ("zh", "en")}
        assert named["zh"] == named["en"] == re.findall(r"\bS[0-4]\b", source)


def test_a_chinese_form_keeps_the_abbreviations_grades_and_figures_of_the_english() -> None:
    """What a translation must not change: S0 to S4, sections, evidence.md, and numbers beside the text."""
    for written, chinese in {**NOTES_ZH, **SOURCES_ZH}.items():
        for mark in (r"S[0-4](?: [12]\.[1-3])?", r"evidence\.md §\d", r"\d+ ?%"):
            found = [re.findall(mark, text) for text in (written, chinese)]
            same = [sorted(one.replace(" %", "%") for one in side) for side in found]
            assert same[0] == same[1], written


@pytest.mark.parametrize("text", ["cups are counted on Fridays", "Brown 1999", ""])
def test_what_a_plug_in_wrote_stays_as_it_is(text: str) -> None:
    for lang in ("zh", "en"):
        assert note_in(text, lang) == source_in(text, lang) == text
    assert sourced(text) == {"zh": text, "en": text}
    assert noted(text) == ({"zh": text, "en": text} if text else None)


def test_sources_and_notes_are_explained_in_the_language_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for thing in (*everything("policy"), *everything("condition"), find("chaoyang_neighbour_festival")):
        told = facts(thing)
        texts = {lang: explained(told, lang) for lang in ("zh", "en")}
        for lang, text in texts.items():
            assert told["source"][lang] in text, thing.key
            for number in told.get("numbers", ()):
                assert number["note"] is None or number["note"][lang] in text, number["path"]
            for claim in told.get("claims", ()):
                assert claim["source"][lang] in text, claim["id"]
        zh, en = told["source"]["zh"], told["source"]["en"]
        assert zh == en or en not in texts["zh"], thing.key


def test_the_page_is_sent_notes_and_sources_in_both_languages() -> None:
    told = start(Library(ROOT / "scenarios"), Limits())
    numbers = [*told["sliders"], *told["general"], *told["lengths"], *told["shocks"]["numbers"]]
    numbers += [number for policy in told["policies"] for number in policy["numbers"]]
    ours = {cls.card.source for cls in _policies()}
    shown = [one for number in numbers for one in (number["source"], number["note"]) if one]
    shown += [p["source"] for p in told["policies"] if p["source"]["en"] in ours]
    shown += [one["source"] for one in (*told["conditions"], *told["scenarios"]) if one["source"]["zh"]]
    assert len(shown) > 1000
    for one in shown:
        assert one.keys() == {"zh", "en"}
        assert HAN.search(one["zh"]), one
