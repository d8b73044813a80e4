"""All rule files, the vocabulary they share and the guides they are drawn from, read once."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache as remembered
from functools import cached_property
from pathlib import Path
from typing import Any

from audit import cache, guide
from audit.anchor import Anchors, Guarded, Sought
from audit.errors import AuditError
from audit.guide import Clause, Guide
from audit.pattern import Vocabulary, expanded
from audit.rule import Rule, RuleErrors, load
from audit.rule_fault import clause_faults, pattern_faults
from audit.tables import LANGUAGES

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

    def without(self, ids: Collection[str]) -> Rulebook:
        """The rulebook with some rules left out."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.id not in ids)) if ids else self

    def only(self, rule: Rule) -> Rulebook:
        """The rulebook with `rule` (in place of the one of its id) and the rules whose patterns it asks about."""
        needed = (rule.id, *rule.dismiss, *rule.discount, *rule.spared_by, *rule.implied_by)
        return replace(self, rules=tuple(rule if r.id == rule.id else r for r in self.rules if r.id in needed))

    def of(self, *subjects: str) -> list[Rule]:
        return [rule for rule in self.rules if rule.subject in subjects]

    def regexes(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "patterns", lang)

    def as_written(self, rule: Rule, lang: str) -> list[str]:
        return [*rule.as_written.get(lang, ()), *rule.as_written.get("*", ())]  # type: ignore[call-overload]

    def complaineds(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "complained", lang)

    def givens(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "given", lang)

    def withheld(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "given_unless", lang)

    def asked_for(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "asks", lang)

    def subtractions(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "subtract", lang)

    def facts_of(self, rule: Rule, lang: str) -> list[str]:
        return self._expanded(rule.id, "hard_facts", lang)

    def sought(self, rule: Rule, key: str, lang: str) -> list[Sought]:
        """The patterns under one key of a rule as audit.search looks for them."""
        return self._sought(rule.id, key, lang)

    def guarded(self, rule: Rule, key: str, lang: str) -> list[Guarded]:
        """The expressions under one key of a rule, each with what tells whether it can match at all."""
        return self._guarded(rule.id, key, lang)

    @remembered  # noqa: B019
    def _guarded(self, id: str, key: str, lang: str) -> list[Guarded]:
        rule = self.rule(id)
        patterns: Mapping[str, tuple[str, ...]] = getattr(rule, key)
        return self._guards(rule, [*patterns.get(lang, ()), *patterns.get("*", ())], lang)

    def guarded_exceptions(self, rule: Rule, lang: str, *, lifts: str) -> list[Guarded]:
        """What excuses a reply (`lifts = "reply"`) or words of it (`"match"`), each with what tells whether it can match at all."""
        return self._guarded_exceptions(rule.id, lang, lifts)

    @remembered  # noqa: B019
    def _guarded_exceptions(self, id: str, lang: str, lifts: str) -> list[Guarded]:
        rule = self.rule(id)
        return self._guards(
            rule, [u.pattern for u in rule.unless if u.lang in (lang, "*") and u.lifts == lifts and u.side == "reply"], lang
        )

    def _guards(self, rule: Rule, patterns: list[str], lang: str) -> list[Guarded]:
        if rule.on == "original":
            return [Guarded(pattern) for pattern in patterns]
        return self._anchors(lang).guarded(patterns)

    @remembered  # noqa: B019
    def _sought(self, id: str, key: str, lang: str) -> list[Sought]:
        patterns: Mapping[str, tuple[str, ...]] = getattr(self.rule(id), key)
        return self._anchors(lang).sought([*patterns.get(lang, ()), *patterns.get("*", ())])

    @remembered  # noqa: B019
    def _anchors(self, lang: str) -> Anchors:
        anchors = Anchors(self.vocabulary.get(lang, {}))
        if kept := cache.get(self._cached(lang)):
            anchors.restored(kept)
        return anchors

    def _cached(self, lang: str) -> str:
        code = b"".join(Path(__file__).with_name(name).read_bytes() for name in ("anchor.py", "pattern.py"))
        return f"anchors-{lang}-{self.hash}{hashlib.sha256(code).hexdigest()[:8]}"

    def keep(self) -> None:
        """Keeps what was found out about the patterns, so that the next process need not read them."""
        for lang in LANGUAGES:
            if (anchors := self._anchors(lang)).grown:
                cache.put(self._cached(lang), anchors.kept())

    @remembered  # noqa: B019 (a process holds one rulebook, and each expansion is asked for again and again)
    def _expanded(self, id: str, key: str, lang: str) -> list[str]:
        rule = self.rule(id)
        patterns: Mapping[str, tuple[str, ...]] = getattr(rule, key)
        chosen = [*patterns.get(lang, ()), *patterns.get("*", ())]
        return chosen if rule.on == "original" else [expanded(pattern, self.vocabulary.get(lang, {})) for pattern in chosen]

    def exceptions(self, rule: Rule, lang: str, *, lifts: str, side: str = "reply") -> list[str]:
        return self._exceptions(rule.id, lang, lifts, side)

    @remembered  # noqa: B019
    def _exceptions(self, id: str, lang: str, lifts: str, side: str) -> list[str]:
        rule = self.rule(id)
        chosen = [u for u in rule.unless if u.lang in (lang, "*") and u.lifts == lifts and u.side == side]
        return [u.pattern if rule.on == "original" else expanded(u.pattern, self.vocabulary.get(lang, {})) for u in chosen]

    def guide_of(self, clause: str) -> Guide:
        return next(guide for guide in self.guides if clause in guide.clauses)


