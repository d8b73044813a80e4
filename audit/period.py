"""Calendar periods: their scores, the change between the last two, and the days that a period's name means."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from audit import interval, score
from audit.errors import AuditError
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
    dialogues = rows.get_column("dialogue").filter(dated)
    found = score.parts(verdicts.filter(dated), dialogues, starts.filter(dated), rulebook, profile, seed, most=MOST)
    return [{"label": start.strftime(form), **part} for start, part in sorted(found.items())]


def weeks(rows: pl.DataFrame, verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> list[dict[str, Any]]:
    """label, score, low, high, n (dialogues judged) of the last MOST_WEEKS calendar weeks, oldest first."""
    at = rows.select(pl.coalesce("asked_at", "replied_at").alias("at")).to_series()
    recent = (at >= at.max() - timedelta(weeks=MOST_WEEKS)).fill_null(False) if at.count() else pl.repeat(False, len(at), eager=True)  # type: ignore[operator]
    starts = rows.select(pl.coalesce("asked_at", "replied_at").dt.truncate("1w")).to_series().filter(recent)
    found = score.quick_parts(verdicts.filter(recent), rows.get_column("dialogue").filter(recent), starts, rulebook, profile)
    scored = [(start, part) for start, part in sorted(found.items()) if part["score"] is not None]
    return [{"label": start.strftime(UNITS["week"][1]), **part} for start, part in scored[-MOST_WEEKS:]]


def change(periods: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last period beside the one before it, and the `difference` with its 95 % interval; null when there is only one.

    The interval is that of Zou and Donner (audit.interval.difference).
    """
    if len(periods) < 2:
        return None
    last, previous = periods[-1], periods[-2]
    difference = {"value": round(last["score"] - previous["score"], 2), "low": None, "high": None}
    if None not in (last["low"], last["high"], previous["low"], previous["high"]):
        low, high = interval.difference(last, previous)
        difference |= {"low": round(low, 2), "high": round(high, 2)}
    return {**last, "previous": previous, "difference": difference}


def label(at: pl.Expr, unit: str) -> pl.Expr:
    """The name of the period that a time lies in."""
    every, form = UNITS[unit]
    return at.dt.truncate(every).dt.strftime(form)


def span(text: str) -> tuple[datetime, datetime]:
    """First moment and first moment after: `2026`, `2026-Q1`, `2026-03`, `2026-W05`, `2026-03-31`, or two of them as `2026-01..2026-03`.

    Raises AuditError for anything else.
    """
    first, dots, last = text.partition("..")
    start, end = _days(first, text), _days(last if dots else first, text)
    if start[0] >= end[1]:
        raise AuditError(f"{text!r} ends before it begins", hint="exchange them")
    return datetime.combine(start[0], time()), datetime.combine(end[1], time())


def _days(name: str, text: str) -> tuple[date, date]:
    found = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|W(\d\d)|(\d\d)(?:-(\d\d))?))?", name.strip())
    try:
        if not found:
            raise ValueError
        year, quarter, week, month, day = (int(part) if part else 0 for part in found.groups())
        if week:
            start = date.fromisocalendar(year, week, 1)
            return start, start + timedelta(days=7)
        if day:
            start = date(year, month, day)
            return start, start + timedelta(days=1)
        months = 3 if quarter else 1 if month else 12
        start = date(year, 3 * quarter - 2 if quarter else month or 1, 1)
        after = start.month - 1 + months
        return start, date(year + after // 12, after % 12 + 1, 1)
    except ValueError:
        raise AuditError(
            f"{text!r} is no period", hint="write for example 2026-03, 2026-Q1, 2026-W05, 2026-03-31 or 2026-01..2026-03"
        ) from None
