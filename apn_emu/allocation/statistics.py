"""Erlang's B formula, and the confidence interval of a blocking probability. No dependency."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence


def erlang_b(load_erlang: float, servers: int) -> float:
    """Return the blocking probability of `servers` lines without a queue (Erlang, 1917).

    By the recursion B(n) = A B(n-1) / (n + A B(n-1)), which neither over- nor underflows.
    """
    blocking = 1.0
    for n in range(1, servers + 1):
        blocking = load_erlang * blocking / (n + load_erlang * blocking)
    return blocking


def clopper_pearson(hits: float, trials: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a probability (Clopper & Pearson, Biometrika 26, 1934).

    The bounds are quantiles of Beta(x, n - x + 1) and Beta(x + 1, n - x), found by bisection on
    the regularised incomplete beta function. Without trials the interval is (0, 1).
    """
    tail = (1 - level) / 2
    low, high = 0.0, 1.0
    if hits > 0:
        low = _bisect(lambda p: incomplete_beta(p, hits, trials - hits + 1) - tail)
    if hits < trials:
        high = _bisect(lambda p: incomplete_beta(p, hits + 1, trials - hits) - (1 - tail))
    return low, high


def variance_inflation(blocked: Sequence[int], size: float) -> float:
    """Return how much more the blocked requests of batches of `size` vary than independent ones.

    Blocked requests come in clusters, so n requests are worth n / inflation independent ones
    (batch means: Law & Kelton, Simulation Modeling and Analysis, ch. 9). At least 1.
    """
    mean = sum(blocked) / len(blocked)
    probability = mean / size
    if len(blocked) < 2 or not 0 < probability < 1:
        return 1.0
    variance = sum((count - mean) ** 2 for count in blocked) / (len(blocked) - 1)
    return max(1.0, variance / (size * probability * (1 - probability)))


def incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b).

    Continued fraction (DLMF 8.17.22) by the modified Lentz method, on the side where it converges
    fast; good to about 1e-12.
    """
    if x <= 0 or x >= 1:
        return min(max(x, 0.0), 1.0)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    tiny = 1e-300
    c, d, fraction = 1.0, 0.0, 1.0
    for step in range(2000):
        m = step // 2
        if step == 0:
            term = 1.0
        elif step % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / (1 + term * d or tiny)
        c = 1 + term / c or tiny
        fraction *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return front * (fraction - 1) / a


def _bisect(rises: Callable[[float], float]) -> float:
    """Return the root in (0, 1) of a function that rises through zero."""
    low, high = 0.0, 1.0
    for _ in range(80):
        middle = (low + high) / 2
        if rises(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
