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
    frame = verdicts.with_columns(rows.select(at.alias("period"), "dialogue"))
    result = []
    for (start,), part in sorted(frame.drop_nulls("period").group_by("period"), key=lambda item: item[0])[-MOST:]:
        summary = score.summary(part.drop("period", "dialogue"), part.get_column("dialogue"), rulebook, profile, seed)["overall"]
        if summary["score"] is not None:
            result.append({"label": start.strftime(form), **summary})
    return result


def change(periods: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last period beside the one before it; null when there is only one."""
    return {**periods[-1], "previous": periods[-2]} if len(periods) > 1 else None
