"""What a reader of one export format is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import polars as pl

from audit.errors import AuditError


@dataclass(frozen=True)
class ReadOptions:
    """What the user said about an export. Times without an offset are read in `tz` (IANA name; null: zone unknown)."""

    brand: str | None = None
    agent_column: str | None = None
    map_file: Path | None = None
    tz: str | None = None
    text_lang: str | None = None


@dataclass(frozen=True)
class Sample:
    """The beginning of an export, enough to recognise it by content.

    `format` is one of csv, json, jsonl, parquet, xlsx, other; `separator`, `sheets` and `header_row` (0 = the first row) say where
    the table stands in the file.
    """

    path: Path
    head: bytes
    encoding: str | None  # null for a binary file
    columns: tuple[str, ...] = ()  # the header as normalised by `mapping.normalised`, for tabular files
    columns_as_given: tuple[str, ...] = ()
    format: str = "other"
    separator: str = ","
    sheets: Mapping[str, int] = field(default_factory=dict)  # of a workbook: the sheets of the table with their header rows
    header_row: int = 0


@dataclass(frozen=True)
class Batch:
    """One export, read: `messages` in tables.MESSAGES, `rejects` in tables.REJECTS.

    `records` counts the source records met, good or bad: stored + duplicate + rejected. A record that holds a review and its
    reply gives two messages with the same `source_row`.
    """

    messages: pl.DataFrame
    rejects: pl.DataFrame
    records: int
    mapping: dict[str, str] = field(default_factory=dict)  # message column -> export column, for showing
    encoding: str | None = None  # null for a binary file


class NotUnderstood(AuditError):
    """An export whose columns do not say enough; `mapping` is what they did say (as in Batch)."""

    def __init__(self, message: str, *, place: str, hint: str, mapping: dict[str, str]) -> None:
        super().__init__(message, place=place, hint=hint)
        self.mapping = mapping


class Reader(Protocol):
    """A module of `audit.ingest` that defines these three is a reader; it is found by being there.

    One that also defines `ORDER` (default 0) is asked after those with a smaller one.
    """

    NAME: str

    def recognises(self, sample: Sample) -> bool: ...

    def read(self, sample: Sample, options: ReadOptions) -> Batch: ...
