"""Two samples compared: ranks, shares, rates. One-sided p-values, normal approximations where samples are as large as asked for here."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from audit.interval import wilson

Floats = NDArray[np.float64]


def above(z: float) -> float:
    """P(Z >= z) of the normal distribution."""
    return 0.5 * math.erfc(z / math.sqrt(2))


def later(first: Floats, second: Floats) -> float:
    """p-value that values of `second` are larger (Wilcoxon 1945, Mann and Whitney 1947; ties as in Lehmann 1975).

    Infinite values (never answered) tie with each other and come last.
    """
    n, m = len(first), len(second)
    if not n or not m:
        return 1.0
    ranks, ties = ranked(np.concatenate([first, second]))
    u = ranks[n:].sum() - m * (m + 1) / 2
    total = n + m
    variance = n * m / 12 * (total + 1 - (ties**3 - ties).sum() / (total * (total - 1)))
    return above((u - n * m / 2 - 0.5) / math.sqrt(variance)) if variance > 0 else 1.0


def ranked(values: Floats) -> tuple[Floats, Floats]:
    """Mid-ranks from 1, and the sizes of groups of equal values."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    middle = ends - (counts - 1) / 2
    return middle[inverse].astype(np.float64), counts.astype(np.float64)


def lower_share(kept: int, n: int, others_kept: int, others: int) -> float:
    """p-value that a share is below the others': Fisher's exact test (1922), one-sided."""
    total, marked = n + others, kept + others_kept
    least = max(0, marked - others)
    terms = [
        _log_choose(marked, k) + _log_choose(total - marked, n - k) - _log_choose(total, n) for k in range(least, kept + 1) if n - k >= 0
    ]
    return min(1.0, sum(math.exp(term) for term in terms))


def shares_apart(kept: float, n: float, others_kept: float, others: float) -> float:
    """p-value that two shares are the same, two-sided: twice Fisher's, or the normal approximation where all expected counts reach 10."""
    total, marked = n + others, kept + others_kept
    if min(n, others) * min(marked, total - marked) / total >= 10:
        share = marked / total
        return min(1.0, 2 * above(abs(kept / n - others_kept / others) / math.sqrt(share * (1 - share) * (1 / n + 1 / others))))
    a, b, c, d = (round(value) for value in (kept, n, others_kept, others))
    return min(1.0, 2 * min(lower_share(a, b, c, d), lower_share(c, d, a, b)))


def share_difference(kept: float, n: float, others_kept: float, others: float) -> tuple[float, float, float]:
    """Difference of two shares with its 95 % interval (Newcombe 1998, method 10: hybrid of Wilson intervals)."""
    a, b = kept / n, others_kept / others
    (a_low, a_high), (b_low, b_high) = wilson(kept, n), wilson(others_kept, others)
    return a - b, a - b - math.hypot(a - a_low, b_high - b), a - b + math.hypot(a_high - a, b - b_low)


def rate_ratio(events: int, exposure: float, before: int, exposure_before: float, ratio: float) -> float:
    """p-value that the rate now is above `ratio` times the rate before (conditional binomial test, Przyborowski and Wilenski 1940)."""
    total = events + before
    share = ratio * exposure / (ratio * exposure + exposure_before)
    if not total or not 0 < share < 1:
        return 1.0
    odds = math.log(share / (1 - share))
    steps = np.arange(1, total + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log((total - steps + 1) / steps) + odds)])  # of the terms, by the ratio of neighbours
    terms = np.exp(logs - logs.max())
    return min(1.0, float(terms[events:].sum() / terms.sum()))


def slope(x: Floats, y: Floats, weight: Floats, cluster: NDArray[np.int64]) -> tuple[float, float]:
    """Weighted least-squares slope through the origin, and its standard error by the jackknife over clusters (Bell and McCaffrey 2002: CR3).

    x and y are deviations from their groups' weighted means, which is a fixed effect of each group.
    """
    spread, product = np.bincount(cluster, weights=weight * x * x), np.bincount(cluster, weights=weight * x * y)
    estimate = product.sum() / spread.sum()
    left = spread.sum() - spread
    without = np.divide(product.sum() - product, left, out=np.full_like(left, estimate), where=left > 0)
    clusters = len(spread)
    return float(estimate), math.sqrt((clusters - 1) / clusters * float(((without - estimate) ** 2).sum()))


def above_t(t: float, degrees: int) -> float:
    """P(T >= t) of Student's distribution, by Wallace's normal approximation (1959)."""
    z = math.sqrt(degrees * math.log1p(t * t / degrees)) * (8 * degrees + 1) / (8 * degrees + 3)
    return above(math.copysign(z, t))


def _log_choose(n: int, k: int) -> float:
    return -math.inf if k < 0 or k > n else math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
