"""Tables as JSON lines: one object a row."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from audit.report import files
from audit.report.tables import Tables


def write(tables: Tables, folder: Path) -> list[Path]:
    """Write NAME.jsonl for each table into `folder`, each whole or not at all; gives back their paths."""
    return [files.replace(folder / f"{name}.jsonl", _timed(table).write_ndjson()) for name, table in tables.items()]


def _timed(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for name, kind in table.schema.items() if isinstance(kind, pl.Datetime)
    )
