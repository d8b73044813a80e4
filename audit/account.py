"""A brand's account over the period: the facts that its rules are judged on, and its row in the overview."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl

from audit import check, response, score
from audit.errors import AuditError
from audit.hours import Week
from audit.profile import Profile
from audit.rulebook import Rulebook
from audit.statistics import burst, clones, gaps, load, recurrence, spotless
from audit.statistics.found import Found

_IGNORED = ("ignored-complaint", "ignored-criticism", "ignored-question")
DENSE = 0.3
"""Least share of days with messages for praise per day to be judged."""


def praise_days(rows: pl.DataFrame) -> pl.DataFrame:
    """account, day, praise, others: praising and other customer turns of each day on which there were some."""
    asked = rows.lazy().filter(pl.col("asked_first") & pl.col("asked_at").is_not_null())
    praise = pl.col("asked_type") == "praise"
    return (
        asked.group_by("account", day=pl.col("asked_at").dt.date())
        .agg(praise=praise.sum().cast(pl.Int64), others=(~praise).sum().cast(pl.Int64))
        .sort("account", "day", nulls_last=True)
        .collect()
    )


def spans(rows: pl.DataFrame) -> pl.DataFrame:
    """account, first, last: the days between which an account has messages, where it has some on enough of them.

    An export that holds a few days in full and others by chance says nothing of praise per day: fewer than DENSE active days is null.
    """
    at = pl.coalesce("asked_at", "replied_at").dt.date()
    dense = at.n_unique() >= DENSE * ((at.max() - at.min()).dt.total_days() + 1)
    return (
        rows.lazy()
        .filter(at.is_not_null())
        .group_by("account")
        .agg(first=pl.when(dense).then(at.min()), last=pl.when(dense).then(at.max()))
        .sort("account", nulls_last=True)
        .collect()
    )


def statistics(
    rows: pl.DataFrame,
    named: pl.DataFrame,
    daily: pl.DataFrame,
    rulebook: Rulebook,
    profile: Profile,
    *,
    week: Week | None = None,
    tz: str | None = None,
) -> dict[str, Found]:
    """What each account rule's fact is judged on, by the fact's name. Takes exchanges with facts and verdicts, their themes
    (audit.statistics.recurrence) and the days of work of each agent (audit.statistics.load)."""
    bounds, least = profile.bounds, profile.minimum
    judged: dict[str, Callable[[], Found]] = {
        "praise_steady": lambda: burst.bursts(praise_days(rows), spans(rows), least_days=least["praise_days"], campaigns=profile.campaigns),
        "praise_own_words": lambda: clones.clones(rows, bounds["cloned-praise"], least["praise"]),
        "record_mixed": lambda: spotless.spotless(spotless.months(rows), bounds["spotless-record"], least["ratings"]),
        "hours_even": lambda: gaps.off_hours(rows, bounds["off-hours-gap"], least["gap"], week, tz or "UTC"),
        "channels_even": lambda: gaps.channels(rows, bounds["neglected-channel"], least["gap"]),
        "themes_falling": lambda: recurrence.recurring(rows, named, bounds["recurring-complaint"], least["theme"]),
        "load_held": lambda: load.under_load(daily, bounds["quality-under-load"], least["load_days"], least["load_replies"]),
    }
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        return dict(zip(judged, pool.map(lambda statistic: statistic(), judged.values()), strict=True))


def verdicts(rows: pl.DataFrame, found: Mapping[str, Found], rulebook: Rulebook, profile: Profile) -> pl.DataFrame:
    """account and one column an account rule."""
    accounts = rows.select("account").unique().sort("account", nulls_last=True)
    facts = accounts.with_columns(
        pl.Series(name, [each.verdict(account) for account in accounts.get_column("account")], dtype=pl.Boolean)
        for name, each in found.items()
    )
    return facts.select("account").hstack(check.verdicts(facts, rulebook, profile.bounds, ("account",)))


def overview(
    rows: pl.DataFrame,
    account_verdicts: pl.DataFrame,
    found: Mapping[str, Found],
    verdicts: pl.DataFrame,
    rulebook: Rulebook,
    profile: Profile,
    seed: int,
) -> list[dict[str, Any]]:
    """One entry an account: volumes, answered share, median first response, score with interval, improbable windows."""
    result = []
    judged = account_verdicts.columns[1:]
    facts = {rule.id: str(rule.fact) for rule in rulebook.of("account")}
    if unknown := [id for id, fact in facts.items() if fact not in found]:
        raise AuditError(
            f"rule {unknown[0]!r}: there is no statistic {facts[unknown[0]]!r}", hint=f"an account rule judges one of {', '.join(found)}"
        )
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
    waits = response.waits(lean, "account").partition_by("account", as_dict=True)
    nobody = response.waits(lean.clear())
    for (account,), part in sorted(parts.items(), key=lambda item: (item[0][0] is None, str(item[0][0]))):
        times = response.first_response(waits.get((account,), nobody))
        result.append(
            {
                "account": account,
                **scores[account],
                "asked": int(part.get_column("asked_first").sum()),
                "replies": int(part.get_column("reply_id").is_not_null().sum()),
                "answered_share": answered_share(part),
                "median_minutes": times["median_minutes"],
                "rules": {
                    id: {"verdict": by_account[account][id], "evidence": list(found[facts[id]].evidence.get(account, ()))} for id in judged
                },
            }
        )
    return result


def answered_share(rows: pl.DataFrame) -> float | None:
    """Answered share of the complaints, criticism and questions judged by the ignored-* rules; null where none was judged."""
    columns = [c for c in _IGNORED if c in rows.columns]
    judged = sum(rows.get_column(c).count() for c in columns)
    kept = sum(int(rows.get_column(c).sum() or 0) for c in columns)
    return round(kept / judged, 4) if judged else None
