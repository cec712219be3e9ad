"""The page on data files names every column, term and range that the reader knows."""

from __future__ import annotations

from pathlib import Path

from sim import load
from sim.population.csv_table import NUMBERS, PLACES, REQUIRED, TERMS
from sim.simulation import simulate

PAGE = (Path(__file__).parent.parent / "docs" / "data_files.md").read_text(encoding="utf-8")


def test_every_column_and_term_is_named() -> None:
    for column in (*REQUIRED, *PLACES, *TERMS, *NUMBERS, "source", "target", "weight", "layer"):
        assert f"`{column}`" in PAGE, column
    for terms in TERMS.values():
        for term in terms:
            assert f"`{term.key}` {term.zh}" in PAGE, term
    for column, (low, high) in NUMBERS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{column}`"))
        assert f"{low}–{high}".replace("-", "−") in row, row


def test_the_examples_are_read_as_written(tmp_path: Path) -> None:
    people, ties = (block.split("```")[0] for block in PAGE.split("```csv\n")[1:])
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    (tmp_path / "ties.csv").write_text(ties, encoding="utf-8")
    scenario = load({
        "yihe": 1, "name": "page", "weeks": 2, "warmup": 0, "population_file": "people.csv",
        "ties": {"file": "ties.csv"}}, folder=tmp_path)
    assert simulate(scenario, 1).weeks == 2
