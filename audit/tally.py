"""How often each rule was judged and broken, of everybody, of each account and of each agent: what two audits can be compared by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit import score

Floats = NDArray[np.float64]

LEAST = 5
"""A rule judged less often in a unit is left out: no comparison could say anything of it."""


def tallies(verdicts: pl.DataFrame, rows: pl.DataFrame, rules: Sequence[str]) -> list[dict[str, Any]]:
    """account, agent, rules (id -> judged, broken, dialogues, design); account and agent null: everybody, agent null: a whole account.

    Takes verdict columns as scored, and `account`, `agent`, `dialogue` of the same rows. `design` is the design effect of the share
    (Rao and Scott 1992): how many times fewer replies, each of another dialogue, would say as much. Replies of one dialogue are alike.
    """
    chosen = score.Columns(tuple(score.Described(id, "") for id in rules), np.ones(len(rules)))
    names = rows.select("account", "agent")
    nobody = pl.lit(None, pl.String)
    parts = [((nobody.alias("account"), nobody.alias("agent")), pl.repeat(True, rows.height, eager=True))]
    if names.get_column("account").n_unique() > 1:
        parts.append(((pl.col("account"), nobody.alias("agent")), names.get_column("account").is_not_null()))
    parts.append(((pl.col("account"), pl.col("agent")), names.get_column("agent").is_not_null()))
    result = []
    for named, inside in parts:
        keys = names.filter(inside).with_columns(named)
        found = score.outcomes(verdicts.filter(inside), rows.get_column("dialogue").filter(inside), keys, chosen)
        for (account, agent), outcome in sorted(found.items(), key=lambda unit: [(name is not None, name or "") for name in unit[0]]):
            if cells := _cells(*outcome, rules):
                result.append({"account": account, "agent": agent, "rules": cells})
    return result


def _cells(patterns: Floats, counts: Floats, rules: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What is told of each rule judged often enough, of outcomes as in audit.score."""
    judged = patterns[:, len(rules) :]
    broken = judged - patterns[:, : len(rules)]
    told = {
        "broken": counts @ broken,
        "judged": counts @ judged,
        "dialogues": counts @ (judged > 0),
        "bb": counts @ (broken * broken),
        "bj": counts @ (broken * judged),
        "jj": counts @ (judged * judged),
    }
    return {id: _cell(**{name: float(sums[i]) for name, sums in told.items()}) for i, id in enumerate(rules) if told["judged"][i] >= LEAST}


def _cell(broken: float, judged: float, dialogues: float, bb: float, bj: float, jj: float) -> dict[str, Any]:
    share = broken / judged
    plain = share * (1 - share) / judged
    clustered = dialogues / (dialogues - 1) * (bb - 2 * share * bj + share * share * jj) / judged**2 if dialogues > 1 else 0.0
    return {
        "judged": int(judged),
        "broken": int(broken),
        "dialogues": int(dialogues),
        "design": round(max(1.0, clustered / plain), 3) if plain > 0 else 1.0,
    }
