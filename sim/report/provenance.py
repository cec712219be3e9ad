"""What made a study, as pictures carry it; needs no matplotlib."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

STEADY = (
    "format",
    "uncalibrated",
    "name",
    "study_key",
    "seed",
    "replicates",
    "weeks",
    "control",
    "compared_policies",
    "arms",
    "code_hash",
    "git_commit",
    "git_dirty",
    "python",
    "packages",
    "platform",
    "cpu",
)
"""Keys of a manifest that say what was done by which code; others would make equal pictures differ."""

STATUS = "illustrative, uncalibrated"


def provenance(manifest: Mapping[str, Any]) -> str:
    """What a manifest says about content, as one line of JSON."""
    kept = {"status": STATUS, **{key: manifest[key] for key in STEADY if key in manifest}}
    return json.dumps(kept, ensure_ascii=True, sort_keys=True, default=str, separators=(",", ":"))
