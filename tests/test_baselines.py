"""Every scenario still gives what was recorded of it, bit for bit.

One arm of each scenario is run here, another one for each scenario in turn, so that all regimes are met;
``make baselines`` runs every arm, and the district of 573 grids. A difference fails with the words of
``yihe diff`` and says how to renew the baseline.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from record_baselines import BASELINES, SCENARIOS, against_baseline, baseline, told

from sim.comparing.baseline import FEW_WEEKS, read, short_form
from sim.outcomes import OUTCOMES
from sim.scenario.reading import load

HERE = [file for file in SCENARIOS if file.stem != "district_573_grids"]


@pytest.mark.parametrize("scenario", HERE, ids=lambda file: file.stem)
def test_an_arm_of_each_scenario_gives_what_was_recorded(scenario: Path) -> None:
    arms = list(read(baseline(scenario)).arms)
    found = against_baseline(scenario, only=[arms[SCENARIOS.index(scenario) % len(arms)]])
    assert found.matched == 1
    assert found.identical, told(found)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda file: file.stem)
def test_every_arm_and_outcome_is_recorded(scenario: Path) -> None:
    loaded, recorded = load(scenario), read(baseline(scenario))
    assert (recorded.seed, recorded.warmup, recorded.weeks) == short_form(loaded)
    assert list(recorded.arms) == (list(loaded.arms) or [loaded.name])
    for arm in recorded.arms.values():
        assert list(arm.outcomes) == list(OUTCOMES)
        assert len(arm.weekly) == 4 * recorded.weeks
    assert (scenario in HERE) == (recorded.weeks != FEW_WEEKS), "only the largest is left to make baselines"


def test_baselines_are_small_and_none_is_left_over() -> None:
    files = sorted(BASELINES.glob("*.json"))
    assert [file.stem for file in files] == [file.stem for file in SCENARIOS]
    assert sum(file.stat().st_size for file in files) < 300_000
