"""Figures that the guides ask for and no rule judges: rates, shares, silence, and what happens after a reply.

- rates per 100 of the customers' messages, since larger companies get more of everything (clause a12);
- volume and answered share by channel, arrivals by channel and hour (g1);
- share of praise, and of every type, in each period (p1);
- themes of complaints and criticism, and how often each came in each period (a7);
- the longest time without a reply, and days with messages but no reply (c9);
- the turnaround: what the customer's next message is after a reply to a complaint or criticism (g7, a6).
"""

from __future__ import annotations

from typing import Any

import polars as pl

from audit.period import UNITS
from audit.tables import ASKED_TYPES

MOST_PERIODS = 36
MOST_THEMES = 12
AFTER = ("praise", "still complaining", "other", "silence")


def figures(rows: pl.DataFrame, named: pl.DataFrame, unit: str, tz: str | None) -> dict[str, Any]:
    """Plain figures of exchanges with facts (audit.facts); hours of the day in `tz` or UTC, `unit` as in audit.period, `named` themes as of
    audit.statistics.recurrence."""
    needed = ("asked_type", "asked_at", "asked_time_quality", "channel", "answered", "history_after", "answers_known")
    asked = rows.lazy().filter("asked_first").select(needed).collect()
    return {
        "per_100_messages": _rates(asked),
        "channels": _channels(asked),
        "channel_hours": _hours(asked, tz),
        "praise_share": _praise(asked, unit),
        "types_over_time": _types(asked, unit),
        "themes": _themes(named, asked, unit),
        "silence": _silence(rows),
        "turnaround": _turnaround(rows),
    }


def _rates(asked: pl.DataFrame) -> dict[str, float]:
    counts = dict(asked.group_by("asked_type").len().rows())
    return {kind: round(100 * counts.get(kind, 0) / asked.height, 2) for kind in ASKED_TYPES} if asked.height else {}


def _channels(asked: pl.DataFrame) -> list[dict[str, Any]]:
    known = pl.col("history_after") & pl.col("answers_known")
    return (
        asked.group_by("channel")
        .agg(
            asked=pl.len(),
            share=(pl.len() / asked.height).round(4),
            answered_share=pl.col("answered").filter(known).mean().round(4),
            complaints=(pl.col("asked_type") == "complaint").sum(),
        )
        .sort("asked", "channel", descending=[True, False], nulls_last=True)
        .to_dicts()
    )


def _hours(asked: pl.DataFrame, tz: str | None) -> list[dict[str, Any]]:
    timed = asked.filter(pl.col("asked_at").is_not_null() & (pl.col("asked_time_quality") != "date only"))
    hour = pl.col("asked_at").dt.replace_time_zone("UTC").dt.convert_time_zone(tz or "UTC").dt.hour()
    return timed.group_by("channel", hour=hour).agg(asked=pl.len()).sort("channel", "hour", nulls_last=True).to_dicts()


def _praise(asked: pl.DataFrame, unit: str) -> list[dict[str, Any]]:
    every, form = UNITS[unit]
    dated = asked.filter(pl.col("asked_at").is_not_null())
    return (
        dated.group_by(start=pl.col("asked_at").dt.truncate(every))
        .agg(asked=pl.len(), praise=(pl.col("asked_type") == "praise").sum())
        .sort("start")
        .select(pl.col("start").dt.strftime(form).alias("label"), "asked", "praise", share=(pl.col("praise") / pl.col("asked")).round(4))
        .to_dicts()
    )


def _types(asked: pl.DataFrame, unit: str) -> list[dict[str, Any]]:
    """label, asked and `types` (type -> messages) of the last MOST_PERIODS periods with messages."""
    every, form = UNITS[unit]
    kinds = (*ASKED_TYPES, "unclear")
    counted = (
        asked.filter(pl.col("asked_at").is_not_null())
        .group_by(start=pl.col("asked_at").dt.truncate(every))
        .agg(pl.len().alias("asked"), *((pl.col("asked_type") == kind).sum().alias(f"type:{kind}") for kind in kinds))
        .sort("start")
        .tail(MOST_PERIODS)
        .with_columns(pl.col("start").dt.strftime(form).alias("label"))
    )
    return [
        {"label": row["label"], "asked": row["asked"], "types": {kind: row[f"type:{kind}"] for kind in kinds if row[f"type:{kind}"]}}
        for row in counted.to_dicts()
    ]


