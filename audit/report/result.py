"""The one object that every writer renders. Plain data, no clock, no duration, no database path: same input, same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import polars as pl

from audit import (
    __version__,
    account,
    breakdown,
    changes,
    coaching,
    finding,
    gain,
    period,
    privacy,
    response,
    score,
    standing,
    tally,
    volume,
    worklist,
)
from audit.hours import Week, waited
from audit.profile import Profile
from audit.rulebook import Rulebook
from audit.statistics import adjustment, load, recurrence
from audit.statistics.found import Evidence, Found

SCHEMA_VERSION = 4
EXAMPLES = 12
"""Findings of one rule that the result holds; the rest are counted in findings_left_out and written by --csv."""
WORK_LIST = 50
WORKERS = 3
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
    pseudonyms: str | None = None,
    look: dict[str, str] | None = None,
    typer: dict[str, str] | None = None,
    second_opinion: str | None = None,
) -> dict[str, Any]:
    """The result of one audit. `rows` are exchanges with facts and verdict columns."""
    rules = rulebook.of("reply", "asked")
    excused = score.after_excuses(rows.select(rule.id for rule in rules), rows, profile)
    verdicts = score.after_critical(excused, rulebook, profile)
    seed = score.seed(inputs)
    dialogues = rows.get_column("dialogue")
    brands = sorted(str(name) for name in rows.get_column("account").drop_nulls().unique())
    weights = {rule.id: score.weight(rule, profile) for rule in rulebook.of("reply")}
    with ThreadPoolExecutor(WORKERS) as pool:  # what waits for others is given in after them
        counting = pool.submit(breakdown.cells, rows, verdicts, rulebook, unit, tz)
        found = pool.submit(finding.broken, rows, rulebook, profile)
        scoring = pool.submit(period.scores, rows, verdicts, rulebook, profile, seed, unit)
        themes = pool.submit(recurrence.themes, rows, rulebook.vocabulary)
        working = pool.submit(load.days, rows, weights)
        counted = counting.result()
        adjusted = pool.submit(adjustment.adjusted, counted.by("account", "agent", *adjustment.GIVEN), weights)
        people = pool.submit(_agents, rows, verdicts, adjusted, rulebook, profile, seed, teams or {})
        shown = found.result().group_by("rule", maintain_order=True).head(EXAMPLES)
        findings = pool.submit(finding.worded, shown, rulebook, redact=redact, keep=brands)
        judged_by = {
            "hash": rulebook.hash,
            "version": __version__,
            "profile": profile.name,
            "typer": typer,
            "second_opinion": second_opinion,
            "minimum": profile.minimum,
            "rules": {rule.id: _described(rule, rulebook, profile) for rule in (*rules, *rulebook.of("account"))},
        }
        periods = scoring.result()
        moved = pool.submit(changes.last_two, rows, verdicts, periods, unit, judged_by, seed)
        summary = pool.submit(score.summary, verdicts, dialogues, rulebook, profile, seed)
        tallied = pool.submit(tally.tallies, verdicts, rows, [rule.id for rule in rules])
        pages = pool.submit(
            lambda: coaching.pages(rows, found.result(), counted, people.result(), rulebook, profile, redact=redact, keep=brands)
        )
        work = pool.submit(worklist.lists, rows, rulebook, most=WORK_LIST, redact=redact, keep=brands)
        weeks = pool.submit(period.weeks, rows, verdicts, rulebook, profile)
        gains = pool.submit(gain.gains, excused, verdicts, counted, rulebook, profile)
        named, daily = themes.result(), working.result()
        figures = pool.submit(volume.figures, rows, named, unit, tz)
        statistics = account.statistics(rows, named, daily, rulebook, profile, week=hours[1] if hours else None, tz=tz)
        account_verdicts = account.verdicts(rows, statistics, rulebook, profile)
        overview = account.overview(rows, account_verdicts, statistics, verdicts, rulebook, profile, seed)
        accounts = pool.submit(standing.standings, overview, rows, verdicts, rulebook, profile, seed, unit)
        waits = response.waits(rows)
        at = pl.coalesce("asked_at", "replied_at")
        first, last = rows.select(
            at.min().alias("first"), pl.max_horizontal(pl.col("asked_at").max(), pl.col("replied_at").max()).alias("last")
        ).row(0)
        trends, unjudged = breakdown.trends(counted, unit), breakdown.unjudged(counted, rules)
        scored = {
            id: {**rule, "trend": trends[id], "not_judged": unjudged[id]} for id, rule in score.rules(verdicts, rulebook, profile).items()
        }
    return {
        "schema_version": SCHEMA_VERSION,
        "title": title,
        "lang": lang,
        "look": {"logo": None, "accent": None} | (look or {}),
        "redacted": redact,
        "pseudonyms": pseudonyms,
        "rulebook": judged_by,
        "period": {"first": _iso(first), "last": _iso(last), "since": _iso(since), "until": _iso(until), "unit": unit, "tz": tz or "UTC"},
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
        "scores": {**summary.result(), "rules": scored | _account_scores(account_verdicts, rulebook, profile)},
        "gains": gains.result(),
        "periods": periods,
        "weeks": weeks.result(),
        "agents": people.result(),
        "teams": _teams(rows, verdicts, rulebook, profile, seed, teams or {}),
        "coaching": pages.result(),
        "facets": breakdown.facets(counted),
        "changes": moved.result(),
        "tallies": tallied.result(),
        "accounts": accounts.result(),
        "findings": findings.result(),
        "findings_left_out": _left_out(found.result()),
        "work_lists": work.result(),
        "gone": _gone(rows, redact, brands),
        "figures": figures.result(),
        "charts": {
            "response_curve": {
                "points": response.curve(waits),
                "n": waits.height,
                "censored": int((~waits.get_column("answered")).sum() or 0),
                "expected": profile.expectations,
                "answered": profile.answered,
            },
            "hours": response.week(rows, tz),
            "load": load.by_load(daily),
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
        **{key: asdict(getattr(rule, key)) for key in ("kept", "broken", "why", "fix")},
        "evidence": asdict(rule.evidence) if rule.evidence else None,
        "when": {
            **{key: getattr(rule.when, key) for key in ("upset", "public", "confident", "words")},
            "asked": list(rule.when.asked),
            "once": rule.once,
            "given": bool(rule.given),
            "history": "history_after" in rule.when.facts,
        },
        "bound": profile.bounds.get(rule.bound or "", None),
        "better": [_better(proof) for proof in rule.bad if proof.better and proof.reply],
        "status": "preview" if score.preview(rule, profile) else rule.status,
        "typed": bool(rule.when.asked or rule.when.confident or rule.when.upset is not None or rule.complained or rule.fact),
        "hash": rulebook.fingerprint(rule, profile.bounds),
        "needs": asdict(rule.needs) if rule.needs else None,
    }


def _better(proof: Any) -> dict[str, Any]:
    return {key: getattr(proof, key) for key in ("lang", "asked", "reply", "better")}


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
    rows: pl.DataFrame,
    verdicts: pl.DataFrame,
    adjusting: Future[dict[tuple[Any, Any], float]],
    rulebook: Rulebook,
    profile: Profile,
    seed: int,
    teams: dict[str, str],
) -> list[dict[str, Any]]:
    """Agents with their scores, and `adjusted`: the score on the account's mix of types, channels and hours (null where not ranked)."""
    names = rows.select("agent", "account")
    people = score.people(verdicts, rows.get_column("dialogue"), names, rulebook, profile, seed)
    adjusted = adjusting.result()
    for agent in people:
        agent["team"] = teams.get(agent["agent"])
        agent["adjusted"] = round(adjusted[agent["account"], agent["agent"]], 2) if _known(agent, adjusted) else None
    return sorted(people, key=lambda a: (not a["ranked"], a["rank"] or 0, -(a["score"] or 0), -a["n"], a["agent"], a["account"] or ""))


