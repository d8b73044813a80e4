"""What a rule file may have wrong that only the whole rulebook and the engine can tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from audit.errors import AuditError
from audit.guide import Guide
from audit.pattern import PatternError, Vocabulary, all_taken, checked, expanded
from audit.rule import Rule, key_lines
from audit.tables import LANGUAGES


def in_rules(rules: Mapping[Path, Rule], vocabulary: Mapping[str, Vocabulary], guides: Collection[Guide]) -> list[AuditError]:
    """Clauses that no guide has, names that no vocabulary lists and expressions that the engine refuses, each with file, line and key."""
    with ThreadPoolExecutor() as pool:  # the engine reads expressions on all cores
        found = pool.map(
            lambda path, rule: [*_of_clauses(path, rule, guides), *_of_patterns(path, rule, vocabulary)], rules, rules.values()
        )
    return [fault for each in found for fault in each]


def _of_clauses(path: Path, rule: Rule, guides: Collection[Guide]) -> list[AuditError]:
    known = {clause for guide in guides for clause in guide.clauses}
    lines = key_lines(path.read_text(encoding="utf-8"))
    return [
        AuditError(f"clauses: {clause!r} is in no guide", place=f"{path}:{lines.get('clauses', 1)}", hint="rules/guides lists the clauses")
        for clause in rule.clauses
        if clause not in known
    ]


def _of_patterns(path: Path, rule: Rule, vocabulary: Mapping[str, Vocabulary]) -> list[AuditError]:
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
