"""One rule file: what it holds, and every fault of it at once, with file, line, key and a hint."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from audit.errors import AuditError, near
from audit.schema import CLOSED, Fault, Faults, Limits, validated

Language = Literal["en", "ru", "pl"]
AnyLanguage = Literal["en", "ru", "pl", "*"]
AskedType = Literal["complaint", "criticism", "destructive", "trolling", "praise", "question", "other"]
Level = Literal["error", "warning", "note", "none"]
Subject = Literal["reply", "asked", "account", "templates"]
Status = Literal["stable", "preview"]
COMPLAINED: tuple[AskedType, ...] = ("complaint", "criticism")
"""Types in reply to which the `complained` patterns of a rule count."""
Text = Annotated[str, Limits(min_length=1, strip_whitespace=True)]
Texts = tuple[Text, ...]


class Part:
    """A table of a rule file: no key but those named, nothing changed after loading."""

    __pydantic_config__ = CLOSED


@dataclass(frozen=True, kw_only=True)
class Wording(Part):
    """One sentence in the three languages of the report."""

    en: Text
    ru: Text
    pl: Text


@dataclass(frozen=True, kw_only=True)
class When(Part):
    """Where the rule is judged; a row that does not fit, or of which it is not known whether it fits, is null."""

    asked: tuple[AskedType, ...] = ()
    upset: bool | None = None
    public: bool = False
    confident: bool = False
    words: int = 0
    """Fewest words left in the reply."""
    facts: tuple[str, ...] = ()
    """Names of Boolean facts that must all be true. In `judge` there are none, so the rule is null there."""


@dataclass(frozen=True, kw_only=True)
class Unless(Part):
    """An exception, with the text that proves it: broken without the exception, kept with it
    (the other way round in an `absence` rule: what looks like care is none).

    `lifts = "match"` takes the exception's words out before the search, so that another match still counts;
    `lifts = "reply"` excuses the whole reply. `side = "asked"` looks at what was asked.
    """

    lang: AnyLanguage
    pattern: Text
    example: Text
    reply: str | None = None
    lifts: Literal["match", "reply"] = "match"
    side: Literal["reply", "asked"] = "reply"


@dataclass(frozen=True, kw_only=True)
class Example(Part):
    """A proof: an exchange that the rule must find broken (`bad`) or kept (`good`)."""

    lang: Language
    reply: str | None = None
    asked: str | None = None
    asked_type: AskedType | None = None
    asked_upset: bool | None = None
    private: bool = False
    words: str | None = None
    better: str | None = None
    facts: dict[str, bool | int | float | str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Rule(Part):
    """One Boolean column over its subjects: true = kept, false = broken, null = does not apply."""

    id: Annotated[str, Limits(pattern=r"^[a-z]+(-[a-z]+)*$")]
    subject: Subject
    level: Level
    status: Status = "stable"
    """`preview`: shown, and of no weight, because its measured precision or recall is below its target or not known."""
    detector: Literal["pattern", "absence", "remainder", "bound", "fact", "readability"]
    clauses: Annotated[tuple[str, ...], Limits(min_length=1)]
    kept: Wording
    broken: Wording
    why: Wording
    fix: Wording
    needs: Wording | None = None
    """What an export must hold for the rule to be judged."""
    evidence: Wording | None = None
    """How a row of an account rule's evidence is put into words; `{name}` is filled from the row."""
    when: When = When()
    on: Literal["words", "original"] = "words"
    """`original` searches the text as written (capitals, braces) with plain regular expressions."""
    patterns: dict[AnyLanguage, Texts] = field(default_factory=dict)
    as_written: dict[AnyLanguage, Texts] = field(default_factory=dict)
    """Plain regular expressions searched in the text as written, beside `patterns`: shouting shows in capitals only."""
    complained: dict[AnyLanguage, Texts] = field(default_factory=dict)
    """Patterns that count only in reply to a complaint or criticism: what is warmth elsewhere is out of place there."""
    asks: dict[AnyLanguage, Texts] = field(default_factory=dict)
    """Personal data: a finding says whether the reply names one of these."""
    subtract: dict[AnyLanguage, Texts] = field(default_factory=dict)
    """Formulas that `remainder` takes away before it looks at what is left."""
    dismiss: tuple[str, ...] = ()
    """Rules whose patterns make a sentence worth nothing to `remainder`: a redirect is no help."""
    discount: tuple[str, ...] = ()
    """Rules whose patterns leave a sentence only its hard facts: a refutation that gives the hour gives something."""
    spared_by: tuple[str, ...] = ()
    """Rules whose fault shows that `remainder` has nothing to dismiss: an errand of many steps is no bare redirect."""
    hard_facts: dict[AnyLanguage, Texts] = field(default_factory=dict)
    """What helps `remainder` in a discounted sentence, and in a dismissed one beside the words at fault: a number, an hour, a step to try."""
    brief: int = 0
    """A reply to a question of at most so many words answers it, where no rule that dismisses or discounts finds its fault in it."""
    implied_by: tuple[str, ...] = ()
    """Rules a break of which breaks this one too, where it is judged."""
    given: dict[AnyLanguage, Texts] = field(default_factory=dict)
    """The rule is judged only where one of these is found in the reply."""
    given_unless: dict[AnyLanguage, Texts] = field(default_factory=dict)
    """What is taken out of the reply before `given` is looked for."""
    unless: tuple[Unless, ...] = ()
    once: bool = False
    """Judged only while no earlier brand turn of the dialogue kept it."""
    silence: Literal["null", "kept", "broken"] = "null"
    """The verdict where nobody replied."""
    kept_by: tuple[str, ...] = ()
    """Facts that keep the rule whatever the text says; with `silence = "broken"` an unknown one makes it null."""
    fact: str | None = None
    bound: str | None = None
    """Name of a table of the profile's bounds."""
    bad: tuple[Example, ...] = ()
    good: tuple[Example, ...] = ()
    category: str = ""
    """The folder that the file lies in."""

    @property
    def languages(self) -> frozenset[str]:
        """Languages the rule can judge; `*` where it needs no text."""
        if self.given:
            return frozenset(self.given)
        if self.detector in ("bound", "fact") or "*" in self.patterns:
            return frozenset("*")
        if self.detector == "readability":
            return frozenset(("en", "ru", "pl"))
        return frozenset(self.patterns) | frozenset(self.subtract)


