from __future__ import annotations

from pathlib import Path

import pytest
from torture import torture


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_ten_kills_leave_the_tables_of_an_undisturbed_study(tmp_path: Path) -> None:
    """Ten SIGKILLs of coordinator, workers or all, at random moments; ``make torture`` does a hundred."""
    assert torture(tmp_path, kills=10, seed=2026) == []
