"""A long history made from a short real one: ids and times shifted per copy, texts varied so that as many replies stay distinct."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

ROOT = Path(__file__).parent.parent
SOURCE = "formats/twcs/twcs_892k.csv"
FORM = "%a %b %d %H:%M:%S %z %Y"


def material() -> Path:
    """The folder of real exports: AUDIT_MATERIAL, else ../shared."""
    return Path(os.environ.get("AUDIT_MATERIAL") or ROOT.parent / "shared")


def source() -> pl.DataFrame:
    """The 5,000 rows, the unnamed index column left out, line ends inside texts made spaces (DuckDB's reader stumbles over a lone CR)."""
    frame = pl.read_csv(material() / SOURCE, infer_schema=False)
    return frame.drop(frame.columns[0]).with_columns(pl.col("text").str.replace_all(r"[\r\n]+", " "))


def history(rows: int) -> pl.DataFrame:
    """`rows` messages of the same columns. Each copy has its own ids, customers, weeks and one word of its own in every text."""
    original = source()
    step = 10_000_000
    times = original.get_column("created_at").str.to_datetime(FORM)
    copies = []
    for copy in range(-(-rows // original.height)):
        shifted = [
            pl.when(pl.col(name).is_null() | (pl.col(name) == ""))
            .then(pl.col(name))
            .otherwise((pl.col(name).cast(pl.Float64, strict=False).cast(pl.Int64) + copy * step).cast(pl.String))
            for name in ("tweet_id", "in_response_to_tweet_id")
        ]
        children = (
            pl.col("response_tweet_id")
            .str.split(",")
            .list.eval((pl.element().cast(pl.Float64, strict=False).cast(pl.Int64) + copy * step).cast(pl.String))
        )
        customer = pl.when(pl.col("inbound") == "True").then(pl.col("author_id") + f"{copy:03d}").otherwise(pl.col("author_id"))
        copies.append(
            original.with_columns(
                *shifted,
                children.list.join(",", ignore_nulls=True).alias("response_tweet_id"),
                customer.alias("author_id"),
                (times + pl.duration(weeks=copy)).dt.strftime(FORM).alias("created_at"),
                pl.col("text").str.replace(" ", f" {_word(copy)} ").alias("text"),
            )
        )
    return pl.concat(copies).head(rows)


def _word(copy: int) -> str:
    """A word of letters, different for each copy, that no pattern knows."""
    letters = "bdfgklmnprstvz"
    return f"qu{letters[copy % 14]}{letters[copy // 14 % 14]}{letters[copy // 196 % 14]}x"


def distinct_share(frame: pl.DataFrame) -> float:
    """Share of distinct normal forms among the brand's replies."""
    from audit import text

    replies = frame.filter(pl.col("inbound") == "False").select(text.words(pl.col("text")))
    return replies.n_unique() / replies.height


def written(rows: int) -> Path:
    """The history as a CSV under benchmarks/data, made once."""
    path = Path(__file__).parent / "data" / f"history_{rows}.csv"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        history(rows).write_csv(path)
    return path
