"""The one object that every writer renders. Plain data, no clock, no duration, no database path: same input, same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from audit import __version__, account, finding, period, privacy, response, score, volume
from audit.hours import Week, waited
from audit.profile import Profile
from audit.rulebook import Rulebook
from audit.statistics.found import Evidence, Found

SCHEMA_VERSION = 3
EXAMPLES = 12
"""Findings of one rule that the result holds; the rest are counted in findings_left_out and written by --csv."""
WORK_LIST = 50
LANGUAGES = ("en", "ru", "pl")


def built(
    rows: pl.DataFrame,
    inputs: list[dict[str, Any]],
    messages: int,
    rulebook: Rulebook,
    profile: Profile,
    *,
    title: str | None = None,
    lang: str = "en",
    since: datetime | None = None,
    until: datetime | None = None,
    unit: str = "month",
    tz: str | None = None,
    hours: tuple[str, Week] | None = None,
    teams: dict[str, str] | None = None,
    redact: bool = True,
    typer: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The result of one audit. `rows` are exchanges with facts and verdict columns."""
    rules = rulebook.of("reply", "asked")
    verdicts = score.after_excuses(rows.select(rule.id for rule in rules), rows, profile)
    verdicts = score.after_critical(verdicts, rulebook, profile)
    seed = int(hashlib.sha256("".join(sorted(i["sha256"] for i in inputs)).encode()).hexdigest()[:12], 16)
    statistics = account.statistics(rows, rulebook, profile, week=hours[1] if hours else None, tz=tz)
    account_verdicts = account.verdicts(rows, statistics, rulebook, profile)
    found = finding.broken(rows, rulebook, profile)
    brands = sorted(str(name) for name in rows.get_column("account").drop_nulls().unique())
    shown = found.group_by("rule", maintain_order=True).head(EXAMPLES)
    waits = response.waits(rows)
    scores = score.summary(verdicts, rows.get_column("dialogue"), rulebook, profile, seed)
    at = pl.coalesce("asked_at", "replied_at")
    first, last = rows.select(
        at.min().alias("first"), pl.max_horizontal(pl.col("asked_at").max(), pl.col("replied_at").max()).alias("last")
    ).row(0)
    periods = period.scores(rows, verdicts, rulebook, profile, seed, unit)
    return {
        "schema_version": SCHEMA_VERSION,
        "title": title,
        "lang": lang,
        "rulebook": {
            "hash": rulebook.hash,
            "version": __version__,
            "profile": profile.name,
            "typer": typer,
            "rules": {rule.id: _described(rule, rulebook, profile) for rule in (*rules, *rulebook.of("account"))},
        },
        "period": {"first": _iso(first), "last": _iso(last), "since": _iso(since), "until": _iso(until), "unit": unit},
        "inputs": inputs,
        "totals": {
            "messages": messages,
            "asked": int(rows.get_column("asked_first").sum()),
            "replies": int(rows.get_column("reply").count()),
            "exchanges": rows.height,
            "answered_share": account.answered_share(rows),
            "first_response": response.first_response(waits),
            "business_hours": _business(rows, hours, tz),
            "edited_after_reply": int(rows.get_column("edited_after_reply").sum()),
            "languages": _counts(rows, pl.coalesce("reply_lang", "asked_lang")),
            "types": _counts(rows.filter("asked_first"), pl.col("asked_type")),
            "last_period": period.change(periods),
        },
        "scores": {**scores, "rules": score.rules(verdicts, rulebook, profile) | _account_scores(account_verdicts, rulebook, profile)},
        "periods": periods,
        "agents": _agents(rows, verdicts, rulebook, profile, seed, teams or {}),
        "accounts": account.overview(rows, account_verdicts, statistics, verdicts, rulebook, profile, seed),
        "findings": finding.worded(shown, rulebook, redact=redact, keep=brands),
        "findings_left_out": _left_out(found),
        "work_lists": {
            "unanswered_criticism": _work_list(found, "ignored-criticism", rulebook, redact, brands),
            "unanswered_complaints": _work_list(found, "ignored-complaint", rulebook, redact, brands),
            "abandoned_dialogues": _work_list(found, "abandoned-dialogue", rulebook, redact, brands),
            "broken_promises": _work_list(found, "broken-promise", rulebook, redact, brands),
            "unclosed_redirects": _work_list(found, "unclosed-redirect", rulebook, redact, brands),
        },
        "gone": _gone(rows, redact, brands),
        "figures": volume.figures(rows, unit, tz),
        "charts": {
            "response_curve": {
                "points": response.curve(waits),
                "n": waits.height,
                "censored": int((~waits.get_column("answered")).sum() or 0),
                "expected": profile.expectations,
            },
            "hours": response.week(rows, tz),
            "praise_per_day": _praise(rows, statistics["praise_steady"]),
        },
    }


