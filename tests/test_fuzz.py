"""No file ends in a traceback, and none is taken otherwise than it is written.

Five hundred files in CI; ``make fuzz`` makes 10,000 (``YIHE_FUZZ`` is their number).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fuzz import (
    BASE,
    broken_texts,
    broken_trees,
    check_scenario,
    check_study,
    full,
    known,
    studies,
    tree_of,
    written,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim.errors import YiheError
from sim.scenario.reading import load
from sim.study.setup import prepare

MANY = int(os.environ.get("YIHE_FUZZ", "500"))

SOUND = tree_of(BASE)
STUDIES = studies()
KEYS_OF_STUDIES = [place for study in STUDIES for place in known(study)]


def share(part: float) -> settings:
    return settings(
        max_examples=max(1, int(part * MANY)), deadline=None, database=None,
        phases=[Phase.generate],  # a file has few faults as it is; to make one smaller takes minutes
        derandomize="YIHE_FUZZ" not in os.environ, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    return folder


def test_the_sound_files_are_taken(folder: Path) -> None:
    assert check_scenario(folder / "base.yaml", BASE) is not None
    for study in STUDIES:
        (folder / "sound.yaml").write_text(written(study), encoding="utf-8")
        assert prepare(folder / "sound.yaml").arms
        check_study(folder / "sound.yaml", written(study))


@share(0.5)
@given(text=broken_texts(broken_trees(SOUND, full())))
def test_a_broken_scenario_is_refused_in_a_sentence_or_taken_as_written(folder: Path, text: str) -> None:
    file = folder / "scenario.yaml"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    check_scenario(file, text)


@share(0.3)
@given(text=broken_texts(
    st.sampled_from(STUDIES).flatmap(lambda sound: broken_trees(sound, KEYS_OF_STUDIES))))
def test_a_broken_study_is_refused_in_a_sentence_or_taken_as_written(folder: Path, text: str) -> None:
    file = folder / "study.yaml"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    check_study(file, text)


@share(0.2)
@given(content=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
       | st.text("ab:-[]{}&*!|>%@`'\"#, \n\t0", max_size=40).map(str.encode))
def test_bytes_are_no_scenario(folder: Path, content: bytes) -> None:
    file = folder / "bytes.yaml"
    file.write_bytes(content)
    for read in (load, prepare):
        with pytest.raises(YiheError) as refused:
            read(file)
        assert Path(str(refused.value.file)) == file
