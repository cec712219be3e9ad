"""docs/scaling.md is what its record makes, and its reckoning is unit costs times numbers."""

from __future__ import annotations

import copy
import json
from pathlib import Path

from scaling_page import COMMUNITY, PLACES, page

ROOT = Path(__file__).parent.parent
RECORD = json.loads((ROOT / "docs" / "scaling.json").read_text(encoding="utf-8"))


def cells(text: str, name: str) -> list[float]:
    """Numbers of the row of the second table that is named so."""
    row = next(line for line in text.splitlines() if line.startswith(f"| {name}"))
    return [float(cell.replace(",", "")) for cell in row.split("|")[2:-1]]


def test_the_page_is_made_of_its_record() -> None:
    assert (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8") == page(RECORD)
    assert RECORD["git_commit"][:12] in page(RECORD)
    assert not RECORD["git_dirty"]


def test_twice_the_price_of_a_week_is_twice_the_computing() -> None:
    dear = copy.deepcopy(RECORD)
    for part in dear["parts"]:
        part["week"] *= 2.0
    one, two = (cells(page(record), "计算（秒）") for record in (RECORD, dear))
    assert all(abs(b - 2.0 * a) <= 1.0 + 1e-9 for a, b in zip(one, two, strict=True))
    assert cells(page(RECORD), "内存（GB，合计）") == cells(page(dear), "内存（GB，合计）")


def test_places_have_as_many_communities_as_they_say() -> None:
    assert cells(page(RECORD), "居民（百万）") == [
        round(communities * COMMUNITY / 1e6, 1) for communities in PLACES.values()]
    assert list(PLACES.values())[-1] == 119_437
