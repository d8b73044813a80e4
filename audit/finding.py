"""Findings: broken verdicts with their words, masked. Evidence is looked for late and only for what is written."""

from __future__ import annotations

from typing import Any

import polars as pl

from audit import evidence, privacy, score
from audit.profile import Profile
from audit.rulebook import Rulebook

CONTEXT = {
    "account": "account",
    "channel": "channel",
    "agent": "agent",
    "conversation_id": "conversation_id",
    "asked": "asked",
    "reply": "reply",
}


def broken(rows: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> pl.DataFrame:
    """Every broken verdict, worst rows first: rule, level, category, subject, exchange_id and the exchange's context.

    message_id is the reply's for reply rules and the customer's for asked rules; sent_at likewise.
    """
    rules = rulebook.of("reply", "asked")
    heavy = pl.sum_horizontal(
        pl.lit(0.0), *((~pl.col(rule.id)).fill_null(False).cast(pl.Float64) * score.weight(rule, profile) for rule in rules)
    )
    ordered = {}
    for side, at in (("reply", "replied_at"), ("asked", "asked_at")):
        worst_first = rows.lazy().select(
            *(pl.col(rule.id).alias(f"kept:{rule.id}") for rule in rules if rule.subject == side),
            "exchange_id",
            heavy.alias("heavy"),
            *(pl.col(source).alias(name) for name, source in CONTEXT.items()),
            pl.col(f"{side}_message_id").alias("message_id"),
            pl.col(at).alias("sent_at"),
            pl.coalesce(f"{side}_url", "asked_url").alias("url"),
            pl.col("reply_lang").alias("lang"),
            pl.col("asked_type"),
            pl.col("minutes_waited").round(1),
        )
        ordered[side] = worst_first.sort(
            ["heavy", "sent_at", "exchange_id"], descending=[True, True, False], nulls_last=True, maintain_order=True
        )
    sides = dict(zip(ordered, pl.collect_all(ordered.values()), strict=True))
    parts = []
    for rule in sorted(rules, key=lambda rule: rule.id):
        about = {"rule": rule.id, "level": score.level(rule, profile), "category": rule.category, "subject": rule.subject}
        broken_here = sides[rule.subject].lazy().filter(~pl.col(f"kept:{rule.id}"))
        parts.append(broken_here.select(*(pl.lit(value).alias(name) for name, value in about.items()), pl.exclude("^kept:.*$")))
    return pl.concat(pl.collect_all(parts))


def worded(findings: pl.DataFrame, rulebook: Rulebook, *, redact: bool, keep: list[str]) -> list[dict[str, Any]]:
    """Findings as they are written: texts masked unless `redact` is off, `words` and `spans` (code points of the text as written)."""
    result = []
    shown = privacy.masked_columns(findings, "asked", "reply", keep=keep) if redact else findings.select("asked", "reply").get_columns()
    for row, asked, written in zip(findings.iter_rows(named=True), *shown, strict=True):
        rule = rulebook.rule(row["rule"])
        places = evidence.spans(rule, rulebook, row["lang"], row["reply"], row["asked_type"]) if rule.subject == "reply" else []
        reply = written
        if redact and places:
            reply, places = privacy.mask_with_spans(row["reply"], places, keep=keep)
        result.append(
            {
                **{key: row[key] for key in ("rule", "level", "category", "subject", "account", "channel", "agent")},
                **{key: privacy.identifier(row[key]) if redact else row[key] for key in ("conversation_id", "message_id")},
                "sent_at": None if row["sent_at"] is None else row["sent_at"].isoformat() + "Z",
                "words": [reply[start:end] for start, end in places] if reply is not None else [],
                "asked": asked,
                "reply": reply,
                "spans": [list(place) for place in places],
                "personal_data": evidence.asks_personal_data(rule, rulebook, row["lang"], row["reply"]),
                "lang": row["lang"],
                "asked_type": row["asked_type"],
                "minutes_waited": row["minutes_waited"],
                "url": privacy.link(row["url"], keep=keep) if redact else row["url"],
            }
        )
    return result


COLUMNS = (
    "rule",
    "level",
    "category",
    "subject",
    "account",
    "channel",
    "agent",
    "conversation_id",
    "message_id",
    "sent_at",
    "words",
    "asked",
    "reply",
)
"""Columns of findings.csv."""


def table(findings: pl.DataFrame, rulebook: Rulebook, *, redact: bool, keep: list[str]) -> pl.DataFrame:
    """Findings as a frame of COLUMNS, in the order of account, time and rule; `words` joined by " | "."""
    ordered = findings.sort(["account", "sent_at", "exchange_id", "rule"], nulls_last=True)
    rows = [{**row, "words": " | ".join(row["words"])} for row in worded(ordered, rulebook, redact=redact, keep=keep)]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String)) if rows else pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))
