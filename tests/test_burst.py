"""Improbable bursts of praise: found when planted, seldom where there are none."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from audit.statistics import burst

FIRST = date(2026, 1, 1)


def found(counts: np.ndarray[tuple[int], np.dtype[np.int64]], **options: object) -> list[dict[str, Any]]:
    days = pl.DataFrame(
        {"account": ["K"] * len(counts), "day": [FIRST + timedelta(days=i) for i in range(len(counts))], "praise": counts.tolist()}
    ).with_columns(others=pl.lit(2))
    spans = pl.DataFrame({"account": ["K"], "first": [FIRST], "last": [FIRST + timedelta(days=len(counts) - 1)]})
    campaigns = options.get("campaigns", ())
    assert isinstance(campaigns, list | tuple)
    return list(burst.bursts(days.filter(pl.col("praise") > 0), spans, least_days=30, campaigns=campaigns).evidence.get("K", ()))


def history(generator: np.random.Generator, mean: float, length: int = 120) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Gamma-Poisson days with a weekly rhythm, dispersion 0.3."""
    rhythm = np.array([1.2, 1.1, 1.0, 1.0, 1.1, 0.9, 0.7])[np.arange(length) % 7]
    return generator.poisson(generator.gamma(1 / 0.3, 0.3 * mean * rhythm))


def test_the_tail_against_sums_by_hand() -> None:
    assert burst.tail(0, 2, 0.5) == 1
    # size 2, mean 2: P(0) = (2/4)^2 = 1/4, P(1) = 2 * 1/4 * 1/2 = 1/4
    assert burst.tail(2, 2, 0.5) == pytest.approx(0.5)
    assert burst.tail(1, 3, 1.0) == pytest.approx(0.75)
    assert 0 < burst.tail(200, 2, 0.5) < 1e-30


@pytest.mark.parametrize("mean", [0.2, 1.0, 5.0, 20.0])
def test_planted_bursts_are_found_and_others_seldom(mean: float) -> None:
    generator = np.random.default_rng(11)
    hits = alarms = 0
    for _ in range(40):
        counts = history(generator, mean)
        alarms += len(found(counts))
        width = int(generator.integers(1, 4))
        start = int(generator.integers(20, 90))
        size = int(max(20, 5 * mean * width))
        counts[start : start + width] += generator.multinomial(size, [1 / width] * width)
        windows = found(counts)
        first, last = FIRST + timedelta(days=start), FIRST + timedelta(days=start + width - 1)
        hits += any(window["since"] <= last.isoformat() and window["until"] >= first.isoformat() for window in windows)
    assert hits >= 30
    assert alarms <= 2  # 40 histories of four months


def test_a_campaign_explains_its_days() -> None:
    counts = history(np.random.default_rng(3), 1.0)
    counts[60:62] += 20
    assert len(found(counts)) == 1
    days = {"since": FIRST + timedelta(days=60), "until": FIRST + timedelta(days=61)}
    assert len(found(counts, campaigns=[days])) == 0
    assert len(found(counts, campaigns=[{**days, "account": "other"}])) == 1


def test_a_short_history_is_not_judged() -> None:
    counts = np.zeros(20, dtype=np.int64)
    counts[10] = 50
    assert len(found(counts)) == 0
