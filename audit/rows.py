"""Rows to judge, read from JSONL or CSV. A bad row is an answer of its own, never an end."""

from __future__ import annotations

import codecs
import csv
import io
import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit import language_code
from audit.errors import AuditError, NothingToJudge
from audit.tables import ASKED_TYPES, LANGUAGES
from audit.terminal import counted

FIELDS = ("asked", "reply", "lang", "asked_type", "asked_upset", "private")
_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True)
class Row:
    """One row: its id as given (None where there is none), its FIELDS, or what is wrong with it."""

    id: Any
    fields: dict[str, Any]
    error: str | None = None


def read(file: Path) -> list[Row]:
    """All rows of a JSONL or CSV file, or of standard input for `-`. Raises AuditError or NothingToJudge for the file as a whole."""
    place = "standard input" if str(file) == "-" else str(file)
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise AuditError(f"cannot be read: {error.strerror}", place=place) from None
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data.decode("utf-16" if wide else "utf-8-sig", errors="replace" if wide else "surrogateescape")  # other bytes: refused as a row
    if not text.strip():
        raise NothingToJudge("is empty", place=place)
    broken = [number for number, line in enumerate(text.split("\n"), 1) if any("\udc80" <= letter <= "\udcff" for letter in line)]
    if len(broken) > len(text.split("\n")) / 2:
        raise AuditError("is not UTF-8", place=f"{place}:{broken[0]}", hint="save it as UTF-8")
    if str(file) == "-" or text.lstrip().startswith("{") or file.suffix in (".jsonl", ".ndjson"):
        return [_of_json(line, number) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if text.lstrip().startswith("["):
        raise AuditError("is a JSON array", place=f"{place}:1", hint="write one object a line (JSONL), or CSV")
    if not (rows := list(_of_csv(text, place))):
        raise NothingToJudge("holds no row below its header", place=place)
    return rows


def _of_json(line: str, number: int) -> Row:
    try:
        data = json.loads(line, parse_constant=_no_number, parse_float=_finite)
    except json.JSONDecodeError as error:
        return Row(None, {}, f"malformed row: {error.msg}: line {number} column {error.colno}")
    except RecursionError:
        return Row(None, {}, "malformed row: nested too deep")
    except ValueError as error:
        told = str(error)
        return Row(None, {}, f"malformed row: {'a number too long to read' if 'digits' in told else told}")
    if not isinstance(data, dict):
        return Row(None, {}, "malformed row: not an object")
    return checked(data.get("id"), data)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(written: str) -> float:
    number = float(written)
    return number if math.isfinite(number) else _no_number(written)


def _of_csv(text: str, place: str) -> Iterator[Row]:
    csv.field_size_limit(1 << 30)
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = [name.strip() for name in _next(lines) or [] if isinstance(name, str)]
    if not {"asked", "reply"} & set(header):
        raise AuditError(f"has neither a column asked nor a column reply: {', '.join(header)}", place=f"{place}:1")
    while (cells := _next(lines)) is not None:
        if isinstance(cells, str):
            yield Row(None, {}, f"malformed row: {cells}")
            continue
        if len(cells) != len(header):
            yield Row(
                cells[header.index("id")] if "id" in header[: len(cells)] else None,
                {},
                f"malformed row: {counted(len(cells), 'field')}, expected {len(header)}",
            )
            continue
        data: dict[str, Any] = {name: cell or None for name, cell in zip(header, cells, strict=True)}
        for name in ("asked_upset", "private"):
            if data.get(name) is not None:
                data[name] = _TRUTHS.get(str(data[name]).strip().lower(), data[name])
        yield checked(data.get("id"), data)


def _next(lines: Iterator[list[str]]) -> list[str] | str | None:
    """The next row; what is wrong with it, where its quotes are; None at the end."""
    try:
        return next(lines, None)
    except csv.Error as error:
        return "a quote is not closed" if "end of data" in str(error) else str(error)


def checked(id: Any, data: dict[str, Any]) -> Row:
    """The row of a record's fields, with what is wrong with it."""
    for name in ("asked", "reply", "lang", "asked_type"):
        if data.get(name) is not None and not isinstance(data[name], str):
            return Row(id, {}, f"{name}: not a text")
    for name in ("asked_upset", "private"):
        if data.get(name) is not None and not isinstance(data[name], bool):
            return Row(id, {}, f"{name}: neither true nor false")
    if data.get("asked") is None and data.get("reply") is None:
        return Row(id, {}, "neither asked nor reply is given")
    if data.get("asked_type") is not None and data["asked_type"] not in ASKED_TYPES:
        return Row(id, {}, f"asked_type: {data['asked_type']!r} is none of {', '.join(ASKED_TYPES)}")
    fields = {name: data.get(name) for name in FIELDS}
    if any(isinstance(v, str) and any("\ud800" <= c <= "\udfff" for c in v) for v in fields.values()):
        return Row(id, {}, "malformed row: not UTF-8, or half a surrogate pair")
    if isinstance(given := fields["lang"], str):
        fields["lang"] = language_code.stated(given) if given.strip() else None
        if given.strip() and fields["lang"] is None:
            return Row(id, {}, f"lang: {given!r} is no language code, write {', '.join(LANGUAGES)} or other")
    return Row(id, fields)
