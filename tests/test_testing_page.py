"""docs/testing.md is what its record makes, and its sums are those of the files."""

from __future__ import annotations

import ast
import json

import pytest
from mutants import ALIKE, ROOT, TESTS, Fault, chosen, every_fault, faulty, kernel_files
from testing_figures import PAGE, RECORD, page


def test_the_page_is_made_of_its_record() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert set(record) == {"coverage", "mutants"}
    assert PAGE.read_text(encoding="utf-8") == page(record)
    for part in record.values():
        assert part["git_commit"][:12] in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", sorted(TESTS))
def test_every_file_that_gets_faults_has_kernels(file: str) -> None:
    found = every_fault([file])
    sound = ast.unparse(ast.parse((ROOT / file).read_text(encoding="utf-8"))) + "\n"
    for fault in (found[0], found[-1]):
        pairs = zip(faulty(fault).splitlines(), sound.splitlines(), strict=True)
        assert sum(one != other for one, other in pairs) == 1, fault.text


def test_a_sample_of_faults_is_the_same_for_the_same_seed() -> None:
    every = [Fault("f", n, 1, str(n), "") for n in range(50)]
    assert chosen(every, 20, 1) == chosen(every[::-1], 20, 1) != chosen(every, 20, 2)
    assert len(set(chosen(every, 20, 1))) == 20


def test_faults_said_to_change_nothing_are_faults_there_are() -> None:
    """Their text names a line: when a kernel moves, its reasons must move with it."""
    possible = [fault.text for fault in every_fault(list(TESTS))]
    assert set(ALIKE) <= set(possible)
    assert len(possible) == len(set(possible))
    assert not any("\n" in text for text in possible)


def test_tests_that_should_notice_are_there_and_travel_with_the_copy() -> None:
    for words in TESTS.values():
        files, _, _ = words.partition(" -k ")
        for name in files.split():
            assert name.startswith("test_reference"), name
            assert (ROOT / "tests" / name).is_file(), name


def test_every_file_with_kernels_is_named() -> None:
    assert set(TESTS) <= set(kernel_files())
    apart = json.loads(RECORD.read_text(encoding="utf-8"))["mutants"]["apart"]
    assert set(apart) == set(kernel_files()) - set(TESTS)
