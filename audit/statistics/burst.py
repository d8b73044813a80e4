"""Improbable bursts of praise, against the account's own history.

Praise per day is over-dispersed: the variance grows faster than the mean, so a Poisson model sees bursts everywhere. A window of 1 to
3 days is compared with a negative binomial of the account's own mean and dispersion:

- the mean of a day is the account's robust mean times the factor of its weekday; the robust mean leaves out the highest 5 % of days
  (at least three), so that a burst does not hide itself, and is put back to scale by what a trimmed Poisson mean loses;
- the dispersion is the method-of-moments estimate (Anscombe 1950), alpha = (variance - mean) / mean^2, over all days but the
  trimmed ones, times 1.15 for what trimming hides, at least 0.1; a window of k days has mean m and variance m + alpha / sqrt(k) * m^2,
  between days that swing together (alpha) and days that know nothing of each other (alpha / k);
- when all messages surge, praise surges with them (a mention on television, an export that holds some days in full): a window counts only
  where the odds of praise among its messages are LIFT times those outside it;
- the tail probability is P(X >= x) of that negative binomial; windows are judged together by Benjamini and Hochberg (1995) over the
  account's windows at a false-discovery rate of 0.003, and a window also has at least `LEAST` praises and three times its mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit.statistics.found import Evidence, Found

Floats = NDArray[np.float64]

WIDTHS = (1, 2, 3)
RATE = 0.003
LEAST = 8
LIFT = 2.0


def bursts(days: pl.DataFrame, spans: pl.DataFrame, *, least_days: int, campaigns: Sequence[dict[str, Any]] = ()) -> Found:
    """Improbable windows: since, until, praise, expected, p_value; of windows that overlap, the most improbable.

    Takes `days` (account, day, praise, and `others`, the rest of the customers' messages: days with some) and `spans` (account, first,
    last: days that the history covers). Accounts with fewer than `least_days` days are not judged. Days inside one of `campaigns` ({since, until,
    account?}) are explained: no window touches them.
    """
    judged: set[str | None] = set()
    evidence: dict[str | None, list[Evidence]] = {}
    days_of = days.partition_by("account", as_dict=True)
    for account, first, last in spans.select("account", "first", "last").rows():
        if first is None or (last - first).days + 1 < least_days:
            continue
        judged.add(account)
        counts, others = np.zeros((2, (last - first).days + 1))
        if (own := days_of.get((account,))) is not None:
            place = (own.get_column("day") - first).dt.total_days().to_numpy()
            np.add.at(counts, place, own.get_column("praise").to_numpy())
            np.add.at(others, place, own.get_column("others").to_numpy())
        explained = np.zeros(len(counts), dtype=bool)
        for campaign in campaigns:
            if campaign.get("account") in (None, account):
                explained[max(0, (campaign["since"] - first).days) : max(0, (campaign["until"] - first).days + 1)] = True
        if windows := _windows(counts, others, explained, first):
            evidence[account] = windows
    return Found(frozenset(judged), evidence)


def _windows(counts: Floats, others: Floats, explained: NDArray[np.bool_], first: date) -> list[Evidence]:
    means, alpha = _model(counts, explained, first.weekday())
    improbable: list[tuple[float, int, int, float, float]] = []
    tried = 0
    for width in WIDTHS:
        kernel = np.ones(width)
        praise, expected, rest = (np.convolve(days, kernel, "valid") for days in (counts, means, others))
        lift = (praise + 0.5) / (rest + 0.5) * (others.sum() - rest + 0.5) / (counts.sum() - praise + 0.5)
        blocked = np.convolve(explained.astype(float), kernel, "valid") > 0
        tried += int((~blocked).sum())
        high = ~blocked & (praise >= LEAST) & (praise >= 3 * expected) & (lift >= LIFT)
        for start in np.flatnonzero(high).tolist():
            x, mean = float(praise[start]), float(expected[start])
            improbable.append((tail(x, mean, alpha / math.sqrt(width)), start, width, x, mean))
    improbable.sort()
    passed = max((rank for rank, (p, *_) in enumerate(improbable, 1) if p <= RATE * rank / tried), default=0)
    kept: list[Evidence] = []
    taken = np.zeros(len(counts), dtype=bool)
    for p, start, width, x, mean in improbable[:passed]:
        if not taken[start : start + width].any():
            taken[start : start + width] = True
            since = first + timedelta(days=start)
            until = since + timedelta(days=width - 1)
            kept.append(
                {
                    "since": since.isoformat(),
                    "until": until.isoformat(),
                    "praise": int(x),
                    "expected": round(mean, 2),
                    "p_value": float(f"{p:.2g}"),
                }
            )
    return sorted(kept, key=lambda window: window["since"])


def _model(counts: Floats, explained: NDArray[np.bool_], weekday: int) -> tuple[Floats, float]:
    """The expected praise of each day, and the dispersion."""
    usual = counts[~explained] if (~explained).any() else counts
    trimmed = np.sort(usual)[: max(1, len(usual) - max(3, len(usual) // 20))]
    mean = max(float(trimmed.mean()) * 1.1, 0.5 / len(counts))
    alpha = max(0.1, 1.15 * (float(trimmed.var()) - float(trimmed.mean())) / max(mean * mean, 1e-9)) if mean > 0 else 0.1
    days = (np.arange(len(counts)) + weekday) % 7
    limit = float(np.sort(trimmed)[-1])
    factors = np.array([_factor(np.minimum(counts[(days == day) & ~explained], limit), mean) for day in range(7)])
    return mean * factors[days], min(alpha, 3.0)


def _factor(counts: Floats, mean: float) -> float:
    """A weekday's share of the mean, drawn to 1 where the weekday was seen seldom (4 pseudo-days)."""
    return float((counts.sum() + 4 * mean) / (mean * (len(counts) + 4)))


def tail(x: float, mean: float, alpha: float) -> float:
    """P(X >= x) of a negative binomial with variance mean + alpha * mean^2, summed from its probabilities."""
    if x <= 0:
        return 1.0
    size = 1 / alpha
    ratio = mean / (mean + size)
    term = size * math.log(size / (mean + size))
    below = 0.0
    for k in range(int(x)):
        below += math.exp(term)
        term += math.log((k + size) / (k + 1) * ratio)
    if below < 1 - 1e-9:
        return 1 - below
    above, k = 0.0, int(x)
    while term > -745 and k < x + 100_000:
        above += math.exp(term)
        step = math.log((k + size) / (k + 1) * ratio)
        if math.exp(term) < above * 1e-12 and step < 0:
            break
        term, k = term + step, k + 1
    return above
