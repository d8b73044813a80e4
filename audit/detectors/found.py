"""Pattern and absence: does the text hold any of the rule's constructions, its exceptions aside?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit.anchor import Guarded, Sought
from audit.pattern import bundled
from audit.rule import Rule
from audit.rulebook import Rulebook
from audit.search import Index, fitting


def found(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame, bounds: Mapping[str, Any]) -> pl.Series:
    """True where `part` (columns `reply`, `words`; one language) holds a pattern that no exception covers."""
    hit = _beside(_matched(rule, "patterns", rulebook, lang, part), "patterns", rule, rulebook, lang, part)
    if shapes := rulebook.as_written(rule, lang):
        return hit | _any(part.get_column("reply"), shapes)
    return hit


def complained(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame) -> pl.Series:
    """True where `part` holds one of the constructions that are faults in reply to a complaint or criticism only, exceptions aside."""
    return _beside(_matched(rule, "complained", rulebook, lang, part), "complained", rule, rulebook, lang, part)


def given(rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame) -> pl.Series:
    """True where `part` holds one of the constructions that the rule is judged on."""
    hit = _matched(rule, "given", rulebook, lang, part)
    withheld = rulebook.guarded(rule, "given_unless", lang)
    if not withheld or not hit.any():
        return hit
    rows = hit.arg_true()
    left = _without(_text(rule, part).gather(rows), withheld)
    return hit.scatter(rows, _any(left, fitting(rulebook.guarded(rule, "given", lang), left)))


def searched(
    part: pl.DataFrame, rulebook: Rulebook, lang: str, sought: Sequence[tuple[Rule, str, NDArray[np.bool_] | None]]
) -> pl.DataFrame:
    """`part` with `hit:<rule>:<key>`, whether a pattern under a key of a rule matches (inside a mask, where there is one), and
    `except:<rule>:<lifts>`, whether one of its exceptions does, looked at only where a pattern did. One index serves them all."""
    index = Index(part.get_column("words"))
    lists = {f"hit:{rule.id}:{key}": found for rule, key, _ in sought if (found := rulebook.sought(rule, key, lang))}
    hits = index.all_of(lists, {f"hit:{rule.id}:{key}": mask for rule, key, mask in sought})
    exceptions: dict[str, list[Sought]] = {}
    inside: dict[str, NDArray[np.bool_] | None] = {}
    for rule, key, _ in sought:
        hit = hits.get(f"hit:{rule.id}:{key}")
        if key == "given" or hit is None or not hit.any():
            continue
        for lifts in ("reply", "match"):
            name = f"except:{rule.id}:{lifts}"
            if listed := [branch for each in rulebook.guarded_exceptions(rule, lang, lifts=lifts) for branch in each.branches]:
                exceptions[name] = listed
                before = inside.get(name)
                inside[name] = hit.to_numpy() if before is None else before | hit.to_numpy()
    excepted = index.all_of(exceptions, inside)
    return part.with_columns(column.alias(name) for name, column in {**hits, **excepted}.items())


def _beside(hit: pl.Series, key: str, rule: Rule, rulebook: Rulebook, lang: str, part: pl.DataFrame) -> pl.Series:
    """`hit` without the texts in which exceptions leave nothing of what the patterns under `key` found."""
    excused = rulebook.guarded_exceptions(rule, lang, lifts="reply")
    covered = rulebook.guarded_exceptions(rule, lang, lifts="match")
    if not hit.any() or not (excused or covered):
        return hit
    rows = hit.arg_true()
    text = _text(rule, part).gather(rows)
    still = ~_excepted(rule, "reply", excused, text, part, rows)
    touched = _excepted(rule, "match", covered, text, part, rows).arg_true()
    if len(touched):
        left = _without(text.gather(touched), covered)
        still = still.scatter(touched, still.gather(touched) & _any(left, fitting(rulebook.guarded(rule, key, lang), left)))
    return hit.scatter(rows, still)


def _excepted(rule: Rule, lifts: str, exceptions: list[Guarded], text: pl.Series, part: pl.DataFrame, rows: pl.Series) -> pl.Series:
    """Whether an exception matches the text of a row: as `searched` found, else looked for here."""
    name = f"except:{rule.id}:{lifts}"
    return part.get_column(name).gather(rows) if name in part.columns else _any(text, fitting(exceptions, text))


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
    text = _text(rule, part)
    regexes = fitting(rulebook.guarded(rule, key, lang), text)
    return _any(text, regexes if rule.on == "original" else bundled(regexes))


def _any(texts: pl.Series, regexes: list[str]) -> pl.Series:
    if not regexes:
        return pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
    hit = pl.any_horizontal(pl.col(texts.name).str.contains(regex) for regex in regexes)
    return texts.to_frame().lazy().select(hit.alias("hit")).collect(engine="streaming").to_series()
