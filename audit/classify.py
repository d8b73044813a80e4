"""What was asked: the type of a customer's message and its flags. (Patterns in rules/asked.)"""

from __future__ import annotations

import polars as pl

from audit.rulebook import Rulebook


def typed(rows: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Adds asked_addressed, asked_confidence, asked_why, confident, and fills asked_type and asked_upset where they are null."""
    given = pl.col("asked_type").is_not_null()
    return rows.with_columns(
        pl.col("asked_type").fill_null("other"),
        pl.col("asked_upset").fill_null(False),
        pl.lit(False).alias("asked_addressed"),
        pl.when(given).then(1.0).otherwise(0.0).alias("asked_confidence"),
        pl.when(given).then(pl.lit("given")).otherwise(pl.lit("nothing decides")).alias("asked_why"),
        given.alias("confident"),
    )
