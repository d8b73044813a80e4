"""Cells to values: what all readers do alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from html.entities import name2codepoint

import polars as pl

from audit import tables

EARLIEST, LATEST = 1990, 2100
"""Years between which a message can have been sent; any other is an impossible date."""

NOTHING = ("", "null", "NULL", "None", "NaN", "nan", "NaT", "N/A", "#N/A", "<NA>")
"""Cells that hold no value."""


def messages(frame: pl.DataFrame, columns: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """`frame` as tables.MESSAGES: the given columns, null for the rest. `source_row` is taken from the frame."""
    given = {"source_row": pl.col("source_row"), **columns}
    return frame.select(given.get(name, pl.lit(None)).cast(kind).alias(name) for name, kind in tables.MESSAGES.items())


def rejects(frame: pl.DataFrame, column: str | None, value: pl.Expr, reason: str) -> pl.DataFrame:
    """The rows of `frame` as tables.REJECTS. `column` is the export's name of the faulty column."""
    return frame.select(
        pl.col("source_row"),
        column_name=pl.lit(column, dtype=pl.String),
        value=value.cast(pl.String).str.slice(0, 200),
        reason=pl.lit(reason),
    )


def all_rejects(parts: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=tables.REJECTS), *parts]).sort("source_row", maintain_order=True)


def possible(time: pl.Expr) -> pl.Expr:
    return time.dt.year().is_between(EARLIEST, LATEST, closed="left")


def filled(column: pl.Expr) -> pl.Expr:
    """The trimmed cell; null where it holds no value."""
    trimmed = column.str.strip_chars()
    return pl.when(~trimmed.is_in(NOTHING)).then(trimmed)


def plain_text(column: pl.Expr) -> pl.Expr:
    """A message as written: HTML entities resolved once, line ends as LF, blank ends cut; null where nothing remains."""
    text = column.cast(pl.String).map_batches(_resolved, return_dtype=pl.String, is_elementwise=True)
    text = pl.when(text.str.contains("\r\n", literal=True)).then(text.str.replace_all("\r\n", "\n", literal=True)).otherwise(text)
    return filled(text)


def _resolved(texts: pl.Series) -> pl.Series:
    """The texts with their HTML entities resolved; few have any."""
    names, characters = _entities()
    rows = texts.str.contains("&", literal=True).arg_true()
    return texts.scatter(rows, texts.gather(rows).str.replace_many(names, characters)) if len(rows) else texts


def whole_id(column: pl.Expr) -> pl.Expr:
    """An id, or ids with commas between them, without the ".0" that a float column left on it."""
    return filled(column).str.replace_all(r"\.0(,|$)", "$1")


def stable_ids(frame: pl.DataFrame, parts: list[pl.Expr]) -> pl.Series:
    """ "h:" and 16 hexadecimal digits of SHA-256 over the parts of each row, the same in every version and on every machine.

    A loop over rows, the only one: for records that carry no id of their own.
    """
    joined = frame.select(pl.concat_str([part.cast(pl.String).fill_null("") for part in parts], separator="\x1f").alias("key")).to_series()
    return pl.Series("message_id", ["h:" + hashlib.sha256((key or "").encode()).hexdigest()[:16] for key in joined], dtype=pl.String)


@cache
def _entities() -> tuple[list[str], list[str]]:
    pairs = {f"&{name};": chr(code) for name, code in name2codepoint.items()}
    pairs |= {"&apos;": "'", "&nbsp;": " ", "&amp;": "&"}
    for code in (9, 10, 13, *range(32, 0x180), *range(0x400, 0x460), *range(0x2010, 0x2040)):
        pairs |= {f"&#{code};": chr(code), f"&#x{code:x};": chr(code), f"&#x{code:X};": chr(code), f"&#{code:03d};": chr(code)}
    pairs |= {"&#160;": " ", "&#xa0;": " ", "&#xA0;": " "}
    return list(pairs), list(pairs.values())
