"""What is searched for: expressions, and the words without which they cannot match (read from patterns by audit.anchor)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from audit.pattern import Vocabulary, expanded

Literal = tuple[str, bool]
"""A word's text, and whether it is the whole word (else its beginning)."""

Anchor = frozenset[Literal]


_INSIDE = re.compile(r"\\[Swd]|\\[^\w\s]|\[\^ [^\]\\]*\]|\[(?!\^)[^\]\[ \\]+\]")
"""What stands for letters of one word in an expression: escapes and classes that no space is of."""


@dataclass(frozen=True, eq=False)
class Sought:
    """One pattern, and anchors of which each must stand in a text that it matches."""

    pattern: str
    anchors: tuple[Anchor, ...]
    vocabulary: Vocabulary = field(repr=False)

    @cached_property
    def regex(self) -> str:
        return expanded(self.pattern, self.vocabulary)

    @cached_property
    def one_word(self) -> bool:
        """Whether all that it matches is one word, so that words can be asked in place of texts."""
        inner = self.regex.removeprefix(" (?:").removesuffix(") ")
        return len(inner) == len(self.regex) - 6 and not re.search(r"[ .^$\\\[\]]", _INSIDE.sub("", inner))

    def possible(self, words: Lexicon) -> bool:
        """Whether a text of these words can match: no anchor is missing."""
        return all(any(map(words.holds, anchor)) for anchor in self.anchors)


@dataclass(frozen=True, eq=False)
class Guarded:
    """One pattern, and its branches; none where it is a plain expression, of which it is not known what it needs."""

    pattern: str
    branches: tuple[Sought, ...] = ()
    vocabulary: Vocabulary | None = field(default=None, repr=False)

    @cached_property
    def regex(self) -> str:
        return self.pattern if self.vocabulary is None else expanded(self.pattern, self.vocabulary)

    def possible(self, words: Lexicon) -> bool:
        """Whether a text of these words can match."""
        return not self.branches or any(branch.possible(words) for branch in self.branches)


class Lexicon:
    """The words of some texts, each once."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._sorted = sorted(self._words)

    def holds(self, literal: Literal) -> bool:
        """Whether one of the words is the literal, or begins with it."""
        text, exact = literal
        if exact:
            return text in self._words
        place = bisect_left(self._sorted, text)
        return place < len(self._sorted) and self._sorted[place].startswith(text)
