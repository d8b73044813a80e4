"""Names of people as patterns: given names of three languages in their cases, with the family names, patronymics and initials beside them.

The patterns are for both engines of audit.privacy: no lookaround, no `\\w`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

_UPPER = "[A-ZÀ-ÖØ-ÞĄĆČĘŁŃÓŚŠŹŻŽА-ЯЁІЇЄҐ]"
_LOWER = "[a-zà-öø-ÿąćčęłńóśšźżžа-яёіїєґ'’]"
WORD = f"{_UPPER}{_LOWER}+(?:-{_UPPER}?{_LOWER}+)?"
"""A capitalised word of two letters or more."""
_FAMILY_RU = (
    "[А-ЯЁ][а-яё]{2,}(?:(?:ов|ев|ёв|ин|ын)(?:а|у|ым|е|ой|ы|ых|ыми)?|(?:ск|цк)(?:ий|ая|ого|ой|ому|ую|им|ом|ие|их)|енко|чук|юк|швили|дзе)"
)
_FAMILY_PL = "[A-ZĄĆĘŁŃÓŚŹŻ][a-ząćęłńóśźż]{1,}(?:(?:sk|ck|dzk)(?:i|a|iego|iej|iemu|ą|im|ich)|(?:wicz|czyk|czak|szak)(?:a|owi|em|u)?|owi?ec)"
_PATRONYMIC = "[А-ЯЁ][а-яё]{2,}(?:(?:ович|евич|ьич)(?:а|у|ем|е)?|(?:овн|евн|ичн|инишн)(?:а|ы|е|у|ой))"


def forms(name: str) -> set[str]:
    """The cases of a given name, by its ending; an English name only grows a Polish or Russian ending where it looks like one of theirs."""
    if not name.isascii() and "а" <= name[1].lower() <= "ё":
        return _russian(name)
    return _polish(name)


def _russian(name: str) -> set[str]:
    stem, last = name[:-1], name[-1]
    if last in "ая":
        return {stem + ending for ending in ("а", "я", "ы", "и", "е", "у", "ю", "ой", "ей", "ёй")}
    if last in "йь":
        return {stem + ending for ending in ("й", "ь", "я", "ю", "ем", "е", "и")}
    oblique = {"Павел": "Павл", "Пётр": "Петр"}.get(name, name)
    return {name, *(oblique + ending for ending in ("а", "у", "ом", "е"))}


def _polish(name: str) -> set[str]:
    stem, last = name[:-1], name[-1]
    if last == "a":
        soft = {"k": "ce", "g": "dze", "r": "rze", "t": "cie", "d": "dzie", "ł": "le"}.get(stem[-1:], "")
        return {name, *(stem + ending for ending in ("y", "i", "ie", "e", "ę", "ą", "o", "u")), *([stem[:-1] + soft] if soft else [])}
    if name.endswith("ek"):
        return {name, *(name[:-2] + "k" + ending for ending in ("a", "owi", "iem", "u"))}
    if name.endswith("eł"):
        return {name, *(name[:-2] + ending for ending in ("ła", "łowi", "łem", "le"))}
    if last in "iy":
        return {name, *(name + ending for ending in ("ego", "emu", "m"))} | ({stem + "ego", stem + "emu"} if last == "y" else set())
    soft = {"ł": "le", "r": "rze", "t": "cie", "d": "dzie"}.get(last, "")
    return {name, *(name + ending for ending in ("a", "owi", "em", "u", "ie", "iem")), *([stem + soft] if soft else [])}


@cache
def _lists() -> dict[str, frozenset[str]]:
    lists = tomllib.loads((Path(__file__).parent / "given_names.toml").read_text(encoding="utf-8"))
    return {name: frozenset(words.split()) for name, words in lists.items()}


@cache
def given() -> tuple[str, ...]:
    """Every form of every given name that is one without doubt, sorted."""
    lists = _lists()
    made = {form for lang in ("pl", "ru") for name in lists[lang] for form in forms(name)} | lists["en"]
    return tuple(sorted(form for form in made - lists["doubtful"] - lists["words"] if len(form) > 2))


@cache
def doubtful() -> tuple[str, ...]:
    """Every form of the given names that are something else too, sorted."""
    return tuple(sorted({form for name in _lists()["doubtful"] for form in forms(name)}))


def sure() -> str:
    """An expression of any given name that is one without doubt."""
    return trie(given())


def patterns() -> tuple[str, ...]:
    """Expressions of a name in full: given names with what stands beside them, patronymics, initials with a family name."""
    lists = _lists()
    unsure = trie(doubtful())
    family = f"(?:{_FAMILY_RU}|{_FAMILY_PL}|{trie(lists['family'])})"
    initial = rf"(?:{_UPPER}\. ?)"
    return (
        rf"(?:{family} )?{sure()}(?: (?:{initial}|{_PATRONYMIC}|{WORD})){{0,2}}",
        f"(?:{unsure} {family}|{family} {unsure})",
        f"(?:{family} )?(?:{WORD} )?{_PATRONYMIC}(?: {family})?",
        rf"(?:{initial}{{1,2}}(?:{_FAMILY_RU}|{_FAMILY_PL})|(?:{_FAMILY_RU}|{_FAMILY_PL}) {initial}{{1,2}})",
    )


def trie(words: Iterable[str]) -> str:
    """One expression for a list of words, common beginnings written once, the longest tried first."""
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}

    def written(node: dict[str, Any]) -> str:
        branches = [letter + written(below) for letter, below in sorted(node.items()) if letter]
        body = branches[0] if len(branches) == 1 and "" not in node else f"(?:{'|'.join(branches)})" if branches else ""
        return body + ("?" if "" in node and branches else "")

    return written(root)