def open_rulebook(own: Path | None = None, *, trusted: bool = False) -> Rulebook:
    """Read the rules of this package and those of the folder `own` beside them. Raises RuleErrors with all faults of all files.

    With `trusted` the engine is not asked about the package's own patterns, which takes longer than all the rest: they were tested.

    `own` is built like rules/: CATEGORY/ID.toml, and if wanted vocabulary/LANG/*.toml and guides/*.toml. A rule, a list of words or a guide
    of a name that the package has too takes its place.
    """
    if trusted and own is None and (kept := cache.get(name := _cached())):
        return _restored(kept, name.rpartition("-")[2][:16])
    folders = [home()]
    if own is not None and own.resolve() != home().resolve():
        if not own.is_dir():
            raise AuditError("no such folder of rules", place=str(own), hint="--rules names a folder of CATEGORY/ID.toml")
        folders.append(own)
    vocabulary: dict[str, Vocabulary] = {}
    guides: dict[str, Guide] = {}
    files: dict[str, tuple[int, Path]] = {}
    for folder in folders:
        for path in sorted((folder / "vocabulary").glob("*/")):
            vocabulary[path.name] = {**vocabulary.get(path.name, {}), **_vocabulary(path)}
        guides |= {path.stem: guide.read(path) for path in sorted((folder / "guides").glob("*.toml"))}
        files |= {path.stem: (CATEGORIES.index(path.parent.name), path) for path in _rule_files(folder)}
    rules: list[Rule] = []
    errors: list[AuditError] = []
    loaded: list[Path] = []
    for _, path in sorted(files.values(), key=lambda file: (file[0], file[1].name)):
        try:
            rules.append(load(path))
            loaded.append(path)
        except RuleErrors as error:
            errors.extend(error.errors)
    doubtful = [
        (path, rule)
        for path, rule in zip(loaded, rules, strict=True)
        if not trusted or not path.is_relative_to(home()) or (own is not None and (own / "vocabulary").is_dir())
    ]
    clauses = {clause for guide in guides.values() for clause in guide.clauses}
    with ThreadPoolExecutor() as pool:  # the engine reads expressions on all cores
        faults = pool.map(lambda each: [*clause_faults(each[0], each[1], clauses), *pattern_faults(each[0], each[1], vocabulary)], doubtful)
    errors += [fault for each in faults for fault in each]
    if errors:
        raise RuleErrors(errors)
    rulebook = Rulebook(tuple(rules), vocabulary, tuple(guides.values()), _hash(folders))
    if trusted and own is None:
        cache.put(_cached(), _kept(rulebook))
    return rulebook


def _cached() -> str:
    code = b"".join(Path(__file__).with_name(name).read_bytes() for name in ("rule.py", "rulebook.py"))
    return f"rulebook-{_hash([home()])}{hashlib.sha256(code).hexdigest()[:8]}"


def _kept(rulebook: Rulebook) -> dict[str, Any]:
    """The rulebook of the package as JSON, which is read in a fraction of the time that its files take."""
    guides = [{**asdict(each), "clauses": [asdict(clause) for clause in each.clauses.values()]} for each in rulebook.guides]
    return {
        "rules": [rule.model_dump(exclude_defaults=True) for rule in rulebook.rules],
        "vocabulary": rulebook.vocabulary,
        "guides": guides,
    }


def _restored(kept: dict[str, Any], digest: str) -> Rulebook:
    guides = [
        Guide(
            **{**guide, "clauses": {each["id"]: Clause(**{**each, "covered_by": tuple(each["covered_by"])}) for each in guide["clauses"]}}
        )
        for guide in kept["guides"]
    ]
    return Rulebook(tuple(map(Rule.model_validate, kept["rules"])), kept["vocabulary"], tuple(guides), digest)


def _rule_files(folder: Path) -> Iterable[Path]:
    for category in CATEGORIES:
        yield from sorted((folder / category).glob("*.toml"))


def _hash(folders: list[Path]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
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
