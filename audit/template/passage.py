"""A text that remembers, for each of its code points, which code points of its file it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Passage:
    """`text[i]` came from the file's code points `starts[i]` to `ends[i]` (exclusive): one where it is literal, more for an escape.

    `after` is where the passage ends in the file, also when it is empty.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    after: int

    def part(self, start: int, end: int) -> Passage:
        """The code points `start` to `end` (exclusive) of this passage."""
        if start >= end:
            at = self.starts[start] if start < len(self.text) else self.after
            return Passage("", range(0), range(0), at)
        return Passage(self.text[start:end], self.starts[start:end], self.ends[start:end], self.ends[end - 1])

    def stripped(self) -> Passage:
        """Without white space at both ends."""
        start = len(self.text) - len(self.text.lstrip())
        return self.part(start, max(start, len(self.text.rstrip())))

    @property
    def offsets(self) -> tuple[int, ...]:
        return (*self.starts, self.after)


def literal(text: str, start: int, end: int) -> Passage:
    """`text[start:end]` of a file, as it stands there."""
    return Passage(text[start:end], range(start, end), range(start + 1, end + 1), end)


def joined(parts: Iterable[Passage]) -> Passage:
    """Passages one after the other."""
    kept = [part for part in parts if part.text]
    if not kept:
        return Passage("", range(0), range(0), 0)
    if len(kept) == 1:
        return kept[0]
    text = "".join(part.text for part in kept)
    if all(isinstance(part.starts, range) for part in kept) and all(a.after == b.starts[0] for a, b in pairwise(kept)):
        first, after = kept[0].starts[0], kept[-1].after
        return Passage(text, range(first, after), range(first + 1, after + 1), after)
    starts: list[int] = []
    ends: list[int] = []
    for part in kept:
        starts.extend(part.starts)
        ends.extend(part.ends)
    return Passage(text, starts, ends, kept[-1].after)


def decoded(text: str, start: int, end: int) -> Passage:
    """`text`, which an escape at the file's code points `start` to `end` stands for."""
    return Passage(text, (start,) * len(text), (end,) * len(text), end)


def without(passage: Passage, spans: Iterable[tuple[int, int]]) -> Passage:
    """The passage with the spans (of its own code points, in order) taken out."""
    parts = []
    done = 0
    for start, end in spans:
        parts.append(passage.part(done, start))
        done = max(done, end)
    parts.append(passage.part(done, len(passage.text)))
    return joined(parts) if any(part.text for part in parts) else passage.part(0, 0)


def replaced(passage: Passage, spans: Iterable[tuple[int, int, str]]) -> Passage:
    """The passage with each span of its code points, in order, replaced by another text, which comes from the whole span."""
    parts = []
    done = 0
    for start, end, text in spans:
        parts.append(passage.part(done, start))
        if text and end > start:
            parts.append(decoded(text, passage.starts[start], passage.ends[end - 1]))
        done = end
    parts.append(passage.part(done, len(passage.text)))
    return joined(parts)
