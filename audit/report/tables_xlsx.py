"""Tables as one Excel workbook, a sheet each. Every text is written as a text, never as a formula or a link. Alone imports xlsxwriter."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from audit.report import files
from audit.report.tables import Tables

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header; longer tables go on in further sheets."""
MOST_CHARACTERS = 32_767
"""Of a cell; a longer text ends in an ellipsis."""
_WIDTHS = {"asked": 70, "reply": 70, "words": 30, "url": 30, "rule": 22, "id": 22, "list": 24, "sent_at": 20, "loses_most": 22}
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""A fixed day: the same tables give the same bytes."""


def write(tables: Tables, path: Path) -> Path:
    """Write the workbook, whole or not at all."""
    return files.made(path, lambda beside: _fill(tables, beside))


def _fill(tables: Tables, path: Path) -> None:
    with path.open("wb") as file, xlsxwriter.Workbook(file, _OPTIONS) as book:
        book.set_properties({"created": _CREATED})
        bold = book.add_format({"bold": True, "bottom": 1})
        for name, table in tables.items():
            for number, start in enumerate(range(0, max(table.height, 1), MOST_ROWS), 1):
                _sheet(book, name if number == 1 else f"{name} {number}", table.slice(start, MOST_ROWS), bold)


def _sheet(book: Any, name: str, table: pl.DataFrame, bold: Any) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(table.columns):
        sheet.set_column(column, column, _WIDTHS.get(title, 14))
        sheet.write_string(0, column, title, bold)
    sheet.autofilter(0, 0, table.height, max(0, table.width - 1))
    for row, cells in enumerate(_plain(table).iter_rows(), 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(row, column, cell)
            elif isinstance(cell, bool):
                sheet.write_boolean(row, column, cell)
            elif cell is not None:
                sheet.write_number(row, column, cell)


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    """Times as ISO texts, texts short enough for a cell."""
    columns = []
    for name, kind in table.schema.items():
        if isinstance(kind, pl.Datetime):
            columns.append(pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
        elif kind == pl.String:
            wide = pl.col(name).str.count_matches(r"[\x{10000}-\x{10FFFF}]")  # two of Excel's characters each
            short = pl.col(name).str.head(MOST_CHARACTERS - 1 - wide) + "…"
            columns.append(pl.when(pl.col(name).str.len_chars() + wide > MOST_CHARACTERS).then(short).otherwise(name).alias(name))
        else:
            columns.append(pl.col(name))
    return table.select(columns)
