"""Remainder: what is left of a reply when its formulas are taken away.

Sentence by sentence: greeting, name, thanks, apology, sympathy, assurance and formula are subtracted, sentences that only send the
customer elsewhere are dismissed, and a reply with fewer than the profile's number of words left is empty, unless a sentence holds what
helps by itself (`patterns`: a step, a fact, a date, an amount, a link, a question needed to go on).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from audit.rule import Rule
from audit.rulebook import Rulebook

SHORT = 16
"""A dismissed sentence of more words than this holds steps of its own."""

_END = "\x1f"
_WORD = r"[^\W\d_]{3,}"
_WORD_BESIDES_LINKS = r"(?:^|[^<\w])[\w-]{2,}"


def found(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, bounds: Mapping[str, Any]) -> pl.Series:
    """True where nothing is left (`part`: column `words`; one language)."""
    fewest = bounds[rule.bound or rule.id]["words"]
    dismissed = [regex for id in rule.dismiss if id in rulebook.ids for regex in rulebook.regexes(rulebook.rule(id), lang)]
    left = pl.col("sentence")
    for regex in rulebook.subtractions(rule, lang):
        left = left.str.replace_all(regex, " ")
    # only a reply in which one of those rules found something can hold a sentence to dismiss
    suspect = pl.any_horizontal(
        pl.lit(not dismissed), *(pl.col(name) for name in (f"mark:{id}" for id in rule.dismiss) if name in part.columns)
    )
    split = pl.col("words").str.replace_all(r" ([.!?]+) ", f" $1 {_END} ").str.split(_END)
    rows = part.select(split.alias("sentence"), suspect.fill_null(False).alias("suspect")).with_row_index("row")
    sentences = rows.explode("sentence").drop_nulls("sentence")
    short = pl.col("sentence").str.count_matches(_WORD) <= SHORT
    doubtful = sentences.filter("suspect").select("sentence").unique().filter(short)
    dismissable = (
        doubtful.lazy().filter(_any(pl.col("sentence"), dismissed)).with_columns(dismissed=pl.lit(True)).collect(engine="streaming")
    )
    distinct = (
        sentences.select("sentence")
        .unique()
        .join(dismissable, on="sentence", how="left")
        .lazy()
        .with_columns(pl.col("dismissed").fill_null(False), left=left)
        .with_columns(
            worth=pl.when("dismissed").then(0).otherwise(pl.col("left").str.count_matches(_WORD)),
            helps=~pl.col("dismissed")
            & pl.col("left").str.contains(_WORD_BESIDES_LINKS)
            & _any(pl.col("left"), rulebook.regexes(rule, lang)),
        )
        .select("sentence", "worth", "helps")
        .collect(engine="streaming")
    )
    worth = sentences.join(distinct, on="sentence", how="left").group_by("row").agg(pl.col("worth").sum(), pl.col("helps").any())
    judged = rows.select("row").join(worth, on="row", how="left", maintain_order="left")
    return judged.select((pl.col("worth").fill_null(0) < fewest) & ~pl.col("helps").fill_null(False)).to_series()


def _any(text: pl.Expr, regexes: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.lit(False), *(text.str.contains(regex) for regex in regexes))
