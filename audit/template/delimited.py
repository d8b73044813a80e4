"""CSV and TSV of templates. Python's reader tells no places, so cells are cut here, as RFC 4180 has it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.template import table
from audit.template.passage import Passage, decoded, joined, literal
from audit.template.source import HoldsNone, Source, Unreadable
from audit.template.template import Template

NAME = "csv"
SUFFIXES = (".csv", ".tsv")


def read(source: Source) -> Iterator[Template]:
    text = source.text
    if not text.strip():
        raise HoldsNone("the file is empty")
    separator = separator_of(text)
    table.refuse_histories(rows(text[: 1 << 15].partition("\n")[0], separator))
    yield from table.templates(rows(text, separator, cut=False), source, NAME)


def separator_of(text: str) -> str:
    """Comma, semicolon, tab or bar: the one that cuts the most of the first rows into one and the same number of cells."""
    head = text[: 1 << 15]
    best, most = ",", (0, 0)
    for separator in ",;\t|":
        widths = [len(row) for row in rows(head, separator)[:40] if len(row) > 1]
        if widths:
            usual = max(set(widths), key=lambda width: (widths.count(width), width))
            if (widths.count(usual), usual) > most:
                most, best = (widths.count(usual), usual), separator
    return best


def rows(text: str, separator: str, *, cut: bool = True) -> list[list[table.Cell]]:
    """The rows that are not blank. Raises Unreadable where a quote is never closed; of a text that was `cut`, the rows before it."""
    mark = re.escape(separator)
    cell = re.compile(rf'(?P<open>[ ]*)"(?P<quoted>(?:[^"]|"")*)"(?P<rest>[^{mark}\r\n]*)|(?P<bare>[^{mark}\r\n]*)')
    found: list[list[table.Cell]] = []
    row: list[table.Cell] = []
    place = 0
    while True:
        match = cell.match(text, place)
        assert match is not None
        if match["quoted"] is not None:
            passage = _unquoted(text, *match.span("quoted"))
        else:
            if match["bare"].lstrip(" ").startswith('"') and len(text) - place < (1 << 20) and '"' not in match["bare"].lstrip(" ")[1:]:
                if cut:
                    return found
                raise Unreadable("a quote is not closed", text.count("\n", 0, place) + 1, "close it, or double a quote inside of a cell")
            passage = literal(text, *match.span("bare"))
        row.append(table.Cell(passage.text, passage))
        place = match.end()
        if text.startswith(separator, place):
            place += 1
            continue
        if len(row) > 1 or row[0].text.strip():
            found.append(row)
        row = []
        if place >= len(text):
            return found
        place += 2 if text.startswith("\r\n", place) else 1
        if place >= len(text):
            return found


def _unquoted(text: str, start: int, end: int) -> Passage:
    parts = []
    for piece in re.finditer(r'""|[^"]+', text[start:end]):
        a, b = piece.start() + start, piece.end() + start
        parts.append(decoded('"', a, b) if piece[0] == '""' else literal(text, a, b))
    return joined(parts) if parts else literal(text, start, start)
