"""Delimited text to a frame of strings, with every row that does not fit the header told apart.

polars reads the file; then the separators and line ends of its cells are counted against those of the file. Where they differ, or
polars gives up, some row has fewer or more fields than the header, or a quote is never closed, and a slower reader finds which.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import polars as pl

from audit import tables

_LONE_CR = "\ue00d"  # stands for a CR inside a field while Python's csv reads, which would break the row there
_SHOWN = 200
_PIECES = 8
_HEAD = 1 << 20
_LONGEST = 1000  # lines of one record; a quote still open after them was never closed

csv.field_size_limit(1 << 30)


def separator_of(text: str) -> str:
    """The separator that gives the most rows of one and the same width among the first rows: comma, semicolon, tab or bar."""
    best, most = ",", (0, 0)
    for separator in ",;\t|":
        widths = [len(row) for row in rows_of(text, separator) if len(row) > 1]
        if widths:
            usual = max(set(widths), key=lambda width: (widths.count(width), width))
            most, best = max((most, best), ((widths.count(usual), usual), separator), key=lambda pair: pair[0])
    return best


def rows_of(text: str, separator: str, limit: int = 60) -> list[list[str]]:
    """The first rows, those without any field left out."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(_lines(text), delimiter=separator):
            rows.append([field.replace(_LONE_CR, "\r") for field in row])
            if len(rows) == limit:
                break
    except csv.Error:
        pass
    return rows


def line_of_row(text: str, separator: str, row: int) -> int:
    """How many lines stand before row `row` (0 = the first)."""
    reader = csv.reader(_lines(text), delimiter=separator)
    for _ in range(row):
        next(reader)
    return reader.line_num


