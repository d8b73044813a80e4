"""Anchors: words that a text must hold for a pattern to match it at all.

A pattern is read as a sequence of words, groups and gaps (audit.pattern). Each word that no match can do without gives an anchor: a set
of literals of which one must stand in the text, whole (`late`) or as the beginning of a word (`apolog`). What this reading does not
follow (classes, optional parts) only widens an anchor or leaves it out: an anchor never excludes a text that the pattern matches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from audit.pattern import Vocabulary
from audit.sought import Anchor, Guarded, Literal, Sought

SHORTEST = 2
"""Beginnings of fewer letters exclude too little."""

MOST_SPELLINGS = 64
"""Spellings of one word that are told apart (`[eę]`, `n?`)."""

_ATOM = re.compile(
    r"(?P<group>\((?:\?:)?)|(?P<close>\))|(?P<bar>\|)|(?P<name>\{[a-z][a-z_]*\})|(?P<gap><\d\d?> ?)|(?P<kind>\[\^?\]?[^\]]*\])|(?P<escape>\\.)|(?P<wild>[.~^$])|(?P<space> )"
    r"|(?P<letters>(?:[^()|{<\[\\.~^$ ?*+](?![?*+{]))+)|(?P<letter>.)",
    re.S,
)
_QUANTIFIER = re.compile(r"(?:[?*+]|\{\d+(?:,\d*)?\})\??")

_NOT_READ = re.compile(r"\(\?(?!:)|\\ |\[[^\]]*\\")
"""Flags, named groups, escaped spaces and classes with escapes are left to the engine: such a pattern has no anchors."""
_ONE_NAME = re.compile(r"\{([a-z][a-z_]*)\}")
_ENDS_IN_GAP = re.compile(r"<\d\d?>$")


class _Atom(NamedTuple):
    kind: str
    text: str
    optional: bool = False
    repeated: bool = False
    inner: tuple[_Branch, ...] = ()
    """A group's alternatives."""
    span: tuple[int, int] = (0, 0)
    """Where a group stands in the pattern."""


class _Branch(NamedTuple):
    """One alternative: its text, and the atoms that it consists of."""

    text: str
    atoms: tuple[_Atom, ...]
    begin: int = 0
    """Where it begins in the pattern."""


