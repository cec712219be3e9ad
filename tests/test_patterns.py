"""The patterns of the evidence page, decided on simulation output with an error rate of 1 % each.

Rules and seeds: ``pattern_rules.py``, fixed before the first look. A pattern that does not hold is marked as
failing, strictly: should it come to hold, the mark has to go. ``docs/validation.md`` has figures and reasons
for all fifteen; 2, 4, 7 and 9 are tested on other seeds in ``test_emergence.py``.
"""

from __future__ import annotations

import pytest
from pattern_reasons import FAILS
from pattern_table import PATTERNS, finding

pytestmark = pytest.mark.long

HERE = (1, 3, 5, 6, 8, 10, 11, 12, 13, 14, 15)
"""Patterns decided here."""


def _marks(number: int) -> list[pytest.MarkDecorator]:
    failing = number in FAILS
    return [pytest.mark.xfail(reason=FAILS[number].en, strict=True, raises=AssertionError)] if failing else []


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=_marks(n), id=f"{n} {PATTERNS[n - 1].en}") for n in HERE])
def test_pattern_holds(number: int) -> None:
    found = finding(number)
    assert found.holds, "; ".join(str(check) for check in found.checks if not check.holds)


@pytest.mark.parametrize(("number", "part"), [
    pytest.param(number, part, id=f"{number}.{part + 1}")
    for number in FAILS for part in FAILS[number].parts])
def test_what_holds_of_a_failing_pattern_goes_on_holding(number: int, part: int) -> None:
    check = finding(number).checks[part]
    assert check.holds, str(check)
