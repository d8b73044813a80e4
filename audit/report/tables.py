"""The tables of an audit as frames, for every writer of tables: findings, worklists, scores, agents, accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from audit import finding, worklist

NAMES = ("findings", "worklists", "scores", "agents", "accounts")
Tables = dict[str, pl.DataFrame]
Kinds = Mapping[str, pl.DataType | type[pl.DataType]]

_SCORE: Kinds = {"score": pl.Float64, "low": pl.Float64, "high": pl.Float64}
_SCORES: Kinds = {
    "scope": pl.String,
    "id": pl.String,
    "category": pl.String,
    "level": pl.String,
    "judged": pl.Int64,
    "broken": pl.Int64,
    **_SCORE,
}
_AGENTS: Kinds = {
    "agent": pl.String,
    "team": pl.String,
    "account": pl.String,
    "n": pl.Int64,
    **_SCORE,
    "ranked": pl.Boolean,
    "rank": pl.Int64,
}
_ACCOUNTS: Kinds = {
    "account": pl.String,
    "n": pl.Int64,
    **_SCORE,
    "asked": pl.Int64,
    "replies": pl.Int64,
    "answered_share": pl.Float64,
    "median_minutes": pl.Float64,
    "change": pl.Float64,
    "loses_most": pl.String,
    "points_lost": pl.Float64,
}


def tables(result: dict[str, Any], findings: pl.DataFrame | None = None, work: pl.DataFrame | None = None) -> Tables:
    """Name -> frame. Without `findings` and `work`, those that the result holds, with a column `left_out` that says how many it does not."""
    held = (
        capped_findings(result) if findings is None else findings,
        capped_work(result) if work is None else work,
        scores(result),
        _frame(result["agents"], _AGENTS),
        accounts(result),
    )
    return dict(zip(NAMES, held, strict=True))


def capped_findings(result: dict[str, Any]) -> pl.DataFrame:
    """The findings of the result: audit.finding.SCHEMA, and `left_out`, how many more of the rule there are."""
    left = result["findings_left_out"]
    rows = [{**row, "words": " | ".join(row["words"]), "left_out": left.get(row["rule"], 0)} for row in result["findings"]]
    return _frame(rows, {**finding.SCHEMA, "left_out": pl.Int64})


def capped_work(result: dict[str, Any]) -> pl.DataFrame:
    """The work lists of the result, and `left_out`, how many more of the list there are."""
    rows = [
        {**item, "list": name, "words": " | ".join(item["words"]), "sent_at": _time(item["sent_at"]), "left_out": held["left_out"]}
        for name, held in result["work_lists"].items()
        for item in held["items"]
    ]
    return _frame(rows, {**worklist.SCHEMA, "left_out": pl.Int64})


def scores(result: dict[str, Any]) -> pl.DataFrame:
    """scope (overall, category, rule), id, category, level, judged, broken, score, low, high."""
    held = result["scores"]
    rows = [{"scope": "overall", "id": "overall", **_judged(held["overall"])}]
    rows += [{"scope": "category", "id": id, "category": id, **_judged(score)} for id, score in held["categories"].items()]
    rows += [{"scope": "rule", "id": id, **score} for id, score in held["rules"].items()]
    return _frame(rows, _SCORES)


def accounts(result: dict[str, Any]) -> pl.DataFrame:
    """One row an account: volumes, answered share, median first response, score, change since the last period, what loses most."""
    rows = []
    for account in result["accounts"]:
        last, lost = account.get("last_period"), account.get("loses") or [{}]
        rows.append(
            {
                **account,
                "change": None if last is None else last["difference"]["value"],
                "loses_most": lost[0].get("rule"),
                "points_lost": lost[0].get("points"),
            }
        )
    return _frame(rows, _ACCOUNTS)


def _time(iso: str | None) -> datetime | None:
    return None if iso is None else datetime.fromisoformat(iso).replace(tzinfo=None)


def _judged(score: dict[str, Any]) -> dict[str, Any]:
    return {"judged": score["n"], **{key: score[key] for key in _SCORE}}


def _frame(rows: list[dict[str, Any]], kinds: Kinds) -> pl.DataFrame:
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in kinds}, schema=dict(kinds), strict=False)
