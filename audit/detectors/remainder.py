"""Remainder: what is left of a reply when its formulas are taken away.

Sentence by sentence: greeting, name, thanks, apology, sympathy, assurance and formula are subtracted; sentences that only send the
customer elsewhere, refute or scold are dismissed but for the hard facts beside the fault; and a reply with fewer than the profile's
number of words left is empty, unless a sentence holds what helps by itself (`patterns`: a step, a fact, a date, an amount, a link, a
question needed to go on).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from audit.detectors import found as pattern
from audit.rule import Rule
from audit.rulebook import Rulebook
from audit.search import Index, Mask, searched

SHORT = 16
"""A dismissed sentence of more words than this holds steps of its own."""

_END = "\x1f"
_WORD = r"[^\W\d_]{3,}"
_WORD_BESIDES_LINKS = r"(?:^|[^<\w])[\w-]{2,}"


class Sentences(NamedTuple):
    """The distinct sentences of texts as an index of their words, what is `left` of each and whether that `helped`; `standing`: `row` (the
    number of a text), `sentence` (that of a sentence in it)."""

    held: Index
    left: pl.Series
    helped: pl.Series
    standing: pl.DataFrame


def sentences(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame) -> Sentences:
    """The sentences of `part` (column `words`; one language): what can be said of them without the marks of other rules."""
    split = pl.col("words").str.replace_all(r" ([.!?]+) ", f" $1 {_END} ").str.split(_END)
    standing = part.lazy().select(sentence=split).with_row_index("row").explode("sentence").drop_nulls("sentence")
    distinct = standing.group_by("sentence", maintain_order=True).agg("row").collect()
    index = Index(distinct.get_column("sentence"))
    left = index.without(rulebook.guarded(rule, "subtract", lang))
    helped = index.any_of(rulebook.sought(rule, "patterns", lang), texts=left)
    return Sentences(index, left, helped, distinct.select("row").with_row_index("sentence").explode("row"))


def found(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, bounds: Mapping[str, Any], split: Sentences) -> pl.Series:
    """True where nothing is left (`part`: column `words`, marks of the rules that dismiss; one language; `split`: its sentences)."""
    fewest = bounds[rule.bound or rule.id]["words"]
    suspect = part.select(_suspect(rule, part).alias("suspect")).to_series()
    standing = split.standing.with_columns(suspect=suspect.gather(split.standing.get_column("row")))
    suspected = np.zeros(len(split.left), dtype=bool)
    suspected[standing.filter("suspect").get_column("sentence").to_numpy()] = True
    dismissed, facts = _dismissed(rule, rulebook, lang, split.held, suspected)
    distinct = pl.DataFrame({"left": split.left, "helped": split.helped, "dismissed": dismissed, "facts": facts}).select(
        worth=pl.when("dismissed").then(0).otherwise(pl.col("left").str.count_matches(_WORD)),
        helps=pl.when("dismissed").then("facts").otherwise(pl.col("left").str.contains(_WORD_BESIDES_LINKS) & pl.col("helped")),
    )
    told = standing.select("row").hstack(distinct[standing.get_column("sentence")])
    empty = told.group_by("row").agg(empty=(pl.col("worth").sum() < fewest) & ~pl.col("helps").any())
    return pl.repeat(fewest > 0, part.height, dtype=pl.Boolean, eager=True).scatter(empty.get_column("row"), empty.get_column("empty"))


def _suspect(rule: Rule, part: pl.DataFrame) -> pl.Expr:
    """Whether a text can hold a sentence to dismiss: only where one of the rules that dismiss found something, and none that spares did."""
    marks = [pl.col(f"mark:{id}") for id in (*rule.dismiss, *rule.discount) if f"mark:{id}" in part.columns]
    spared = [pl.col(f"mark:{id}") for id in rule.spared_by if f"mark:{id}" in part.columns]
    suspect = pl.any_horizontal(pl.lit(False), *marks).fill_null(False) & ~pl.any_horizontal(pl.lit(False), *spared).fill_null(False)
    return pl.repeat(True, pl.len()) & suspect


def _dismissed(rule: Rule, rulebook: Rulebook, lang: str, index: Index, suspected: Mask) -> tuple[pl.Series, pl.Series]:
    """The sentences in which a rule that dismisses finds its fault, and in which of these facts help beside it; only suspected ones are looked at."""
    sentences = index.words.rename("words").to_frame()
    suspected = suspected & (sentences.get_column("words").str.count_matches(_WORD) <= SHORT).to_numpy()
    others = [rulebook.rule(id) for id in (*rule.dismiss, *rule.discount) if id in rulebook.ids]
    inside = {(other.id, "patterns"): suspected for other in others}
    candidates = searched(sentences, index, others, rulebook, lang, inside, keys=("patterns",)).filter(suspected)
    candidates = candidates.with_columns(reply="words")
    hit = pl.repeat(False, candidates.height, dtype=pl.Boolean, eager=True)
    for other in others:
        hit = hit | pattern.found(other, rulebook, lang, candidates, {}, index)
    dismissing = [each for other in others if other.id in rule.dismiss for each in rulebook.guarded(other, "patterns", lang)]
    dismissed = np.zeros(len(suspected), dtype=bool)
    dismissed[candidates.filter(hit).get_column("place").to_numpy()] = True
    facts = index.any_of(rulebook.sought(rule, "hard_facts", lang), dismissed, index.without(dismissing, dismissed))
    return pl.Series(dismissed), facts
