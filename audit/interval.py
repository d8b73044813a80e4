"""Intervals for shares and weighted scores."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution: all intervals are two-sided 95 %."""

REPLICATES = 400


def wilson(kept: float, judged: float) -> tuple[float, float]:
    """Score interval for a share, as (low, high) in 0..1 (Wilson 1927). Raises ZeroDivisionError when nothing was judged."""
    share = kept / judged
    centre = share + Z * Z / (2 * judged)
    spread = Z * math.sqrt(share * (1 - share) / judged + Z * Z / (4 * judged * judged))
    bottom = 1 + Z * Z / judged
    return max(0.0, (centre - spread) / bottom), min(1.0, (centre + spread) / bottom)


def weighted(kept: NDArray[np.float64], judged: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of w * share over sum of w, 0-100, over the rules that were judged; shapes (..., rules). NaN where none was."""
    present = (judged > 0) * weights
    shares = np.divide(kept, judged, out=np.zeros_like(kept), where=judged > 0)
    total = present.sum(axis=-1)
    score: NDArray[np.float64] = 100 * np.divide((shares * present).sum(axis=-1), total, out=np.full_like(total, np.nan), where=total > 0)
    return score


def replicates(
    patterns: NDArray[np.float64], counts: NDArray[np.float64], groups: Sequence[NDArray[np.float64]], seed: int
) -> list[NDArray[np.float64]]:
    """Bootstrap replicates of several weighted scores over the same dialogues.

    `patterns` has a row for each distinct outcome of a dialogue, (kept of each rule, judged of each rule) side by side; `counts` says
    how many dialogues had it; each of `groups` is a vector of rule weights. Dialogues are drawn by the Poisson bootstrap
    (Chamandy et al. 2012): the draws of equal dialogues add up to one Poisson number, so distinct outcomes suffice. One dialogue of
    doubt, half kept in every rule that was judged, is drawn along, so that a handful of faultless replies is not taken for certainty.
    """
    rules = patterns.shape[1] // 2
    judged = (patterns[:, rules:].sum(axis=0) > 0).astype(np.float64)
    patterns = np.vstack([patterns, np.concatenate([judged / 2, judged])])
    counts = np.append(counts, 1.0)
    draws = np.random.default_rng(seed).poisson(counts, size=(REPLICATES, len(counts))).astype(np.float64)
    sums = draws @ patterns
    return [weighted(sums[:, :rules], sums[:, rules:], weights) for weights in groups]


def error(patterns: NDArray[np.float64], counts: NDArray[np.float64], weights: NDArray[np.float64]) -> float | None:
    """Standard error of one weighted score, by linearisation over dialogues (Binder 1983), for where the bootstrap would be too slow.

    Arguments as in `replicates`, the dialogue of doubt included. None where nothing was judged.
    """
    rules = patterns.shape[1] // 2
    sums = counts @ patterns
    kept, judged = sums[:rules], sums[rules:]
    present = (judged > 0) * weights
    if not present.any():
        return None
    share = np.divide(kept, judged, out=np.zeros_like(kept), where=judged > 0)
    per_verdict = 100 * np.divide(present, judged, out=np.zeros_like(judged), where=judged > 0) / present.sum()
    influence = patterns[:, :rules] @ per_verdict - patterns[:, rules:] @ (per_verdict * share)
    doubt = float(((0.5 - share) * per_verdict).sum())
    return float(np.sqrt(counts @ influence**2 + doubt**2))


def quantiles(values: NDArray[np.float64], score: float | None) -> tuple[float, float] | None:
    """The middle 95 % of replicates, wide enough to hold the score itself; None when fewer than half of them have a value."""
    held = values[~np.isnan(values)]
    if len(held) < len(values) / 2 or not len(held) or score is None:
        return None
    low, high = np.quantile(held, [0.025, 0.975])
    return min(float(low), score), max(float(high), score)


def difference(one: Mapping[str, float], other: Mapping[str, float]) -> tuple[float, float]:
    """Interval of one score less another, from `score`, `low` and `high` of both, which are independent (Zou and Donner 2008)."""
    moved = one["score"] - other["score"]
    low = moved - math.hypot(one["score"] - one["low"], other["high"] - other["score"])
    return low, moved + math.hypot(one["high"] - one["score"], other["score"] - other["low"])


def holm(p_values: Sequence[float], level: float = 0.05) -> list[bool]:
    """Which hypotheses are rejected at a family-wise level (Holm 1979)."""
    rejected = [False] * len(p_values)
    for step, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[index] > level / (len(p_values) - step):
            break
        rejected[index] = True
    return rejected
