"""A brand's account over the period: the facts that its rules are judged on, and its row in the overview."""

from __future__ import annotations

from typing import Any

import polars as pl

from audit import burst, check, response, score
from audit.profile import Profile
from audit.rulebook import Rulebook

_IGNORED = ("ignored-complaint", "ignored-criticism", "ignored-question")
DENSE = 0.3
"""Least share of days with messages for praise per day to be judged."""


def praise_days(rows: pl.DataFrame) -> pl.DataFrame:
    """account, day, praise: praising customer turns of each day on which there were some."""
    praise = rows.filter(pl.col("asked_first") & (pl.col("asked_type") == "praise") & pl.col("asked_at").is_not_null())
    return (
        praise.group_by("account", day=pl.col("asked_at").dt.date())
        .agg(praise=pl.len().cast(pl.Int64))
        .sort("account", "day", nulls_last=True)
    )


def spans(rows: pl.DataFrame) -> pl.DataFrame:
    """account, first, last: the days between which an account has messages, where it has some on enough of them.

    An export that holds a few days in full and others by chance says nothing of praise per day: fewer than DENSE active days is null.
    """
    at = pl.coalesce("asked_at", "replied_at").dt.date()
    dense = at.n_unique() >= DENSE * ((at.max() - at.min()).dt.total_days() + 1)
    return (
        rows.filter(at.is_not_null())
        .group_by("account")
        .agg(first=pl.when(dense).then(at.min()), last=pl.when(dense).then(at.max()))
        .sort("account", nulls_last=True)
    )


def bursts(rows: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Improbable windows of praise: account, since, until, praise, expected, p_value (see audit.burst)."""
    return burst.bursts(praise_days(rows), spans(rows), least_days=profile.minimum["praise_days"], campaigns=profile.campaigns)


def verdicts(rows: pl.DataFrame, windows: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> pl.DataFrame:
    """account and one column an account rule."""
    long_enough = (pl.col("last") - pl.col("first")).dt.total_days() + 1 >= profile.minimum["praise_days"]
    burst_accounts = windows.select("account").unique().with_columns(burst=pl.lit(True))
    facts = (
        spans(rows)
        .join(burst_accounts, on="account", how="left", maintain_order="left", nulls_equal=True)
        .with_columns(praise_steady=pl.when(pl.col("burst").fill_null(False)).then(False).when(long_enough).then(True))
    )
    return facts.select("account").hstack(check.verdicts(facts, rulebook, profile.bounds, ("account",)))


def overview(
    rows: pl.DataFrame,
    account_verdicts: pl.DataFrame,
    windows: pl.DataFrame,
    verdicts: pl.DataFrame,
    rulebook: Rulebook,
    profile: Profile,
    seed: int,
) -> list[dict[str, Any]]:
    """One entry an account: volumes, answered share, median first response, score with interval, improbable windows."""
    result = []
    judged = account_verdicts.columns[1:]
    by_account = {row["account"]: row for row in account_verdicts.to_dicts()}
    scores = score.parts(verdicts, rows.get_column("dialogue"), rows.get_column("account"), rulebook, profile, seed)
    columns = [
        "asked_first",
        "opens_dialogue",
        "asked_type",
        "minutes_waited",
        "answered",
        "answers_known",
        "minutes_observed",
        "reply_id",
        *_IGNORED,
    ]
    lean = rows.select("account", *(column for column in columns if column in rows.columns))
    parts = lean.partition_by("account", as_dict=True)
    for (account,), part in sorted(parts.items(), key=lambda item: (item[0][0] is None, str(item[0][0]))):
        times = response.first_response(response.waits(part))
        found = windows.filter(pl.col("account").eq_missing(pl.lit(account))).to_dicts()
        result.append(
            {
                "account": account,
                **scores[account],
                "asked": int(part.get_column("asked_first").sum()),
                "replies": int(part.get_column("reply_id").is_not_null().sum()),
                "answered_share": answered_share(part),
                "median_minutes": times["median_minutes"],
                "rules": {id: {"verdict": by_account[account][id], "evidence": _evidence(id, found)} for id in judged},
            }
        )
    return result


def _evidence(id: str, windows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if id != "praise-burst":
        return []
    return [
        {
            "since": w["since"].isoformat(),
            "until": w["until"].isoformat(),
            "praise": int(w["praise"]),
            "expected": round(float(w["expected"]), 2),
        }
        for w in windows
    ]


def answered_share(rows: pl.DataFrame) -> float | None:
    """Answered share of the complaints, criticism and questions judged by the ignored-* rules; null where none was judged."""
    columns = [c for c in _IGNORED if c in rows.columns]
    judged = sum(rows.get_column(c).count() for c in columns)
    kept = sum(int(rows.get_column(c).sum() or 0) for c in columns)
    return round(kept / judged, 4) if judged else None
