"""Excel workbooks: on which sheet and row the table stands, and its cells as strings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import fastexcel
import polars as pl

from audit.errors import AuditError
from audit.ingest.header import header_row
from audit.ingest.mapping import known_names, normalised

_DEEPEST = 60


def place_of_table(path: Path, sheet: object = None, row: int | None = None) -> tuple[dict[str, int], tuple[str, ...]]:
    """Sheets with their header rows (0 = the first), and the header of the table: the one that names the most known columns. Sheets of one
    and the same header, as one a month, make one table."""
    book = _opened(path)
    names = book.sheet_names
    if sheet is not None and sheet not in names:
        raise AuditError(f"has no sheet {sheet!r}", place=str(path), hint=f"sheets: {', '.join(names)}")
    best: tuple[int, dict[str, int], tuple[str, ...]] | None = None
    for name in [str(sheet)] if sheet is not None else names:
        rows = [[_text(cell) for cell in cells] for cells in _load(book, name, _DEEPEST).rows()]
        if not rows:
            continue
        place = header_row(rows) if row is None else row
        if place >= len(rows):
            continue
        header = tuple(rows[place])
        hits = len({normalised(cell) for cell in header} & known_names())
        if best is None or hits > best[0]:
            best = (hits, {name: place}, header)
        elif hits and header == best[2]:
            best[1][name] = place
    if best is None:
        raise AuditError("holds no table", place=str(path), hint="check the workbook's sheets")
    return best[1:]


def table(path: Path, sheets: Mapping[str, int], names: tuple[str, ...]) -> pl.DataFrame:
    """The rows below the headers as strings (times in ISO form), with `source_row` (1 = the first below the header, counted on through the
    sheets); blank rows left out."""
    book = _opened(path)
    frame = pl.concat([_load(book, sheet, None)[row + 1 :] for sheet, row in sheets.items()], how="diagonal")
    frame = frame.rename(dict(zip(frame.columns, names, strict=False)))
    frame = frame.with_columns(pl.col(pl.String).replace("", None)).with_columns(source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return frame.filter(pl.any_horizontal(pl.exclude("source_row").is_not_null()))


def cells(path: Path, rows: int) -> Iterator[tuple[str, list[list[str]]]]:
    """Every sheet's name and its first rows as strings, from cell A1 on; blank cells are empty. Raises AuditError."""
    book = _opened(path)
    for name in book.sheet_names:
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=rows, dtypes="string", skip_whitespace_tail_rows=True)
        left = [""] * (sheet.selected_columns[0].absolute_index if sheet.width else 0)
        yield name, [left + [_text(cell) for cell in row] for row in sheet.to_polars().rows()]


def _opened(path: Path) -> fastexcel.ExcelReader:
    try:
        return fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise AuditError(
            f"cannot be read as a workbook: {str(error).splitlines()[0]}",
            place=str(path),
            hint="save it again as .xlsx, without a password",
        ) from None


def _load(book: fastexcel.ExcelReader, name: str, rows: int | None) -> pl.DataFrame:
    return book.load_sheet(name, header_row=None, n_rows=rows, dtypes="string", skip_whitespace_tail_rows=True).to_polars()


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)
