"""docs/validation.md is what its record makes, and the record is what the model still does.

All patterns are decided anew by ``make test-long`` (``test_patterns.py``); here one is, to the last digit.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from pattern_reasons import FAILS
from pattern_table import HOLDS_AS, PATTERNS, finding
from validation_figures import PAGE, RECORD, noted, page, read


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    said: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return said


def test_the_page_is_made_of_its_record(record: dict[str, Any]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(record)
    assert record["git_commit"][:12] in PAGE.read_text(encoding="utf-8")


def test_every_pattern_has_a_rule_and_every_failing_one_a_reason(record: dict[str, Any]) -> None:
    assert [pattern.number for pattern in PATTERNS] == list(range(1, 16))
    assert all(FAILS[number].zh and FAILS[number].en for number in FAILS)
    failing = {pattern.number for pattern in PATTERNS if not read(record, pattern.number).holds}
    assert failing == set(FAILS)
    assert not failing & set(HOLDS_AS)
    assert f"{len(PATTERNS) - len(FAILS)} hold, {len(FAILS)} fail" in PAGE.read_text(encoding="utf-8")


def test_a_check_that_does_not_hold_makes_its_pattern_fail(record: dict[str, Any]) -> None:
    for number in map(str, range(1, 16)):
        checks = read(record, int(number)).checks
        assert record["patterns"][number]["holds"] == all(check.holds for check in checks)


def test_the_model_still_gives_what_the_record_says(record: dict[str, Any]) -> None:
    """The pattern with the fewest runs, all its seeds."""
    assert json.loads(json.dumps(noted(finding(14)))) == record["patterns"]["14"]
