"""The line of a finding as a terminal shows it: cut around the words, with a caret under each of their columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from audit.lint.finding import Finding
from audit.terminal import plain

WIDEST = 110
"""Columns of a terminal that a line may take."""
BEFORE = 30
"""Columns kept before the words where a line is cut."""


def shown(finding: Finding, texts: Mapping[str, str]) -> tuple[str, str] | None:
    """The line and the carets under it; None where the file has no lines (a workbook) or the place lies outside."""
    text = texts.get(finding.path)
    if text is None:
        return None
    lines = text.split("\n")
    if not 0 < finding.line <= len(lines):
        return None
    line = lines[finding.line - 1].rstrip("\r")
    start = min(finding.column - 1, len(line))
    end = finding.end_column - 1 if finding.end_line == finding.line else len(line)
    end = max(start, min(end, len(line)))
    first = 0
    if _width(line[:end]) > WIDEST and _width(line[:start]) > BEFORE:
        first = start
        while first and _width(line[first - 1 : start]) <= BEFORE:
            first -= 1
    last = len(line)
    if _width(line[first:]) > WIDEST:
        last = first
        while last < len(line) and _width(line[first : last + 1]) <= WIDEST:
            last += 1
    end = min(end, last)
    front, back = "…" * (first > 0), "…" * (last < len(line))
    carets = "^" * (max(1, _width(line[start:end])) if finding.words is not None else 1)
    return front + _visible(line[first:last]) + back, " " * (len(front) + _width(line[first:start])) + carets


def _visible(text: str) -> str:
    return plain(text.replace("\t", "    "))


def _width(text: str) -> int:
    """Columns of a terminal: two for wide characters and emoji, none for combining marks."""
    return sum(0 if unicodedata.combining(c) else 4 if c == "\t" else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