class Anchors:
    """The anchors of patterns over one language's vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._named = cache(self._of_name)
        self._known: dict[str, tuple[Sought, ...]] = {}
        self._told: dict[str, Any] = {}
        self._anchor: Callable[[int], Anchor] = cache(self._told_anchor)
        self.grown = False
        """Whether a pattern was read that `restored` had not told of."""

    def sought(self, patterns: Iterable[str]) -> list[Sought]:
        """What is searched for in place of `patterns`: their branches, each with its anchors."""
        return [branch for pattern in patterns for branch in self.branched(pattern)]

    def guarded(self, patterns: Iterable[str]) -> list[Guarded]:
        """Each pattern as a whole, with what tells whether it can match."""
        return [Guarded(pattern, self.branched(pattern), self._vocabulary) for pattern in patterns]

    def branched(self, pattern: str) -> tuple[Sought, ...]:
        """The patterns that together match what `pattern` matches, each with its anchors."""
        if pattern not in self._known:
            if told := self._told.get("patterns", {}).get(pattern):
                found = [Sought(text, tuple(map(self._anchor, numbers)), self._vocabulary) for text, numbers in told]
            else:
                self.grown = True
                branches = [branch for written in self._unnamed(pattern) for branch in _branches(written)]
                found = [sought for branch in branches for sought in self._of_branch(branch)]
            self._known[pattern] = tuple(found)
        return self._known[pattern]

    def kept(self) -> dict[str, Any]:
        """What is known of patterns so far, as JSON: each anchor once, and for each pattern its branches with the numbers of theirs."""
        for pattern in self._told.get("patterns", {}):
            self.branched(pattern)
        numbers: dict[Anchor, int] = {}
        patterns = {
            pattern: [[each.pattern, [numbers.setdefault(anchor, len(numbers)) for anchor in each.anchors]] for each in branches]
            for pattern, branches in list(self._known.items())
        }
        anchors = [[[text for text, exact in anchor if exact], [text for text, exact in anchor if not exact]] for anchor in numbers]
        return {"anchors": anchors, "patterns": patterns}

    def restored(self, kept: dict[str, Any]) -> None:
        """Takes over what `kept` gave; each pattern when it is asked about."""
        self._told = kept

    def _told_anchor(self, number: int) -> Anchor:
        whole, beginnings = self._told["anchors"][number]
        return frozenset((*((text, True) for text in whole), *((text, False) for text in beginnings)))

    def _of_branch(self, branch: _Branch) -> list[Sought]:
        """One expression, or several where each of them has anchors that all together lack."""
        several = [self._one(each) for each in _spread(branch)]
        return several if several and all(each.anchors for each in several) else [self._one(branch)]

    def _one(self, branch: _Branch) -> Sought:
        anchors = self._sequence(branch.atoms, closed=not _ENDS_IN_GAP.search(branch.text))
        return Sought(branch.text, tuple(anchors), self._vocabulary)

    def _unnamed(self, pattern: str) -> list[str]:
        """A pattern that is one name as the words of that name, where they mean the same alone."""
        if not (match := _ONE_NAME.fullmatch(pattern)):
            return [pattern]
        entries = self._vocabulary.get(match[1], ())
        if not entries or any(_NOT_READ.search(entry) or any(map(_differs_alone, _parsed(entry))) for entry in entries):
            return [pattern]
        return [each for entry in entries for each in self._unnamed(entry)]

    def _of_name(self, name: str, closed: bool) -> Anchor | None:
        entries = self._vocabulary.get(name, ())
        if any(_NOT_READ.search(entry) for entry in entries):
            return None
        return self._any_of([branch for entry in entries for branch in _parsed(entry)], closed=closed)

    def _any_of(self, branches: Iterable[_Branch], *, closed: bool) -> Anchor | None:
        """One anchor for a choice: the best of each alternative, together; None where an alternative has none."""
        found: set[Literal] = set()
        for branch in branches:
            anchors = list(self._sequence(branch.atoms, closed=closed))
            if not anchors:
                return None
            found |= max(anchors, key=lambda anchor: (min(len(text) + exact for text, exact in anchor), -len(anchor)))
        return frozenset(found) if found else None

    def _sequence(self, atoms: Sequence[_Atom], *, closed: bool) -> Iterator[Anchor]:
        """`closed`: a word boundary follows the last atom."""
        words, known, whole = (
            {""},
            True,
            True,
        )  # the word read so far, in its spellings; whether it began at a boundary; whether it was all read
        for i, atom in enumerate(atoms):
            after = _is_boundary(atoms[i + 1]) if i + 1 < len(atoms) else closed
            begun = words != {""}
            if atom.kind == "gap" and known and not begun:
                continue  # a gap that begins at a boundary ends at one
            if _is_boundary(atom):
                if known and begun:
                    yield from _anchored(words, whole)
                words, known, whole = {""}, True, True
            elif not known or (atom.kind == "wild" and atom.text in "^$"):
                continue
            elif (spellings := _spellings(atom)) and len(words) * len(spellings) <= MOST_SPELLINGS:
                words = {word + spelling for word in words for spelling in spellings}
            elif not begun and atom.kind in ("group", "name"):
                if not atom.optional and not atom.repeated:
                    anchor = self._named(atom.text, after) if atom.kind == "name" else self._any_of(atom.inner, closed=after)
                    if anchor:
                        yield anchor
                known = atom.kind == "group" and all(map(_ends_at_boundary, atom.inner))
            else:
                # an ending, a wide class or a group inside a word: what was read is the word's beginning
                yield from _anchored(words, False)
                words, known, whole = {""}, False, False
        if known and words != {""}:
            yield from _anchored(words, whole and closed)


def _anchored(words: set[str], whole: bool) -> Iterator[Anchor]:
    """The anchor of a word in all its spellings; none where a beginning is too short."""
    if min(map(len, words)) >= (1 if whole else SHORTEST):
        yield frozenset((word, whole) for word in words)


def _spellings(atom: _Atom) -> set[str]:
    """The texts of an atom that is a letter, or one of a few letters, and perhaps left out; else none."""
    if atom.repeated:
        return set()
    letters = set()
    if atom.kind in ("letter", "letters"):
        letters = {atom.text}
    elif atom.kind == "kind" and not atom.text.startswith("[^") and atom.text[1:-1].isalpha():
        letters = set(atom.text[1:-1])
    return letters | {""} if letters and atom.optional else letters


def _ends_at_boundary(branch: _Branch) -> bool:
    """Whether an alternative that begins at a word boundary ends at one."""
    if not branch.atoms:
        return True
    if branch.atoms[-1].kind == "gap":
        return len(branch.atoms) == 1 or _is_boundary(branch.atoms[-2])
    return _is_boundary(branch.atoms[-1])


def _is_boundary(atom: _Atom) -> bool:
    return atom.kind == "space" and not atom.optional


def _branches(pattern: str) -> list[_Branch]:
    """The patterns that together match what `pattern` matches: its alternatives, each with rarer anchors than the whole."""
    if _NOT_READ.search(pattern):
        return [_Branch(pattern, ())]
    whole = _parsed(pattern)
    return _split(whole[0] if len(whole) == 1 else _Branch(pattern, (_Atom("group", pattern, inner=whole),)))


def _split(branch: _Branch) -> list[_Branch]:
    """A branch that is one choice as the alternatives of that choice."""
    choice = branch.atoms[0] if len(branch.atoms) == 1 else None
    if choice is None or choice.kind != "group" or choice.optional or choice.repeated:
        return [branch]
    if any(map(_differs_alone, choice.inner)):
        return [branch]
    return [part for each in choice.inner for part in _split(each)]


def _spread(branch: _Branch) -> list[_Branch]:
    """A branch that is one choice with nothing but optional groups around it as one branch for each alternative; else none."""
    needed = [place for place, atom in enumerate(branch.atoms) if not atom.optional]
    choice = branch.atoms[needed[0]] if len(needed) == 1 else None
    if choice is None or len(branch.atoms) == 1 or choice.kind != "group" or choice.repeated:
        return []
    before, after = branch.atoms[: needed[0]], branch.atoms[needed[0] + 1 :]
    start, end = (place - branch.begin for place in choice.span)
    return [_Branch(f"{branch.text[:start]}(?:{each.text}){branch.text[end:]}", (*before, *each.atoms, *after)) for each in choice.inner]


def _differs_alone(part: _Branch) -> bool:
    """Whether an alternative means something else where it stands alone."""
    return not part.atoms or _opens(part.atoms[0]) or _opens(part.atoms[-1])


def _opens(atom: _Atom) -> bool:
    return atom.kind in ("space", "gap") or (atom.kind == "wild" and atom.text in "^$")


def _parsed(pattern: str) -> tuple[_Branch, ...]:
    """A pattern's alternatives, read in one pass."""
    branches, _ = _read(pattern, 0)
    return branches


