"""Verdicts counted by whom, where, in which language, on what and when. One pass over the exchanges; whatever is shown by part is a sum of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from audit.period import UNITS
from audit.rule import Rule
from audit.rulebook import Rulebook

KEYS = ("account", "agent", "channel", "lang", "asked_type", "hours", "period")
FACETS = ("account", "agent", "channel", "lang")
"""What the page filters by."""
BAND = 6
"""Hours of a band of the day: night, morning, afternoon, evening."""
MOST_CELLS = 400
MOST_CHANNELS = 8
MOST_PERIODS = 12
OTHERS = "*"
"""Stands for agents or channels beyond those that are named one by one."""


@dataclass(frozen=True)
class Cells:
    """`frame`: KEYS, `n` exchanges, `replies`, and for each of `ids` how many verdicts were `judged:<id>` and `kept:<id>`."""

    frame: pl.DataFrame
    ids: tuple[str, ...]

    def by(self, *keys: str) -> pl.DataFrame:
        """The sums by some of KEYS, in their order."""
        sums = self.frame.group_by(keys).agg(pl.col(self.counts).sum())
        return sums.sort(keys, nulls_last=True)

    @property
    def counts(self) -> list[str]:
        return ["n", "replies", *(f"{kind}:{id}" for id in self.ids for kind in ("judged", "kept"))]


def cells(rows: pl.DataFrame, verdicts: pl.DataFrame, rulebook: Rulebook, unit: str, tz: str | None) -> Cells:
    """`rows` are exchanges, `verdicts` their columns as they are scored, `unit` as in audit.period, hours of the day in `tz` or UTC."""
    ids = tuple(rule.id for rule in rulebook.of("reply", "asked"))
    at = pl.coalesce("asked_at", "replied_at")
    hour = at.dt.replace_time_zone("UTC").dt.convert_time_zone(tz or "UTC").dt.hour()
    keys = rows.select(
        "account",
        "agent",
        "channel",
        pl.coalesce("reply_lang", "asked_lang").alias("lang"),
        "asked_type",
        pl.when(pl.col("asked_time_quality").fill_null("exact") != "date only").then(hour // BAND).cast(pl.Int8).alias("hours"),
        at.dt.truncate(UNITS[unit][0]).alias("period"),
        pl.col("reply").is_not_null().alias("replied"),
    )
    counts = [pl.len().alias("n"), pl.col("replied").sum().alias("replies")]
    for id in ids:
        counts += [pl.col(id).count().alias(f"judged:{id}"), pl.col(id).sum().alias(f"kept:{id}")]
    return Cells(keys.hstack(verdicts.select(ids)).group_by(KEYS).agg(counts), ids)


def facets(counted: Cells) -> dict[str, Any]:
    """`rules` (ids) and `cells`: account, agent, channel, lang, n, judged and kept (in the order of `rules`), of up to MOST_CELLS.

    Agents and channels with few exchanges are added up under OTHERS, so that the sums stay whole.
    """
    parts = counted.by(*FACETS)
    common = parts.group_by("channel").agg(pl.col("n").sum()).sort(["n", "channel"], descending=[True, False], nulls_last=True)
    named = common.head(MOST_CHANNELS).get_column("channel")
    parts = parts.with_columns(_named("channel", named))
    sizes = parts.group_by("agent").agg(pl.col("n").sum(), pl.struct("account", "channel", "lang").n_unique().alias("cells"))
    sizes = sizes.sort(["n", "agent"], descending=[True, False], nulls_last=True)
    kept = sizes.filter(pl.col("cells").cum_sum() <= MOST_CELLS).get_column("agent")
    parts = parts.with_columns(_named("agent", kept)).group_by(FACETS).agg(pl.col(counted.counts).sum())
    parts = parts.sort(["n", *FACETS], descending=[True, False, False, False, False], nulls_last=True)
    return {
        "rules": list(counted.ids),
        "cells": [
            {
                **{key: row[key] for key in (*FACETS, "n")},
                "judged": [row[f"judged:{id}"] for id in counted.ids],
                "kept": [row[f"kept:{id}"] for id in counted.ids],
            }
            for row in parts.to_dicts()
        ],
    }


def _named(column: str, kept: pl.Series) -> pl.Expr:
    known = pl.col(column).is_null() | pl.col(column).is_in(kept.drop_nulls().implode())
    return pl.when(known).then(pl.col(column)).otherwise(pl.lit(OTHERS)).alias(column)


def trends(counted: Cells, unit: str) -> dict[str, list[dict[str, Any]]]:
    """Rule -> label, judged, broken of each of the last MOST_PERIODS periods in which it was judged, oldest first."""
    rows = counted.by("period").drop_nulls("period").with_columns(pl.col("period").dt.strftime(UNITS[unit][1]).alias("label")).to_dicts()
    found = {
        id: [
            {"label": row["label"], "judged": row[f"judged:{id}"], "broken": row[f"judged:{id}"] - row[f"kept:{id}"]}
            for row in rows
            if row[f"judged:{id}"]
        ]
        for id in counted.ids
    }
    return {id: trend[-MOST_PERIODS:] for id, trend in found.items()}


def unjudged(counted: Cells, rules: Sequence[Rule]) -> dict[str, dict[str, int]]:
    """Rule -> how many exchanges were not judged, by the first reason that fits: the `type` of message, `no reply`, `language`, other `conditions`."""
    rows = counted.by("asked_type", "lang").to_dicts()
    result = {}
    for rule in rules:
        reasons = dict.fromkeys(("type", "no reply", "language", "conditions"), 0)
        for row in rows:
            left = row["n"] - row[f"judged:{rule.id}"]
            if rule.when.asked and row["asked_type"] not in rule.when.asked:
                reasons["type"] += left
                continue
            silent = min(left, row["n"] - row["replies"]) if rule.subject == "reply" else 0
            reasons["no reply"] += silent
            foreign = rule.detector in ("pattern", "absence", "remainder", "readability") and not rule.languages & {row["lang"], "*"}
            reasons["language" if foreign else "conditions"] += left - silent
        result[rule.id] = {reason: n for reason, n in reasons.items() if n}
    return result
