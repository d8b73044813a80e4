"""Where service has a gap: hours of the week that wait, channels that are not answered.

- off hours: waits of opening complaints, criticism and questions in and out of business hours are compared by ranks, those without
  an answer counting as the longest wait; a gap matters from the profile's ratio of median waits or difference of answered shares.
- channels: each channel's answered share against that of the account's other channels, by Fisher's exact test; a gap matters from the
  profile's difference on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from audit.hours import Week, worked
from audit.statistics import comparison
from audit.statistics.found import Found, discoveries

USUAL: Week = ((540, 1080),) * 5 + ((0, 0),) * 2
"""Monday to Friday, 9 to 18, where the user names no hours."""


def _opening(rows: pl.DataFrame) -> pl.LazyFrame:
    """Opening complaints, criticism and questions of which it is known whether they were answered."""
    wanted = pl.col("asked_first") & pl.col("opens_dialogue") & pl.col("asked_type").is_in(("complaint", "criticism", "question"))
    return rows.lazy().filter(wanted & pl.col("history_after") & pl.col("answers_known"))


def off_hours(rows: pl.DataFrame, bounds: Mapping[str, Any], least: int, week: Week | None, tz: str) -> Found:
    """`bounds`: `ratio` of median waits, `share` of answered; `least` messages on each side."""
    known = _opening(rows).filter(pl.col("asked_at").is_not_null() & (pl.col("asked_time_quality") != "date only"))
    known = known.filter(pl.col("minutes_waited").is_not_null() | ~pl.col("answered"))
    timed = known.select(
        "account",
        open=worked(pl.col("asked_at") + pl.duration(minutes=1), week or USUAL, tz) > worked(pl.col("asked_at"), week or USUAL, tz),
        minutes=pl.col("minutes_waited").fill_null(math.inf).cast(pl.Float64),
    ).collect()
    tried = []
    for (account,), part in sorted(timed.partition_by("account", as_dict=True).items(), key=lambda item: str(item[0][0])):
        minutes, open_ = part.get_column("minutes").to_numpy(), part.get_column("open").to_numpy()
        inside, outside = minutes[open_], minutes[~open_]
        if min(len(inside), len(outside)) < least:
            continue
        medians = [float(np.quantile(side, 0.5, method="lower")) for side in (inside, outside)]
        shares = [float(np.isfinite(side).mean()) for side in (inside, outside)]
        slower = math.isfinite(medians[0]) and medians[1] >= bounds["ratio"] * max(medians[0], 1.0)
        evidence = {
            "inside": _side(inside, medians[0], shares[0]),
            "outside": _side(outside, medians[1], shares[1]),
        }
        tried.append((account, comparison.later(inside, outside), slower or shares[0] - shares[1] >= bounds["share"], evidence))
    return discoveries(tried)


def _side(minutes: comparison.Floats, median: float, share: float) -> dict[str, Any]:
    return {"n": len(minutes), "median_minutes": round(median, 1) if math.isfinite(median) else None, "answered_share": round(share, 4)}


def channels(rows: pl.DataFrame, bounds: Mapping[str, Any], least: int) -> Found:
    """`bounds`: `share`, the difference of answered shares that matters; `least` messages in each channel."""
    counted = (
        _opening(rows)
        .drop_nulls("channel")
        .group_by("account", "channel")
        .agg(n=pl.len(), answered=pl.col("answered").sum())
        .filter(pl.col("n") >= least)
        .sort("account", "channel", nulls_last=True)
        .collect()
    )
    tried = []
    for (account,), part in counted.partition_by("account", as_dict=True, maintain_order=True).items():
        if part.height < 2:
            continue
        n, answered = int(part.get_column("n").sum()), int(part.get_column("answered").sum())
        for row in part.to_dicts():
            others, others_answered = n - row["n"], answered - row["answered"]
            difference, low, high = comparison.share_difference(row["answered"], row["n"], others_answered, others)
            evidence = {
                "channel": row["channel"],
                "n": row["n"],
                "answered_share": round(row["answered"] / row["n"], 4),
                "others": others,
                "others_answered_share": round(others_answered / others, 4),
                "difference": [round(difference, 4), round(low, 4), round(high, 4)],
            }
            p = comparison.lower_share(row["answered"], row["n"], others_answered, others)
            tried.append((account, p, difference <= -bounds["share"], evidence))
    return discoveries(tried)
