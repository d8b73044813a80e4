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
from audit.excuse import excused
from audit.profile import Profile, open_profile
from audit.rows import Row
from audit.rule import Rule
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
    rows: pl.DataFrame, rulebook: Rulebook, profile: Profile, typer: Typer | None = None, *, opinion: str | None = None
) -> pl.DataFrame:
    """Takes ROW columns and any facts; gives them back typed, with marks and one verdict column a rule (true kept, false broken).

    Typed by the fast typer where none is named. `opinion`: subtle rules are weighed with that of audit.detectors.resembles (its NAMES).
    """
    rows = rows.with_columns(pl.coalesce("lang", _detected(rows)).alias("lang"))
    rows = classify.typed(rows, rulebook, typer or open_typer("fast", 0))
    marks = check.marks(rows.filter(pl.col("reply").is_not_null()), rulebook, profile.bounds, heard=opinion is not None)
    rows = rows.join(marks, on=["reply", "lang"], how="left", maintain_order="left")
    if opinion is not None:
        rows = resembles.opinions(rows, opinion)
    rows = excused(rows.with_columns(asked_lang="lang"), rulebook)
    return rows.hstack(check.verdicts(rows, rulebook, profile.bounds, opinion=opinion))


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
    second_opinion: str | bool = "auto",
) -> Iterator[dict[str, Any]]:
    """One answer a row, in order: `id` as given, and either `error` or the verdicts (see README, "judge").

    `rules`: a folder of own rules; `typer`: by what messages are typed (audit.typer); `second_opinion`: by what subtle rules are weighed
    (audit.detectors.resembles.CHOICES; true is accurate, false is none).
    """
    rulebook = open_rulebook(rules)
    policy = open_profile(profile, ids=rulebook.ids, checked=rulebook.checked)
    good = [row.fields for row in rows if row.error is None]
    frame = pl.DataFrame(good, schema=ROW).with_columns(pl.col("private").fill_null(False))
    chosen = open_typer(typer, classify.distinct(frame)) if isinstance(typer, str) else typer
    heard = resembles.chosen(second_opinion, max(frame["reply"].n_unique(), classify.distinct(frame)))
    found = iter(answers(judged(frame, rulebook, policy, chosen, opinion=heard), rulebook, heard))
    for row in rows:
        yield {"id": row.id, "error": row.error} if row.error is not None else {"id": row.id, **next(found)}


def answers(rows: pl.DataFrame, rulebook: Rulebook, opinion: str | None = None) -> list[dict[str, Any]]:
    """The public answer to each row that was judged, with that `opinion` (without `id`), in order."""
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
                "findings": [finding for id in broken for finding in _findings(id, row, rulebook, opinion)],
                "promises_return": bool(row.get("given:broken-promise") or False),
            }
        )
    return result


def _findings(id: str, row: dict[str, Any], rulebook: Rulebook, opinion: str | None) -> list[dict[str, Any]]:
    places = evidence.spans(rulebook.rule(id), rulebook, row["lang"], row["reply"], row["asked_type"])
    if not places:
        finding = {"rule": id, "words": None, "start": None, "end": None}
        return [{**finding, "resembles": like} if (like := _likeness(rulebook.rule(id), row, opinion, rulebook.packaged(id))) else finding]
    return [{"rule": id, "words": row["reply"][start:end], "start": start, "end": end} for start, end in places]


def _likeness(rule: Rule, row: dict[str, Any], opinion: str | None, packaged: bool) -> dict[str, Any] | None:
    """Why a fault is found that patterns do not find: how sure the second opinion is, the words that weigh most (of a rule that forbids
    some), and, of the accurate one, the rule's example that the reply is most like."""
    chance = row.get(resembles.PREFIX + rule.id)
    if opinion is None or chance is None or not packaged or chance < resembles.heads()[rule.id].bounds[opinion][1]:
        return None
    if row.get(f"mark:{rule.id}") is (rule.detector != "absence"):
        return None
    words = [row["reply"][start:end] for start, end in resembles.telling(rule, row["reply"])] if rule.detector == "pattern" else []
    example = resembles.nearest(rule, row["reply"], row["lang"]) if opinion == "accurate" else None
    return {"confidence": chance, "example": example, "words": words}
