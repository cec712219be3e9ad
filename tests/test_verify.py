"""Exact results that the production code must reproduce: section 3 of the evidence page, by ``sim.verify``.

Error rates. Every statistical row has a false alarm rate of 1e-6 over seeds (nominal where it is Student's t
of skewed waits) and names the deviation that it finds with a probability of 0.9; rows of crowds are exact but
for decisions gone astray, bounded beside each. Altogether right code fails this file for less than 1 seed in
1,000; the seed is fixed, so a pass stays a pass. What rows are worth is shown by set-ups wrong on purpose.
"""

from __future__ import annotations

import cProfile
import json
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import cli
from sim.params import Label
from sim.processes.voices import volunteer_probability
from sim.verify import (
    bars,
    conditional_cooperation,
    erlang,
    friedkin_johnsen,
    granovetter,
    volunteers_dilemma,
    watts,
)
from sim.verify import page as pages
from sim.verify.base import Outcome, Row, Size
from sim.verify.crowd import Crowd, everyone
from sim.verify.offices import work
from sim.verify.registry import CHECKS, NOT_EXPRESSIBLE, Done
from sim.verify.words import cells

DOCS = Path(__file__).resolve().parent.parent / "docs"
QUICK = Size(quick=True)
NAME = Label(zh="试", en="test")
BY_NAME = {check.name: check for check in CHECKS}


def record() -> dict[str, Any]:
    """What the page in docs was made from."""
    whole: dict[str, Any] = json.loads((DOCS / pages.RECORD).read_text(encoding="utf-8"))
    return whole


@pytest.mark.parametrize("name", BY_NAME)
def test_production_code_agrees_with_theory(name: str) -> None:
    """Each row lies within its bar, and the page in docs has the same rows with the same words."""
    check = BY_NAME[name]
    watch = cProfile.Profile()
    outcome = watch.runcall(check.run, QUICK)
    called = {(entry.code.co_filename, entry.code.co_firstlineno) for entry in watch.getstats()
              if not isinstance(entry.code, str)}
    driven = [function_named(dotted) for dotted in check.code]
    plain = [function.__code__ for function in driven if not hasattr(function, "py_func")]  # no kernels
    assert {(code.co_filename, code.co_firstlineno) for code in plain} <= called, "a check drives its code"
    assert plain
    for row in outcome.rows:
        assert row.passed, row
        assert row.low <= row.theory <= row.high
    told = {one["name"]: one for one in record()["checks"]}[name]
    mend = "stale: yihe verify-model --out docs"
    assert [row["key"] for row in told["rows"]] == [row.key for row in outcome.rows], mend
    assert [row["label"] for row in told["rows"]] == [row.label.model_dump() for row in outcome.rows], mend
    for key in ("label", "says", "reduction"):
        assert told[key] == getattr(check, key).model_dump(), mend
    assert told["code"] == list(check.code), mend
    assert (DOCS / pages.FIGURES / f"{name}.png").is_file(), mend


def test_the_page_is_the_record_and_has_date_and_commit() -> None:
    """The table in docs is made from the record beside it, in the order of the checks, in full form."""
    text = (DOCS / pages.PAGE).read_text(encoding="utf-8")
    whole = record()
    assert [check["name"] for check in whole["checks"]] == list(BY_NAME)
    assert whole["not_expressible"] == {name: why.model_dump() for name, why in NOT_EXPRESSIBLE.items()}
    assert whole["passed"]
    assert not whole["quick"]
    done = []
    for check in whole["checks"]:
        rows = tuple(
            Row(r["key"], Label(**r["label"]), r["theory"], r["simulated"], r["low"], r["high"],
                r["false_alarm"], r["finds"], r["own"]) for r in check["rows"])
        assert [row.passed for row in rows] == [r["passed"] for r in check["rows"]]
        done.append(Done(BY_NAME[check["name"]], Outcome(rows, {}), check["seconds"]))
    assert pages.markdown(done, Size(quick=False, seed=whole["seed"]), whole) == text
    assert re.search(r"\d{4}-\d\d-\d\d，提交 · commit `[0-9a-f]{12}`", text)


def function_named(dotted: str) -> Any:
    """What a check names as the code it drives."""
    module, _, attribute = dotted.rpartition(".")
    if module[module.rfind(".") + 1].isupper():  # a method
        module, _, owner = module.rpartition(".")
        return getattr(getattr(import_module(module), owner), attribute)
    return getattr(import_module(module), attribute)


# Theory, worked out apart, has the figures of the evidence page.


