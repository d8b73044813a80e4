"""Faults of a rule that its file alone does not show: clauses of no guide, words of no vocabulary, expressions that the engine refuses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from audit.errors import AuditError
from audit.pattern import PatternError, Vocabulary, all_taken, checked, expanded
from audit.rule import Rule, key_lines
from audit.tables import LANGUAGES


def clause_faults(path: Path, rule: Rule, known: Collection[str]) -> list[AuditError]:
    """`known`: the clauses of all guides."""
    lines = key_lines(path.read_text(encoding="utf-8"))
    return [
        AuditError(f"clauses: {clause!r} is in no guide", place=f"{path}:{lines.get('clauses', 1)}", hint="rules/guides lists the clauses")
        for clause in rule.clauses
        if clause not in known
    ]


def pattern_faults(path: Path, rule: Rule, vocabulary: Mapping[str, Vocabulary]) -> list[AuditError]:
    """Unknown names and expressions that the engine refuses."""
    try:
        if all_taken({_regex(rule, lang, pattern, vocabulary) for _, lang, pattern in _patterns_of(rule)}):
            return []
    except PatternError:
        pass
    faults: list[AuditError] = []
    lines = key_lines(path.read_text(encoding="utf-8"))
    for key, lang, pattern in _patterns_of(rule):
        try:
            checked(_regex(rule, lang, pattern, vocabulary), pattern)
        except PatternError as error:
            faults.append(AuditError(f"{key}: {error.message}", place=f"{path}:{lines.get(key, 1)}", hint=error.hint))
    return faults


def _patterns_of(rule: Rule) -> Iterator[tuple[str, str, str]]:
    """(key, language, pattern) of all that a rule looks for; a pattern of any language stands once for each."""
    for key in ("patterns", "complained", "asks", "subtract", "hard_facts", "given", "given_unless", "as_written"):
        for lang, patterns in getattr(rule, key).items():
            for pattern in patterns:
                yield from ((f"{key}.{lang}", each, pattern) for each in (LANGUAGES if lang == "*" else (lang,)))
    for number, exception in enumerate(rule.unless):
        for each in LANGUAGES if exception.lang == "*" else (exception.lang,):
            yield f"unless.{number}.pattern", each, exception.pattern


def _regex(rule: Rule, lang: str, pattern: str, vocabulary: Mapping[str, Vocabulary]) -> str:
    plain = rule.on == "original" or pattern in rule.as_written.get(lang, ()) + rule.as_written.get("*", ())  # type: ignore[call-overload]
    return pattern if plain else expanded(pattern, vocabulary.get(lang, {}))
