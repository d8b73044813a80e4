"""Bound: a numeric fact against a bound of the profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from audit.rule import Rule


def kept(rule: Rule, columns: set[str], bounds: Mapping[str, Any]) -> pl.Expr:
    """True where the fact is at most the bound, null where the fact is unknown.

    A bound is one number `most`, or one a channel kind (`public`, `review`, `private`).
    """
    if rule.fact not in columns:
        return pl.lit(None, pl.Boolean)
    bound = bounds[str(rule.bound)]
    value = pl.col(rule.fact)
    if "most" in bound:
        return value <= float(bound["most"])
    kind = pl.col("channel_kind") if "channel_kind" in columns else pl.lit("public")
    return value <= kind.replace_strict(
        {k: v for k, v in bound.items() if isinstance(v, int | float)}, default=None, return_dtype=pl.Float64
    )