def test_theory_has_the_figures_of_the_evidence_page() -> None:
    chance = [round(erlang.erlang_c(c, 0.8), 4) for c in (1, 2, 5, 10)]
    assert chance == [0.8, 0.7111, 0.5541, 0.4092]
    assert [round(erlang.expected_wait(c, 0.8), 4) for c in (1, 4)] == [4.0, 0.7455]
    waits = [round(erlang.low_priority_wait(admin, 0.3), 2) for admin in (0.2, 0.4, 0.5, 0.6)]
    assert waits == [1.25, 3.89, 8.0, 22.5]
    assert round(100 * granovetter.course(0.122)[-1], 2) == 5.48
    assert granovetter.course(0.1225)[-1] > 0.999
    assert [round(volunteers_dilemma.equilibrium(0.5, n), 4) for n in (2, 10)] == [0.5, 0.0741]
    low, high = watts.window()
    assert (round(low, 2), high) == (1.02, pytest.approx(5.77, abs=0.01))
    assert watts.triggers(low - 0.05) < 1e-6 < watts.triggers(low + 0.05)
    assert watts.triggers(high + 0.05) < 1e-6 < watts.triggers(high - 0.05)
    settled = friedkin_johnsen.fixed_point(friedkin_johnsen.three())
    np.testing.assert_allclose(settled, [0.875, 0.75, 0.75], atol=1e-12)


def test_alone_one_reports_for_sure() -> None:
    assert volunteer_probability(0.5, 1) == 1.0


# What is wrong on purpose is found.


def test_a_desk_with_a_tenth_more_work_is_found() -> None:
    waits = work(1, 0.88, offices=50, settle=20, weeks=40, seed=5)
    theory = erlang.expected_wait(1, 0.8)
    assert not bars.mean("x", NAME, theory, *waits.by_office(waits.wait)).passed
    assert not bars.mean("x", NAME, 0.8, *waits.by_office(waits.wait > 0.0)).passed


def test_a_desk_that_serves_in_turn_is_found() -> None:
    """Without priority, ordinary cases wait less than theory says of the class served last."""
    waits = work(1, 0.8, first=0.0, offices=60, settle=20, weeks=40, seed=6)
    theory = erlang.low_priority_wait(0.5, 0.3)
    assert not bars.mean("x", NAME, theory, *waits.by_office(waits.wait, waits.ordinary)).passed


def test_a_weight_of_talk_off_by_a_hundredth_is_found() -> None:
    model = friedkin_johnsen.three()
    model.susceptibility[0] = 0.51
    end = friedkin_johnsen.talk(model, friedkin_johnsen.WEEKS)[-1]
    assert not bars.exact("x", NAME, 0.875, float(end[0]), friedkin_johnsen.ROUNDING).passed


def test_one_household_more_is_found() -> None:
    silent, all_ = volunteers_dilemma.nuisances(3, 4000, 4, 1)
    assert not bars.share("x", NAME, volunteers_dilemma.unheard(0.5, 2), silent, all_).passed


def test_a_threshold_one_person_higher_is_found() -> None:
    """A crowd in which everyone waits for one more than theory says never begins."""
    crowd = Crowd.of(20, 1)
    crowd.tie(everyone(20))
    crowd.start(0)
    crowd.thresholds((np.arange(20) + 0.5) / 19)
    assert crowd.settle()[-1].sum() == 0


def test_without_free_riders_contributions_stay_up() -> None:
    """Decay is owed to the types: conditional cooperators alone keep what theory says, and far more."""
    crowd = Crowd.of(600, 1)
    crowd.tie(everyone(600))
    r = crowd.model.residents
    r.motive[:], r.norm_intercept[:], r.norm_slope[:] = 0, -1.0, 3.0
    seen = conditional_cooperation.play(crowd, 20).mean(axis=0)
    theory = conditional_cooperation.course(crowd, conditional_cooperation.ROUNDS)
    np.testing.assert_allclose(seen, theory, atol=0.03)
    assert seen[-1] > 0.75


# The bars themselves.


@pytest.mark.parametrize(("theory", "trials"), [(0.05, 300), (0.5, 2000), (0.9, 80)])
def test_counts_are_failed_as_rarely_and_found_as_surely_as_said(theory: float, trials: int) -> None:
    from scipy.stats import binom

    row = bars.share("x", NAME, theory, round(theory * trials), trials)
    counts = np.arange(trials + 1)
    fails = (counts / trials < row.low) | (counts / trials > row.high)
    assert binom.pmf(counts, trials, theory)[fails].sum() <= bars.ALPHA
    for p in (theory - row.found, theory + row.found):
        if 0.0 <= p <= 1.0:
            assert binom.pmf(counts, trials, p)[fails].sum() >= bars.POWER - 1e-6


