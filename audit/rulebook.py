"""All rule files, the vocabulary they share and the guides they are drawn from, read once."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cache as remembered
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import Any

from audit import cache, faults, guide
from audit.anchor import Anchors
from audit.errors import AuditError, near
from audit.guide import Guide
from audit.pattern import REFUSED, Vocabulary, expanded
from audit.rule import Rule, RuleErrors, load, restored
from audit.rule_folder import hash_of, keep, kept, misplaced
from audit.sought import Guarded, Sought
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

_TOLD = ("kept", "broken", "why", "fix", "needs", "evidence", "clauses", "bad", "good")
"""Keys of a rule that it is not judged by."""


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
    paths: Mapping[str, Path] = field(default_factory=dict)
    """Rule -> its file."""
    checked: bool = False
    """Whether all files of the package were checked before, profiles among them, and kept."""
    _opened: dict[str, Anchors] = field(default_factory=dict, repr=False)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(rule.id for rule in self.rules)

    def proved(self) -> Rulebook:
        """The rulebook itself. Raises RuleErrors with the faults that `open_rulebook` does not look for in the package's own rules."""
        if found := faults.in_rules({self.paths[rule.id]: rule for rule in self.rules}, self.vocabulary, self.guides):
            raise RuleErrors(found)
        return self

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """What the engine refuses meanwhile becomes RuleErrors that name file and line."""
        try:
            yield
        except REFUSED:
            self.proved()
            raise

    def rule(self, id: str) -> Rule:
        """The rule of that id. Raises AuditError when there is none."""
        for rule in self.rules:
            if rule.id == id:
                return rule
        raise AuditError(f"there is no rule {id!r}", hint=near(id, self.ids) or "reply-audit rules list shows them all")

    def packaged(self, id: str) -> bool:
        """Whether a rule is this package's, not a user's own of the same name."""
        return id not in self.paths or self.paths[id].is_relative_to(home())

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
        return self._guards(self.rule(id), self._lifting(id, lang, lifts, "reply"), lang)

    def _guards(self, rule: Rule, patterns: list[str], lang: str) -> list[Guarded]:
        if rule.on == "original":
            return [Guarded(pattern) for pattern in patterns]
        return self.anchors(lang).guarded(patterns)

    def read_ahead(self) -> None:
        """Read the anchors of all patterns now, in a thread of its own: a long history needs them when it has been read."""

        def read() -> None:
            for lang in LANGUAGES:
                for rule in self.rules:
                    if rule.on == "words":
                        self.sought_exceptions(rule, lang)
                        for key in ("patterns", "complained", "given"):
                            self.sought(rule, key, lang)
            self.keep()

        Thread(target=read, daemon=True).start()

    @remembered  # noqa: B019
    def _sought(self, id: str, key: str, lang: str) -> list[Sought]:
        patterns: Mapping[str, tuple[str, ...]] = getattr(self.rule(id), key)
        return self.anchors(lang).sought([*patterns.get(lang, ()), *patterns.get("*", ())])

    def anchors(self, lang: str) -> Anchors:
        """The anchors of patterns over the vocabulary of a language, each read once."""
        if lang not in self._opened:
            anchors = Anchors(self.vocabulary.get(lang, {}))
            if kept := cache.get(self._cached(lang)):
                anchors.restored(kept)
            self._opened[lang] = anchors
        return self._opened[lang]

    def _cached(self, lang: str) -> str:
        code = b"".join(Path(__file__).with_name(name).read_bytes() for name in ("anchor.py", "pattern.py"))
        return f"anchors-{lang}-{self.hash}{hashlib.sha256(code).hexdigest()[:8]}"

    def keep(self) -> None:
        """Keeps what was found out about the patterns, so that the next process need not read them."""
        for lang, anchors in list(self._opened.items()):
            if anchors.grown:
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
        return [
            pattern if self.rule(id).on == "original" else expanded(pattern, self.vocabulary.get(lang, {}))
            for pattern in self._lifting(id, lang, lifts, side)
        ]

    def sought_exceptions(self, rule: Rule, lang: str) -> list[list[Sought]]:
        """The exceptions of a rule that the reply shows as audit.search looks for them: those that lift the reply, then those of a match."""
        return self._sought_exceptions(rule.id, lang)

    @remembered  # noqa: B019
    def _sought_exceptions(self, id: str, lang: str) -> list[list[Sought]]:
        rule = self.rule(id)
        return [list(each.branches) for lifts in ("reply", "match") for each in self.guarded_exceptions(rule, lang, lifts=lifts)]

    def _lifting(self, id: str, lang: str, lifts: str, side: str) -> list[str]:
        return [u.pattern for u in self.rule(id).unless if u.lang in (lang, "*") and u.lifts == lifts and u.side == side]

    def fingerprint(self, rule: Rule, bounds: Mapping[str, object]) -> str:
        """A hash of all that a rule judges by: itself without its titles and proofs, the words it names, the rules it asks about, its bounds."""
        named = {rule.id, rule.bound, *(("history", "promise") if rule.fact else ())}
        digest = hashlib.sha256(json.dumps({name: bounds[name] for name in named & bounds.keys()}, sort_keys=True).encode())
        for each in self.only(rule).rules:
            judging = {key: value for key, value in asdict(each).items() if key not in _TOLD}
            text = json.dumps(judging, ensure_ascii=False, separators=(",", ":"))
            digest.update(text.encode())
            for lang in sorted(self.vocabulary):
                digest.update("".join(_words_of(text, self.vocabulary[lang])).encode())
        return digest.hexdigest()[:16]

    def guide_of(self, clause: str) -> Guide:
        return next(guide for guide in self.guides if clause in guide.clauses)