def table(raw: bytes, separator: str, skip_lines: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`raw` (UTF-8 without a BOM) as strings, and its malformed rows.

    The first frame has a column a header field (named "0", "1", ...) and `source_row` (1 = the first row after the header); the
    header itself is left out, an empty cell is null. The second is in tables.REJECTS, reason "malformed row".
    """
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    start = 0
    for _ in range(skip_lines):
        start = raw.find(b"\n", start) + 1
    end = len(raw)
    while end > start and raw[end - 1] in b"\r\n":
        end -= 1
    width = len(rows_of(raw[start : min(end, start + _HEAD)].decode("utf-8", errors="ignore"), separator, 1)[0])
    frame = _fast(memoryview(raw)[start:end], separator, width)
    if frame is not None:
        return frame, pl.DataFrame(schema=tables.REJECTS)
    return _slow(raw[start:end].decode("utf-8"), separator, width)


def _fast(body: memoryview, separator: str, width: int) -> pl.DataFrame | None:
    """The frame if every row of `body` is as wide as its header, else None."""
    names = [str(place) for place in range(width)]
    raw = b"\n".join((separator.join(names).encode(), body))
    with ThreadPoolExecutor(2) as pool:
        balanced = pool.submit(_quotes_balance, raw, separator)
        counted = pool.submit(lambda: (raw.count(separator.encode()), raw.count(b"\n")))
        try:
            frame = pl.read_csv(raw, separator=separator, infer_schema=False)
        except pl.exceptions.PolarsError:
            return None
        inside = frame.select(
            pl.sum_horizontal(pl.col(names).str.count_matches(separator, literal=True).sum()).alias("separators"),
            pl.sum_horizontal(pl.col(names).str.count_matches("\n", literal=True).sum()).alias("ends"),
        ).row(0)
    rows = frame.height
    if not balanced.result():
        return None
    separators, ends = counted.result()
    if inside != (separators - (width - 1) * (rows + 1), ends - rows):
        return None
    return frame.with_row_index("source_row").slice(1).with_columns(pl.col("source_row").cast(pl.Int64))


def _quotes_balance(raw: bytes, separator: str) -> bool:
    """Whether no more quotes open a field than close one. A quote that is never closed swallows rows up to the next one, and leaves one
    that opens too many; a text with a quote beside a separator may look the same, at the cost of the slower reader."""
    if b'"' not in raw:
        return True
    mark = rf"\x{ord(separator):02x}"
    opening, closing = rf'[{mark}\n]"(?:"")*[^"{mark}\r\n]', rf'[^"]"(?:"")*(?:[{mark}\r\n]|$)'
    cuts = [0, *(end for place in range(1, _PIECES) if (end := raw.find(b"\n", place * len(raw) // _PIECES)) > 0), len(raw)]

    def lead(pieces: list[bytes]) -> int:
        text = pl.Series(pieces).cast(pl.String)
        return int((text.str.count_matches(opening).cast(pl.Int64) - text.str.count_matches(closing).cast(pl.Int64)).sum())

    pieces = [raw[start:end] for start, end in pairwise(sorted(set(cuts)))]
    with ThreadPoolExecutor() as pool:  # several pieces at a time: polars copies the value of a series that has only one
        return sum(pool.map(lead, (pieces[::2], pieces[1::2]))) <= 0


def _slow(text: str, separator: str, width: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows: list[list[str | None]] = []
    places: list[int] = []
    bad: list[tuple[int, str, str]] = []
    records = _records(_lines(text), separator, width)
    next(records, None)
    for place, (row, line) in enumerate(records, start=1):
        while len(row) > width and not row[-1]:
            row.pop()
        if len(row) == width:
            rows.append([field.replace(_LONE_CR, "\r") or None for field in row])
            places.append(place)
        else:
            wrong = (
                "a quote is not closed"
                if not row
                else "more fields than the header"
                if len(row) > width
                else "fewer fields than the header"
            )
            bad.append((place, wrong, line.replace(_LONE_CR, "\r").strip()[:_SHOWN]))
    names = [str(number) for number in range(width)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    rejects = pl.DataFrame(bad, schema=["source_row", "column_name", "value"], orient="row").with_columns(reason=pl.lit("malformed row"))
    return frame.with_columns(source_row=pl.Series(places, dtype=pl.Int64)), rejects.select(
        pl.col(name).cast(kind) for name, kind in tables.REJECTS.items()
    )


def _records(lines: list[str], separator: str, width: int) -> Iterator[tuple[list[str], str]]:
    """Every record that is not blank, with its first line. A quote that is never closed costs only its own line."""
    start = 0
    while start < len(lines):
        base, at = start, [start]
        reader = csv.reader(_fed(lines, at), delimiter=separator)
        for row in reader:
            first, at[0] = at[0], base + reader.line_num
            start = at[0]
            if not row:
                continue
            swallowed = start - first > 1 and not _sound(lines[first:start], separator)
            if swallowed or (start - first > 1 and len(row) != width and _resumes(lines, first + 1, separator, width)):
                start = first + 1
                yield [], lines[first]
                break
            yield row, lines[first]


def _fed(lines: list[str], at: list[int]) -> Iterator[str]:
    """Lines from `at[0]` on; ends where the record that began on the line now in `at[0]` grows too long to be one."""
    for number in range(at[0], len(lines)):
        if number - at[0] > _LONGEST:
            return
        yield lines[number]


def _sound(lines: list[str], separator: str) -> bool:
    """Whether the quotes of a record of several lines stand only where fields begin and end."""
    try:
        return len(list(csv.reader(iter(lines), delimiter=separator, strict=True))) == 1
    except csv.Error:
        return False


def _resumes(lines: list[str], start: int, separator: str, width: int) -> bool:
    """Whether a whole row begins on line `start`."""
    return len(next(csv.reader(iter(lines[start : start + 50]), delimiter=separator), [])) == width


def _lines(text: str) -> list[str]:
    """Lines with their ends; a CR that ends no line is put away."""
    text = text.replace("\r\n", "\n")
    return [line + "\n" for line in text.replace("\r", "\n" if "\n" not in text else _LONE_CR).split("\n")]
