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

from audit.anchor import Anchor, Sought

FEWEST = 5_000
"""Texts for which an index pays."""

Rows = NDArray[np.uint32]
Mask = NDArray[np.bool_]


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

    def any_of(self, sought: Sequence[Sought], inside: Mask | None = None) -> pl.Series:
        """True where a text (of those `inside`) holds one of the expressions; false elsewhere."""
        open_ = np.ones(len(self.words), dtype=bool) if inside is None else inside.copy()
        hit = np.zeros(len(self.words), dtype=bool)
        for each in sought:
            candidates = self.candidates(each.anchors)
            if candidates is None:
                rows = np.flatnonzero(open_)
            else:
                near = np.zeros(len(open_), dtype=bool)
                near[candidates] = True
                rows = np.flatnonzero(near & open_)
            if not len(rows):
                continue
            found = rows[self.words.gather(rows).str.contains(each.regex).to_numpy()]
            hit[found] = True
            open_[found] = False
        return pl.Series(hit)

    def all_of(self, lists: Mapping[str, Sequence[Sought]], inside: Mapping[str, Mask | None]) -> dict[str, pl.Series]:
        """`any_of` for many lists of expressions, on all cores."""
        with ThreadPoolExecutor() as pool:
            found = pool.map(lambda name: self.any_of(lists[name], inside.get(name)), lists)
        return dict(zip(lists, found, strict=True))
