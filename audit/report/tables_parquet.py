"""Tables as Parquet, for DuckDB, polars, Spark and the like: the texts as they are, no formula disarmed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from audit.report import files
from audit.report.tables import Tables


def write(tables: Tables, folder: Path) -> list[Path]:
    """Write NAME.parquet for each table into `folder`, each whole or not at all; gives back their paths."""
    return [files.made(folder / f"{name}.parquet", partial(table.write_parquet, compression="zstd")) for name, table in tables.items()]