def _teams(
    rows: pl.DataFrame, verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile, seed: int, teams: dict[str, str]
) -> list[dict[str, Any]]:
    """As agents: the team's name stands under `agent`, over all accounts."""
    if not teams:
        return []
    team = pl.col("agent").replace_strict(teams, default=None, return_dtype=pl.String)
    names = rows.select(team, pl.lit(None, pl.String).alias("account"))
    scored = score.people(verdicts, rows.get_column("dialogue"), names, rulebook, profile, seed)
    return sorted(scored, key=lambda a: (not a["ranked"], a["rank"] or 0, -(a["score"] or 0), -a["n"], a["agent"]))


def _known(agent: dict[str, Any], adjusted: dict[tuple[Any, Any], float]) -> bool:
    return bool(agent["ranked"]) and (agent["account"], agent["agent"]) in adjusted


def _gone(rows: pl.DataFrame, redact: bool, keep: list[str]) -> dict[str, Any]:
    """Complaints and criticism that a newer export of the same time no longer holds."""
    missing = rows.filter(pl.col("asked_first") & pl.col("asked_gone") & pl.col("asked_type").is_in(("complaint", "criticism")))
    missing = missing.sort("asked_at", "exchange_id", descending=[True, False], nulls_last=True)
    shown = missing.head(WORK_LIST).select("account", "channel", "conversation_id", "asked_message_id", "asked_at", "asked")
    items = [
        {
            **{key: row[key] for key in ("account", "channel")},
            "conversation_id": privacy.identifier(row["conversation_id"]) if redact else row["conversation_id"],
            "message_id": privacy.identifier(row["asked_message_id"]) if redact else row["asked_message_id"],
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