def restored(kept: Mapping[str, Any]) -> Rule | None:
    """The rule of which `dataclasses.asdict`, as JSON, was kept; None where it is none."""
    try:
        said: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()}
        for key in ("kept", "broken", "why", "fix", "needs", "evidence"):
            said[key] = said[key] and Wording(**said[key])
        for key in ("patterns", "as_written", "complained", "asks", "subtract", "hard_facts", "given", "given_unless"):
            said[key] = {lang: tuple(texts) for lang, texts in said[key].items()}
        when = said["when"]
        said["when"] = When(**{**when, "asked": tuple(when["asked"]), "facts": tuple(when["facts"])})
        said["unless"] = tuple(Unless(**each) for each in said["unless"])
        return Rule(**said | {key: tuple(Example(**each) for each in said[key]) for key in ("bad", "good")})
    except (TypeError, KeyError, AttributeError):
        return None


def load(path: Path) -> Rule:
    """Read one rule file. Raises RuleErrors with every fault of the file."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RuleErrors([AuditError(f"cannot be read: {error}", place=str(path))]) from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"{path}:{line[1]}" if line else str(path)
        raise RuleErrors([AuditError(f"is no valid TOML: {error}", place=place)]) from None
    try:
        rule = validated(Rule, {**data, "category": path.parent.name})
    except Faults as found:
        lines = key_lines(path.read_text(encoding="utf-8"))
        raise RuleErrors([_explained(path, lines, fault) for fault in found.faults]) from None
    if missing := _missing_proofs(path, rule):
        lines = key_lines(path.read_text(encoding="utf-8"))
        raise RuleErrors([AuditError(message, place=f"{path}:{lines.get(key, 1)}", hint=hint) for key, message, hint in missing])
    return rule


class RuleErrors(AuditError):
    """All faults of one or more rule files."""

    def __init__(self, errors: list[AuditError]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(e) for e in errors))


def _missing_proofs(path: Path, rule: Rule) -> list[tuple[str, str, str]]:
    faults: list[tuple[str, str, str]] = []
    if rule.id != path.stem:
        faults.append(("id", f"id: {rule.id!r} is not the file's name {path.stem!r}", "name the file after the rule"))
    if rule.detector in ("pattern", "absence") and not rule.patterns:
        faults.append(("detector", "patterns: missing", f"a {rule.detector} rule lists patterns for each language"))
    if rule.detector == "bound" and not rule.bound:
        faults.append(("detector", "bound: missing", "name a table of the profile's bounds"))
    if rule.detector in ("bound", "fact") and not rule.fact:
        faults.append(("detector", "fact: missing", "name the fact that is judged"))
    for key in ("kept", "broken", "why", "fix"):
        if any(said == "..." for said in asdict(getattr(rule, key)).values()):
            faults.append((key, f"{key}: still the dots of rules new", "say it in the three languages of the report"))
    judged = rule.languages - {"*"} or {"en"}
    for lang in sorted(judged):
        for kind, proofs in (("bad", rule.bad), ("good", rule.good)):
            if not any(proof.lang == lang for proof in proofs):
                faults.append((kind, f"{kind}: no example in {lang!r}", f"add [[{kind}]] with lang = {lang!r}"))
    if rule.detector in ("pattern", "absence", "remainder") and not any(proof.better for proof in rule.bad):
        faults.append(("bad", "bad: no example shows a better wording", "add better = '...' to a [[bad]]"))
    return faults


def _explained(path: Path, lines: dict[str, int], fault: Fault) -> AuditError:
    location = [str(part) for part in fault.place]
    key = ".".join(location)
    message, hint = fault.message, None
    if fault.kind == "unknown key":
        message = fault.kind
        keys = [each.name for kind in (Rule, When, Unless, Example) for each in fields(kind)]
        hint = near(location[-1], keys) or "see rules/README.md for the keys of a rule"
    elif fault.kind == "missing":
        message = fault.kind
        hint = f"add {location[-1]} = ..."
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return AuditError(f"{'.'.join(location)}: {message}", place=f"{path}:{lines.get(key, 1)}", hint=hint)


_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\"-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([\w\"*-]+(?:\.[\w\"*-]+)*)\s*=")


def key_lines(source: str) -> dict[str, int]:
    """The line of every dotted key of a TOML text (array tables numbered from 0), multi-line strings passed over."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    fence = ""
    for number, line in enumerate(source.splitlines(), 1):
        if fence:
            fence = "" if line.count(fence) % 2 else fence
            continue
        if header := _HEADER.match(line):
            table = header[2].replace('"', "")
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                lines.setdefault(table, number)
                table = f"{table}.{counts[table]}"
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            name = key[1].replace('"', "")
            lines.setdefault(f"{table}.{name}" if table else name, number)
        fence = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")
    return lines
