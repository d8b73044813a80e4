"""A page to talk about with one agent: what goes well, three things to work on with own replies, and own replies that kept everything."""

from __future__ import annotations

from typing import Any

import polars as pl

from audit import breakdown, finding, interval, privacy, score
from audit.profile import Profile
from audit.rulebook import Rulebook

MOST_AGENTS = 40
MOST_THINGS = 3
EXAMPLES = 2
"""Own replies shown for each thing to work on."""
GOOD = 3
LENGTHS = (60, 260)
"""Characters of a good reply that is worth showing."""


def pages(
    rows: pl.DataFrame,
    found: pl.DataFrame,
    counted: breakdown.Cells,
    agents: list[dict[str, Any]],
    rulebook: Rulebook,
    profile: Profile,
    *,
    redact: bool,
    keep: list[str],
) -> list[dict[str, Any]]:
    """One page for each of the ranked agents with most replies.

    The agent's row; `strengths`: rule, judged, kept, share and team_share (0-100) of rules kept more often than by the account's other
    agents; `to_work_on`: the same with `points` (own score gained if always kept) and `findings` (audit.finding); `good`: account,
    channel, asked, reply, sent_at, asked_type, kept (ids). Rules that weigh nothing, previews among them, are left out. `found` are all
    findings, `rows` the exchanges with verdicts.
    """
    busiest = sorted((a for a in agents if a["ranked"]), key=lambda a: (-a["n"], a["agent"], a["account"] or ""))[:MOST_AGENTS]
    ranked = [agent for agent in agents if agent in busiest]
    if not ranked:
        return []
    chosen = score.columns(rulebook, profile, "reply")
    weights = {id: float(weight) for id, weight in zip(chosen.ids, chosen.weights, strict=True) if weight > 0}
    sums = counted.by("account", "agent").filter(pl.col("agent").is_not_null())
    own = {(row["account"], row["agent"]): row for row in sums.to_dicts()}
    team = {row["account"]: row for row in sums.group_by("account").agg(pl.exclude("agent").sum()).to_dicts()}
    built = []
    for agent in ranked:
        mine, all_of_us = own[agent["account"], agent["agent"]], team[agent["account"]]
        shares = [_share(id, mine, all_of_us, weights, profile.minimum["share"]) for id in weights]
        known = [share for share in shares if share is not None]
        worse = sorted((s for s in known if s["kept"] < s["judged"]), key=lambda s: (-s["points"], s["rule"]))[:MOST_THINGS]
        better = [s for s in known if s not in worse and (s["team_share"] is None or s["share"] > s["team_share"])]
        built.append(
            {
                **{key: agent[key] for key in ("account", "agent", "team", "n", "score", "low", "high", "adjusted", "rank")},
                "strengths": sorted(better, key=lambda s: (-_lead(s), -s["judged"], s["rule"]))[:MOST_THINGS],
                "to_work_on": worse,
            }
        )
    _with_findings(built, found, rulebook, redact=redact, keep=keep)
    good = _good(rows, [(page["account"], page["agent"]) for page in built], weights, rulebook, redact=redact, keep=keep)
    for page in built:
        page["good"] = good.get((page["account"], page["agent"]), [])
    return built


def _share(id: str, mine: dict[str, Any], team: dict[str, Any], weights: dict[str, float], least: int) -> dict[str, Any] | None:
    judged, kept = mine[f"judged:{id}"], mine[f"kept:{id}"]
    if judged < least:
        return None
    total = sum(weight for other, weight in weights.items() if mine[f"judged:{other}"])
    others, others_kept = team[f"judged:{id}"] - judged, team[f"kept:{id}"] - kept
    low, high = interval.wilson(kept, judged)
    return {
        "rule": id,
        "judged": judged,
        "kept": kept,
        "share": round(100 * kept / judged, 2),
        "low": round(100 * low, 2),
        "high": round(100 * high, 2),
        "team_share": round(100 * others_kept / others, 2) if others >= least else None,
        "points": round(100 * weights[id] * (1 - kept / judged) / total, 2),
    }


def _lead(share: dict[str, Any]) -> float:
    """How far the share is above the others', from its lower bound, so that a few good replies are no strength yet."""
    return float(share["low"] - (share["team_share"] if share["team_share"] is not None else 50))


def _with_findings(built: list[dict[str, Any]], found: pl.DataFrame, rulebook: Rulebook, *, redact: bool, keep: list[str]) -> None:
    wanted = [(page["account"], page["agent"], thing["rule"]) for page in built for thing in page["to_work_on"]]
    schema = {"account": pl.String, "agent": pl.String, "rule": pl.String}
    keys = pl.DataFrame(wanted, schema=schema, orient="row")
    own = found.join(keys, on=list(schema), how="semi", nulls_equal=True, maintain_order="left")
    worst = own.unique(["account", "agent", "rule", "reply"], keep="first", maintain_order=True)
    worst = worst.group_by(list(schema), maintain_order=True).head(EXAMPLES)
    by: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for each in finding.worded(worst, rulebook, redact=redact, keep=keep):
        by.setdefault((each["account"], each["agent"], each["rule"]), []).append(each)
    for page in built:
        for thing in page["to_work_on"]:
            thing["findings"] = by.get((page["account"], page["agent"], thing["rule"]), [])


def _good(
    rows: pl.DataFrame, people: list[tuple[Any, Any]], weights: dict[str, float], rulebook: Rulebook, *, redact: bool, keep: list[str]
) -> dict[tuple[Any, Any], list[dict[str, Any]]]:
    """Replies to complaints, criticism and questions that broke nothing, those first that most weight was judged of."""
    every = [rule.id for rule in rulebook.of("reply", "asked") if rule.id in rows.columns]
    names = pl.DataFrame(people, schema={"account": pl.String, "agent": pl.String}, orient="row")
    weight = pl.sum_horizontal(pl.lit(0.0), *(pl.col(id).fill_null(False).cast(pl.Float64) * w for id, w in weights.items()))
    best = (
        rows.lazy()
        .filter(
            pl.col("reply").is_not_null()
            & pl.col("asked_type").is_in(("complaint", "criticism", "question"))
            & pl.col("reply").str.len_chars().is_between(*LENGTHS)
            & pl.all_horizontal(pl.lit(True), *(pl.col(id).fill_null(True) for id in every))
        )
        .join(names.lazy(), on=["account", "agent"], how="semi", nulls_equal=True)
        .with_columns(weight.alias("weight"))
        .filter(pl.col("weight") > 0)
        .select("account", "agent", "channel", "asked", "reply", "asked_type", "replied_at", "exchange_id", "weight", *weights)
        .sort(["weight", "replied_at", "exchange_id"], descending=[True, True, False], nulls_last=True)
        .unique(["account", "agent", "reply"], keep="first", maintain_order=True)
        .unique(["account", "agent", "asked"], keep="first", maintain_order=True)
        .group_by("account", "agent", maintain_order=True)
        .head(GOOD)
        .collect()
    )
    result: dict[tuple[Any, Any], list[dict[str, Any]]] = {}
    for row in best.to_dicts():
        texts = {side: row[side] for side in ("asked", "reply")}
        if redact:
            texts = {side: text and privacy.mask_with_spans(text, [], keep=keep)[0] for side, text in texts.items()}
        result.setdefault((row["account"], row["agent"]), []).append(
            {
                "account": row["account"],
                "channel": row["channel"],
                **texts,
                "asked_type": row["asked_type"],
                "sent_at": None if row["replied_at"] is None else row["replied_at"].isoformat(timespec="seconds") + "Z",
                "kept": [id for id in weights if row[id]],
            }
        )
    return result
