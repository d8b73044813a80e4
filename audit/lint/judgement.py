"""Templates judged by the rules for replies: the kernel's columns as findings with their places in the files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from audit import check, evidence, language
from audit.detectors import resembles
from audit.lint.finding import Card, Finding
from audit.lint.reaction import UNKNOWN, Reaction
from audit.lint.selection import Selection
from audit.profile import Profile
from audit.rule import Rule
from audit.rulebook import Rulebook
from audit.template.passage import Passage
from audit.template.placeholder import Placeholder, masked, placeholders
from audit.template.template import Template, place


@dataclass(frozen=True)
class Subject:
    """A template as it is judged: its placeholders stand for words, and what it answers is known or null."""

    template: Template
    found: tuple[Placeholder, ...]
    read: Passage
    """The text with a word in the place of each placeholder; `starts` and `ends` are code points of the template's text."""
    lang: str
    reaction: Reaction = UNKNOWN
    private: bool = False
    selection: Selection = field(default_factory=Selection)
    variables: tuple[str, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Code points of the template's text that `read.text[start:end]` came from."""
        if end <= start:
            at = self.read.starts[start] if start < len(self.read.text) else self.read.after
            return at, at
        return self.read.starts[start], self.read.ends[end - 1]


def identified(texts: Sequence[str], declared: Sequence[str | None]) -> list[str]:
    """The language of each text: as declared, else as found, else `other`."""
    unknown = [text for text, lang in zip(texts, declared, strict=True) if lang is None]
    found = iter(language.detect(pl.Series(unknown, dtype=pl.String)) if unknown else ())
    known = check.LANGUAGES
    langs = [lang if lang is not None else next(found) for lang in declared]
    return [lang if lang in known else "other" for lang in langs]


def subject(template: Template, lang: str, **policy: Any) -> Subject:
    found = tuple(placeholders(template.text))
    return Subject(template, found, masked(template.text, lang, found), lang, **policy)


def judged(subjects: Sequence[Subject], rulebook: Rulebook, profile: Profile) -> pl.DataFrame:
    """One row a template, in order, with one verdict column a rule. Nothing was asked, and there is neither time nor thread."""
    rows = pl.DataFrame(
        {
            "reply": [each.read.text for each in subjects],
            "lang": [each.lang for each in subjects],
            "asked_type": [each.reaction.asked_type for each in subjects],
            "asked_upset": [each.reaction.upset for each in subjects],
            "private": [each.private for each in subjects],
        },
        schema={"reply": pl.String, "lang": pl.String, "asked_type": pl.String, "asked_upset": pl.Boolean, "private": pl.Boolean},
    ).with_columns(confident=pl.col("asked_type").is_not_null())
    marks = check.marks(rows.select("reply", "lang", "asked_type"), rulebook, profile.bounds, heard=True)
    rows = rows.join(marks, on=["reply", "lang"], how="left", maintain_order="left").with_columns(asked=pl.lit(None, pl.String))
    return rows.hstack(check.verdicts(resembles.opinions(rows, "fast"), rulebook, profile.bounds, opinion="fast"))


def findings(subjects: Sequence[Subject], rulebook: Rulebook, profile: Profile, cards: Mapping[str, Card]) -> list[Finding]:
    """Every broken verdict of a selected rule, with the words at fault, or the template's first line where something is missing."""
    if not subjects:
        return []
    verdicts = judged(subjects, rulebook, profile)
    result = []
    for rule in rulebook.of("reply", "asked"):
        if rule.id not in cards:
            continue
        for number in (~verdicts[rule.id]).fill_null(False).arg_true():
            one = subjects[number]
            if one.selection.takes(cards[rule.id]):
                result.extend(_of_rule(one, rule, rulebook, one.selection.card(cards[rule.id])))
    return result


def _of_rule(one: Subject, rule: Rule, rulebook: Rulebook, card: Card) -> list[Finding]:
    better = _better(rule, one.lang)
    places = evidence.spans(rule, rulebook, one.lang, one.read.text, one.reaction.asked_type)
    if not places:
        return [likely(one, rule, card, better) if resembles.weighs(rule, rulebook) else missing(one, card, better)]
    return [at(one, card, *one.span(start, end), better=better) for start, end in places]


def at(one: Subject, card: Card, start: int, end: int, message: str | None = None, better: str | None = None) -> Finding:
    """A finding about `text[start:end]` of a template, white space at both ends left out."""
    held = one.template.text[start:end]
    start, end = start + len(held) - len(held.lstrip()), end - len(held) + len(held.rstrip()) if held.strip() else end
    words = " ".join(one.template.text[start:end].split())
    said = message or (f"{card.title}: “{_shortened(words)}”" if words else card.title)
    return _finding(one, card, (start, end), said, words or None, f"{_sentence(one, start, end)}\0{_normal(words)}", better)


def likely(one: Subject, rule: Rule, card: Card, better: str | None) -> Finding:
    """A finding of the second opinion: it stands on the template's first line, and says which words weigh most."""
    words = ", ".join(f"“{one.read.text[start:end]}”" for start, end in resembles.telling(rule, one.read.text))
    found = missing(one, card, better)
    return replace(found, message=f"{found.message}: reads like it, by {words}") if words else found


def missing(one: Subject, card: Card, better: str | None = None) -> Finding:
    """A finding about what a template does not say: it stands on the template's first line."""
    text = one.template.text
    first = len(text) - len(text.lstrip())
    end = text.find("\n", first)
    return _finding(one, card, (first, len(text) if end < 0 else end), card.title, None, _normal(one.read.text), better)


def _finding(one: Subject, card: Card, span: tuple[int, int], message: str, words: str | None, content: str, better: str | None) -> Finding:
    template = one.template
    line, column, end_line, end_column = place(template, *span)
    first, _, _, _ = place(template, 0, 0)
    _, _, last, _ = place(template, 0, len(template.text))
    return Finding(
        rule=card.id,
        level="note" if card.preview else card.level,
        message=message,
        path=template.path,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        key=template.key,
        name=template.name,
        lang=one.lang,
        words=words,
        better=better,
        lines=(first, last),
        span=span if words is not None else None,
        content=content,
        preview=card.preview,
    )


def _better(rule: Rule, lang: str) -> str | None:
    """A bad and a better wording of the rule's own examples, in the template's language."""
    shown = next((bad for bad in rule.bad if bad.lang == lang and bad.better), None)
    return None if shown is None or shown.reply is None else f"“{shown.better}” rather than “{shown.reply}”"


def _sentence(one: Subject, start: int, end: int) -> str:
    """The sentence around a span in normal form: other sentences may change, and the finding stays known."""
    text = one.template.text
    before = max((text.rfind(mark, 0, start) for mark in ".!?\n"), default=-1)
    behind = [place for mark in ".!?\n" if (place := text.find(mark, max(start, end - 1))) >= 0]
    return _normal(text[before + 1 : min(behind, default=len(text))])


def _normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _shortened(words: str, most: int = 80) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
