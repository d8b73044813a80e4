"""Remainder: what is left of a reply when its formulas are taken away.

Sentence by sentence: greeting, name, thanks, apology, sympathy, assurance and formula are subtracted; sentences that only send the
customer elsewhere, refute or scold are dismissed but for the hard facts beside the fault; and a reply with fewer than the profile's
number of words left is empty, unless a sentence holds what helps by itself (`patterns`: a step, a fact, a date, an amount, a link, a
question needed to go on).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from audit import search
from audit.detectors import found as pattern
from audit.pattern import bundled
from audit.rule import Rule
from audit.rulebook import Rulebook

SHORT = 16
"""A dismissed sentence of more words than this holds steps of its own."""

_END = "\x1f"
_WORD = r"[^\W\d_]{3,}"
_WORD_BESIDES_LINKS = r"(?:^|[^<\w])[\w-]{2,}"


def found(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, bounds: Mapping[str, Any]) -> pl.Series:
    """True where nothing is left (`part`: column `words`, marks of the rules that dismiss; one language)."""
    fewest = bounds[rule.bound or rule.id]["words"]
    left = pl.col("sentence")
    for regex in rulebook.subtractions(rule, lang):
        left = left.str.replace_all(regex, " ")
    split = pl.col("words").str.replace_all(r" ([.!?]+) ", f" $1 {_END} ").str.split(_END)
    rows = part.select(split.alias("sentence"), _suspect(rule, part).alias("suspect")).with_row_index("row")
    sentences = rows.explode("sentence").drop_nulls("sentence")
    dismissed = _dismissed(rule, rulebook, lang, sentences.filter("suspect").select("sentence").unique(maintain_order=True))
    distinct = (
        sentences.select("sentence")
        .unique()
        .join(dismissed, on="sentence", how="left")
        .lazy()
        .with_columns(pl.col("dismissed").fill_null(False), left=left)
        .with_columns(
            worth=pl.when("dismissed").then(0).otherwise(pl.col("left").str.count_matches(_WORD)),
            helps=pl.when("dismissed")
            .then(_any(pl.col("rest"), rulebook.facts_of(rule, lang)))
            .otherwise(pl.col("left").str.contains(_WORD_BESIDES_LINKS) & _any(pl.col("left"), rulebook.regexes(rule, lang))),
        )
        .select("sentence", "worth", "helps")
        .collect(engine="streaming")
    )
    worth = sentences.join(distinct, on="sentence", how="left").group_by("row").agg(pl.col("worth").sum(), pl.col("helps").any())
    judged = rows.select("row").join(worth, on="row", how="left", maintain_order="left")
    return judged.select((pl.col("worth").fill_null(0) < fewest) & ~pl.col("helps").fill_null(False)).to_series()


def _suspect(rule: Rule, part: pl.DataFrame) -> pl.Expr:
    """Whether a text can hold a sentence to dismiss: only where one of the rules that dismiss found something, and none that spares did."""
    marks = [pl.col(f"mark:{id}") for id in (*rule.dismiss, *rule.discount) if f"mark:{id}" in part.columns]
    spared = [pl.col(f"mark:{id}") for id in rule.spared_by if f"mark:{id}" in part.columns]
    return pl.any_horizontal(pl.lit(False), *marks).fill_null(False) & ~pl.any_horizontal(pl.lit(False), *spared).fill_null(False)


def _dismissed(rule: Rule, rulebook: Rulebook, lang: str, sentences: pl.DataFrame) -> pl.DataFrame:
    """The sentences in which a rule that dismisses finds its fault, with the `rest` in which hard facts count."""
    candidates = sentences.filter(pl.col("sentence").str.count_matches(_WORD) <= SHORT).with_columns(
        words=pl.col("sentence"), reply=pl.col("sentence")
    )
    others = [rulebook.rule(id) for id in (*rule.dismiss, *rule.discount) if id in rulebook.ids]
    candidates = search.searched(candidates, others, rulebook, lang, keys=("patterns",))
    hit = pl.repeat(False, candidates.height, dtype=pl.Boolean, eager=True)
    rest = pl.col("sentence")
    for other in others:
        hit = hit | pattern.found(other, rulebook, lang, candidates, {})
        if other.id in rule.dismiss:
            for regex in rulebook.regexes(other, lang):
                rest = rest.str.replace_all(regex, " ")
    found = candidates.select("sentence").filter(hit)
    return found.lazy().with_columns(rest.alias("rest"), dismissed=pl.lit(True)).collect(engine="streaming")


def _any(text: pl.Expr, regexes: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.lit(False), *(text.str.contains(regex) for regex in bundled(regexes)))
