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

from audit.concordance import Concordance
from audit.rule import Rule
from audit.rulebook import Rulebook
from audit.sought import Anchor, Guarded, Lexicon, Sought
from audit.tables import LANGUAGES

FEW = 5_000
"""Fewer texts than this are asked about all that can match at once; more hold too many words for expressions to be left out by those that they need."""

MOST_BITS = 63
"""Lists of expressions that one column of bits tells apart."""

MANY = 3_000
"""Candidates of so many texts are asked about by themselves."""

ENOUGH = 1_000
"""Candidates of so many texts from which looking at further anchors costs more than it saves."""

KEYS = ("patterns", "complained", "given")
"""Keys of a rule under which patterns are searched for."""

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]
Slices = list[tuple[int, int]]

_NONE: Rows = np.zeros(0, dtype=np.intp)


def searched(
    part: pl.DataFrame,
    index: Index,
    rules: Iterable[Rule],
    rulebook: Rulebook,
    lang: str,
    inside: Mapping[tuple[str, str], Mask] | None = None,
    keys: Collection[str] = KEYS,
) -> pl.DataFrame:
    """`part` (one language; `index` is that of its `words`) with what `rules` find in it.

    `place`: the number of the text in the index;
    `hit:<rule>:<key>`: whether one of the patterns under a key matches, of the texts `inside` by rule and key; `lifted:<rule>`: of the
    texts with a hit, which of the rule's exceptions match, a bit each.
    """
    part = part if "place" in part.columns else part.with_row_index("place")
    if lang not in LANGUAGES:
        return part
    worded = [rule for rule in rules if rule.on == "words"]
    part = hits(part, index, ((rule, key) for rule in worded for key in keys), rulebook, lang, inside or {})
    exceptions: dict[str, Sequence[Sequence[Sought]]] = {}
    met: dict[str, Mask | None] = {}
    for rule in worded:
        found = [part.get_column(hit) for key in KEYS[:2] if (hit := f"hit:{rule.id}:{key}") in part.columns]
        name = f"lifted:{rule.id}"
        if found and name not in part.columns and 0 < len(lifting := rulebook.sought_exceptions(rule, lang)) <= MOST_BITS:
            exceptions[name] = lifting
            met[name] = np.logical_or.reduce([each.to_numpy() for each in found])
    return part.with_columns(column.alias(name) for name, column in index.each_of(exceptions, met).items())


def hits(
    part: pl.DataFrame,
    index: Index,
    wanted: Iterable[tuple[Rule, str]],
    rulebook: Rulebook,
    lang: str,
    inside: Mapping[tuple[str, str], Mask],
) -> pl.DataFrame:
    """`part` with `hit:<rule>:<key>` (see `searched`) of the rules and keys wanted, where it has none yet."""
    lists: dict[str, Sequence[Sought]] = {}
    within: dict[str, Mask | None] = {}
    for rule, key in wanted:
        name = f"hit:{rule.id}:{key}"
        if rule.on != "words" or name in part.columns or (key == "patterns" and rule.detector not in ("pattern", "absence")):
            continue
        if sought := rulebook.sought(rule, key, lang):
            lists[name], within[name] = sought, inside.get((rule.id, key))
    return part.with_columns(column.alias(name) for name, column in index.all_of(lists, within).items())


def fitting(expressions: Sequence[Guarded], texts: pl.Series) -> list[str]:
    """Those of the expressions that can match one of `texts` (in normal form): to compile one takes longer than to search a few texts."""
    if len(texts) >= FEW:
        return [each.regex for each in expressions]
    words = Lexicon(word for text in texts.drop_nulls() for word in text.split())
    return [each.regex for each in expressions if each.possible(words)]


