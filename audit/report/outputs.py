"""Every output of an audit, from its result: what `run` writes at once and `render` writes again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from audit.report import files, html, result_json, tables_csv, tables_jsonl, tables_parquet
from audit.report.tables import tables


@dataclass(frozen=True)
class Outputs:
    """Where to write what; None is not written."""

    html: Path | None = None
    json: Path | None = None
    csv: Path | None = None
    xlsx: Path | None = None
    parquet: Path | None = None
    jsonl: Path | None = None

    @property
    def tables(self) -> bool:
        """Whether an output wants the whole findings."""
        return any((self.csv, self.xlsx, self.parquet, self.jsonl))


def write(
    result: dict[str, Any],
    outputs: Outputs,
    findings: Callable[[], pl.DataFrame] | None = None,
    work: Callable[[], pl.DataFrame] | None = None,
) -> list[Path]:
    """Write the outputs and give back their paths. Without `findings` and `work`, tables hold what the result holds and say so."""
    written = []
    if outputs.html:
        written.append(files.replace(outputs.html, html.render(result, result["lang"])))
    if outputs.json:
        written.append(files.replace(outputs.json, result_json.dumps(result)))
    if outputs.tables:
        held = tables(result, findings() if findings else None, work() if work else None)
        for folder, write in (
            (outputs.csv, tables_csv.write),
            (outputs.parquet, tables_parquet.write),
            (outputs.jsonl, tables_jsonl.write),
        ):
            if folder:
                written += write(held, folder)
        if outputs.xlsx:
            from audit.report import tables_xlsx  # its library is loaded for those who want a workbook

            written.append(tables_xlsx.write(held, outputs.xlsx))
    return written
