"""JSON arrays and JSON lines as tables: nested objects become columns named `outer.inner`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from audit import tables
from audit.errors import AuditError
from audit.ingest.mapping import known_names, normalised, synonyms

Record = dict[str, Any]


def form_of(text: str) -> str | None:
    """ "json" for an array of objects or an object that holds one, "jsonl" for an object a line, None for anything else."""
    start = text.lstrip()
    if start.startswith("["):
        return "json" if start[1:].lstrip()[:1] in ("{", "]", "") else None
    if not start.startswith("{"):
        return None
    first = start.split("\n", 1)[0].strip()
    try:
        return "jsonl" if isinstance(json.loads(first), dict) and "\n{" in start.replace("\r", "") else "json"
    except (ValueError, RecursionError):
        return "json"


def columns_of(text: str, form: str) -> tuple[str, ...]:
    """The columns of the first records, as far as the head of the file shows them."""
    records: list[Any] = []
    if form == "jsonl":
        for line in text.split("\n")[:50]:
            try:
                records.append(json.loads(line))
            except (ValueError, RecursionError):
                continue
    else:
        decoder = json.JSONDecoder()
        start = text.find("{")
        while start >= 0 and len(records) < 50:
            try:
                record, end = decoder.raw_decode(text, start)
            except (ValueError, RecursionError):  # an object that the head cuts off: what it holds tells enough
                start = text.find("{", start + 1)
                continue
            records.append(record)
            start = text.find("{", end)
        records = _list_of(records[0]) if len(records) == 1 else records
    flat, _ = _flat([record for record in records if isinstance(record, dict)])
    return tuple(dict.fromkeys(name for record in flat for name in record))


def table(raw: bytes, form: str, path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every record as a row of strings, with `source_row` (1 = the first), and the malformed lines in tables.REJECTS.

    Where the records are wrappers (no text of their own, but a list of objects with one), each object of that list is a record, with
    the wrapper's own fields beside it. Raises AuditError with file:line when the file is no JSON.
    """
    bad: list[tuple[int, str]] = []
    records: list[Any] = []
    places: list[int] = []
    if form == "jsonl":
        for place, line in enumerate((line for line in raw.decode().split("\n") if line.strip()), start=1):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                record = None
            if isinstance(record, dict):
                records.append(record)
                places.append(place)
            else:
                bad.append((place, line[:200]))
    else:
        whole = parsed(raw, path)
        for place, record in enumerate(_list_of(whole), start=1):
            if isinstance(record, dict):
                records.append(record)
                places.append(place)
            else:
                bad.append((place, str(record)[:200]))
    flat, opened = _flat(records)
    if opened:
        places = list(range(1, len(flat) + 1))
    names = list(dict.fromkeys(name for record in flat for name in record))
    frame = pl.DataFrame({name: pl.Series(name, [_cell(record.get(name)) for record in flat], dtype=pl.String) for name in names})
    rejects = pl.DataFrame(
        {"source_row": [p for p, _ in bad], "column_name": None, "value": [v for _, v in bad], "reason": "malformed row"},
        schema=tables.REJECTS,
    )
    return frame.with_columns(source_row=pl.Series(places, dtype=pl.Int64)), rejects


def parsed(raw: bytes, path: Path) -> Any:
    """The whole of a JSON file. Raises AuditError with file:line where it is none, or ends too soon."""
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
        what = "is cut off: the file ends within a record" if cut else f"is not JSON: {error.msg}, column {error.colno}"
        raise AuditError(what, place=f"{path}:{error.lineno}", hint="export it again") from None
    except (ValueError, RecursionError) as error:
        what = "is nested too deep to be read" if isinstance(error, RecursionError) else "holds a number too long to be read"
        raise AuditError(what, place=str(path), hint="export it again") from None


def _list_of(whole: Any) -> list[Any]:
    """The array itself, else the array under the object's keys whose objects have the most known columns, else the objects under numbers,
    else the object alone."""
    if isinstance(whole, list):
        return whole
    if not isinstance(whole, dict):
        return []
    lists = [value for value in whole.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    inner = [value for value in whole.values() if isinstance(value, dict)]
    if not lists and len(inner) == 1:
        return _list_of(inner[0])
    if not lists and inner and sum(key.isdigit() for key in whole) == len(inner):
        return inner  # records under their numbers
    return max(lists, key=_known) if lists else [whole]


def _known(records: list[Any]) -> tuple[int, int]:
    first = _unnested(records[0])
    return len(known_names() & {normalised(name) for name in first}), len(records)


def _flat(records: list[Record]) -> tuple[list[Record], bool]:
    """Records with nested objects opened to dotted names; and whether a list inside them was opened to records."""
    flat = [_unnested(record) for record in records]
    texts = {*synonyms()["text"], *synonyms()["reply_text"]}
    if not flat or any(normalised(name) in texts for record in flat[:50] for name in record):
        return flat, False
    lists = {
        name for record in flat[:50] for name, value in record.items() if isinstance(value, list) and value and isinstance(value[0], dict)
    }
    for name in sorted(lists):
        inner = [
            {**{f"{name}.{n}" if n in part else n: v for n, v in outer.items() if n != name and not isinstance(v, list)}, **part}
            for outer in flat
            for part in (_unnested(item) for item in outer.get(name) or [] if isinstance(item, dict))
        ]
        if any(normalised(key) in texts for record in inner[:50] for key in record):
            return inner, True
    return flat, False


def _unnested(record: Record, prefix: str = "") -> Record:
    result: Record = {}
    for name, value in record.items():
        if isinstance(value, dict):
            result |= _unnested(value, f"{prefix}{name}.")
        else:
            result[prefix + name] = value
    return result


def _cell(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return None if any(isinstance(item, dict | list) for item in value) else _whole(",".join(str(item) for item in value)) or None
    return str(value)


def _whole(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can hold and no encoding can (an emoji cut in two by a service's limit)."""
    return text.encode("utf-8", "ignore").decode()
