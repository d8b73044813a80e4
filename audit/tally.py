"""How often each rule was judged and broken, of everybody, of each account and of each agent: what two audits can be compared by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

LEAST = 5
"""A rule judged less often in a unit is left out: no comparison could say anything of it."""


def tallies(verdicts: pl.DataFrame, rows: pl.DataFrame, rules: Sequence[str]) -> list[dict[str, Any]]:
    """account, agent, rules (id -> judged, broken, dialogues, design); account and agent null: everybody, agent null: a whole account.

    Takes verdict columns as scored, and `account`, `agent`, `dialogue` of the same rows. `design` is the design effect of the share
    (Rao and Scott 1992): how many times fewer replies, each of another dialogue, would say as much. Replies of one dialogue are alike.
    """
    frame = rows.select("account", "agent", "dialogue").hstack(verdicts.select(rules))
    parts = [frame.with_columns(pl.lit(None, pl.String).alias("account"), pl.lit(None, pl.String).alias("agent"))]
    if rows.get_column("account").n_unique() > 1:
        parts.append(frame.with_columns(pl.lit(None, pl.String).alias("agent")).filter(pl.col("account").is_not_null()))
    parts.append(frame.filter(pl.col("agent").is_not_null()))
    return [unit for part in parts for unit in _units(part, rules)]


def _units(frame: pl.DataFrame, rules: Sequence[str]) -> list[dict[str, Any]]:
    broken = [(~pl.col(id)).sum().cast(pl.Float64).alias(f"b:{id}") for id in rules]
    judged = [pl.col(id).count().cast(pl.Float64).alias(f"j:{id}") for id in rules]
    each = frame.group_by("account", "agent", "dialogue").agg(*broken, *judged)
    sums = []
    for id in rules:
        b, j = pl.col(f"b:{id}"), pl.col(f"j:{id}")
        sums += [
            b.sum(),
            j.sum(),
            (j > 0).sum().alias(f"m:{id}"),
            (b * b).sum().alias(f"bb:{id}"),
            (b * j).sum().alias(f"bj:{id}"),
            (j * j).sum().alias(f"jj:{id}"),
        ]
    units = each.group_by("account", "agent").agg(*sums).sort("account", "agent", nulls_last=False)
    result = []
    for row in units.iter_rows(named=True):
        cells = {id: _cell(*(row[f"{key}:{id}"] for key in ("b", "j", "m", "bb", "bj", "jj"))) for id in rules if row[f"j:{id}"] >= LEAST}
        if cells:
            result.append({"account": row["account"], "agent": row["agent"], "rules": cells})
    return result


def _cell(broken: float, judged: float, dialogues: int, bb: float, bj: float, jj: float) -> dict[str, Any]:
    share = broken / judged
    plain = share * (1 - share) / judged
    clustered = dialogues / (dialogues - 1) * (bb - 2 * share * bj + share * share * jj) / judged**2 if dialogues > 1 else 0.0
    return {
        "judged": int(judged),
        "broken": int(broken),
        "dialogues": int(dialogues),
        "design": round(max(1.0, clustered / plain), 3) if plain > 0 else 1.0,
    }