def _described(rule: Any, rulebook: Rulebook, profile: Profile) -> dict[str, Any]:
    guides = {guide.id: guide for guide in (rulebook.guide_of(clause) for clause in rule.clauses)}
    return {
        "category": rule.category,
        "subject": rule.subject,
        "level": score.level(rule, profile),
        "weight": score.weight(rule, profile),
        "clauses": list(rule.clauses),
        "guides": [{"id": g.id, "author": g.author, "title": g.title, "date": g.date} for g in guides.values()],
        **{key: getattr(rule, key).model_dump() for key in ("kept", "broken", "why", "fix")},
        "evidence": rule.evidence.model_dump() if rule.evidence else None,
        "status": "preview" if score.preview(rule, profile) else rule.status,
        "needs": rule.needs.model_dump() if rule.needs else None,
    }


def _account_scores(verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> dict[str, Any]:
    """Account rules carry a verdict and evidence, no score."""
    return {
        rule.id: {
            "judged": verdicts.get_column(rule.id).count(),
            "broken": int((~verdicts.get_column(rule.id)).sum() or 0),
            "score": None,
            "low": None,
            "high": None,
            "level": score.level(rule, profile),
            "category": rule.category,
        }
        for rule in rulebook.of("account")
    }


def _agents(
    rows: pl.DataFrame, verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile, seed: int, teams: dict[str, str]
) -> list[dict[str, Any]]:
    names = rows.select("agent", "account")
    people = score.people(verdicts, rows.get_column("dialogue"), names, rulebook, profile, seed)
    for agent in people:
        agent["team"] = teams.get(agent["agent"])
    return sorted(people, key=lambda a: (not a["ranked"], a["rank"] or 0, -(a["score"] or 0), -a["n"], a["agent"], a["account"] or ""))


def _work_list(found: pl.DataFrame, rule: str, rulebook: Rulebook, redact: bool, keep: list[str]) -> dict[str, Any]:
    items = found.filter(pl.col("rule") == rule).sort(["sent_at", "exchange_id"], descending=[True, False], nulls_last=True)
    fields = ("account", "channel", "conversation_id", "message_id", "sent_at", "asked_type", "asked", "url")
    shown = finding.worded(items.head(WORK_LIST), rulebook, redact=redact, keep=keep)
    return {"items": [{key: item[key] for key in fields} for item in shown], "left_out": max(0, items.height - WORK_LIST)}


def _gone(rows: pl.DataFrame, redact: bool, keep: list[str]) -> dict[str, Any]:
    """Complaints and criticism that a newer export of the same time no longer holds."""
    missing = rows.filter(pl.col("asked_first") & pl.col("asked_gone") & pl.col("asked_type").is_in(("complaint", "criticism")))
    missing = missing.sort("asked_at", "exchange_id", descending=[True, False], nulls_last=True)
    shown = missing.head(WORK_LIST).select("account", "channel", "conversation_id", "asked_message_id", "asked_at", "asked")
    items = [
        {
            **{key: row[key] for key in ("account", "channel", "conversation_id")},
            "message_id": row["asked_message_id"],
            "sent_at": _iso(row["asked_at"]),
            "asked": privacy.mask_with_spans(row["asked"], [], keep=keep)[0] if redact and row["asked"] else row["asked"],
        }
        for row in shown.to_dicts()
    ]
    return {"n": missing.height, "items": items}


def _left_out(found: pl.DataFrame) -> dict[str, int]:
    counts = found.group_by("rule").len().sort("rule").rows()
    return {rule: count - EXAMPLES for rule, count in counts if count > EXAMPLES}


def _counts(rows: pl.DataFrame, of: pl.Expr) -> dict[str, int]:
    counted = rows.select(of.alias("key")).drop_nulls().group_by("key").len().sort(["len", "key"], descending=[True, False])
    return dict(counted.rows())


def _business(rows: pl.DataFrame, hours: tuple[str, Week] | None, tz: str | None) -> dict[str, Any] | None:
    """Median and 90th percentile of first responses in minutes of business hours (answered ones only, as a second column)."""
    if hours is None:
        return None
    spec, week = hours
    first = rows.filter(pl.col("first_reply") & pl.col("minutes_waited").is_not_null())
    minutes = first.select(waited(pl.col("asked_at"), pl.col("replied_at"), week, tz or "UTC").alias("minutes")).to_series()
    return {
        "hours": spec,
        "tz": tz or "UTC",
        "n": len(minutes),
        "median_minutes": _round(minutes.median()),
        "p90_minutes": _round(minutes.quantile(0.9, "nearest")),
    }


def _praise(rows: pl.DataFrame, bursts: Found) -> list[dict[str, Any]]:
    """Praise per day: of each account where there are up to six, else of all together."""
    days = account.praise_days(rows).filter(pl.col("praise") > 0)
    if rows.get_column("account").n_unique() > 6:
        flagged = [window for windows in bursts.evidence.values() for window in windows]
        total = days.group_by("day").agg(pl.col("praise").sum()).sort("day")
        return [{"account": None, "day": d.isoformat(), "n": n, "improbable": _within(d, flagged)} for d, n in total.rows()]
    return [
        {"account": name, "day": day.isoformat(), "n": n, "improbable": _within(day, bursts.evidence.get(name, ()))}
        for name, day, n in days.select("account", "day", "praise").rows()
    ]


def _within(day: date, windows: Sequence[Evidence]) -> bool:
    return any(window["since"] <= day.isoformat() <= window["until"] for window in windows)


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="seconds") + "Z"


def _round(value: Any) -> float | None:
    return None if value is None else round(float(value), 2)
