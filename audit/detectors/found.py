"""Pattern and absence: does the text hold any of the rule's constructions, its exceptions aside?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from audit.pattern import bundled
from audit.rule import Rule
from audit.rulebook import Rulebook


def found(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, bounds: Mapping[str, Any]) -> pl.Series:
    """True where `part` (columns `reply`, `words`; one language) holds a pattern that no exception covers."""
    column = "words" if rule.on == "words" else "reply"
    hit = _any(part.get_column(column), rulebook.regexes(rule, lang))
    if shapes := rulebook.as_written(rule, lang):
        return _beside(hit, rule, rulebook, lang, part) | _any(part.get_column("reply"), shapes)
    return _beside(hit, rule, rulebook, lang, part)


def _beside(hit: pl.Series, rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame) -> pl.Series:
    """`hit` without the texts in which exceptions leave nothing."""
    column = "words" if rule.on == "words" else "reply"
    excused = rulebook.exceptions(rule, lang, lifts="reply")
    covered = rulebook.exceptions(rule, lang, lifts="match")
    if not hit.any() or not (excused or covered):
        return hit
    rows = hit.arg_true()
    text = part.get_column(column).gather(rows)
    still = ~_any(text, excused)
    if covered:
        for regex in covered:
            text = text.str.replace_all(regex, " # ")
        still = still & _any(text, rulebook.regexes(rule, lang))
    return hit.scatter(rows, still)


def complained(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame) -> pl.Series:
    """True where `part` holds one of the constructions that are faults in reply to a complaint or criticism only."""
    return _any(part.get_column("words" if rule.on == "words" else "reply"), rulebook.complaineds(rule, lang))


def given(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame) -> pl.Series:
    """True where `part` holds one of the constructions that the rule is judged on."""
    text = part.get_column("words" if rule.on == "words" else "reply")
    hit = _any(text, rulebook.givens(rule, lang))
    if not (withheld := rulebook.withheld(rule, lang)) or not hit.any():
        return hit
    rows = hit.arg_true()
    text = text.gather(rows)
    for regex in withheld:
        text = text.str.replace_all(regex, " # ")
    return hit.scatter(rows, _any(text, rulebook.givens(rule, lang)))


def _any(texts: pl.Series, regexes: list[str]) -> pl.Series:
    name = texts.name
    frame = texts.to_frame()
    if not regexes:
        return pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
    hit = pl.any_horizontal(pl.col(name).str.contains(regex) for regex in bundled(regexes))
    return frame.lazy().select(hit.alias("hit")).collect(engine="streaming").to_series()
