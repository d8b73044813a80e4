"""Scores of calendar periods, and the change between the last two that can be compared."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import polars as pl

from audit import score
from audit.profile import Profile
from audit.rulebook import Rulebook

UNITS = {"week": ("1w", "%G-W%V"), "month": ("1mo", "%Y-%m"), "quarter": ("1q", "%Y-%m"), "year": ("1y", "%Y")}
MOST = 36
"""Periods scored, counted from the last."""
MOST_WEEKS = 53


def scores(rows: pl.DataFrame, verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile, seed: int, unit: str) -> list[dict[str, Any]]:
    """label, score, low, high, n of each period with judged rows, oldest first."""
    every, form = UNITS[unit]
    at = pl.coalesce("asked_at", "replied_at").dt.truncate(every)
    starts = rows.select(at.alias("period")).to_series()
    dated = starts.is_not_null()
    found = score.parts(verdicts.filter(dated), rows.get_column("dialogue").filter(dated), starts.filter(dated), rulebook, profile, seed)
    scored = [(start, part) for start, part in sorted(found.items()) if part["score"] is not None]
    return [{"label": start.strftime(form), **part} for start, part in scored[-MOST:]]


def weeks(rows: pl.DataFrame, verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> list[dict[str, Any]]:
    """label, score, low, high, n (dialogues judged) of the last MOST_WEEKS calendar weeks, oldest first."""
    at = rows.select(pl.coalesce("asked_at", "replied_at").alias("at")).to_series()
    recent = (at >= at.max() - timedelta(weeks=MOST_WEEKS)).fill_null(False) if at.count() else pl.repeat(False, len(at), eager=True)  # type: ignore[operator]
    starts = rows.filter(recent).select(pl.coalesce("asked_at", "replied_at").dt.truncate("1w")).to_series()
    found = score.quick_parts(verdicts.filter(recent), rows.filter(recent).get_column("dialogue"), starts, rulebook, profile)
    scored = [(start, part) for start, part in sorted(found.items()) if part["score"] is not None]
    return [{"label": start.strftime(UNITS["week"][1]), **part} for start, part in scored[-MOST_WEEKS:]]


def change(periods: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last period beside the one before it, and the `difference` with its 95 % interval; null when there is only one.

    The periods' intervals are taken for independent and normal, so that their half-widths add up as squares.
    """
    if len(periods) < 2:
        return None
    last, previous = periods[-1], periods[-2]
    moved = last["score"] - previous["score"]
    difference = {"value": round(moved, 2), "low": None, "high": None}
    if None not in (last["low"], last["high"], previous["low"], previous["high"]):
        spread = math.hypot(last["high"] - last["low"], previous["high"] - previous["low"]) / 2
        difference |= {"low": round(moved - spread, 2), "high": round(moved + spread, 2)}
    return {**last, "previous": previous, "difference": difference}
