"""An export's bytes: what kind of file it is, told by content, and its table of strings."""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from audit import tables
from audit.errors import AuditError, NothingToJudge
from audit.ingest import delimited, filekind, jsontable, sheets
from audit.ingest.encoding import LOST, decoded, encoding_of, named
from audit.ingest.header import header_row
from audit.ingest.mapping import normalised
from audit.ingest.reader import Sample

SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xlsm", ".xls")
"""What is read of a folder. A file named by itself is read whatever its suffix."""

Read = TypeVar("Read")
_HEAD = 1 << 18


def sample(path: Path, said: Mapping[str, Any] | None = None) -> Sample:
    """Look at the beginning of `path`. `said` may hold encoding, delimiter, sheet and header_row (1 = first), which then are not guessed.

    Raises AuditError when the file is absent, unreadable or in an unknown encoding, NothingToJudge when it is empty.
    """
    said = said or {}
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except FileNotFoundError:
        raise AuditError("no such file", place=str(path), hint="check the path") from None
    except OSError as error:
        raise AuditError(f"cannot be read: {error.strerror}", place=str(path), hint="check that it is a file and may be read") from None
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise NothingToJudge("the file is empty", place=str(path), hint="export it again")
    filekind.refused(head, path)
    row = int(said["header_row"]) - 1 if "header_row" in said else None
    if head.startswith(b"PAR1"):
        return _with_columns(Sample(path, head, None, format="parquet"), tuple(_parquet(pl.read_parquet_schema, path)))
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        if not _is_workbook(path, head):
            raise AuditError("is an archive, not an export", place=str(path), hint="unpack it and name the files or the folder in it")
        found_on, columns = sheets.place_of_table(path, said.get("sheet"), row)
        return _with_columns(Sample(path, head, None, format="xlsx", sheets=found_on), columns)
    try:
        encoding = named(str(said["encoding"]), path) if "encoding" in said else encoding_of(path)
    except AuditError:
        filekind.checked(head.decode("latin-1"), path)
        raise
    text = filekind.checked(_text(head, encoding), path)
    if text.split() in (["[]"], ["{}"], ["[", "]"]):
        raise NothingToJudge("the file holds no record", place=str(path), hint="export it again")
    if (form := jsontable.form_of(text)) is not None:
        found = Sample(path, head, encoding, format=form)
        columns = jsontable.columns_of(text, form)
        if not columns and form == "json":
            jsontable.parsed(decoded(path, encoding), path)
        return _with_columns(found, columns) if columns else found
    separator = str(said["delimiter"]) if "delimiter" in said else delimited.separator_of(text)
    rows = delimited.rows_of(text, separator)
    row = header_row(rows) if row is None else row
    if row >= len(rows) or text.lstrip().startswith("<"):
        return Sample(path, head, encoding)
    line = delimited.line_of_row(text, separator, row)
    return _with_columns(Sample(path, head, encoding, format="csv", separator=separator, header_row=line), tuple(rows[row]))


