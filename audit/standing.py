"""An account beside the others of a report: its change since the period before, and the rules that cost it most."""

from __future__ import annotations

from typing import Any

import polars as pl

from audit import period, score
from audit.profile import Profile
from audit.rulebook import Rulebook

MOST = 3
"""Rules named for each account."""


def standings(
    accounts: list[dict[str, Any]], rows: pl.DataFrame, verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile, seed: int, unit: str
) -> list[dict[str, Any]]:
    """Each of `accounts` (audit.account.overview) with two keys more. Takes exchanges and verdicts as scored.

    `last_period`: its score in the last period of the whole history beside the one before (audit.period.change); null where it lacks one.
    `loses`: up to MOST rules and the points of its score that each costs, w * (1 - share) / sum of w, over the rules that its score counts.
    """
    last = _last(rows, verdicts, rulebook, profile, seed, unit)
    lost = _lost(rows, verdicts, rulebook, profile)
    return [{**account, "last_period": last.get(account["account"]), "loses": lost.get(account["account"], [])} for account in accounts]


def _last(rows: pl.DataFrame, verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile, seed: int, unit: str) -> dict[Any, Any]:
    starts = rows.select("account", start=pl.coalesce("asked_at", "replied_at").dt.truncate(period.UNITS[unit][0]))
    two = starts.get_column("start").drop_nulls().unique().sort().tail(2).to_list()
    if len(two) < 2:
        return {}
    sides = []
    for start in two:
        inside = (starts.get_column("start") == start).fill_null(False)
        part = starts.filter(inside)
        scores = score.parts(
            verdicts.filter(inside), rows.get_column("dialogue").filter(inside), part.get_column("account"), rulebook, profile, seed
        )
        sides.append({name: {"label": start.strftime(period.UNITS[unit][1]), **each} for name, each in scores.items()})
    before, after = sides
    both = [name for name in after if name in before and None not in (after[name]["score"], before[name]["score"])]
    return {name: period.change([before[name], after[name]]) for name in both}


def _lost(rows: pl.DataFrame, verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> dict[Any, list[dict[str, Any]]]:
    weights = {rule.id: weight for rule in rulebook.of("reply", "asked") if (weight := score.weight(rule, profile)) > 0}
    counted = (
        rows.select("account")
        .hstack(verdicts.select(*weights))
        .group_by("account")
        .agg(*(pl.col(id).count().alias(f"n:{id}") for id in weights), *(pl.col(id).mean().alias(f"share:{id}") for id in weights))
    )
    result = {}
    for row in counted.iter_rows(named=True):
        enough = [id for id in weights if row[f"n:{id}"] >= profile.minimum["share"]]
        total = sum(weights[id] for id in enough)
        points = [(round(100 * weights[id] * (1 - row[f"share:{id}"]) / total, 2), id) for id in enough]
        worst = sorted((each for each in points if each[0] > 0), key=lambda each: (-each[0], each[1]))
        result[row["account"]] = [{"rule": id, "points": lost} for lost, id in worst[:MOST]]
    return result
