"""What is no Python travels with the package; ``make all-pythons`` builds and installs it for real."""

from __future__ import annotations

import tomllib

from all_pythons import PYTHONS, ROOT, data_files


def test_every_file_that_is_no_python_is_named_as_package_data() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["sim"]
    named = {pattern: {*(ROOT / "sim").glob(pattern)} for pattern in patterns}
    found = {file.relative_to(ROOT).as_posix() for files in named.values() for file in files}
    assert all(named.values()), "a pattern that names nothing"
    assert data_files() <= found


def test_every_python_has_constraints() -> None:
    assert {file.stem for file in (ROOT / "constraints").glob("*.txt")} == set(PYTHONS)
