"""What would gain most: the points that the overall score would rise by if one rule were always kept, and with whom to begin."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from audit import breakdown, interval, score
from audit.profile import Profile
from audit.rulebook import Rulebook

MOST_AGENTS = 5


def gains(
    verdicts: pl.DataFrame, scored: pl.DataFrame, counted: breakdown.Cells, rulebook: Rulebook, profile: Profile
) -> list[dict[str, Any]]:
    """rule, points, judged, broken and `agents` (agent, account, judged, broken: those with most of the breaks), the greatest gain first.

    `verdicts` are those before, `scored` those after critical breaks were spread; only rules that weigh in the score and were judged often
    enough stand here, so no preview does. A critical rule also gains what its breaks cost elsewhere.
    """
    chosen = score.columns(rulebook, profile, "reply", "asked")
    kept, judged = _sums(scored, chosen.ids)
    weights = chosen.weights * (judged >= profile.minimum["share"])
    now = float(interval.weighted(kept, judged, weights))
    critical = set(profile.critical)
    people = _people(counted)
    result = []
    for i, id in enumerate(chosen.ids):
        if weights[i] <= 0 or kept[i] == judged[i]:
            continue
        fixed = kept.copy()
        if id in critical:
            mended = verdicts.with_columns(pl.col(id).is_not_null().replace(False, None).alias(id))
            fixed, _ = _sums(score.after_critical(mended, rulebook, profile), chosen.ids)
        fixed[i] = judged[i]
        points = float(interval.weighted(fixed, judged, weights)) - now
        broken = int(judged[i] - kept[i])
        result.append({"rule": id, "points": round(points, 2), "judged": int(judged[i]), "broken": broken, "agents": people.get(id, [])})
    return sorted(result, key=lambda gain: (-gain["points"], gain["rule"]))


def _sums(verdicts: pl.DataFrame, ids: list[str]) -> tuple[Any, Any]:
    kept = verdicts.select(pl.col(ids).sum()).row(0)
    judged = verdicts.select(pl.col(ids).count()).row(0)
    return np.array([value or 0 for value in kept], dtype=np.float64), np.array(judged, dtype=np.float64)


def _people(counted: breakdown.Cells) -> dict[str, list[dict[str, Any]]]:
    """Rule -> the agents with most of its breaks."""
    each = counted.by("account", "agent").filter(pl.col("agent").is_not_null())
    found = {}
    for id in counted.ids:
        broken = (pl.col(f"judged:{id}") - pl.col(f"kept:{id}")).alias("broken")
        most = each.select("agent", "account", pl.col(f"judged:{id}").alias("judged"), broken).filter(pl.col("broken") > 0)
        most = most.sort(["broken", "judged", "agent", "account"], descending=[True, False, False, False], nulls_last=True)
        found[id] = most.head(MOST_AGENTS).to_dicts()
    return found
