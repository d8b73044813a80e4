"""Remainder: what is left of a reply when its formulas are taken away.

Greeting, name, thanks, apology, sympathy, assurance, redirect and signature are subtracted; a reply that has fewer than the
profile's number of words left, and holds none of the rule's `patterns` (things that help by themselves: a link, a step, a
question needed to go on), is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from audit.rule import Rule
from audit.rulebook import Rulebook


def found(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, bounds: Mapping[str, Any]) -> pl.Series:
    """True where nothing is left (`part`: columns `words`; one language)."""
    words = pl.col("words")
    for regex in rulebook.subtractions(rule, lang):
        words = words.str.replace_all(regex, " | ")
    fewest = bounds[rule.bound or rule.id]["words"]
    helps = rulebook.regexes(rule, lang)
    frame = part.lazy().select("words").with_columns(words.alias("left"))
    hit = frame.select(
        (pl.col("left").str.count_matches(r"[^\W\d_]{2,}") < fewest)
        & ~pl.any_horizontal(pl.lit(False), *(pl.col("left").str.contains(regex) for regex in helps))
    )
    return hit.collect().to_series()
