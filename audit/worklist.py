"""Work lists: what somebody has to pick up again, one row a message. The whole lists for files, the newest rows for the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from audit import evidence, privacy
from audit.rulebook import Rulebook

LISTS: Mapping[str, str] = {
    "unanswered_criticism": "ignored-criticism",
    "unanswered_complaints": "ignored-complaint",
    "unanswered_questions": "ignored-question",
    "abandoned_dialogues": "abandoned-dialogue",
    "broken_promises": "broken-promise",
    "unclosed_redirects": "unclosed-redirect",
}
"""Name of a list -> the rule whose broken verdicts fill it."""

WORDS_OF = {"unclosed-redirect": "private-redirect"}
"""Whose patterns show the words of a rule that is judged by a fact."""

SCHEMA: Mapping[str, pl.DataType] = {
    "list": pl.String(),  # one of LISTS
    "account": pl.String(),
    "channel": pl.String(),
    "agent": pl.String(),  # who replied, where the brand did
    "conversation_id": pl.String(),
    "message_id": pl.String(),  # the reply's in lists about replies, else the customer's
    "sent_at": pl.Datetime("us"),  # UTC, of that message
    "open_hours": pl.Float64(),  # from then to the end of history
    "asked_type": pl.String(),
    "asked": pl.String(),
    "reply": pl.String(),
    "words": pl.String(),  # the promise or the redirect, places joined by " | "
    "url": pl.String(),  # of that message where the export has it, else of the customer's
}
"""Columns of the work lists in files."""


def table(rows: pl.DataFrame, rulebook: Rulebook, *, redact: bool, keep: list[str]) -> pl.DataFrame:
    """Every row of every list, newest first within a list. Takes exchanges with verdicts, gives SCHEMA; texts masked unless `redact` is off."""
    parts = _parts(rows, rulebook)
    said = worded(pl.concat(parts.values()), rulebook, redact=redact, keep=keep) if parts else []
    written = [{**row, "words": " | ".join(row["words"])} for row in said]
    return pl.DataFrame(written, schema=dict(SCHEMA), orient="row") if written else pl.DataFrame(schema=dict(SCHEMA))


def lists(rows: pl.DataFrame, rulebook: Rulebook, *, most: int, redact: bool, keep: list[str]) -> dict[str, dict[str, Any]]:
    """Name -> `items` (up to `most`, as the page shows them, times in ISO) and `left_out`; a list whose rule is off is empty."""
    parts = _parts(rows, rulebook)
    shown = worded(pl.concat(part.head(most) for part in parts.values()), rulebook, redact=redact, keep=keep) if parts else []
    result: dict[str, dict[str, Any]] = {
        name: {"items": [], "left_out": max(0, parts[name].height - most) if name in parts else 0} for name in LISTS
    }
    for item in shown:
        item["sent_at"] = None if item["sent_at"] is None else item["sent_at"].isoformat() + "Z"
        result[item.pop("list")]["items"].append(item)
    return result


def _parts(rows: pl.DataFrame, rulebook: Rulebook) -> dict[str, pl.DataFrame]:
    parts = {}
    for name, id in LISTS.items():
        if id not in rulebook.ids or id not in rows.columns:
            continue
        side, at = ("reply", "replied_at") if rulebook.rule(id).subject == "reply" else ("asked", "asked_at")
        parts[name] = (
            rows.lazy()
            .filter(~pl.col(id))
            .select(
                pl.lit(name).alias("list"),
                "account",
                "channel",
                "agent",
                "conversation_id",
                pl.col(f"{side}_message_id").alias("message_id"),
                pl.col(at).alias("sent_at"),
                ((pl.col("history_end") - pl.col(at)).dt.total_minutes() / 60).round(1).alias("open_hours"),
                "asked_type",
                "asked",
                "reply",
                pl.coalesce(f"{side}_url", "asked_url").alias("url"),
                pl.col("reply_lang").alias("lang"),
                "exchange_id",
            )
            .sort(["sent_at", "exchange_id"], descending=[True, False], nulls_last=True)
            .collect()
        )
    return parts


def worded(rows: pl.DataFrame, rulebook: Rulebook, *, redact: bool, keep: list[str]) -> list[dict[str, Any]]:
    """Rows of lists with `words` and `spans` (code points of the reply as written), texts masked unless `redact` is off."""
    result = []
    shown = privacy.masked_columns(rows, "asked", "reply", keep=keep) if redact else rows.select("asked", "reply").get_columns()
    for row, asked, written in zip(rows.drop("asked", "exchange_id").iter_rows(named=True), *shown, strict=True):
        id = LISTS[row["list"]]
        rule = rulebook.rule(WORDS_OF.get(id, id)) if WORDS_OF.get(id, id) in rulebook.ids else rulebook.rule(id)
        reply, lang = row["reply"], row.pop("lang")
        places = evidence.spans(rule, rulebook, lang, reply) or evidence.given(rule, rulebook, lang, reply)
        if redact:
            reply, places = privacy.mask_with_spans(reply, places, keep=keep) if places else (written, [])
        words = [reply[start:end] for start, end in places] if reply is not None else []
        url = row.pop("url")
        if redact:
            url = privacy.link(url, keep=keep)
            row |= {key: privacy.identifier(row[key]) for key in ("conversation_id", "message_id")}
        result.append(row | {"asked": asked, "reply": reply, "words": words, "url": url, "spans": [list(place) for place in places]})
    return result