def _themes(named: pl.DataFrame, asked: pl.DataFrame, unit: str) -> list[dict[str, Any]]:
    """theme, n (complaints and criticism that name it), answered_share, and by period label, n and per_100 of the customers' messages."""
    every, form = UNITS[unit]
    start = pl.col("asked_at").dt.truncate(every).alias("start")
    periods = asked.filter(pl.col("asked_at").is_not_null()).group_by(start).agg(pl.len().alias("asked")).sort("start").tail(MOST_PERIODS)
    counts = {key[:-1]: key[-1] for key in named.group_by("theme", start).len().rows()}
    totals = named.group_by("theme").agg(n=pl.len(), answered_share=pl.col("answered").mean().round(4))
    return [
        total
        | {
            "periods": [
                {
                    "label": row["start"].strftime(form),
                    "n": counts.get((total["theme"], row["start"]), 0),
                    "per_100": round(100 * counts.get((total["theme"], row["start"]), 0) / row["asked"], 2),
                }
                for row in periods.to_dicts()
            ]
        }
        for total in totals.sort(["n", "theme"], descending=[True, False]).head(MOST_THEMES).to_dicts()
    ]


def _silence(rows: pl.DataFrame) -> dict[str, Any]:
    """Longest time without a reply, in days, of one account, from its first message to its last; days on which customers wrote, and those
    of them on which nobody replied."""
    replied = rows.get_column("replied_at").drop_nulls()
    times = pl.concat(
        [
            rows.select("account", at="replied_at"),
            rows.group_by("account").agg(at=pl.min_horizontal(pl.col("asked_at").min(), pl.col("replied_at").min())),
            rows.group_by("account").agg(at=pl.max_horizontal(pl.col("asked_at").max(), pl.col("replied_at").max())),
        ]
    ).drop_nulls("at")
    gaps = (
        times.unique()
        .sort("account", "at", nulls_last=True)
        .with_columns(gap=(pl.col("at").shift(-1).over("account") - pl.col("at")))
        .drop_nulls("gap")
        .sort("gap", "at", descending=[True, False])
    )
    written = rows.lazy().filter("asked_first").select(pl.col("asked_at").dt.date().alias("day")).drop_nulls().unique().collect()
    active = written.height
    quiet = written.join(replied.dt.date().unique().to_frame("day"), on="day", how="anti").height
    if gaps.is_empty():
        return {"longest_days": None, "since": None, "days_with_messages": active, "days_without_reply": quiet}
    return {
        "longest_days": round(gaps["gap"][0].total_seconds() / 86_400, 2),
        "since": gaps["at"][0].isoformat(timespec="seconds") + "Z",
        "days_with_messages": active,
        "days_without_reply": quiet,
    }


def _turnaround(rows: pl.DataFrame) -> dict[str, int]:
    """Replies to complaints and criticism by what came next from the customer; `silence` also where history ends."""
    answered = rows.lazy().filter(pl.col("reply").is_not_null() & pl.col("asked_type").is_in(("complaint", "criticism")))
    answered = answered.unique("asked_id", keep="first", maintain_order=True)
    kind = (
        pl.when(pl.col("next_type").is_null())
        .then(pl.lit("silence"))
        .when(pl.col("next_type") == "praise")
        .then(pl.lit("praise"))
        .when(pl.col("next_type").is_in(("complaint", "criticism", "destructive")))
        .then(pl.lit("still complaining"))
        .otherwise(pl.lit("other"))
    )
    counts = dict(answered.select(kind.alias("kind")).group_by("kind").len().collect().rows())
    return {name: counts.get(name, 0) for name in AFTER}
