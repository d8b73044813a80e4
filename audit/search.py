"""Search many texts for many patterns: an index of their words tells where an expression can match, and it runs only there.

The same answer as running every expression over every text (tests/test_search.py), in a fraction of the time on long histories.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit.anchor import Anchor, Sought
from audit.rule import Rule
from audit.rulebook import Rulebook
from audit.tables import LANGUAGES

FEWEST = 5_000
"""Texts for which an index pays."""

MOST_BITS = 63
"""Lists of expressions that one column of bits tells apart."""

FEW = 300
"""Texts from which looking at further anchors costs more than it saves."""

KEYS = ("patterns", "complained", "given")
"""Keys of a rule under which patterns are searched for."""

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]


def searched(
    part: pl.DataFrame,
    rules: Iterable[Rule],
    rulebook: Rulebook,
    lang: str,
    inside: Mapping[tuple[str, str], Mask] | None = None,
    keys: Collection[str] = KEYS,
) -> pl.DataFrame:
    """`part` (column `words`; one language) with what `rules` find in it, where it has so many texts that an index pays.

    `hit:<rule>:<key>`: whether one of the patterns under a key matches, of the texts `inside` by rule and key; `lifted:<rule>`: of the
    texts with a hit, which of the rule's exceptions match, a bit each.
    """
    if part.height < FEWEST or lang not in LANGUAGES:
        return part
    index = Index(part.get_column("words"))
    worded = [rule for rule in rules if rule.on == "words"]
    lists: dict[str, Sequence[Sought]] = {}
    within: dict[str, Mask | None] = {}
    for rule in worded:
        for key in keys:
            if key == "patterns" and rule.detector not in ("pattern", "absence"):
                continue
            if sought := rulebook.sought(rule, key, lang):
                lists[f"hit:{rule.id}:{key}"] = sought
                within[f"hit:{rule.id}:{key}"] = (inside or {}).get((rule.id, key))
    hits = index.all_of(lists, within)
    exceptions: dict[str, Sequence[Sequence[Sought]]] = {}
    met: dict[str, Mask | None] = {}
    for rule in worded:
        found = [hits[name] for key in KEYS[:2] if (name := f"hit:{rule.id}:{key}") in hits]
        if found and 0 < len(lifting := rulebook.sought_exceptions(rule, lang)) <= MOST_BITS:
            exceptions[f"lifted:{rule.id}"] = lifting
            met[f"lifted:{rule.id}"] = np.logical_or.reduce([each.to_numpy() for each in found])
    return part.with_columns(column.alias(name) for name, column in {**hits, **index.each_of(exceptions, met)}.items())


class Index:
    """Which texts hold which words. Takes texts in normal form (audit.text)."""

    def __init__(self, words: pl.Series) -> None:
        self.words = words
        held = (
            words.to_frame("token")
            .with_row_index("row")
            .lazy()
            .with_columns(pl.col("token").str.strip_chars().str.split(" "))
            .explode("token")
            .group_by("token")
            .agg("row")
            .sort("token")
            .collect()
        )
        self._tokens: list[str] = held["token"].to_list()
        self._starts = np.concatenate([[0], np.cumsum(held["row"].list.len().to_numpy())])
        self._rows = held["row"].explode().to_numpy() if len(held) else np.zeros(0, dtype=np.uint32)

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

    def candidates(self, anchors: Collection[Anchor], inside: Mask) -> Rows:
        """The texts of those `inside` that hold all of the anchors."""
        found = sorted(((sum(end - start for start, end in slices), slices) for slices in map(self._slices, anchors)), key=itemgetter(0))
        near = inside
        for size, slices in found:
            if size > len(self.words) and near is not inside:
                break  # excluding the few others costs more than it saves
            holds = np.zeros(len(self.words), dtype=bool)
            for start, end in slices:
                holds[self._rows[start:end]] = True
            near = near & holds
            if size < FEW:
                break
        return np.flatnonzero(near)

    def any_of(self, sought: Sequence[Sought], inside: Mask | None = None) -> pl.Series:
        """True where a text (of those `inside`) holds one of the expressions; false elsewhere."""
        open_ = np.ones(len(self.words), dtype=bool) if inside is None else inside.copy()
        hit = np.zeros(len(self.words), dtype=bool)
        for each in sought:
            rows = self.candidates(each.anchors, open_)
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

    def each_of(self, lists: Mapping[str, Sequence[Sequence[Sought]]], inside: Mapping[str, Mask | None]) -> dict[str, pl.Series]:
        """For many lists of lists: a column of bits, bit n set where an expression of the n-th list stands (UInt64)."""

        def bits(name: str) -> pl.Series:
            found = np.zeros(len(self.words), dtype=np.uint64)
            for place, sought in enumerate(lists[name]):
                found[self.any_of(sought, inside.get(name)).to_numpy()] |= np.uint64(1 << place)
            return pl.Series(found)

        with ThreadPoolExecutor() as pool:
            found = pool.map(bits, lists)
        return dict(zip(lists, found, strict=True))
