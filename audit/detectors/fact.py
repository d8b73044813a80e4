"""Fact: a Boolean fact that window SQL found; true keeps the rule."""

from __future__ import annotations

import polars as pl

from audit.rule import Rule


def kept(rule: Rule, columns: set[str]) -> pl.Expr:
    return pl.col(rule.fact) if rule.fact in columns else pl.lit(None, pl.Boolean)
