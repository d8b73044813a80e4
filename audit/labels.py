"""Exchanges that people have judged: JSONL or CSV files of labelled replies.

A row is a row to judge (audit.rows) with `broken` and `na`, lists of rule ids (in CSV a JSON array, or ids separated by spaces, commas or semicolons), and
if it was labelled `promises_return`. A rule that is in neither list is kept; a rule that no row of the file names was not labelled.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audit import rows
from audit.errors import AuditError, NothingToJudge
from audit.rows import Row
from audit.tables import ASKED_TYPES

TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True)
class Label:
    """One labelled exchange."""

    row: Row
    source: str
    broken: frozenset[str]
    na: frozenset[str]
    promises_return: bool | None
    place: str
    """file:line"""

    def speaking(self, lang: str) -> Label:
        """The same label in a language that was found, where none was given."""
        return replace(self, row=replace(self.row, fields={**self.row.fields, "lang": lang}))

    @property
    def lang(self) -> str:
        return str(self.row.fields["lang"] or "other")

    @property
    def id(self) -> str:
        return "" if self.row.id is None else str(self.row.id)


@dataclass(frozen=True)
class AskedLabel:
    """One labelled message of a customer. `flags`: upset, addressed, insulting, as far as they were labelled."""

    id: str
    text: str
    lang: str | None
    source: str
    type: str
    flags: Mapping[str, bool]


def read_asked(paths: list[Path]) -> list[AskedLabel]:
    """The labelled messages of files, or of all JSONL and CSV files in folders; files without `type` are passed over in a folder.

    Raises AuditError where a file or a row of it cannot be used (file:line), NothingToJudge when nothing was labelled.
    """
    labels: list[AskedLabel] = []
    for path in paths:
        files = sorted((*path.glob("*.jsonl"), *path.glob("*.csv"))) if path.is_dir() else [path]
        for file in files:
            given = _given(file)
            if any("type" in data for _, data in given):
                labels += [_asked_label(data, f"{file}:{line}") for line, data in given]
            elif not path.is_dir():
                raise AuditError("has no field type", place=str(file), hint="a labelled message has text, lang and type")
    if not labels:
        raise NothingToJudge("holds no labelled message", place=", ".join(map(str, paths)), hint="a row needs text and type")
    return labels


def _asked_label(data: dict[str, Any], place: str) -> AskedLabel:
    text = data.get("text", data.get("asked"))
    if not isinstance(text, str):
        raise AuditError("no text", place=place)
    if data.get("type") not in ASKED_TYPES:
        raise AuditError(f"type: {data.get('type')!r} is none of {', '.join(ASKED_TYPES)}", place=place)
    flags = {name: data[name] for name in ("upset", "addressed", "insulting") if data.get(name) is not None}
    if wrong := [name for name, value in flags.items() if not isinstance(value, bool)]:
        raise AuditError(f"{wrong[0]}: neither true nor false", place=place)
    row = rows.checked(data.get("id"), {"asked": text, "lang": data.get("lang")})
    if row.error is not None:
        raise AuditError(row.error, place=place)
    id = "" if row.id is None else str(row.id)
    return AskedLabel(id, text, row.fields["lang"], str(data.get("source") or ""), data["type"], flags)


def read(paths: list[Path]) -> list[Label]:
    """The labelled replies of files, or of all JSONL and CSV files in folders; files without `broken` are passed over in a folder.

    Raises AuditError where a file or a row of it cannot be used (file:line), NothingToJudge when nothing was labelled.
    """
    labels: list[Label] = []
    for path in paths:
        if path.is_dir():
            for file in sorted((*path.glob("*.jsonl"), *path.glob("*.csv"))):
                labels += _read(file, passing=True)
        else:
            labels += _read(path, passing=False)
    if not labels:
        raise NothingToJudge("holds no labelled reply", place=", ".join(map(str, paths)), hint="a row needs reply and broken")
    return labels


def _given(path: Path) -> list[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"cannot be read: {error}", place=str(path)) from None
    return _of_csv(text) if path.suffix == ".csv" else _of_json(text, path)


def _read(path: Path, *, passing: bool) -> list[Label]:
    given = _given(path)
    if not any("broken" in data for _, data in given):
        if passing:
            return []
        raise AuditError("has no field broken", place=str(path), hint="labelled replies list the rules that each one breaks")
    return [_label(data, f"{path}:{line}") for line, data in given]


def _of_json(text: str, path: Path) -> list[tuple[int, dict[str, Any]]]:
    result = []
    for line, source in enumerate(text.split("\n"), 1):
        if source.strip():
            try:
                data = json.loads(source)
            except (ValueError, RecursionError) as error:
                raise AuditError(f"malformed row: {error}", place=f"{path}:{line}") from None
            if not isinstance(data, dict):
                raise AuditError("malformed row: not an object", place=f"{path}:{line}")
            result.append((line, data))
    return result


def _of_csv(text: str) -> list[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(1 << 30)
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    result = []
    for cells in reader:
        data: dict[str, Any] = {name: value or None for name, value in cells.items() if name}
        for name in ("asked_upset", "private", "promises_return", "upset", "addressed", "insulting"):
            if data.get(name) is not None:
                data[name] = TRUTHS.get(str(data[name]).strip().lower(), data[name])
        result.append((reader.line_num, data))
    return result


def _label(data: dict[str, Any], place: str) -> Label:
    row = rows.checked(data.get("id"), data)
    if row.error is not None or row.fields["reply"] is None:
        raise AuditError(row.error or "no reply", place=place)
    promises = data.get("promises_return")
    if promises is not None and not isinstance(promises, bool):
        raise AuditError("promises_return: neither true nor false", place=place)
    return Label(row, str(data.get("source") or ""), _ids(data, "broken", place), _ids(data, "na", place), promises, place)


def _listed(cell: str) -> Any:
    """The ids of a cell: a JSON array, or ids with spaces, commas, semicolons or bars between them, in brackets and quotes or without."""
    try:
        return json.loads(cell) if cell.startswith("[") else re.split(r"[\s,;|]+", cell)
    except ValueError:
        return re.split(r"[\s,;|'\"]+", cell.removeprefix("[").removesuffix("]"))


def _ids(data: dict[str, Any], name: str, place: str) -> frozenset[str]:
    value = data.get(name)
    if isinstance(value, str):
        value = _listed(value.strip())
    if not isinstance(value or [], list) or not all(isinstance(id, str) for id in value or []):
        raise AuditError(f"{name}: not a list of rule ids", place=place)
    return frozenset(id for id in value or [] if id)
