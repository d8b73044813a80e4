"""What a template answers: the names that it declares, mapped to the types of messages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from audit.errors import AuditError, near
from audit.tables import ASKED_TYPES

UPSET = "upset"


class Reaction(NamedTuple):
    """The type of message that is answered, and whether its author is visibly upset; None where it is not known."""

    asked_type: str | None
    upset: bool | None


UNKNOWN = Reaction(None, None)


class Reactions:
    """Names to reactions. `own` maps names of the user's (a whole name, or words of it) to a type, `upset TYPE`, or `none`."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self._own = {_normal(name): _read(name, meaning) for name, meaning in (own or {}).items()}

    def of(self, names: Sequence[str]) -> Reaction:
        """The reaction that the first telling name declares."""
        normal = [_normal(name) for name in names]
        for name in normal:
            if name in self._own:
                return self._own[name]
        for name in normal:
            for own, reaction in self._own.items():
                if own and f" {own} " in f" {name} ":
                    return reaction
            kinds, upset = _told(name)
            if len(kinds) == 1:
                return Reaction(next(iter(kinds)), True if upset else None)
        return UNKNOWN


def _read(name: str, meaning: str) -> Reaction:
    words = meaning.split()
    kinds = [word for word in words if word != UPSET]
    if words == ["none"]:
        return UNKNOWN
    if len(kinds) != 1 or kinds[0] not in ASKED_TYPES:
        known = f"known: {', '.join(ASKED_TYPES)}, each with upset before it, or none"
        raise AuditError(
            f"reactions: {name!r} stands for {meaning!r}, which is no type", hint=near(kinds[0] if kinds else meaning, ASKED_TYPES) or known
        )
    return Reaction(kinds[0], True if UPSET in words else None)


def _normal(name: str) -> str:
    """Lower-case words with single spaces: `ComplaintLate_delivery-2` is `complaint late delivery 2`."""
    parted = re.sub(r"(?<=[^\W\d_A-ZА-ЯЁ])(?=[A-ZА-ЯЁ])", " ", name)
    return " ".join(re.findall(r"[^\W_]+", parted.casefold().replace("ё", "е")))


def _told(name: str) -> tuple[set[str], bool]:
    words = name.split()
    kinds = {kind for kind, pattern in _defaults().items() if any(pattern.fullmatch(word) for word in words)}
    return kinds - {UPSET}, UPSET in kinds


@cache
def _defaults() -> dict[str, re.Pattern[str]]:
    listed = tomllib.loads(Path(__file__).with_name("reactions.toml").read_text(encoding="utf-8"))
    return {
        kind: re.compile("|".join(re.escape(word.replace("ё", "е")).replace(re.escape("~"), r"\w*") for word in words))
        for kind, words in listed.items()
    }
