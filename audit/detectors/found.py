"""Pattern and absence: does the text hold any of the rule's constructions, its exceptions aside?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from audit.rule import Rule
from audit.rulebook import Rulebook
from audit.search import Index, fitting
from audit.sought import Guarded


def found(
    rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, bounds: Mapping[str, Any], index: Index | None = None
) -> pl.Series:
    """True where `part` (columns `reply`, `words`, and `place` in an index if there is one; one language) holds a pattern that no exception covers."""
    hit = _beside(_matched(rule, "patterns", rulebook, lang, part), "patterns", rule, rulebook, lang, part, index)
    if shapes := rulebook.as_written(rule, lang):
        return hit | _any(part.get_column("reply"), shapes)
    return hit


def complained(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, index: Index | None = None) -> pl.Series:
    """True where `part` holds one of the constructions that are faults in reply to a complaint or criticism only, exceptions aside."""
    return _beside(_matched(rule, "complained", rulebook, lang, part), "complained", rule, rulebook, lang, part, index)


def given(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, index: Index | None = None) -> pl.Series:
    """True where `part` holds one of the constructions that the rule is judged on."""
    hit = _matched(rule, "given", rulebook, lang, part)
    withheld = rulebook.guarded(rule, "given_unless", lang)
    if not withheld or not hit.any():
        return hit
    rows = hit.arg_true()
    left = _without(_text(rule, part).gather(rows), withheld)
    return hit.scatter(rows, _still(left, rows, "given", rule, rulebook, lang, part, index))


def _beside(hit: pl.Series, key: str, rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, index: Index | None) -> pl.Series:
    """`hit` without the texts in which exceptions leave nothing of what the patterns under `key` found."""
    excused = rulebook.exceptions(rule, lang, lifts="reply")
    covered = rulebook.exceptions(rule, lang, lifts="match")
    if not hit.any() or not (excused or covered):
        return hit
    rows = hit.arg_true()
    text = _text(rule, part).gather(rows)
    held = _held(rule, [*excused, *covered], text, part, rows)
    still = ~_either(held[: len(excused)], len(rows))
    covering = held[len(excused) :]
    left = text
    for regex, where in zip(covered, (each.arg_true() for each in covering), strict=True):
        if len(where):
            left = left.scatter(where, left.gather(where).str.replace_all(regex, " # "))
    touched = _either(covering, len(rows)).arg_true()
    if len(touched):
        again = _still(left.gather(touched), rows.gather(touched), key, rule, rulebook, lang, part, index)
        still = still.scatter(touched, still.gather(touched) & again)
    return hit.scatter(rows, still)


def _held(rule: Rule, exceptions: list[str], text: pl.Series, part: pl.DataFrame, rows: pl.Series) -> list[pl.Series]:
    """For each exception, which of the texts as written hold it: as the index of words found (audit.search), else looked for here."""
    name = f"lifted:{rule.id}"
    if name in part.columns:
        bits = part.get_column(name).gather(rows)
        return [(bits & (1 << place)) != 0 for place in range(len(exceptions))]
    return [text.str.contains(regex) for regex in exceptions]


def _either(each: list[pl.Series], height: int) -> pl.Series:
    """True where one of the columns is."""
    result = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
    for column in each:
        result = result | column
    return result


def _text(rule: Rule, part: pl.DataFrame) -> pl.Series:
    return part.get_column("words" if rule.on == "words" else "reply")


def _without(text: pl.Series, expressions: list[Guarded]) -> pl.Series:
    for regex in fitting(expressions, text):
        text = text.str.replace_all(regex, " # ")
    return text


def _matched(rule: Rule, key: str, rulebook: Rulebook, lang: str, part: pl.DataFrame) -> pl.Series:
    """Whether a text holds one of the expressions: as the index of words found (audit.search), else looked for here."""
    name = f"hit:{rule.id}:{key}"
    if name in part.columns:
        return part.get_column(name)
    return _holds(_text(rule, part), key, rule, rulebook, lang)


def _still(
    left: pl.Series, rows: pl.Series, key: str, rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, index: Index | None
) -> pl.Series:
    """Whether what is `left` of the texts in some `rows` of `part` holds one of the patterns under `key`."""
    if index is None or rule.on != "words":
        return _holds(left, key, rule, rulebook, lang)
    return index.left_of(part.get_column("place").gather(rows), left, rulebook.sought(rule, key, lang))


def _holds(text: pl.Series, key: str, rule: Rule, rulebook: Rulebook, lang: str) -> pl.Series:
    """Whether a text holds one of the patterns under `key`."""
    if rule.on == "words":
        return Index(text).any_of(rulebook.sought(rule, key, lang))
    return _any(text, [each.regex for each in rulebook.guarded(rule, key, lang)])


def _any(texts: pl.Series, regexes: list[str]) -> pl.Series:
    if not regexes or not len(texts):
        return pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
    hit = pl.any_horizontal(pl.col(texts.name).str.contains(regex) for regex in regexes)
    return texts.to_frame().lazy().select(hit.alias("hit")).collect(engine="streaming").to_series()
