"""Which column of an export fills which column of a message, by the names that exports are known to use (synonyms.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_SYNONYMS = Path(__file__).parent / "synonyms.toml"
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BREAKS = re.compile(r"[\s_\-\u00a0]+")
_PLURAL = re.compile(r"^([а-я]{3,})(?:ов|ев|и|ы)$")
_TOO_GENERAL = frozenset(
    ("id", "name", "type", "url", "link", "date", "time", "title", "description", "from", "at", "reply", "score", "page")
)
_UNNAMED = re.compile(r"^unnamed: \d+$")


@cache
def normalised(name: str) -> str:
    """A column name for comparing: trimmed, lower case, ё as е, words parted by one space (also at `_`, `-`, camelCase), no BOM; a single
    Russian word in the genitive plural as in the nominative ("Лайков" = "Лайки"). "Unnamed: 0" gives an empty name."""
    plain = name.replace("\ufeff", "").strip()
    plain = _BREAKS.sub(" ", _CAMEL.sub(" ", plain)).strip().lower().replace("ё", "е")
    if _UNNAMED.match(plain):
        return ""
    return _PLURAL.sub(r"\1", plain)


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Field -> normalised names in order of preference."""
    with _SYNONYMS.open("rb") as file:
        return {field: tuple(dict.fromkeys(normalised(name) for name in names)) for field, names in tomllib.load(file).items()}


@cache
def known_names() -> frozenset[str]:
    return frozenset(name for names in synonyms().values() for name in names)


def candidates(columns: Sequence[str]) -> dict[str, list[str]]:
    """Field -> the export's columns that may fill it, best first.

    A column of a nested object (`outer.inner`) is known by its whole name, else by its last part where that says enough.
    """
    by_name: dict[str, list[str]] = {}
    nested: list[tuple[str, str]] = []
    known = known_names()
    for column in columns:
        name = normalised(column)
        last = name.rsplit(".", 1)[-1]
        if name in known or last == name or last in _TOO_GENERAL:
            by_name.setdefault(name, []).append(column)
        else:
            nested.append((last, column))
    for last, column in nested:
        by_name.setdefault(last, []).append(column)
    return {field: [column for name in names for column in by_name.get(name, [])] for field, names in synonyms().items()}
