"""Search many texts for many patterns: an index of their words tells where an expression can match, and it runs only there.

The same answer as running every expression over every text (tests/test_search.py), in a fraction of the time on long histories.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit.anchor import Anchor, Guarded, Lexicon, Sought

FEW = 5_000
"""So many texts hold too many words for expressions to be left out by the words that they need."""

Rows = NDArray[np.uint32]
Mask = NDArray[np.bool_]


def fitting(expressions: Sequence[Guarded], texts: pl.Series) -> list[str]:
    """Those of the expressions that can match one of `texts` (in normal form): to compile one takes longer than to search a few texts."""
    if len(texts) >= FEW:
        return [each.regex for each in expressions]
    words = Lexicon(word for text in texts.drop_nulls() for word in text.split())
    return [each.regex for each in expressions if each.possible(words)]


class Index:
    """Which texts hold which words. Takes texts in normal form (audit.text)."""

    def __init__(self, words: pl.Series) -> None:
        self.words = words
        tokens = (
            words.to_frame("token")
            .with_row_index("row")
            .lazy()
            .with_columns(pl.col("token").str.strip_chars().str.split(" "))
            .explode("token")
            .unique()
            .sort("token", "row")
            .collect()
        )
        counted = tokens.lazy().group_by("token", maintain_order=True).len().collect()
        self._tokens: list[str] = counted["token"].to_list()
        self._starts = np.concatenate([[0], np.cumsum(counted["len"].to_numpy())])
        self._rows = tokens["row"].to_numpy()

    def _slices(self, anchor: Anchor) -> list[tuple[int, int]]:
        found = []
        for text, exact in anchor:
            first = bisect_left(self._tokens, text)
            if exact:
                last = first + (first < len(self._tokens) and self._tokens[first] == text)
            else:
                last = bisect_left(self._tokens, text + "\U0010ffff", first)
            if last > first:
                found.append((int(self._starts[first]), int(self._starts[last])))
        return found

    def candidates(self, anchors: Collection[Anchor]) -> Rows | None:
        """The texts that hold the rarest of the anchors; None where there is none, so that every text is a candidate."""
        best: list[tuple[int, int]] | None = None
        least = len(self.words)
        for anchor in anchors:
            slices = self._slices(anchor)
            size = sum(end - start for start, end in slices)
            if size < least:
                best, least = slices, size
        if best is None:
            return None
        return np.concatenate([self._rows[start:end] for start, end in best]) if best else np.zeros(0, dtype=np.uint32)

    def any_of(self, sought: Sequence[Sought], inside: Mask | None = None, texts: pl.Series | None = None) -> pl.Series:
        """True where a text (of those `inside`) holds one of the expressions; false elsewhere. `texts`: what is left of the words by now."""
        texts = self.words if texts is None else texts
        if len(texts) < FEW:
            return self._at_once([sought], [inside], texts)[0]
        open_ = np.ones(len(self.words), dtype=bool) if inside is None else inside.copy()
        hit = np.zeros(len(self.words), dtype=bool)
        for each in sought:
            rows = self._near(each, open_)
            if not len(rows):
                continue
            found = rows[texts.gather(rows).str.contains(each.regex).to_numpy()]
            hit[found] = True
            open_[found] = False
        return pl.Series(hit)

    def _at_once(self, lists: Sequence[Sequence[Sought]], inside: Sequence[Mask | None], texts: pl.Series) -> list[pl.Series]:
        """For each list, whether a text holds one of its expressions: every pair of a text and an expression in one question."""
        every = np.ones(len(texts), dtype=bool)
        pairs = [
            (number, each.regex, rows)
            for number, (sought, mask) in enumerate(zip(lists, inside, strict=True))
            for each in sought
            if len(rows := self._near(each, every if mask is None else mask))
        ]
        hits = np.zeros((len(lists), len(texts)), dtype=bool)
        if pairs:
            counts = [len(rows) for _, _, rows in pairs]
            rows = np.concatenate([rows for _, _, rows in pairs])
            regexes = pl.Series([regex for _, regex, _ in pairs]).gather(np.repeat(np.arange(len(pairs)), counts))
            asked = pl.DataFrame({"text": texts.gather(rows), "regex": regexes})
            found = asked.select(pl.col("text").str.contains(pl.col("regex"))).to_series().to_numpy()
            hits[np.repeat([number for number, _, _ in pairs], counts)[found], rows[found]] = True
        return [pl.Series(hit) for hit in hits]

    def without(self, expressions: Sequence[Guarded], texts: pl.Series | None = None, put: str = " ") -> pl.Series:
        """The texts with `put` in the place of what the expressions find, one expression after the other."""
        texts = (self.words if texts is None else texts).clone()  # scatter changes a series in its place
        every = np.ones(len(texts), dtype=bool)
        for each in expressions:
            near = every if not each.branches else np.zeros(len(texts), dtype=bool)
            for branch in each.branches:
                near[self._near(branch, every)] = True
            if len(rows := np.flatnonzero(near)):
                texts = texts.scatter(rows, texts.gather(rows).str.replace_all(each.regex, put))
        return texts

    def _near(self, each: Sought, open_: Mask) -> NDArray[np.intp]:
        """The open rows that hold the rarest anchor; where they are few, those that hold every one."""
        candidates = self.candidates(each.anchors)
        if candidates is None:
            return np.flatnonzero(open_)
        near = np.zeros(len(open_), dtype=bool)
        near[candidates] = True
        near &= open_
        if len(each.anchors) > 1 and len(open_) < FEW:
            for anchor in each.anchors if near.any() else ():
                holding = np.zeros(len(open_), dtype=bool)
                for start, end in self._slices(anchor):
                    holding[self._rows[start:end]] = True
                near &= holding
        return np.flatnonzero(near)

    def all_of(self, lists: Mapping[str, Sequence[Sought]], inside: Mapping[str, Mask | None]) -> dict[str, pl.Series]:
        """`any_of` for many lists of expressions, on all cores."""
        if len(self.words) < FEW:
            return dict(zip(lists, self._at_once(list(lists.values()), [inside.get(name) for name in lists], self.words), strict=True))
        with ThreadPoolExecutor() as pool:
            found = pool.map(lambda name: self.any_of(lists[name], inside.get(name)), lists)
        return dict(zip(lists, found, strict=True))
