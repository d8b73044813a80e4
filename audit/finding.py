"""Findings: broken verdicts with their words, masked. Evidence is looked for late and only for what is written."""

from __future__ import annotations

from typing import Any

import polars as pl

from audit import evidence, privacy, score
from audit.detectors import resembles
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
    """Every broken verdict: rule, level, category, subject, exchange_id and the exchange's context.

    The worst of a rule first: what is farthest beyond its bound where it has one, then the rows that break most weight. message_id is the
    reply's for reply rules and the customer's for asked rules; sent_at likewise.
    """
    rules = rulebook.of("reply", "asked")
    heavy = pl.sum_horizontal(
        pl.lit(0.0), *((~pl.col(rule.id)).fill_null(False).cast(pl.Float64) * score.weight(rule, profile) for rule in rules)
    )
    parts = {}
    for side, at in (("reply", "replied_at"), ("asked", "asked_at")):
        judged = [rule for rule in rules if rule.subject == side]
        measured = sorted({str(rule.fact) for rule in judged if rule.detector == "bound"} & set(rows.columns))
        worst_first = (
            rows.lazy()
            .select(
                *(pl.col(rule.id).alias(f"kept:{rule.id}") for rule in judged),
                *(pl.col(fact).alias(f"fact:{fact}") for fact in measured),
                heavy.alias("heavy"),
                pl.col(at).alias("sent_at"),
                "exchange_id",
            )
            .with_row_index("row")
            .sort(["heavy", "sent_at", "exchange_id"], descending=[True, True, False], nulls_last=True, maintain_order=True)
            .select("row", "^(kept|fact):.*$")
            .collect()
            .lazy()
        )
        for rule in judged:
            about = {"rule": rule.id, "level": score.level(rule, profile), "category": rule.category, "subject": side}
            said = (pl.lit(value).alias(name) for name, value in about.items())
            part = worst_first.filter(~pl.col(f"kept:{rule.id}"))
            if rule.detector == "bound" and rule.fact in measured:
                part = part.sort(f"fact:{rule.fact}", descending=True, nulls_last=True, maintain_order=True)
            parts[rule.id] = part.select(*said, "row")
    found = pl.concat(pl.collect_all(parts[id] for id in sorted(parts)))
    return found.drop("row").hstack(_context(rows)[found.get_column("row")]).select(*_ABOUT, "exchange_id", *CONTEXT, *_of_side(), *_BESIDE)


_ABOUT = ("rule", "level", "category", "subject")
_BESIDE = ("lang", "asked_type", "minutes_waited")
_SIDES = {"message_id": ("reply_message_id", "asked_message_id"), "sent_at": ("replied_at", "asked_at"), "url": ("reply_url", "asked_url")}


def _context(rows: pl.DataFrame) -> pl.DataFrame:
    """What a finding tells of each exchange, both sides of _SIDES among it."""
    return rows.select(
        "exchange_id",
        *(pl.col(source).alias(name) for name, source in CONTEXT.items()),
        *(name for names in _SIDES.values() for name in names if name != "reply_url"),
        pl.coalesce("reply_url", "asked_url").alias("reply_url"),
        pl.col("reply_lang").alias("lang"),
        "asked_type",
        pl.col("minutes_waited").round(1),
    )


def _of_side() -> list[pl.Expr]:
    """_SIDES as of the subject."""
    own = pl.col("subject") == "reply"
    return [pl.when(own).then(reply).otherwise(asked).alias(name) for name, (reply, asked) in _SIDES.items()]


def worded(findings: pl.DataFrame, rulebook: Rulebook, *, redact: bool, keep: list[str]) -> list[dict[str, Any]]:
    """Findings as they are written: texts masked unless `redact` is off, `words` and `spans` (code points of the text as written)."""
    result = []
    shown = privacy.masked_columns(findings, "asked", "reply", keep=keep) if redact else findings.select("asked", "reply").get_columns()
    for row, asked, written in zip(findings.iter_rows(named=True), *shown, strict=True):
        rule = rulebook.rule(row["rule"])
        places = evidence.spans(rule, rulebook, row["lang"], row["reply"], row["asked_type"]) if rule.subject == "reply" else []
        likely = rule.subject == "reply" and not places and resembles.weighs(rule, rulebook)
        places = resembles.telling(rule, row["reply"]) if likely else places
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
                "second_opinion": likely,
                "personal_data": evidence.asks_personal_data(rule, rulebook, row["lang"], row["reply"]),
                "lang": row["lang"],
                "asked_type": row["asked_type"],
                "minutes_waited": row["minutes_waited"],
                "url": privacy.link(row["url"], keep=keep) if redact else row["url"],
            }
        )
    return result


SCHEMA = dict.fromkeys(
    (
        *("rule", "level", "category", "subject", "account", "channel", "agent", "conversation_id", "message_id", "sent_at"),
        *("words", "asked", "reply"),
    ),
    pl.String(),
) | {"second_opinion": pl.Boolean()}
"""Columns of findings.csv; `second_opinion`: a head found the fault, and no pattern names it."""


def table(findings: pl.DataFrame, rulebook: Rulebook, *, redact: bool, keep: list[str]) -> pl.DataFrame:
    """Findings as a frame of SCHEMA, in the order of account, time and rule; `words` joined by " | "."""
    ordered = findings.sort(["account", "sent_at", "exchange_id", "rule"], nulls_last=True)
    rows = [{**row, "words": " | ".join(row["words"])} for row in worded(ordered, rulebook, redact=redact, keep=keep)]
    return pl.DataFrame(rows, schema=SCHEMA)