def test_what_never_happens_may_happen_as_often_as_a_finite_graph_allows() -> None:
    from scipy.stats import binom

    row = bars.never("x", NAME, 0, 60, 0.005)
    most = round(row.high * 60)
    assert binom.sf(most, 60, 0.005) <= bars.ALPHA
    assert binom.sf(most, 60, row.found) == pytest.approx(bars.POWER, abs=1e-6)
    assert not bars.never("x", NAME, most + 1, 60, 0.005).passed


def test_means_are_failed_and_found_as_often_as_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 5 % in place of 1e-6, over 600 normal samples of 20: counts lie in the binomial's 1e-6 range."""
    from scipy.stats import binom

    monkeypatch.setattr(bars, "ALPHA", 0.05)
    often = 600
    draws = np.random.default_rng(7).standard_normal((often, 20))
    rows = [bars.mean("x", NAME, 0.0, sample) for sample in draws]
    found = 3.2  # nearly what a row of 20 finds: 2.09 + 1.33 standard errors of 1 / √20
    far = [bars.mean("x", NAME, 0.0, sample + (found + 0.3) / np.sqrt(20.0)) for sample in draws]
    false, missed = sum(not row.passed for row in rows), sum(row.passed for row in far)
    assert binom.ppf(5e-7, often, 0.05) <= false <= binom.isf(5e-7, often, 0.05)
    assert np.median([row.found for row in rows]) == pytest.approx((found + 0.22) / np.sqrt(20.0), rel=0.05)
    assert missed <= binom.isf(1e-6, often, 1.0 - bars.POWER)


def test_groups_of_different_size_do_not_shift_a_mean() -> None:
    """Sums over counts, where a mean of the groups' means would be off."""
    counts = np.array([1.0, 100.0] * 30)
    sums = counts * 2.0 + np.where(counts == 1.0, 1.0, -1.0)
    row = bars.mean("x", NAME, 2.0, sums, counts)
    assert row.simulated == pytest.approx(2.0)
    assert row.passed


# The command.


def yihe(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run the command inside this process; returns its exit code."""
    monkeypatch.setattr(sys, "argv", ["yihe", "verify-model", *map(str, arguments)])
    monkeypatch.setenv("YIHE_LANG", "zh")
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return int(caught.value.code or 0)


def test_the_command_prints_and_writes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    wanted = ("--quick", "--only", "friedkin_johnsen", "--out", tmp_path / "out")
    assert yihe(monkeypatch, *wanted) == 0
    said = capsys.readouterr().out
    for word in ("第 1 人的看法", "0.875", "相符", "模型表达不了的", "4 行相符"):
        assert word in said
    page = (tmp_path / "out" / pages.PAGE).read_text(encoding="utf-8")
    assert "friedkin_johnsen.png" in page
    assert (tmp_path / "out" / pages.FIGURES / "friedkin_johnsen.png").read_bytes()[:4] == b"\x89PNG"
    told = json.loads((tmp_path / "out" / pages.RECORD).read_text(encoding="utf-8"))
    assert told["passed"]
    assert told["quick"]
    assert yihe(monkeypatch, *wanted, "--lang", "en", "--json") == 0
    assert json.loads(capsys.readouterr().out)["checks"][0]["rows"][0]["theory"] == 0.875


def test_the_command_fails_with_one_and_names_what_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(friedkin_johnsen, "SETTLED", (0.9, 0.75, 0.75))
    assert yihe(monkeypatch, "--quick", "--only", "friedkin_johnsen", "--out", tmp_path) == 1
    assert "不符" in capsys.readouterr().out
    assert "不符" in (tmp_path / pages.PAGE).read_text(encoding="utf-8")
    assert yihe(monkeypatch, "--only", "friedkin", "--out", tmp_path) == 2
    assert "friedkin_johnsen" in capsys.readouterr().err


def test_rows_are_told_in_both_languages() -> None:
    row = Row("x", NAME, 0.25, 0.24, 0.2, 0.31, 1e-6, 0.08)
    assert cells(row, "zh") == (
        "试", "0.25", "0.24", "−0.01", "−0.05 +0.06", "1e-06", "0.08", "相符")
    off = bars.exact("x", NAME, 1.0, 2.0, 0.0, 3e-5)
    assert cells(off, "en")[3:] == ("+1", "0", "≤ 3e-05", "any", "FAILS")
