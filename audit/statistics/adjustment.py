"""Shares as they would be if everybody had been given the same: adjusted means of the analysis of covariance.

Whoever answers complaints at night breaks other rules than whoever thanks for praise at noon. For each rule and account the share of kept
verdicts is explained, reply by reply, by who answered and by what was given: type of message, channel, and quarter of the day. The effect
of what was given is estimated within agents, so that it is not confounded with who is good, and an agent's share is moved from the own mix
to the account's: share + (mix of all - own mix) . effects (population marginal means: Searle, Speed and Milliken 1980, The American
Statistician 34, 216-221). Effects that few replies tell are drawn towards none (ridge).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit import interval

Floats = NDArray[np.float64]

GIVEN = ("asked_type", "channel", "hours")
RIDGE = 5.0
"""Replies of doubt that are added to each effect."""
MOST_LEVELS = 8


def adjusted(cells: pl.DataFrame, weights: Mapping[str, float]) -> dict[tuple[Any, Any], float]:
    """(account, agent) -> score 0-100 on the account's mix. `cells`: account, agent, GIVEN, `judged:<id>`, `kept:<id>`; `weights` by rule id."""
    ids = [id for id, weight in weights.items() if weight > 0]
    signed = cells.filter(pl.col("agent").is_not_null())
    result: dict[tuple[Any, Any], float] = {}
    for (account,), part in signed.partition_by("account", as_dict=True).items():
        part = part.sort("agent", *GIVEN, nulls_last=True)  # noqa: PLW2901 (sums of floats in one order: same input, same bytes)
        names = part.get_column("agent").unique(maintain_order=True).to_list()
        if len(names) < 2:
            continue
        agent = part.get_column("agent").replace_strict(names, list(range(len(names))), return_dtype=pl.Int64).to_numpy()
        given = _dummies(part)
        judged = part.select(f"judged:{id}" for id in ids).to_numpy().astype(np.float64)
        kept = part.select(f"kept:{id}" for id in ids).to_numpy().astype(np.float64)
        columns = [means(agent, len(names), given, judged[:, i], kept[:, i]) for i in range(len(ids))]
        shares = np.stack([share for share, _ in columns], axis=1)
        counts = np.stack([count for _, count in columns], axis=1)
        scores = interval.weighted(shares * counts, counts, np.array([weights[id] for id in ids], dtype=np.float64))
        result |= {(account, name): float(score) for name, score in zip(names, scores, strict=True) if not np.isnan(score)}
    return result


def means(agent: NDArray[np.int64], agents: int, given: Floats, judged: Floats, kept: Floats) -> tuple[Floats, Floats]:
    """Adjusted share (0..1) and judged count of each agent. Cells: `agent` (0..agents-1), dummies `given` (cells, effects), counts."""
    n = np.bincount(agent, judged, minlength=agents).astype(np.float64)
    own = np.divide(_sums(agent, agents, given * judged[:, None]), n[:, None], out=np.zeros((agents, given.shape[1])), where=n[:, None] > 0)
    raw = np.divide(np.bincount(agent, kept, minlength=agents), n, out=np.zeros(agents), where=n > 0)
    if not n.any():
        return raw, n
    centred = given - own[agent]
    share = np.divide(kept, judged, out=np.zeros_like(kept), where=judged > 0)
    weighed = centred * judged[:, None]
    effects = np.linalg.solve(weighed.T @ centred + RIDGE * np.eye(given.shape[1]), weighed.T @ (share - raw[agent]))
    everybody = judged @ given / n.sum()
    return np.clip(raw + (everybody - own) @ effects, 0, 1), n


def _sums(agent: NDArray[np.int64], agents: int, values: Floats) -> Floats:
    result = np.zeros((agents, values.shape[1]))
    np.add.at(result, agent, values)
    return result


def _dummies(part: pl.DataFrame) -> Floats:
    """A column of 0 and 1 for each common level of GIVEN but the commonest."""
    columns = []
    for name in GIVEN:
        levels = part.group_by(name).agg(pl.col("n").sum()).sort(["n", name], descending=[True, False], nulls_last=True)
        columns += [part.get_column(name).eq_missing(level) for level in levels.get_column(name).to_list()[1:MOST_LEVELS]]
    return np.stack([column.to_numpy().astype(np.float64) for column in columns], axis=1) if columns else np.zeros((part.height, 0))