class Index:
    """Which texts hold which expressions. Takes texts in normal form (audit.text), or a concordance of them."""

    def __init__(self, texts: pl.Series | Concordance) -> None:
        self.concordance = texts if isinstance(texts, Concordance) else Concordance(texts)
        self.words = self.concordance.texts
        self._many = len(self.words) >= FEW
        self._looked_up: dict[Anchor, tuple[int, Slices]] = {}

    def _slices(self, anchor: Anchor) -> tuple[int, Slices]:
        """For each literal of an anchor that stands in the texts, the first of the words that have it and the one after the last; before
        them, in how many places of texts they stand."""
        if (known := self._looked_up.get(anchor)) is not None:
            return known
        words, found = self.concordance.words, []
        for text, exact in anchor:
            first = bisect_left(words, text)
            if exact:
                last = first + (first < len(words) and words[first] == text)
            else:
                last = bisect_left(words, text + "\U0010ffff", first)
            if last > first:
                found.append((first, last))
        starts = self.concordance.starts
        self._looked_up[anchor] = sum(int(starts[last] - starts[first]) for first, last in found), found
        return self._looked_up[anchor]

    def _holding(self, slices: Iterable[tuple[int, int]]) -> Mask:
        """Which texts hold one of the words."""
        starts, rows = self.concordance.starts, self.concordance.rows
        holds = np.zeros(len(self.words), dtype=bool)
        for first, last in slices:
            holds[rows[starts[first] : starts[last]]] = True
        return holds

    def _worded(self, each: Sought, open_: Mask) -> Rows:
        """The open rows that hold a word which an expression of one word matches: the words are asked, not the texts."""
        spaced = self.concordance.spaced
        if each.anchors:
            near = min((self._slices(anchor)[1] for anchor in each.anchors), key=lambda slices: sum(last - first for first, last in slices))
            asked = np.concatenate([np.arange(first, last) for first, last in near]) if near else np.zeros(0, dtype=np.intp)
        else:
            asked = np.arange(len(spaced))
        met = asked[spaced.gather(asked).str.contains(each.regex).to_numpy()] if len(asked) else asked
        return np.flatnonzero(self._holding((int(word), int(word) + 1) for word in met) & open_)

    def any_of(self, sought: Sequence[Sought], inside: Mask | None = None, texts: pl.Series | None = None) -> pl.Series:
        """True where a text (of those `inside`) holds one of the expressions; false elsewhere. `texts`: what is left of the words by now."""
        return self.all_of({"": sought}, {"": inside}, texts)[""]

    def all_of(
        self, lists: Mapping[str, Sequence[Sought]], inside: Mapping[str, Mask | None], texts: pl.Series | None = None
    ) -> dict[str, pl.Series]:
        """`any_of` for many lists of expressions, on all cores."""
        texts = self.words if texts is None else texts
        with ThreadPoolExecutor(1 if len(texts) < FEW else pl.thread_pool_size()) as pool:
            found = list(pool.map(lambda name: self._wide(lists[name], inside.get(name), texts), lists))
        hits = np.stack([hit for hit, _ in found]) if found else np.zeros((0, len(texts)), dtype=bool)
        pairs = [(number, regex, rows) for number, (_, narrow) in enumerate(found) for regex, rows in narrow]
        if pairs:
            counts = [len(rows) for _, _, rows in pairs]
            rows = np.concatenate([rows for _, _, rows in pairs])
            regexes = pl.Series([regex for _, regex, _ in pairs]).gather(np.repeat(np.arange(len(pairs)), counts))
            asked = pl.DataFrame({"text": texts.gather(rows), "regex": regexes}).lazy()
            held = asked.select(pl.col("text").str.contains(pl.col("regex"))).collect(engine="streaming").to_series().to_numpy()
            hits[np.repeat([number for number, _, _ in pairs], counts)[held], rows[held]] = True
        return {name: pl.Series(hits[number]) for number, name in enumerate(lists)}

    def _wide(self, sought: Sequence[Sought], inside: Mask | None, texts: pl.Series) -> tuple[Mask, list[tuple[str, Rows]]]:
        """Which texts hold an expression that many may hold; and the other expressions, each with the texts that may.

        To ask about one expression costs as much as to look at some hundred texts, so that the others are better asked about together.
        """
        open_ = np.ones(len(texts), dtype=bool) if inside is None else inside.copy()
        hit = np.zeros(len(texts), dtype=bool)
        narrow = []
        for each in sought:
            if self._many and each.one_word and texts is self.words:
                found = self._worded(each, open_)
            elif len(rows := self._near(each, open_)) > MANY:
                found = rows[texts.gather(rows).str.contains(each.regex).to_numpy()]
            else:
                if len(rows):
                    narrow.append((each.regex, rows))
                continue
            hit[found] = True
            open_[found] = False
        return hit, narrow

    def without(self, expressions: Sequence[Guarded], inside: Mask | None = None) -> pl.Series:
        """The texts with a space in the place of what the expressions find (in those `inside`), one expression after the other."""
        texts = self.words.clone()  # scatter changes a series in its place
        every = np.ones(len(texts), dtype=bool) if inside is None else inside
        for each in expressions:
            near = every if not each.branches else np.zeros(len(texts), dtype=bool)
            for branch in each.branches:
                near[self._near(branch, every)] = True
            if len(rows := np.flatnonzero(near)):
                texts = texts.scatter(rows, texts.gather(rows).str.replace_all(each.regex, " "))
        return texts

    def _near(self, each: Sought, open_: Mask) -> Rows:
        """The open rows that hold all of the anchors, the rarest looked at first."""
        found = []
        for anchor in each.anchors:
            held = self._slices(anchor)
            if not held[0]:
                return _NONE
            found.append(held)
        if not found:
            return np.flatnonzero(open_)
        found.sort(key=itemgetter(0))
        size, slices = found[0]
        if size < ENOUGH and self._many:
            rows = self._rows(slices)
            return rows[open_[rows]]
        near = open_ & self._holding(slices)
        for size, slices in found[1:]:
            if size > len(self.words):
                break  # excluding the few others costs more than it saves
            near &= self._holding(slices)
        return np.flatnonzero(near)

    def _rows(self, slices: Iterable[tuple[int, int]]) -> Rows:
        """`_holding` where few texts do, as their numbers."""
        starts, rows = self.concordance.starts, self.concordance.rows
        parts = [rows[starts[first] : starts[last]] for first, last in slices]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.intp)

    def left_of(self, places: pl.Series, left: pl.Series, sought: Sequence[Sought]) -> pl.Series:
        """Whether the texts at `places` hold one of the expressions where only `left` is left of each."""
        inside = np.zeros(len(self.words), dtype=bool)
        inside[places.to_numpy()] = True
        return self.any_of(sought, inside, self.words.clone().scatter(places, left)).gather(places)

    def each_of(self, lists: Mapping[str, Sequence[Sequence[Sought]]], inside: Mapping[str, Mask | None]) -> dict[str, pl.Series]:
        """For many lists of lists: a column of bits, bit n set where an expression of the n-th list stands (UInt64)."""
        flat = {f"{name}:{place}": sought for name in lists for place, sought in enumerate(lists[name])}
        found = self.all_of(flat, {f"{name}:{place}": inside.get(name) for name in lists for place in range(len(lists[name]))})
        result = {}
        for name in lists:
            bits = np.zeros(len(self.words), dtype=np.uint64)
            for place in range(len(lists[name])):
                bits[found[f"{name}:{place}"].to_numpy()] |= np.uint64(1 << place)
            result[name] = pl.Series(bits)
        return result
