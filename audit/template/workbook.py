"""XLSX of templates: the sheets whose header names texts or, where none does, those that hold some. A place is a row and a column."""

from __future__ import annotations

from collections.abc import Iterator

from audit.template import table
from audit.template.passage import literal
from audit.template.source import HoldsNone, Source, Unreadable
from audit.template.template import Template

NAME = "xlsx"
SUFFIXES = (".xlsx", ".xlsm")

_MOST_ROWS = 100_000


def read(source: Source) -> Iterator[Template]:
    from audit.errors import AuditError
    from audit.ingest.sheets import cells

    why: HoldsNone | None = None
    found = []
    try:
        sheets = [(name, _rows(grid)) for name, grid in cells(source.file, _MOST_ROWS)]
        telling = [sheet for sheet in sheets if table.names_texts(sheet[1])]
        for name, rows in telling or sheets:
            try:
                for each in table.templates(rows, source, NAME):
                    found.append((name, each))
            except HoldsNone as reason:
                why = why or reason
    except AuditError as error:
        raise Unreadable(error.message, hint=error.hint) from None
    several = len({name for name, _ in found}) > 1
    if not found:
        raise why or HoldsNone("the workbook is empty")
    for name, each in found:
        yield _on(name, each) if several else each


def _on(sheet: str, template: Template) -> Template:
    from dataclasses import replace

    return replace(template, key=f"{sheet}/{template.key}", kin=template.kin and f"{template.kin}@{sheet}")


def _rows(grid: list[list[str]]) -> list[list[table.Cell]]:
    """Rows from the header on: the first with two filled cells or, where there is none, with one."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in grid]
    least = 2 if any(count > 1 for count in filled) else 1
    first = next((number for number, count in enumerate(filled) if count >= least), len(grid))
    return [
        [table.Cell(text, literal(text, 0, len(text)), (number + 1, column + 1)) for column, text in enumerate(row)]
        for number, row in enumerate(grid)
        if number >= first and filled[number]
    ]
