"""What a contract is made of: clauses, what is wrong, and the verdict on each."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sim.errors import YiheError
from sim.params import Label

Fault = Label | None
"""One sentence on what is wrong; None if nothing is."""


class Check(NamedTuple):
    """One clause of a contract."""

    name: str
    label: Label
    test: Callable[[str], Fault]


class Verdict(NamedTuple):
    """What came of one check."""

    subject: str
    """``policy``, ``outcome``, ``category`` or ``institution``."""
    name: str
    check: str
    label: Label
    fault: Fault

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None


def fault(zh: str, en: str) -> Label:
    """What is wrong, in both languages."""
    return Label(zh=zh, en=en)


def clause(name: str, zh: str, en: str, test: Callable[[str], Fault]) -> Check:
    """One clause, with its two names."""
    return Check(name, Label(zh=zh, en=en), test)


def judge(
    subject: str, name: str, checks: tuple[Check, ...], file: str | Path | None = None
) -> list[Verdict]:
    """Hold one thing to its checks; a check that breaks is a fault, with the line of ``file`` it broke at."""
    return [Verdict(subject, name, c.name, c.label, _tried(c, name, file)) for c in checks]


def _tried(check: Check, name: str, file: str | Path | None) -> Fault:
    try:
        return check.test(name)
    except Exception as error:
        here = str(Path(file).resolve()) if file is not None else ""
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == here]
        at = f"（第 {lines[-1]} 行）" if lines else "", f" (line {lines[-1]})" if lines else ""
        what = error.sentence("zh") if isinstance(error, YiheError) else f"{type(error).__name__}: {error}"
        told = error.sentence("en") if isinstance(error, YiheError) else what
        return fault(f"运行出错{at[0]}：{what}", f"it breaks{at[1]}: {told}")
