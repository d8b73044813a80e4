"""Scores of calendar periods, and the change between the last two that can be compared."""

from __future__ import annotations

from typing import Any

import polars as pl

from audit import score
from audit.profile import Profile
from audit.rulebook import Rulebook

UNITS = {"week": ("1w", "%G-W%V"), "month": ("1mo", "%Y-%m"), "quarter": ("1q", "%Y-%m"), "year": ("1y", "%Y")}
MOST = 36
"""Periods scored, counted from the last."""


def scores(rows: pl.DataFrame, verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile, seed: int, unit: str) -> list[dict[str, Any]]:
    """label, score, low, high, n of each period with judged rows, oldest first."""
    every, form = UNITS[unit]
    at = pl.coalesce("asked_at", "replied_at").dt.truncate(every)
    starts = rows.select(at.alias("period")).to_series()
    dated = starts.is_not_null()
    found = score.parts(verdicts.filter(dated), rows.get_column("dialogue").filter(dated), starts.filter(dated), rulebook, profile, seed)
    scored = [(start, part) for start, part in sorted(found.items()) if part["score"] is not None]
    return [{"label": start.strftime(form), **part} for start, part in scored[-MOST:]]


def change(periods: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last period beside the one before it; null when there is only one."""
    return {**periods[-1], "previous": periods[-2]} if len(periods) > 1 else None
