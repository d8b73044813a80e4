"""Tables as CSV: UTF-8 with a byte order mark (spreadsheets ask for it), formula-safe, RFC 4180."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from audit.report import files
from audit.report.tables import Tables

_RISKY = r"^\s*[=+\-@\t\r]"


def write(tables: Tables, folder: Path) -> list[Path]:
    """Write NAME.csv for each table into `folder`, each whole or not at all; gives back their paths."""
    return [
        files.replace(
            folder / f"{name}.csv", "\ufeff" + safe(table).write_csv(line_terminator="\r\n", datetime_format="%Y-%m-%dT%H:%M:%SZ")
        )
        for name, table in tables.items()
    ]


def safe(table: pl.DataFrame) -> pl.DataFrame:
    """Texts that a spreadsheet would take for a formula begin with an apostrophe instead."""
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    return table.with_columns(
        pl.when(pl.col(name).str.contains(_RISKY)).then(pl.concat_str(pl.lit("'"), pl.col(name))).otherwise(pl.col(name)).alias(name)
        for name in texts
    )
