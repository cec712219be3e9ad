"""Logarithm, exponential and logistic with the same bits on every machine.

``np.exp``, ``np.log`` and their kin differ in the last bit between CPUs and libraries, and one flipped draw
makes two runs part for ever. Everything here uses only ``+ − × ÷`` and integer shifts, which IEEE 754 fixes
to the bit; no fused multiply-add is used because the kernels are compiled without ``fastmath``.
"""

from __future__ import annotations

import numpy as np

from sim.jit import kernel

LN2 = 0.6931471805599453
SQRT_HALF = 0.7071067811865476


@kernel
def exp(x: float) -> float:
    """``e**x`` to about (5 + |x|)·2e-16 relative, for |x| ≤ 700; beyond that the nearest end's value."""
    x = min(max(x, -700.0), 700.0)
    k = int(x / LN2 + (0.5 if x >= 0.0 else -0.5))
    r = x - k * LN2
    # Taylor in Horner form: |r| ≤ 0.35, so 14 terms leave less than 1e-17.
    s = 1.0
    for n in range(14, 0, -1):
        s = 1.0 + s * r / n
    factor = 1.0
    base = 2.0 if k >= 0 else 0.5
    k = abs(k)
    while k > 0:
        if k & 1:
            factor *= base
        base *= base
        k >>= 1
    return s * factor


@kernel
def log(x: float) -> float:
    """Natural logarithm to about 1e-15 for 1e-300 ≤ x ≤ 1e300."""
    k = 0
    while x > 2.0:
        x *= 0.5
        k += 1
    while x < SQRT_HALF:
        x *= 2.0
        k -= 1
    if x > 2.0 * SQRT_HALF:
        x *= 0.5
        k += 1
    z = (x - 1.0) / (x + 1.0)
    z2 = z * z
    # atanh series: |z| ≤ 0.172, so 11 odd terms leave less than 1e-18.
    s = 0.0
    for n in range(21, -1, -2):
        s = s * z2 + 1.0 / n
    return k * LN2 + 2.0 * z * s


LOGISTIC_SPAN = 16.0
LOGISTIC_STEPS = 4096


def _logistic_table() -> np.ndarray:
    step = 2.0 * LOGISTIC_SPAN / LOGISTIC_STEPS
    return np.array([1.0 / (1.0 + exp(LOGISTIC_SPAN - i * step)) for i in range(LOGISTIC_STEPS + 1)])


LOGISTIC = _logistic_table()
"""σ at ``LOGISTIC_STEPS + 1`` even points of ±``LOGISTIC_SPAN``."""


@kernel
def logistic(x: float) -> float:
    """σ(x) = 1/(1+e^−x) by linear interpolation in one table; error below 1e-6; flat outside ±16."""
    position = (min(max(x, -LOGISTIC_SPAN), LOGISTIC_SPAN) + LOGISTIC_SPAN) * (
        LOGISTIC_STEPS / (2.0 * LOGISTIC_SPAN))
    i = min(int(position), LOGISTIC_STEPS - 1)
    return LOGISTIC[i] + (LOGISTIC[i + 1] - LOGISTIC[i]) * (position - i)
