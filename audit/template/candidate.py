"""Strings of a file that may be templates, and which of them are, told by what the file holds as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from audit.template.prose import LONGEST, hinted, is_code, is_prose, is_sentence, speaks
from audit.template.source import Source


class Scalar(str):
    """A string of the file and the code points that it was read from, its quotes left out."""

    __slots__ = ("end", "start", "style")
    start: int
    end: int
    style: str


Tree = object
"""Scalar, Mapping[str, Tree], list of Tree, or a plain value."""


@dataclass(frozen=True)
class Candidate:
    """A string that may be a template. `strong`: a key says so."""

    value: Scalar
    pointer: str
    name: str
    strong: bool
    lang: str | None = None
    declared: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    kin: str = ""


def accepted(found: Sequence[Candidate], source: Source) -> list[Candidate]:
    """Those candidates that are templates, told by what the file holds as a whole."""
    found = [one for one in found if len(one.value) <= 4 * LONGEST]  # with its tags
    strong = [one for one in found if one.strong and (is_prose(one.value) or (_short(one.value) and not is_code(one.value)))]
    weak = [one for one in found if not one.strong and is_sentence(one.value)]
    inside = any(hinted(title) for one in found for title in one.titles)
    hint = source.hinted or inside
    if not hint and not source.named and _share(strong) < 0.3:
        strong = []
    if _share(weak) < (0.2 if hint else 0.75):
        weak = []
    if weak and not hint and len(weak) < 0.5 * sum(not one.strong for one in found):
        weak = []
    kept = {id(one) for one in (*strong, *weak)}
    return [one for one in found if id(one) in kept]


def _share(candidates: Sequence[Candidate]) -> float:
    return sum(speaks(one.value) for one in candidates) / len(candidates) if candidates else 0.0


def _short(text: str) -> bool:
    """A reply of one word, or of a placeholder and little else."""
    return text.strip().endswith(("!", ".", "…")) and " " not in text.strip() and speaks(text)