def _read(pattern: str, place: int) -> tuple[tuple[_Branch, ...], int]:
    """The alternatives from `place` to the bracket that closes them, or to the end; and the place behind it."""
    branches: list[_Branch] = []
    atoms: list[_Atom] = []
    begin = place
    while place < len(pattern):
        match = _ATOM.match(pattern, place)
        assert match is not None
        kind, text, at, place = str(match.lastgroup), match[0], place, match.end()
        if kind in ("bar", "close"):
            branches.append(_Branch(pattern[begin:at], tuple(atoms), begin))
            atoms, begin = [], place
            if kind == "close":
                return tuple(branches), place
            continue
        inner: tuple[_Branch, ...] = ()
        if kind == "group":
            inner, place = _read(pattern, place)
        elif kind == "name":
            text = text[1:-1]
        elif kind == "escape" and not text[1].isalnum():
            kind, text = "letter", text[1]
        quantifier = _QUANTIFIER.match(pattern, place)
        mark = quantifier[0] if quantifier else ""
        place += len(mark)
        atoms.append(_Atom(kind, text, mark[:1] in ("?", "*") or mark.startswith("{0"), bool(mark) and mark[:1] != "?", inner, (at, place)))
    return (*branches, _Branch(pattern[begin:], tuple(atoms), begin)), place
