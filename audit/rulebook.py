"""All rule files, the vocabulary they share and the guides they are drawn from, read once."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from audit.errors import AuditError
from audit.pattern import PatternError, Vocabulary, checked, expanded
from audit.rule import Rule, RuleErrors, key_lines, load

CATEGORIES = (
    "promptness",
    "presence",
    "judgement",
    "openness",
    "composure",
    "care",
    "help",
    "follow-through",
    "integrity",
    "workload",
    "readiness",
)


def home() -> Path:
    """The folder of rule files: inside the wheel, or beside the package in a checkout."""
    packed = Path(__file__).parent / "_rules"
    return packed if packed.is_dir() else Path(__file__).parent.parent / "rules"


@dataclass(frozen=True)
class Guide:
    """One article that rules are drawn from, and its clauses (id -> what it advises)."""

    id: str
    author: str
    title: str
    date: str
    clauses: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Rulebook:
    """Rules in the order of the scorecard, each with its patterns expanded to regular expressions."""

    rules: tuple[Rule, ...]
    vocabulary: Mapping[str, Vocabulary]
    guides: tuple[Guide, ...]
    hash: str

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(rule.id for rule in self.rules)

    def rule(self, id: str) -> Rule:
        """The rule of that id. Raises AuditError when there is none."""
        for rule in self.rules:
            if rule.id == id:
                return rule
        raise AuditError(f"there is no rule {id!r}", hint="reply-audit rules list shows them all")

    def of(self, *subjects: str) -> list[Rule]:
        return [rule for rule in self.rules if rule.subject in subjects]

    def regexes(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "patterns", lang)

    def complaineds(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "complained", lang)

    def givens(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "given", lang)

    def withheld(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "given_unless", lang)

    def subtractions(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "subtract", lang)

    @cache  # noqa: B019 (a process holds one rulebook, and each expansion is asked for again and again)
    def _expanded(self, id: str, key: str, lang: str) -> list[str]:
        rule = self.rule(id)
        patterns: Mapping[str, tuple[str, ...]] = getattr(rule, key)
        chosen = [*patterns.get(lang, ()), *patterns.get("*", ())]
        return chosen if rule.on == "original" else [expanded(pattern, self.vocabulary.get(lang, {})) for pattern in chosen]

    def exceptions(self, rule: Rule, lang: str, *, lifts: str, side: str = "reply") -> list[str]:
        return self._exceptions(rule.id, lang, lifts, side)

    @cache  # noqa: B019
    def _exceptions(self, id: str, lang: str, lifts: str, side: str) -> list[str]:
        rule = self.rule(id)
        chosen = [u for u in rule.unless if u.lang in (lang, "*") and u.lifts == lifts and u.side == side]
        return [u.pattern if rule.on == "original" else expanded(u.pattern, self.vocabulary.get(lang, {})) for u in chosen]

    def guide_of(self, clause: str) -> Guide:
        return next(guide for guide in self.guides if clause in guide.clauses)


def open_rulebook(folder: Path | None = None) -> Rulebook:
    """Read every rule of `folder` (default: the rules of this package). Raises RuleErrors with all faults of all files."""
    folder = folder or home()
    vocabulary = {path.name: _vocabulary(path) for path in sorted((folder / "vocabulary").iterdir()) if path.is_dir()}
    guides = tuple(_guide(path) for path in sorted((folder / "guides").glob("*.toml")))
    rules: list[Rule] = []
    errors: list[AuditError] = []
    for path in _rule_files(folder):
        try:
            rule = load(path)
            errors.extend(_pattern_faults(path, rule, vocabulary, guides))
            rules.append(rule)
        except RuleErrors as error:
            errors.extend(error.errors)
    if errors:
        raise RuleErrors(errors)
    return Rulebook(tuple(rules), vocabulary, guides, _hash(folder))


def _rule_files(folder: Path) -> Iterable[Path]:
    for category in CATEGORIES:
        yield from sorted((folder / category).glob("*.toml"))


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.toml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _vocabulary(folder: Path) -> Vocabulary:
    words: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            listed = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise AuditError(f"is no valid TOML: {error}", place=str(path)) from None
        if twice := words.keys() & listed:
            raise AuditError(f"{min(twice)}: listed in another file of {folder.name} too", place=str(path), hint="give it another name")
        words |= {name: tuple(listed[name]) for name in listed}
    return words


def _guide(path: Path) -> Guide:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    clauses = {clause["id"]: clause["advises"] for clause in data["clause"]}
    return Guide(path.stem, data["author"], data["title"], str(data["date"]), clauses)


def _pattern_faults(path: Path, rule: Rule, vocabulary: Mapping[str, Vocabulary], guides: tuple[Guide, ...]) -> list[AuditError]:
    """Unknown clauses, unknown names and expressions that the engine refuses."""
    faults: list[AuditError] = []
    lines = key_lines(path.read_text(encoding="utf-8"))
    known = {clause for guide in guides for clause in guide.clauses}
    for clause in rule.clauses:
        if clause not in known:
            hint = "rules/guides lists the clauses"
            faults.append(AuditError(f"clauses: {clause!r} is in no guide", place=f"{path}:{lines.get('clauses', 1)}", hint=hint))
    listed = [
        (f"{key}.{lang}", lang, p)
        for key in ("patterns", "complained", "subtract", "given", "given_unless")
        for lang, ps in getattr(rule, key).items()
        for p in ps
    ]
    listed += [(f"unless.{i}.pattern", u.lang, u.pattern) for i, u in enumerate(rule.unless)]
    for key, lang, pattern in listed:
        languages = ("en", "ru", "pl") if lang == "*" else (lang,)
        try:
            for each in languages:
                checked(pattern if rule.on == "original" else expanded(pattern, vocabulary.get(each, {})), pattern)
        except PatternError as error:
            faults.append(AuditError(f"{key}: {error.message}", place=f"{path}:{lines.get(key, 1)}", hint=error.hint))
    return faults
