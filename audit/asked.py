"""Files of rules/asked: how each type of message, and each flag, is put into words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit.errors import AuditError, SeveralErrors
from audit.pattern import PatternError, Vocabulary, all_taken, checked, expanded
from audit.rule import Language, key_lines
from audit.rulebook import home
from audit.schema import CLOSED, Faults, validated
from audit.tables import ASKED_TYPES, LANGUAGES

FLAGS = ("upset", "addressed", "insulting")


@dataclass
class _File:
    __pydantic_config__ = CLOSED

    strong: dict[Language, tuple[str, ...]] = field(default_factory=dict)
    weak: dict[Language, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Wordings:
    """Patterns of one type or flag: strong (those that decide) or weak (that only lean) -> language -> patterns."""

    name: str
    patterns: Mapping[str, Mapping[str, tuple[str, ...]]]


def open_asked(vocabulary: Mapping[str, Vocabulary] | None = None, folder: Path | None = None) -> dict[str, Wordings]:
    """The wordings of every type and flag. Raises SeveralErrors with all faults: file, line, key.

    With a vocabulary every pattern is proved too, which takes longer than all else.
    """
    folder = folder or home() / "asked"
    result: dict[str, Wordings] = {}
    errors: list[AuditError] = []
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in (*ASKED_TYPES, *FLAGS):
            errors.append(
                AuditError(
                    f"{path.stem!r} is neither a type nor a flag", place=str(path), hint=f"known: {', '.join((*ASKED_TYPES, *FLAGS))}"
                )
            )
            continue
        source = path.read_text(encoding="utf-8")
        lines = key_lines(source)
        try:
            data = tomllib.loads(source)
            file = _File(**data) if _fits(data) else validated(_File, data)
        except tomllib.TOMLDecodeError as error:
            errors.append(AuditError(f"is no valid TOML: {error}", place=str(path)))
            continue
        except Faults as found:
            for fault in found.faults:
                key = ".".join(str(part) for part in fault.place)
                errors.append(AuditError(f"{key}: {fault.message}", place=f"{path}:{lines.get(key, 1)}"))
            continue
        patterns = {kind: {str(lang): tuple(listed) for lang, listed in getattr(file, kind).items()} for kind in ("strong", "weak")}
        for kind, langs in patterns.items() if vocabulary is not None else ():
            for lang, listed in langs.items():
                try:
                    _prove(listed, (vocabulary or {}).get(lang, {}))
                except PatternError as error:
                    place = f"{path}:{lines.get(f'{kind}.{lang}', 1)}"
                    errors.append(AuditError(f"{kind}.{lang}: {error.message}", place=place, hint=error.hint))
        result[path.stem] = Wordings(path.stem, patterns)
    if errors:
        raise SeveralErrors(errors)
    return result


def _fits(data: Mapping[str, Any]) -> bool:
    """Whether a file holds what it may hold, so that there is nothing to explain."""
    return data.keys() <= {"strong", "weak"} and all(
        isinstance(langs, dict)
        and all(
            lang in LANGUAGES and isinstance(listed, list) and all(isinstance(each, str) for each in listed)
            for lang, listed in langs.items()
        )
        for langs in data.values()
    )


def _prove(patterns: tuple[str, ...], vocabulary: Vocabulary) -> None:
    regexes = [expanded(pattern, vocabulary) for pattern in patterns]
    if not all_taken(regexes):
        for regex, pattern in zip(regexes, patterns, strict=True):
            checked(regex, pattern)
