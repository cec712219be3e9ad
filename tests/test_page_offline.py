"""The page on a machine without any network and without any Chinese font of its own.

Server and browser run in a network namespace that has loopback and nothing else, and the browser's fontconfig
lists one font, DejaVu, which knows no Chinese; so a request that leaves would fail, and a character that the
page's own font does not draw would be an empty box.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("needs Debian's chromium", allow_module_level=True)
UNSHARE = shutil.which("unshare")
if UNSHARE is None or subprocess.run([UNSHARE, "-rn", "true"], capture_output=True, check=False).returncode:
    pytest.skip("this machine does not permit a network namespace (unshare -rn)", allow_module_level=True)

ROOT = Path(__file__).parent.parent
SCENARIO = """
yihe: 1
name: small
title: {zh: 小区, en: small estate}
weeks: 12
warmup: 4
population: {residents: 200}
arms:
  none: {label: {zh: 无政策, en: no policy}, policies: []}
  festival:
    label: {zh: 邻里节, en: festival}
    policies: [{kind: neighbour_festival, start: 1}]
targets: []
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the visit in the cut-off network saw."""
    matplotlib = find_spec("matplotlib")
    if matplotlib is None or matplotlib.origin is None:
        pytest.skip("needs matplotlib, which brings DejaVu")
    folder = tmp_path_factory.mktemp("offline")
    dejavu = folder / "dejavu"
    dejavu.mkdir()
    shutil.copy(Path(matplotlib.origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf", dejavu)
    parts = f"<dir>{dejavu}</dir><cachedir>{folder}/cache</cachedir>"
    (folder / "fonts.conf").write_text(
        f"<?xml version='1.0'?><fontconfig>{parts}</fontconfig>", encoding="utf-8")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "small.yaml").write_text(SCENARIO, encoding="utf-8")
    visit = Path(__file__).with_name("page_offline_visit.py")
    done = subprocess.run(
        [str(UNSHARE), "-rn", sys.executable, str(visit), str(CHROMIUM), str(folder)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads((folder / "seen.json").read_text(encoding="utf-8"))
    return found


def test_no_request_leaves_a_machine_that_is_cut_off(seen: dict[str, Any]) -> None:
    """The whole page runs there; it asks its own server only, and the file taken home only for itself."""
    assert not seen["way_out"], "the namespace is not cut off, so this proves nothing"
    served, taken = seen["served"], seen["taken"]
    assert served["weeks"] == taken["weeks"] == 12
    assert seen["url"] + "api/compare" in served["asked"]
    assert [url for url in served["asked"] if not url.startswith((seen["url"], "data:", "blob:"))] == []
    assert [url.partition(":")[0] for url in taken["asked"] if not url.startswith("data:")] == ["file"]
    assert served["said"] == []
    assert taken["said"] == []


@pytest.mark.parametrize("visit", ["served", "taken"])
def test_the_page_brings_its_own_chinese(seen: dict[str, Any], visit: str) -> None:
    """Every Chinese character on the page is drawn, each as itself, where the system would draw boxes."""
    drawn = seen[visit]
    assert drawn["boxes_alike"], "this machine has a Chinese font, so this proves nothing"
    assert drawn["checked"]
    assert drawn["family"].startswith('"Yihe SC"')
    assert drawn["characters"] > 100
    assert drawn["boxes_on_page"] == 0
    assert drawn["different"] == drawn["characters"]
