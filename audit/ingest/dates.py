"""Dates as exports write them, a whole column at a time.

Read: ISO (to the nanosecond, `Z` or an offset), `24.04.2026 09:30`, `4/24/26 9:30 AM`, `24 апреля 2026 в 9:30`, `3 marca 2021`,
`Mar 3, 2021`, `Tue, 03 Mar 2021 10:00:00 +0300`, `Tue Oct 31 22:10:47 +0000 2017`, seconds, milliseconds or microseconds since 1970, days
since 1900 as spreadsheets count them, or one strftime format.

Which of two numbers is the day is told by the whole column: a number above 12 can only be a day. Where none is, the day stands first,
except before "AM" and "PM" and between slashes under an English header, where the month does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from audit.errors import AuditError
from audit.ingest import clock, values
from audit.ingest.clock import Clocks

_CLOCK = (
    r"(?:[,T\s]+(?:(?:в|at|o|godz\.)\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?(?:\s*\([^)]*\))?$"
_ISO = r"^(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _CLOCK + _ZONE
_NUMBERS = r"^(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second_number>\d{1,2})[-/.](?P<year>\d{4}|\d{2})(?:\s*г\.?)?" + _CLOCK + _ZONE
_DAY_WORD = r"^(?:\p{L}+\.?,?\s+)?(?P<day>\d{1,2})\.?[\s-](?P<word>\p{L}{3,})\.?,?[\s-](?P<year>\d{4})(?:\s*(?:г|r)\.?)?" + _CLOCK + _ZONE
_WORD_DAY = r"^(?:\p{L}+\.?,\s+)?(?P<word>\p{L}{3,})\.?\s(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<year>\d{4})" + _CLOCK + _ZONE
_TWEET = r"^\w{3} (?P<word>\w{3}) (?P<day>\d{2}) (?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2}) (?P<zone>[+-]\d{4}) (?P<year>\d{4})$"
_MONTHS = (
    ("jan", "янв", "sty"),
    ("feb", "фев", "lut"),
    ("mar", "мар"),
    ("apr", "апр", "kwi"),
    ("may", "май", "мая", "maj"),
    ("jun", "июн", "cze"),
    ("jul", "июл", "lip"),
    ("aug", "авг", "sie"),
    ("sep", "сен", "wrz"),
    ("oct", "окт", "paź", "paz"),
    ("nov", "ноя", "lis"),
    ("dec", "дек", "gru"),
)
_MONTH = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words}
_PARTS = ("year", "month", "day", "hour", "minute", "second", "part", "half", "zone")
_EPOCH = r"^\d{9,10}(?:\.\d+)?$|^\d{12,13}$|^\d{15,16}$"
_SERIAL = r"^[2-6]\d{4}(?:\.\d+)?$"
_SERIAL_START = datetime(1899, 12, 30)
_ZERO = r"^0001-01-01|^0000-00-00|^00\.00\.0000"
_AGO = (
    r"(?i)\b(?:ago|yesterday|today|just now)\b|\b(?:назад|(?:поза)?вчера|сегодня|только что)\b"
    r"|\b(?:temu|wczoraj|przedwczoraj|dzisiaj|dziś|przed chwilą)(?:\s|,|$)"
)


@dataclass(frozen=True)
class Dates:
    """`at` in UTC, null where there was none or none that can be; `quality` one of "exact", "local zone", "date only", "none";
    `impossible` marks the cells that hold something else than a possible date, `relative` those that say "3 days ago"."""

    at: pl.Series
    quality: pl.Series
    impossible: pl.Series
    relative: pl.Series


def zone_of(tz: str | None) -> str:
    """The zone in which a time without an offset is read. Raises AuditError for a name that is no IANA zone."""
    try:
        ZoneInfo(tz or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise AuditError(f"unknown time zone {tz!r}", hint="give an IANA name, such as Europe/Warsaw") from None
    return tz or "UTC"


def read(
    column: pl.Series, *, tz: str | None = None, month_first: bool = False, form: str | None = None, clocks: Clocks | None = None
) -> Dates:
    """Read a column of strings. `month_first` decides between slashes where the numbers do not; `form` is a strftime format for all;
    `clocks` holds the times of day of another column, for dates that state none.

    A time without an offset is read in `tz`, and as if in UTC where none is stated. Its quality is "local zone" in both cases: times of
    one export are the same zone's, so what lies between two of them holds (but for a change to summer time).
    "3 days ago" and the zero date of some databases are no date: null and "none", not impossible.
    """
    zone = zone_of(tz)
    cells = pl.DataFrame({"cell": column.cast(pl.String)}).with_columns(cell=values.filled(pl.col("cell")))
    relative = cells.select(pl.col("cell").str.contains(_AGO).fill_null(False)).to_series()
    cells = cells.with_columns(cell=pl.when(~pl.col("cell").str.contains(rf"{_ZERO}|{_AGO}")).then("cell"))
    if form:
        naive = cells.select(_with_format(form)).to_series()
        timed = "%H" in form or "%I" in form or "%T" in form or "%R" in form
        parts = cells.with_columns(naive=naive, offset=pl.lit(None, dtype=pl.Int64), timed=pl.lit(timed))
        if naive.dtype == pl.Datetime("us", "UTC"):
            parts = parts.with_columns(pl.col("naive").dt.replace_time_zone(None), offset=pl.lit(0, dtype=pl.Int64))
    else:
        parts = _parsed(cells, month_first)
    if clocks is not None:
        parts = _with_clocks(parts, clocks)
    local = pl.col("naive").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    shifted = pl.col("naive") + pl.duration(hours=1)
    later = shifted.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    known = pl.coalesce(local, later).dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    at = pl.when(pl.col("offset").is_not_null()).then(pl.col("naive") - pl.duration(minutes=pl.col("offset"))).otherwise(known)
    dated = parts.with_columns(at=at.cast(pl.Datetime("us")))
    dated = dated.with_columns(at=pl.when(values.possible(pl.col("at"))).then("at"))
    quality = (
        pl.when(pl.col("at").is_null())
        .then(pl.lit("none"))
        .when(~pl.col("timed"))
        .then(pl.lit("date only"))
        .when(pl.col("offset").is_not_null())
        .then(pl.lit("exact"))
        .otherwise(pl.lit("local zone"))
    )
    result = dated.select("at", quality=quality, impossible=pl.col("cell").is_not_null() & pl.col("at").is_null())
    return Dates(result["at"], result["quality"], result["impossible"], relative)


def _with_clocks(parts: pl.DataFrame, clocks: Clocks) -> pl.DataFrame:
    """The times of day of another column, where the date states none or midnight."""
    lacking = pl.col("seconds").is_not_null() & (~pl.col("timed") | (pl.col("naive") == pl.col("naive").dt.truncate("1d")))
    return parts.with_columns(clocks.seconds.alias("seconds"), clocks.offset.alias("stated")).with_columns(
        naive=pl.when(lacking).then(pl.col("naive") + pl.duration(seconds="seconds")).otherwise("naive"),
        offset=pl.when(lacking).then(pl.coalesce("stated", "offset")).otherwise("offset"),
        timed=pl.col("timed") | lacking,
    )


def _with_format(form: str) -> pl.Expr:
    if any(mark in form for mark in ("%H", "%I", "%T", "%R")):
        return pl.col("cell").str.to_datetime(form, time_unit="us", strict=False).alias("naive")
    return pl.col("cell").str.to_date(form, strict=False).cast(pl.Datetime("us")).alias("naive")


def _parsed(cells: pl.DataFrame, month_first: bool) -> pl.DataFrame:
    """Adds `naive` (as written), `offset` (minutes east of UTC; null where not stated) and `timed` (a time of day is stated)."""
    distinct = cells.unique("cell").filter(pl.col("cell").is_not_null())
    epoch = distinct.filter(pl.col("cell").str.contains(_EPOCH)).select("cell", naive=_since_1970(pl.col("cell")))
    done = [epoch.with_columns(offset=pl.lit(0, dtype=pl.Int64), timed=pl.lit(True))]
    serial = distinct.filter(pl.col("cell").str.contains(_SERIAL)).with_columns(days=pl.col("cell").cast(pl.Float64))
    micros = (pl.col("days") * 86_400).round().cast(pl.Int64) * 1_000_000
    done.append(
        serial.select(
            "cell",
            naive=pl.lit(_SERIAL_START) + micros.cast(pl.Duration("us")),
            offset=pl.lit(None, dtype=pl.Int64),
            timed=pl.col("days") % 1 != 0,
        )
    )
    rest = distinct.filter(~pl.col("cell").str.contains(f"{_EPOCH}|{_SERIAL}"))
    for pattern in (_ISO, _NUMBERS, _TWEET, _DAY_WORD, _WORD_DAY):
        if not rest.height:
            break
        hits = rest.filter(pl.col("cell").str.contains(pattern))
        if hits.height:
            parts = hits.select("cell", pl.col("cell").str.extract_groups(pattern).alias("parts")).unnest("parts")
            done.append(_composed(_day_and_month(parts, month_first)))
            rest = rest.join(hits, on="cell", how="anti")
    found = pl.concat(done)
    return cells.join(found, on="cell", how="left", maintain_order="left").with_columns(pl.col("timed").fill_null(False))


def _since_1970(cell: pl.Expr) -> pl.Expr:
    count = cell.str.extract(r"^(\d+)").str.to_integer(strict=False)
    digits = cell.str.extract(r"^(\d+)").str.len_bytes()
    part = ("0" + cell.str.extract(r"(\.\d+)$").fill_null(".0")).cast(pl.Float64)
    micros = (
        pl.when(digits <= 10)
        .then(count * 1_000_000 + (part * 1_000_000).cast(pl.Int64))
        .when(digits <= 13)
        .then(count * 1000)
        .otherwise(count)
    )
    return micros.cast(pl.Datetime("us"))


def _day_and_month(parts: pl.DataFrame, month_first: bool) -> pl.DataFrame:
    """Columns `day`, `month` and `year` of whatever the pattern found."""
    if "word" in parts.columns:
        month = pl.col("word").str.to_lowercase().str.slice(0, 3).replace_strict(_MONTH, default=None, return_dtype=pl.Int64)
        return parts.with_columns(month=month.cast(pl.String))
    if "first" not in parts.columns:
        return parts
    first, second = pl.col("first").cast(pl.Int64), pl.col("second_number").cast(pl.Int64)
    day_leads, month_leads = parts.select((first > 12).any().alias("day"), (second > 12).any().alias("month")).row(0)
    halves = parts.get_column("half").is_not_null().any()
    slashes = (parts.get_column("mark") == "/").any()
    swapped = month_leads if day_leads != month_leads else not day_leads and (halves or (month_first and slashes))
    month_is_first = second > 12 if day_leads and month_leads else pl.lit(bool(swapped))
    year = pl.when(pl.col("year").str.len_bytes() == 2).then("20" + pl.col("year")).otherwise("year")
    return parts.with_columns(
        day=pl.when(month_is_first).then("second_number").otherwise("first"),
        month=pl.when(month_is_first).then("first").otherwise("second_number"),
        year=year,
    )


def _composed(parts: pl.DataFrame) -> pl.DataFrame:
    parts = parts.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in _PARTS if name not in parts.columns)
    half = pl.col("half").str.to_lowercase().str.slice(0, 1)
    hour = pl.col("hour").cast(pl.Int64)
    hour = pl.when(half == "p").then(hour % 12 + 12).when(half == "a").then(hour % 12).otherwise(hour)
    written = pl.concat_str(
        pl.col("year"),
        pl.col("month").str.zfill(2),
        pl.col("day").str.zfill(2),
        hour.fill_null(0).cast(pl.String).str.zfill(2),
        pl.col("minute").fill_null("00"),
        pl.col("second").fill_null("00"),
        pl.col("part").fill_null("0").str.pad_end(6, "0").str.slice(0, 6),
    )
    return parts.select(
        "cell",
        naive=written.str.to_datetime("%Y%m%d%H%M%S%6f", time_unit="us", strict=False),
        offset=clock.offset(pl.col("zone")),
        timed=pl.col("hour").is_not_null(),
    )
