"""Remainder: what is left of a reply when its formulas are taken away.

Sentence by sentence: greeting, name, thanks, apology, sympathy, assurance and formula are subtracted; sentences that only send the
customer elsewhere, refute or scold are dismissed but for the hard facts beside the fault; and a reply with fewer than the profile's
number of words left is empty, unless a sentence holds what helps by itself (`patterns`: a step, a fact, a date, an amount, a link, a
question needed to go on).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from audit.detectors import found as pattern
from audit.rule import Rule
from audit.rulebook import Rulebook
from audit.search import Index, searched

SHORT = 16
"""A dismissed sentence of more words than this holds steps of its own."""

_END = "\x1f"
_WORD = r"[^\W\d_]{3,}"
_WORD_BESIDES_LINKS = r"(?:^|[^<\w])[\w-]{2,}"


class Sentences(NamedTuple):
    """`standing`: `row` (the number of a text), `sentence`. `distinct`: each `sentence` once, what is `left` of it, whether that `helped`."""

    standing: pl.DataFrame
    distinct: pl.DataFrame


def sentences(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame) -> Sentences:
    """The sentences of `part` (column `words`; one language): what can be said of them without the marks of other rules."""
    split = pl.col("words").str.replace_all(r" ([.!?]+) ", f" $1 {_END} ").str.split(_END)
    standing = part.select(split.alias("sentence")).with_row_index("row").explode("sentence").drop_nulls("sentence")
    distinct = standing.select("sentence").unique(maintain_order=True)
    held = Index(distinct.get_column("sentence"))
    left = held.without(rulebook.guarded(rule, "subtract", lang))
    helped = held.any_of(rulebook.sought(rule, "patterns", lang), texts=left)
    return Sentences(standing, distinct.with_columns(left=left, helped=helped))


def found(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, bounds: Mapping[str, Any], split: Sentences) -> pl.Series:
    """True where nothing is left (`part`: column `words`, marks of the rules that dismiss; one language; `split`: its sentences)."""
    fewest = bounds[rule.bound or rule.id]["words"]
    standing = split.standing
    rows = part.with_columns(suspect=_suspect(rule, part)).select("suspect").with_row_index("row")
    suspects = standing.filter(rows.get_column("suspect").gather(standing.get_column("row"))).select("sentence").unique(maintain_order=True)
    distinct = (
        split.distinct.join(_dismissed(rule, rulebook, lang, suspects), on="sentence", how="left", maintain_order="left")
        .with_columns(pl.col("dismissed").fill_null(False))
        .select(
            "sentence",
            worth=pl.when("dismissed").then(0).otherwise(pl.col("left").str.count_matches(_WORD)),
            helps=pl.when("dismissed").then("facts").otherwise(pl.col("left").str.contains(_WORD_BESIDES_LINKS) & pl.col("helped")),
        )
    )
    worth = standing.join(distinct, on="sentence", how="left").group_by("row").agg(pl.col("worth").sum(), pl.col("helps").any())
    judged = rows.select("row").join(worth, on="row", how="left", maintain_order="left")
    return judged.select((pl.col("worth").fill_null(0) < fewest) & ~pl.col("helps").fill_null(False)).to_series()


def _suspect(rule: Rule, part: pl.DataFrame) -> pl.Expr:
    """Whether a text can hold a sentence to dismiss: only where one of the rules that dismiss found something, and none that spares did."""
    marks = [pl.col(f"mark:{id}") for id in (*rule.dismiss, *rule.discount) if f"mark:{id}" in part.columns]
    spared = [pl.col(f"mark:{id}") for id in rule.spared_by if f"mark:{id}" in part.columns]
    return pl.any_horizontal(pl.lit(False), *marks).fill_null(False) & ~pl.any_horizontal(pl.lit(False), *spared).fill_null(False)


def _dismissed(rule: Rule, rulebook: Rulebook, lang: str, sentences: pl.DataFrame) -> pl.DataFrame:
    """The sentences in which a rule that dismisses finds its fault: `sentence`, `dismissed` (true), and whether `facts` help beside it."""
    candidates = sentences.filter(pl.col("sentence").str.count_matches(_WORD) <= SHORT).with_columns(
        words=pl.col("sentence"), reply=pl.col("sentence")
    )
    others = [rulebook.rule(id) for id in (*rule.dismiss, *rule.discount) if id in rulebook.ids]
    index = Index(candidates.get_column("words"))
    candidates = searched(candidates, index, others, rulebook, lang, keys=("patterns",))
    hit = pl.repeat(False, candidates.height, dtype=pl.Boolean, eager=True)
    for other in others:
        hit = hit | pattern.found(other, rulebook, lang, candidates, {}, index)
    dismissing = [each for other in others if other.id in rule.dismiss for each in rulebook.guarded(other, "patterns", lang)]
    found = candidates.filter(hit).get_column("sentence")
    alone = Index(found)
    facts = alone.any_of(rulebook.sought(rule, "hard_facts", lang), texts=alone.without(dismissing))
    return pl.DataFrame({"sentence": found, "dismissed": pl.repeat(True, len(found), dtype=pl.Boolean, eager=True), "facts": facts})
