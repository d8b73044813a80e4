"""Readability: sentences too long or words too hard for the text's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from audit import readability
from audit.rule import Rule
from audit.rulebook import Rulebook
from audit.search import Index


def found(
    rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, bounds: Mapping[str, Any], index: Index | None = None
) -> pl.Series:
    """True where a text of at least the profile's words has sentences or words beyond the bounds of its language; null where shorter."""
    bound = bounds[rule.bound or rule.id]
    limits = bound[lang]
    measures = readability.measures(pl.col("words"), lang)
    hard = measures["sentence"] > limits["sentence"]
    if "flesch" in limits:
        hard = hard | (measures["flesch"] < limits["flesch"])
    if "fog" in limits:
        hard = hard | (measures["fog"] > limits["fog"])
    return part.lazy().select(pl.when(measures["words"] >= bound["words"]).then(hard)).collect(engine="streaming").to_series()