def table(found: Sample) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every record of a tabular export: one column of strings a field, named as `columns_as_given`, and `source_row`; and its rejects.

    An empty cell is null. Names that occur twice get " (2)", " (3)", ... behind them. Records of other bytes than the encoding's are
    rejected.
    """
    frame, rejects = _read(found)
    if found.encoding not in ("utf-8", "utf-8-sig") or not frame.height:
        return frame, rejects
    names = [name for name in frame.columns if name != "source_row"]
    lost = [pl.col(name).str.contains(LOST, literal=True).fill_null(False) for name in names]
    where = pl.coalesce(pl.when(cell).then(pl.lit(name)) for cell, name in zip(lost, names, strict=True))
    faulty = frame.filter(pl.any_horizontal(lost))
    if not faulty.height:
        return frame, rejects
    value = pl.coalesce(pl.when(cell).then(pl.col(name)) for cell, name in zip(lost, names, strict=True))
    shown = faulty.select(
        "source_row",
        column_name=where,
        value=value.str.slice(0, 200),
        reason=pl.lit("wrong encoding"),
    )
    rejects = pl.concat([rejects, shown]).with_columns(pl.col("value").str.replace_all(LOST, "\ufffd", literal=True))
    return frame.filter(~pl.any_horizontal(lost)), rejects.sort("source_row", maintain_order=True)


def _read(found: Sample) -> tuple[pl.DataFrame, pl.DataFrame]:
    if found.format == "csv":
        frame, rejects = delimited.table(decoded(found.path, found.encoding or "utf-8"), found.separator, found.header_row)
        return _named(frame, found.columns_as_given), rejects
    if found.format == "parquet":
        return _numbered(strings(_parquet(pl.read_parquet, found.path))), pl.DataFrame(schema=tables.REJECTS)
    if found.format == "xlsx":
        return sheets.table(found.path, found.sheets, distinct(found.columns_as_given)), pl.DataFrame(schema=tables.REJECTS)
    if found.format in ("json", "jsonl"):
        frame, rejects = jsontable.table(decoded(found.path, found.encoding or "utf-8"), found.format, found.path)
        return strings(frame), rejects
    raise AuditError("is not a table", place=str(found.path), hint="give CSV, TSV, JSON, JSON lines, Parquet or XLSX")


def distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """Column names with a number behind every repeated one, and "column N" for an empty one."""
    met: dict[str, int] = {}
    result = []
    for place, given in enumerate(names, start=1):
        name = given.replace("\ufeff", "").strip() or f"column {place}"
        met[name] = met.get(name, 0) + 1
        result.append(name if met[name] == 1 else f"{name} ({met[name]})")
    return tuple(result)


def strings(frame: pl.DataFrame) -> pl.DataFrame:
    """Every column but `source_row` as strings: times in ISO form, lists joined by commas, an empty text as null."""
    columns = []
    for name, kind in frame.schema.items():
        column = pl.col(name)
        if name == "source_row":
            columns.append(column)
        elif isinstance(kind, pl.Datetime):
            columns.append(column.dt.strftime("%Y-%m-%dT%H:%M:%S%.f" + ("%:z" if kind.time_zone else "")).alias(name))
        elif isinstance(kind, pl.List) and not kind.inner.is_nested():
            columns.append(column.cast(pl.List(pl.String)).list.join(",").alias(name))
        elif kind.is_nested():
            columns.append(pl.lit(None, dtype=pl.String).alias(name))
        elif kind == pl.Binary:
            columns.append(column.cast(pl.String, strict=False))
        else:
            columns.append(column.cast(pl.String))
    return frame.select(columns).with_columns(pl.col(pl.String).replace("", None))


def _named(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    return frame.rename({str(place): name for place, name in enumerate(distinct(names))})


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(source_row=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))


def _with_columns(found: Sample, columns: tuple[str, ...]) -> Sample:
    if any(LOST in name for name in columns):
        raise AuditError("wrong encoding: the names of its columns are not UTF-8", place=str(found.path), hint="save the file as UTF-8")
    given = distinct(columns)
    return Sample(
        found.path,
        found.head,
        found.encoding,
        tuple(normalised(name) for name in given),
        given,
        found.format,
        found.separator,
        found.sheets,
        found.header_row,
    )


def _parquet(read: Callable[[Path], Read], path: Path) -> Read:
    try:
        return read(path)
    except pl.exceptions.PolarsError as error:
        raise AuditError(
            f"is a damaged Parquet file: {str(error).splitlines()[0][:200]}", place=str(path), hint="export it again"
        ) from None


def _is_workbook(path: Path, head: bytes) -> bool:
    if not head.startswith(b"PK"):
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    except zipfile.BadZipFile:
        raise AuditError("is a damaged workbook or archive", place=str(path), hint="export it again") from None


def _text(head: bytes, encoding: str) -> str:
    """The head as text, without a BOM and without the letter that its end may cut."""
    return codecs.getincrementaldecoder(encoding)(errors="lost").decode(head).removeprefix("\ufeff")
