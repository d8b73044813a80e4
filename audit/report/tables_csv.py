"""findings.csv, scores.csv and agents.csv: UTF-8 with a byte order mark (spreadsheets ask for it), formula-safe, RFC 4180."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from audit.report import files

_RISKY = r"^\s*[=+\-@\t\r]"


def write(result: dict[str, Any], findings: pl.DataFrame, folder: Path) -> list[Path]:
    """Write the three files into `folder`, each whole or not at all; gives back their paths."""
    tables = {"findings.csv": findings, "scores.csv": scores(result), "agents.csv": agents(result)}
    return [files.replace(folder / name, "\ufeff" + safe(table).write_csv(line_terminator="\r\n")) for name, table in tables.items()]


def safe(table: pl.DataFrame) -> pl.DataFrame:
    """Texts that a spreadsheet would take for a formula begin with an apostrophe instead."""
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    return table.with_columns(
        pl.when(pl.col(name).str.contains(_RISKY)).then(pl.concat_str(pl.lit("'"), pl.col(name))).otherwise(pl.col(name)).alias(name)
        for name in texts
    )


def scores(result: dict[str, Any]) -> pl.DataFrame:
    """scope (overall, category, rule), id, category, level, judged, broken, score, low, high."""
    rows = [{"scope": "overall", "id": "overall", "judged": result["scores"]["overall"]["n"], **_interval(result["scores"]["overall"])}]
    rows += [
        {"scope": "category", "id": id, "category": id, "judged": score["n"], **_interval(score)}
        for id, score in result["scores"]["categories"].items()
    ]
    rows += [{"scope": "rule", "id": id, **score} for id, score in result["scores"]["rules"].items()]
    kinds = {"scope": pl.String, "id": pl.String, "category": pl.String, "level": pl.String, "judged": pl.Int64, "broken": pl.Int64}
    return pl.DataFrame(rows, schema={**kinds, **dict.fromkeys(("score", "low", "high"), pl.Float64)})


def agents(result: dict[str, Any]) -> pl.DataFrame:
    """agent, team, account, n, score, low, high, ranked, rank."""
    kinds = {
        "agent": pl.String,
        "team": pl.String,
        "account": pl.String,
        "n": pl.Int64,
        "score": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
    }
    return pl.DataFrame(result["agents"], schema={**kinds, "ranked": pl.Boolean, "rank": pl.Int64})


def _interval(score: dict[str, Any]) -> dict[str, Any]:
    return {key: score[key] for key in ("score", "low", "high")}
