"""Texts of customers and agents as the page shows them: made visible, cut, marked, and few enough."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup, escape

CONTEXT = 420
"""Characters of a text that are shown; what is cut is marked by an ellipsis."""
BUDGET = 400_000
"""Bytes that the examples of all rules may take together, so that the page stays small whatever was audited."""


class _Shown(dict[int, str]):
    """What stands for each character, found out when it is met first."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        hidden = unicodedata.category(letter) in ("Cc", "Cf") and letter not in "\n\t\u200d"
        self[code] = "\ufffd" if hidden else letter
        return self[code]


_SHOWN = _Shown()


def visible(text: str) -> str:
    """Control and direction-changing characters made visible, so that a text cannot rearrange the page around it."""
    return text if text.isprintable() else text.translate(_SHOWN)


def cut(text: str | None, most: int = CONTEXT) -> str:
    if text is None:
        return ""
    text = visible(text[: most + 1])
    return text if len(text) <= most else text[:most].rstrip() + "…"


def marked(text: str | None, spans: Sequence[Sequence[int]], most: int = CONTEXT) -> Markup:
    """`text` with its code-point `spans` in <mark>; a long text is cut around the first of them."""
    if text is None:
        return Markup("")
    start, end = 0, len(text)
    if end > most:
        start = max(0, (spans[0][0] if spans else 0) - most // 3)
        end = min(end, start + most)
    pieces = [Markup("…")] if start else []
    done = start
    for low, high in spans:
        first, last = max(low, done), min(high, end)
        if first < last:
            pieces += [escape(visible(text[done:first])), Markup("<mark>"), escape(visible(text[first:last])), Markup("</mark>")]
            done = last
    pieces.append(escape(visible(text[done:end])))
    if end < len(text):
        pieces.append(Markup("…"))
    return Markup("").join(pieces)


def source_link(url: str | None) -> str | None:
    """The address when it is a plain web address, else None."""
    return url if url and re.match(r"https?://[^\s\"'<>]+$", url) else None


def examples(findings: Iterable[dict[str, Any]], most: int, budget: int = BUDGET) -> dict[str, list[dict[str, Any]]]:
    """Rule -> its first findings, no text twice; fewer than `most` of each where all together would be more than `budget` bytes."""
    chosen: dict[str, list[dict[str, Any]]] = {}
    for finding in findings:
        kept = chosen.setdefault(finding["rule"], [])
        if len(kept) < most and all(finding["reply"] != other["reply"] or finding["asked"] != other["asked"] for other in kept):
            kept.append(finding)
    while most > 2 and sum(_size(finding) for kept in chosen.values() for finding in kept[:most]) > budget:
        most -= 1
    return {rule: kept[:most] for rule, kept in chosen.items()}


def _size(finding: dict[str, Any]) -> int:
    """Bytes of an example on the page, with some for the markup around it."""
    return 500 + sum(len((finding[side] or "")[:CONTEXT].encode()) for side in ("asked", "reply"))
