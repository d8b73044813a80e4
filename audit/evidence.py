"""The words that broke a rule, found late and only for what is shown. Offsets are code points of the text as given."""

from __future__ import annotations

import re
from functools import lru_cache

from audit import text as texts
from audit.rule import COMPLAINED, Rule
from audit.rulebook import Rulebook
from audit.sought import Lexicon


def spans(
    rule: Rule, rulebook: Rulebook, lang: str, reply: str | None, asked_type: str | None = None, most: int = 5
) -> list[tuple[int, int]]:
    """Where `reply` to a message of `asked_type` holds what the rule forbids; empty when something is missing instead, or the rule needs no text."""
    if reply is None or rule.detector != "pattern" or not rule.languages & {lang, "*"}:
        return []
    line, places = (reply, [(i, i + 1) for i in range(len(reply))]) if rule.on == "original" else _aligned(reply)
    words = Lexicon(line.split())
    exceptions = [each.regex for each in rulebook.guarded_exceptions(rule, lang, lifts="match") if each.possible(words)]
    covered = [m.span() for regex in exceptions for m in _all(regex, line)]
    hits: list[tuple[int, int]] = []
    for regex in _expressions(rule, rulebook, lang, line, complained=asked_type in COMPLAINED):
        for match in _all(regex, line):
            start, end = match.span()
            if any(a < end and start < b for a, b in covered) or start == end:
                continue
            start, end = _trimmed(line, start, end)
            hits.append((places[start][0], places[end - 1][1]))
    hits += [match.span() for regex in rulebook.as_written(rule, lang) for match in _all(regex, reply)]
    return _outermost(hits)[:most]


def given(rule: Rule, rulebook: Rulebook, lang: str, reply: str | None, most: int = 3) -> list[tuple[int, int]]:
    """Where `reply` holds what the rule is judged on: the promise of a promise that was broken."""
    if reply is None or rule.on == "original" or not set(rule.given) & {lang, "*"}:
        return []
    line, places = texts.aligned(reply)
    withheld = [m.span() for regex in rulebook.withheld(rule, lang) for m in _all(regex, line)]
    hits = [_trimmed(line, *m.span()) for regex in rulebook.givens(rule, lang) for m in _all(regex, line)]
    free = [(a, b) for a, b in hits if a < b and not any(start < b and a < end for start, end in withheld)]
    return _outermost([(places[start][0], places[end - 1][1]) for start, end in free])[:most]


def asks_personal_data(rule: Rule, rulebook: Rulebook, lang: str, reply: str | None) -> bool | None:
    """Whether the reply names personal data; null for a rule that does not look for them."""
    if reply is None or not rule.asks or not set(rule.asks) & {lang, "*"}:
        return None
    line, _ = texts.aligned(reply)
    return any(_compiled(regex).search(line) for regex in rulebook.asked_for(rule, lang))


def _expressions(rule: Rule, rulebook: Rulebook, lang: str, line: str, *, complained: bool) -> list[str]:
    """The rule's expressions that can match the text: compiling one for Python takes longer than asking the engine about many."""
    if rule.on == "original":
        return [*rulebook.regexes(rule, lang), *(rulebook.complaineds(rule, lang) if complained else ())]
    words = Lexicon(line.split())
    sought = [*rulebook.sought(rule, "patterns", lang), *(rulebook.sought(rule, "complained", lang) if complained else ())]
    return [each.regex for each in sought if each.possible(words)]


def _trimmed(line: str, start: int, end: int) -> tuple[int, int]:
    """A place without the spaces at its ends."""
    while start < end - 1 and line[start] == " ":
        start += 1
    while end - 1 > start and line[end - 1] == " ":
        end -= 1
    return start, end


_aligned = lru_cache(maxsize=256)(texts.aligned)
"""A text that breaks several rules is looked at once for each."""


def _all(regex: str, line: str) -> list[re.Match[str]]:
    return list(_compiled(regex).finditer(line))


_cache: dict[str, re.Pattern[str]] = {}


def _compiled(regex: str) -> re.Pattern[str]:
    if regex not in _cache:
        _cache[regex] = re.compile(regex)
    return _cache[regex]


def _outermost(hits: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping places joined, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(hits):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