def open_rulebook(own: Path | None = None) -> Rulebook:
    """Read the rules of this package and those of the folder `own` beside them. Raises RuleErrors with all faults of all files.

    The package's own expressions are not compiled here, which takes longer than all else (tests do, and `Rulebook.proved`).
    `own` is built like rules/: CATEGORY/ID.toml, and if wanted vocabulary/LANG/*.toml and guides/*.toml. A rule, a list of words or a guide
    of a name that the package has too takes its place.
    """
    folders = [home()]
    if own is not None and own.resolve() != home().resolve():
        if not own.is_dir():
            raise AuditError("no such folder of rules", place=str(own), hint="--rules names a folder of CATEGORY/ID.toml")
        misplaced(own, CATEGORIES)
        folders.append(own)
    vocabulary: dict[str, Vocabulary] = {}
    guides: dict[str, Guide] = {}
    files: dict[str, tuple[int, Path]] = {}
    hash = hash_of(folders[:1])
    known = kept(folders[0], hash)
    fresh = False
    for folder in folders:
        for path in sorted((folder / "vocabulary").glob("*/")):
            vocabulary[path.name] = {**vocabulary.get(path.name, {}), **_vocabulary(path, known)}
        guides |= {path.stem: guide.read(path, known.get(str(path))) for path in sorted((folder / "guides").glob("*.toml"))}
        files |= {path.stem: (CATEGORIES.index(path.parent.name), path) for path in _rule_files(folder)}
    rules: dict[Path, Rule] = {}
    errors: list[AuditError] = []
    for _, path in sorted(files.values(), key=lambda file: (file[0], file[1].name)):
        try:
            if rule := restored(known.get(str(path), {})):
                rules[path] = rule
            else:
                rules[path] = load(path)
                fresh = fresh or path.is_relative_to(home())
        except RuleErrors as error:
            errors.extend(error.errors)
    trusted = home() if len(folders) == 1 or not (folders[1] / "vocabulary").is_dir() else None
    doubtful = {path: rule for path, rule in rules.items() if trusted is None or not path.is_relative_to(trusted)}
    errors += faults.in_rules(doubtful, vocabulary, guides.values())
    if errors:
        raise RuleErrors(errors)
    if fresh and set(_rule_files(folders[0])) <= rules.keys():
        keep(folders[0], hash, rules)
    paths = {rule.id: path for path, rule in rules.items()}
    hash = hash if len(folders) == 1 else hash_of(folders)
    return Rulebook(tuple(rules.values()), vocabulary, tuple(guides.values()), hash, paths, checked=bool(known) and not fresh)


def _words_of(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The lists of words that a text names as {name}, and those that these name in turn."""
    seen: set[str] = set()
    waiting = [text]
    while waiting:
        for name in sorted(set(re.findall(r"\{([a-z][a-z_]*)\}", waiting.pop())) & vocabulary.keys() - seen):
            seen.add(name)
            waiting.append("\n".join(vocabulary[name]))
            yield f"{name}={waiting[-1]}\0"


def _rule_files(folder: Path) -> Iterable[Path]:
    for category in CATEGORIES:
        yield from sorted((folder / category).glob("*.toml"))


def _vocabulary(folder: Path, known: Mapping[str, Any]) -> Vocabulary:
    words: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            listed = known.get(str(path)) or tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise AuditError(f"is no valid TOML: {error}", place=str(path)) from None
        if twice := words.keys() & listed:
            raise AuditError(f"{min(twice)}: listed in another file of {folder.name} too", place=str(path), hint="give it another name")
        words |= {name: tuple(listed[name]) for name in listed}
    return words
