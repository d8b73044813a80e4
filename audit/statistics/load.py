"""Quality under load: does the score fall on busy days?

The load of a day is the number of replies of an agent, the quality of a reply its weighted share of kept verdicts. The slope of quality
on log2(load), in points per doubling, is estimated within agents (a fixed effect each), every reply counting once, with standard errors
by day of the account, since replies of a day share what happened on it (jackknife over days, Bell and McCaffrey 2002). Ranks of daily means would not do: the
mean of a day with one reply is mostly 0 or 100, so that quiet days look better than busy ones by themselves. Accounts are judged
together by Benjamini and Hochberg (1995). Texts without an agent count as one agent's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from audit.interval import Z
from audit.statistics import comparison
from audit.statistics.found import Found, discoveries


def days(rows: pl.DataFrame, weights: Mapping[str, float]) -> pl.DataFrame:
    """account, agent, day, load (replies), judged (weight), x (log2 load), y (quality, 0-100). `weights` of the reply rules that count."""
    weighed = {id: weight for id, weight in weights.items() if weight > 0 and id in rows.columns}
    kept = pl.sum_horizontal(pl.lit(0.0), *(pl.col(id).fill_null(False).cast(pl.Float64) * weight for id, weight in weighed.items()))
    judged = pl.sum_horizontal(pl.lit(0.0), *(pl.col(id).is_not_null().cast(pl.Float64) * weight for id, weight in weighed.items()))
    replies = rows.lazy().filter(pl.col("reply").is_not_null() & pl.col("replied_at").is_not_null())
    return (
        replies.select("account", "agent", day=pl.col("replied_at").dt.date(), kept=kept, judged=judged)
        .group_by("account", "agent", "day")
        .agg(load=pl.len(), kept=pl.col("kept").sum(), judged=pl.col("judged").sum())
        .filter(pl.col("judged") > 0)
        .with_columns(x=pl.col("load").cast(pl.Float64).log(2), y=100 * pl.col("kept") / pl.col("judged"))
        .sort("account", "agent", "day", nulls_last=True)
        .collect()
    )


def by_load(daily: pl.DataFrame) -> list[dict[str, Any]]:
    """Quality of all agents' days by load, in bins that double: least, most (replies of an agent in a day), days, replies, quality, low, high.

    Quality is a ratio of sums, 0-100; its interval is that of a ratio estimator over days (Cochran 1977, Sampling Techniques, 2.11).
    """
    bins = (
        daily.with_columns(bin=pl.col("x").floor().cast(pl.Int32).clip(0, 9))
        .with_columns(ratio=(pl.col("kept").sum() / pl.col("judged").sum()).over("bin"))
        .group_by("bin")
        .agg(
            least=pl.col("load").min(),
            most=pl.col("load").max(),
            days=pl.len(),
            replies=pl.col("load").sum(),
            quality=pl.col("ratio").first(),
            squares=((pl.col("kept") - pl.col("ratio") * pl.col("judged")) ** 2).sum(),
            judged=pl.col("judged").sum(),
        )
        .filter(pl.col("days") > 1)
        .sort("bin")
    )
    result = []
    for row in bins.to_dicts():
        error = (row["squares"] * row["days"] / (row["days"] - 1)) ** 0.5 / row["judged"]
        low, high = max(0.0, row["quality"] - Z * error), min(1.0, row["quality"] + Z * error)
        shown = {"quality": row["quality"], "low": low, "high": high}
        result.append({key: row[key] for key in ("least", "most", "days", "replies")} | {k: round(100 * v, 2) for k, v in shown.items()})
    return result


def under_load(daily: pl.DataFrame, bounds: Mapping[str, Any], least: int, replies: int) -> Found:
    """`daily` as of `days`; `bounds`: `fall` (points per doubling that matter). Judged from `least` days and `replies` on, where loads differ twofold."""
    tried = []
    for (account,), part in daily.partition_by("account", as_dict=True, maintain_order=True).items():
        agent = pl.col("agent").fill_null("")
        weight = pl.col("judged")
        centred = part.with_columns(
            (pl.col(name) - (pl.col(name) * weight).sum().over(agent) / weight.sum().over(agent)).alias(name) for name in ("x", "y")
        )
        x = centred.get_column("x").to_numpy()
        clusters = centred.get_column("day").rank("dense").to_numpy().astype(np.int64) - 1
        if clusters.max(initial=-1) + 1 < least or part.get_column("load").sum() < replies or np.ptp(x) < 1:
            continue
        estimate, error = comparison.slope(x, centred.get_column("y").to_numpy(), centred.get_column("judged").to_numpy(), clusters)
        line = [estimate, estimate - Z * error, estimate + Z * error]
        evidence = {
            "agents": part.get_column("agent").n_unique(),
            "days": int(clusters.max()) + 1,
            "points_per_doubling": [round(value, 2) for value in line],
        }
        p = comparison.above_t(-estimate / error, int(clusters.max())) if error > 0 else 1.0
        tried.append((account, p, estimate <= -bounds["fall"], evidence))
    return discoveries(tried)
