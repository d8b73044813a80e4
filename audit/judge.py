"""Judge rows that arrive as they are: labelled samples, rule examples, templates, a user's own exchanges.

No history stands behind such a row, so rules that need time or thread are null, and what is once in a dialogue is "not yet".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from audit import check, classify, evidence, language
from audit.detectors import resembles
from audit.profile import Profile, open_profile
from audit.rows import Row
from audit.rulebook import Rulebook, open_rulebook
from audit.typer import Typer, open_typer

ROW = {
    "asked": pl.String(),
    "reply": pl.String(),
    "lang": pl.String(),
    "asked_type": pl.String(),
    "asked_upset": pl.Boolean(),
    "private": pl.Boolean(),
}
"""Columns of a row to judge; each may be null."""


def judged(
    rows: pl.DataFrame, rulebook: Rulebook, profile: Profile, typer: Typer | None = None, *, second_opinion: bool = False
) -> pl.DataFrame:
    """Takes ROW columns and any facts; gives them back typed, with marks and one verdict column a rule (true kept, false broken).

    Typed by the fast typer where none is named. `second_opinion`: subtle rules are weighed with audit.detectors.resembles (raises AuditError
    where its extra is not installed).
    """
    rows = rows.with_columns(pl.coalesce("lang", _detected(rows)).alias("lang"))
    rows = classify.typed(rows, rulebook, typer or open_typer("fast", 0))
    marks = check.marks(rows.filter(pl.col("reply").is_not_null()), rulebook, profile.bounds)
    rows = rows.join(marks, on=["reply", "lang"], how="left", maintain_order="left")
    rows = check.excused(rows.with_columns(asked_lang="lang"), rulebook)
    if second_opinion:
        rows = resembles.opinions(rows)
    return rows.hstack(check.verdicts(rows, rulebook, profile.bounds))


def _detected(rows: pl.DataFrame) -> pl.Series:
    """Language of the reply, else of what was asked, else `other`."""
    return rows.select(
        pl.coalesce(language.detect(rows["reply"]), language.detect(rows["asked"]), pl.lit("other")).alias("lang")
    ).to_series()


def judge(
    rows: Sequence[Row],
    *,
    profile: str = "default",
    rules: Path | None = None,
    typer: str | Typer = "auto",
    second_opinion: bool = False,
) -> Iterator[dict[str, Any]]:
    """One answer a row, in order: `id` as given, and either `error` or the verdicts (see README, "judge").

    `rules`: a folder of own rules; `typer`: by what messages are typed (audit.typer).
    """
    rulebook = open_rulebook(rules)
    policy = open_profile(profile, ids=rulebook.ids, checked=rulebook.checked)
    good = [row.fields for row in rows if row.error is None]
    frame = pl.DataFrame(good, schema=ROW).with_columns(pl.col("private").fill_null(False))
    chosen = open_typer(typer, classify.distinct(frame)) if isinstance(typer, str) else typer
    found = iter(answers(judged(frame, rulebook, policy, chosen, second_opinion=second_opinion), rulebook))
    for row in rows:
        yield {"id": row.id, "error": row.error} if row.error is not None else {"id": row.id, **next(found)}


def answers(rows: pl.DataFrame, rulebook: Rulebook) -> list[dict[str, Any]]:
    """The public answer to each judged row (without `id`), in order."""
    verdict_ids = [rule.id for rule in rulebook.of("reply", "asked")]
    result = []
    for row in rows.iter_rows(named=True):
        broken = [id for id in verdict_ids if row[id] is False]
        result.append(
            {
                "lang": row["lang"],
                "asked_type": row["asked_type"],
                "asked_upset": row["asked_upset"],
                "asked_addressed": row["asked_addressed"],
                "asked_insulting": row["asked_insulting"],
                "asked_confidence": row["asked_confidence"],
                "asked_why": row["asked_why"],
                "broken": broken,
                "kept": [id for id in verdict_ids if row[id] is True],
                "findings": [finding for id in broken for finding in _findings(id, row, rulebook)],
                "promises_return": bool(row.get("given:broken-promise") or False),
            }
        )
    return result


def _findings(id: str, row: dict[str, Any], rulebook: Rulebook) -> list[dict[str, Any]]:
    places = evidence.spans(rulebook.rule(id), rulebook, row["lang"], row["reply"], row["asked_type"])
    if not places:
        finding = {"rule": id, "words": None, "start": None, "end": None}
        return [{**finding, "resembles": like} if (like := _likeness(id, row, rulebook)) else finding]
    return [{"rule": id, "words": row["reply"][start:end], "start": start, "end": end} for start, end in places]


def _likeness(id: str, row: dict[str, Any], rulebook: Rulebook) -> dict[str, Any] | None:
    """Why a fault is found that no pattern names: how sure the second opinion is, and the rule's example that the reply is most like."""
    opinion = row.get(resembles.PREFIX + id)
    if opinion is None or opinion < resembles.heads()[id].sure:
        return None
    return {"confidence": opinion, "example": resembles.nearest(rulebook.rule(id), row["reply"], row["lang"])}
