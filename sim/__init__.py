"""yihe 一核: an agent-based laboratory for Chinese community governance (社区治理).

Everything here is illustrative and uncalibrated. Names load when they are first used, so that ``import sim``
costs nothing.

>>> from sim import load, run, compare
>>> result = compare("scenarios/chaoyang_neighbour_festival.yaml", replicates=20)
>>> result.claims
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.errors import YiheError
    from sim.model import CommunityModel
    from sim.params import Param, Parameters
    from sim.policies.base import Policy
    from sim.results import RunResult
    from sim.scenario.reading import dump, load, loads
    from sim.scenario.schema import Scenario
    from sim.simulation import simulate, simulate_arms
    from sim.study.compare import Comparison, compare, run
    from sim.study.opened import Study, open_study

    __version__: str

_HOME = {
    "CommunityModel": "sim.model",
    "Comparison": "sim.study.compare",
    "Param": "sim.params",
    "Parameters": "sim.params",
    "Policy": "sim.policies.base",
    "RunResult": "sim.results",
    "Scenario": "sim.scenario.schema",
    "Study": "sim.study.opened",
    "YiheError": "sim.errors",
    "compare": "sim.study.compare",
    "dump": "sim.scenario.reading",
    "load": "sim.scenario.reading",
    "loads": "sim.scenario.reading",
    "open_study": "sim.study.opened",
    "run": "sim.study.compare",
    "simulate": "sim.simulation",
    "simulate_arms": "sim.simulation",
}
"""Each public name and the module it lives in."""

__all__ = [
    "CommunityModel",
    "Comparison",
    "Param",
    "Parameters",
    "Policy",
    "RunResult",
    "Scenario",
    "Study",
    "YiheError",
    "__version__",
    "compare",
    "dump",
    "load",
    "loads",
    "open_study",
    "run",
    "simulate",
    "simulate_arms",
]


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("yihe")
    elif name in _HOME:
        value = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
