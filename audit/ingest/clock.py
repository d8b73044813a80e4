"""A time of day that stands in a column of its own: "09:30", "9.30 PM", "9h30", "1899-12-31T09:30:00", 0.3958 of a day."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from audit.ingest import values

_CLOCK = (
    r"^(?:\d{1,4}[-./]\d{1,2}[-./]\d{2,4}[T ,]\s*)?(?:(?:в|at|o|godz\.?)\s+)?"
    r"(?P<hour>\d{1,2})\s?[:.hч]\s?(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$"
)
_DAY_PART = r"^0\.\d+$"
_SECONDS = 86_400


@dataclass(frozen=True)
class Clocks:
    """`seconds` after midnight, null where there is none or none that can be; `offset` in minutes east of UTC, where one is stated;
    `impossible` marks the cells that hold something else than a time of day."""

    seconds: pl.Series
    offset: pl.Series
    impossible: pl.Series


def looks_so(column: pl.Series) -> bool:
    """Whether some cell has the shape of a time of day, a possible one or not."""
    return bool(column.str.strip_chars().str.contains(f"{_CLOCK}|{_DAY_PART}").any())


def read(column: pl.Series) -> Clocks:
    """Read a column of strings."""
    cells = pl.DataFrame({"cell": column.cast(pl.String)}).with_columns(cell=values.filled(pl.col("cell")))
    parts = cells.with_columns(pl.col("cell").str.extract_groups(_CLOCK).alias("parts")).unnest("parts")
    hour, minute = pl.col("hour").cast(pl.Int64), pl.col("minute").cast(pl.Int64)
    second, half = pl.col("second").cast(pl.Int64).fill_null(0), pl.col("half").str.to_lowercase().str.slice(0, 1)
    halved = pl.when(half == "p").then(hour % 12 + 12).when(half == "a").then(hour % 12).otherwise(hour)
    sound = (minute < 60) & (second < 60) & pl.when(half.is_null()).then(hour < 24).otherwise(hour.is_between(1, 12))
    share = pl.when(pl.col("cell").str.contains(_DAY_PART)).then(pl.col("cell")).cast(pl.Float64)
    read = parts.select(
        "cell",
        seconds=pl.coalesce(pl.when(sound).then(halved * 3600 + minute * 60 + second), (share * _SECONDS).round().cast(pl.Int64)),
        offset=offset(pl.col("zone")),
    )
    return Clocks(read["seconds"], read["offset"], read.select(pl.col("cell").is_not_null() & pl.col("seconds").is_null()).to_series())


def offset(zone: pl.Expr) -> pl.Expr:
    """Minutes east of UTC of "Z", "+0300" or "-04:30"; null where no zone is stated."""
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    digits = zone.str.replace_all(r"\D", "").str.pad_end(4, "0")
    minutes = sign * (digits.str.slice(0, 2).cast(pl.Int64) * 60 + digits.str.slice(2, 2).cast(pl.Int64))
    return pl.when(zone.is_not_null()).then(minutes)
