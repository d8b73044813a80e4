"""Response times with the unanswered counted in: messages without an answer are censored at the end of history, never dropped."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

MARKS = (10, 60, 240, 360, 1440, 4320)
"""Minutes at which the answered share is stated; the bounds of published expectations."""

_GRID = np.unique(np.round(np.logspace(0, np.log10(7 * 1440), 120), 2))


def waits(rows: pl.DataFrame, *beside: str) -> pl.DataFrame:
    """Opening complaints, criticism and questions with usable times: `minutes` and `answered` (false: censored at `minutes`), and columns `beside`.

    Messages whose answer the export names but does not hold say nothing and are left out.
    """
    opening = rows.lazy().filter(
        pl.col("asked_first") & pl.col("opens_dialogue") & pl.col("asked_type").is_in(["complaint", "criticism", "question"])
    )
    waited = pl.col("minutes_waited")
    found = opening.select(
        *beside,
        minutes=pl.when(waited.is_not_null())
        .then(waited)
        .when(~pl.col("answered") & pl.col("answers_known"))
        .then(pl.col("minutes_observed")),
        answered=waited.is_not_null(),
    )
    return found.drop_nulls("minutes").collect()


def survival(waits: pl.DataFrame) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Kaplan-Meier estimate (1958): distinct answer times in minutes, and the share still waiting just after each."""
    if waits.is_empty():
        return np.zeros(0), np.zeros(0)
    minutes, step, leaving = np.unique(waits.get_column("minutes").to_numpy(), return_inverse=True, return_counts=True)
    at_risk = leaving.sum() - np.concatenate([[0], np.cumsum(leaving)[:-1]])
    events = np.bincount(step, waits.get_column("answered").to_numpy(), minlength=len(minutes))
    waiting = np.cumprod(1 - events / at_risk)
    happened = events > 0
    return minutes[happened], waiting[happened]


def first_response(waits: pl.DataFrame) -> dict[str, Any]:
    """n, median and 90th percentile in minutes (null where so many were never answered), share answered within MARKS."""
    times, waiting = survival(waits)
    return {
        "n": waits.height,
        "answered": int(waits.get_column("answered").sum() or 0),
        "median_minutes": _quantile(times, waiting, 0.5),
        "p90_minutes": _quantile(times, waiting, 0.9),
        "within": {str(mark): _share(times, waiting, mark) for mark in MARKS} if waits.height else {},
    }


def curve(waits: pl.DataFrame) -> list[list[float]]:
    """[minutes, share still waiting] at up to 120 points from a minute to a week."""
    times, waiting = survival(waits)
    if not len(times):
        return []
    return [[0.0, 1.0], *([float(minute), round(1 - _share(times, waiting, float(minute)), 4)] for minute in _GRID)]


def _share(times: np.ndarray[Any, Any], waiting: np.ndarray[Any, Any], minute: float) -> float:
    place = int(np.searchsorted(times, minute, side="right"))
    return round(float(1 - waiting[place - 1]), 4) if place else 0.0


def _quantile(times: np.ndarray[Any, Any], waiting: np.ndarray[Any, Any], share: float) -> float | None:
    reached = np.flatnonzero(waiting <= 1 - share + 1e-12)
    return round(float(times[reached[0]]), 2) if len(reached) else None


def week(rows: pl.DataFrame, tz: str | None) -> list[dict[str, Any]]:
    """Arrivals of customers' turns and the median wait for each weekday (0 = Monday) and hour, in `tz` or UTC."""
    local = pl.col("asked_at").dt.replace_time_zone("UTC").dt.convert_time_zone(tz or "UTC")
    timed = rows.lazy().filter(pl.col("asked_first") & pl.col("asked_at").is_not_null() & (pl.col("asked_time_quality") != "date only"))
    cells = (
        timed.with_columns(weekday=local.dt.weekday() - 1, hour=local.dt.hour())
        .group_by("weekday", "hour")
        .agg(arrivals=pl.len(), median_minutes=pl.col("minutes_waited").median().round(1))
        .sort("weekday", "hour")
    )
    return cells.collect().to_dicts()
