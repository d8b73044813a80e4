"""Business hours, as in `Mon-Fri 9-18, Sat 10-14`: the second column beside the judged figure, which is around the clock."""

from __future__ import annotations

import re

import polars as pl

from audit.errors import AuditError

_DAYS = {
    name: number
    for number, names in enumerate(
        ("mon пн pn", "tue вт wt", "wed ср śr sr", "thu чт czw cz", "fri пт pt", "sat сб sob so", "sun вс niedz nd"),
    )
    for name in names.split()
}
_PART = re.compile(
    r"^(?P<first>\w+)(?:\s*-\s*(?P<last>\w+))?\s+(?P<open>\d{1,2})(?::(?P<om>\d\d))?\s*-\s*(?P<close>\d{1,2})(?::(?P<cm>\d\d))?$"
)

Week = tuple[tuple[int, int], ...]
"""For each weekday from Monday, opening and closing in minutes of the day; equal where closed."""


def parsed(text: str) -> Week:
    """The week of `Mon-Fri 9-18, Sat 10:30-14`. Raises AuditError with the part that is not understood."""
    week = [(0, 0)] * 7
    for part in text.split(","):
        match = _PART.match(part.strip().lower())
        if not match or match["first"] not in _DAYS or (match["last"] and match["last"] not in _DAYS):
            raise AuditError(f"--hours: {part.strip()!r} is not understood", hint='write for example "Mon-Fri 9-18, Sat 10-14"')
        first, last = _DAYS[match["first"]], _DAYS[match["last"] or match["first"]]
        opens = int(match["open"]) * 60 + int(match["om"] or 0)
        closes = int(match["close"]) * 60 + int(match["cm"] or 0)
        if not 0 <= opens < closes <= 24 * 60:
            raise AuditError(f"--hours: {part.strip()!r} closes before it opens", hint='write for example "Mon-Fri 9-18"')
        for day in range(first, (last if last >= first else last + 7) + 1):
            week[day % 7] = (opens, closes)
    return tuple(week)


def waited(asked_at: pl.Expr, replied_at: pl.Expr, week: Week, tz: str) -> pl.Expr:
    """Minutes of business hours between two UTC times, in the hours of `tz`."""
    return worked(replied_at, week, tz) - worked(asked_at, week, tz)


def worked(at: pl.Expr, week: Week, tz: str) -> pl.Expr:
    """Business minutes from Monday, 5 January 1970, to `at`."""
    local = at.dt.replace_time_zone("UTC").dt.convert_time_zone(tz).dt.replace_time_zone(None)
    day = (local.dt.epoch("s") // 86_400 - 4).cast(pl.Int64)
    minute = local.dt.hour().cast(pl.Float64) * 60 + local.dt.minute() + local.dt.second() / 60
    weekday = (local.dt.weekday() - 1).cast(pl.Int32)
    lengths = [closes - opens for opens, closes in week]
    before = weekday.replace_strict({i: float(sum(lengths[:i])) for i in range(7)}, return_dtype=pl.Float64)
    opens = weekday.replace_strict({i: float(o) for i, (o, _) in enumerate(week)}, return_dtype=pl.Float64)
    length = weekday.replace_strict({i: float(n) for i, n in enumerate(lengths)}, return_dtype=pl.Float64)
    return (day // 7) * float(sum(lengths)) + before + (minute - opens).clip(0, None).clip(None, length)
