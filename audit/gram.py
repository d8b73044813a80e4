"""What a text is made of, hashed: words, stems, letters within words and pairs of neighbours (feature hashing, Weinberger et al. 2009).

A feature's bucket is the top bits of a hash that is its own code, so that it is the same on every machine and in every version; stems are
those of one minor version of Snowball (pyproject.toml). Features belong to *tokens* and to *pairs* of them; a text holds each token once.
What a model knows of a token is added up once for each distinct token, however many texts hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit.concordance import Concordance

STEMMERS = {"en": "english", "pl": "polish", "ru": "russian"}
"""The Snowball stemmer of a language (Porter 2001)."""
STEM = 5
"""Letters of the rough stem of an inflected word, where the language is open."""
GRAMS = (2, 3, 4, 5)
"""Lengths of the letter sequences within a word, its ends marked."""
LONGEST = 24
"""Letters of a token that are read."""
MOST = 400
"""Tokens of a text that are read."""
_OPEN, _CLOSE = "\x02", "\x03"

Ints = NDArray[np.uint32]
Hashes = NDArray[np.uint64]
Mask = NDArray[np.bool_]

_STEP = 0x9E3779B97F4A7C15
_SALTS = {"word": 0xA0761D6478BD642F, "stem": 0xE7037ED1A0B428DB, "gram": 0x8EBC6AF09C88C6E3, "pair": 0x589965CC75374CC3}


class Held(NamedTuple):
    """Which texts hold which tokens (each once a text) and pairs of neighbours; both sorted by text."""

    row: Ints
    token: Ints
    pair_row: Ints
    pair: Hashes


@dataclass(frozen=True, eq=False)
class Tokens:
    """The tokens of texts in normal form: their words, digits alike, then those of `marks` (token, the texts that hold it), in this order.

    `lang`: by whose stemmer their stems are found; the first STEM letters where there is none.
    """

    concordance: Concordance
    marks: Sequence[tuple[str, Mask]] = ()
    lang: str | None = None

    @property
    def texts(self) -> int:
        return len(self.concordance.texts)

    @cached_property
    def _alike(self) -> pl.Series:
        words = pl.Series(self.concordance.words, dtype=pl.String)
        return words.str.replace_all(r"[0-9]+", "0")

    @cached_property
    def distinct(self) -> list[str]:
        return [_OPEN, _CLOSE, *(token for token, _ in self.marks), *self._alike.unique(maintain_order=True)]

    @cached_property
    def stems(self) -> Hashes:
        return _hashed(_stemmed(self.distinct, self.lang), _SALTS["stem"])

    @cached_property
    def _of_word(self) -> Ints:
        number = {token: place for place, token in enumerate(self.distinct)}
        return np.array([number[word] for word in self._alike], dtype=np.uint32)

    @cached_property
    def _starts(self) -> NDArray[np.intp]:
        """Where the running words of each text begin, and the end."""
        return np.searchsorted(self.concordance.running.text, np.arange(self.texts + 1))

    def held(self, first: int = 0, last: int | None = None) -> Held:
        """What the texts from `first` to before `last` hold; rows are counted from `first`."""
        last = self.texts if last is None else last
        begin, end, height = self._starts[first], self._starts[last], last - first
        text, word = self.concordance.running.text[begin:end] - np.uint32(first), self.concordance.running.word[begin:end]
        if self.concordance.words[:1] == [""] and (kept := word > 0).sum() < len(word):
            text, word = text[kept], word[kept]
        marked = [np.flatnonzero(mask[first:last]) for _, mask in self.marks]
        words = np.bincount(text, minlength=height)
        lengths = words + 2 + np.bincount(np.concatenate([*marked, np.zeros(0, dtype=np.intp)]), minlength=height)
        starts = np.cumsum(lengths) - lengths
        row = np.repeat(np.arange(height, dtype=np.uint32), lengths)
        code = np.zeros(len(row), dtype=np.uint32)
        code[np.arange(len(word)) + np.repeat(starts + 1 - (np.cumsum(words) - words), words)] = self._of_word[word]
        after = starts + 1 + words
        for place, rows in enumerate(marked):
            code[after[rows]] = 2 + place
            after[rows] += 1
        code[after] = 1
        if lengths.max(initial=0) > MOST:
            kept = np.arange(len(row)) - starts[row] < MOST
            row, code = row[kept], code[kept]
        joined = row[1:] == row[:-1]
        pair = _mixed(self.stems[code[:-1][joined]] * np.uint64(3) + self.stems[code[1:][joined]], _SALTS["pair"])
        both = np.sort((row.astype(np.uint64) << np.uint64(32)) | code)
        once = np.ones(len(both), dtype=bool)
        once[1:] = both[1:] != both[:-1]
        both = both[once]
        return Held((both >> np.uint64(32)).astype(np.uint32), both.astype(np.uint32), row[:-1][joined], pair)


def features(tokens: Tokens, bits: int) -> tuple[Ints, Ints]:
    """Of the distinct tokens: (place of the token, bucket) of every feature, sorted by token."""
    distinct = [token[:LONGEST] for token in tokens.distinct]
    lengths = np.array([len(token) for token in distinct], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths + 2)])[:-1]
    letters = np.frombuffer("".join(f"{_OPEN}{token}{_CLOSE}" for token in distinct).encode("utf-32-le", "replace"), dtype=np.uint32)
    owner = np.repeat(np.arange(len(distinct), dtype=np.uint32), lengths + 2)
    ends = np.repeat(starts + lengths + 2, lengths + 2)
    owners = [np.arange(len(distinct), dtype=np.uint32), np.arange(len(distinct), dtype=np.uint32)]
    hashes = [_hashed(tokens.distinct, _SALTS["word"]), tokens.stems]
    place = np.arange(len(letters))
    rolled = letters.astype(np.uint64)
    for size in range(2, max(GRAMS) + 1):
        rolled = rolled[:-1] * np.uint64(_STEP) + letters[size - 1 :].astype(np.uint64)
        if size in GRAMS:
            inside = place[: len(rolled)] + size <= ends[: len(rolled)]
            owners.append(owner[: len(rolled)][inside])
            hashes.append(_mixed(rolled[inside], _SALTS["gram"] + size))
    owned, hashed = np.concatenate(owners), np.concatenate(hashes)
    order = np.argsort(owned, kind="stable")
    return owned[order], bucket(hashed[order], bits)


def _stemmed(tokens: list[str], lang: str | None) -> list[str]:
    """The stem of each token."""
    if lang not in STEMMERS:
        return [token[:STEM] for token in tokens]
    import Stemmer  # only typers ask for it, and not every command types

    return Stemmer.Stemmer(STEMMERS[lang], 0).stemWords(tokens)  # type: ignore[no-any-return]


def bucket(hashes: Hashes, bits: int) -> Ints:
    return (hashes >> np.uint64(64 - bits)).astype(np.uint32)


def _hashed(texts: list[str], salt: int) -> Hashes:
    """A hash of each text: a polynomial of its letters (Karp and Rabin 1987), mixed."""
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    letters = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    starts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    found = np.zeros(len(texts), dtype=np.uint64)
    for place in range(int(lengths.max(initial=0))):
        held = lengths > place
        found[held] = found[held] * np.uint64(_STEP) + letters[starts[held] + place] + np.uint64(1)
    return _mixed(found, salt)


def _mixed(hashes: Hashes, salt: int) -> Hashes:
    """Spread over all bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    mixed: Any = hashes + np.uint64(salt % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))  # type: ignore[no-any-return]
