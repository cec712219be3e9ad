"""Libraries that come with an extra: loaded when needed, and one sentence where they are missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from sim.errors import YiheError


def calibrate(module: str) -> ModuleType:
    """A module of the ``calibrate`` extra.

    Parameters
    ----------
    module : str
        Dotted name, such as ``SALib.sample.sobol``.

    Raises
    ------
    YiheError
        If its package is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise YiheError(
            f"缺少 {package}：请安装校准组件，pip install 'yihe[calibrate]'",
            f"{package} is missing: install the calibrate extra, pip install 'yihe[calibrate]'",
        ) from error
