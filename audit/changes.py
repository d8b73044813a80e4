"""Two audits compared, or two periods of one: what moved beyond chance, which faults are new and which are gone.

The share of each rule is compared in each unit (everybody, an account, an agent) in which both sides judged it often enough, by Fisher's
exact test (1922), or the normal approximation where counts are large. Counts are divided by the larger design effect of the two sides
(audit.tally), since replies of one dialogue are alike. All comparisons together are held to a false-discovery rate (Benjamini and
Hochberg 1995). The difference of two scores has the interval of Zou and Donner (2008), from the intervals of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from audit import interval, period, score, tally
from audit.statistics import comparison
from audit.statistics.found import benjamini_hochberg

RATE = 0.05
"""False-discovery rate over all rules and units."""
DIALOGUES = 5
"""Fewest dialogues on either side."""
MOST = 200
"""Entries of a list that are kept; the lists say how many there are."""
_ISO = "%Y-%m-%dT%H:%M:%SZ"
_OF_SCORE = ("hash", "profile", "minimum")

Unit = tuple[str | None, str | None]


@dataclass(frozen=True)
class Side:
    """One of the two. `rulebook` as a result describes it; `tallies` as of audit.tally; `findings` where messages can be told apart."""

    label: str
    first: str | None
    last: str | None
    rulebook: Mapping[str, Any]
    overall: Mapping[str, Any]
    tallies: Sequence[Mapping[str, Any]]
    findings: Sequence[Mapping[str, Any]] | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    pseudonyms: str | None = None


def side(result: Mapping[str, Any], label: str) -> Side:
    """A whole result as one side."""
    return Side(
        label,
        result["period"]["first"],
        result["period"]["last"],
        result["rulebook"],
        result["scores"]["overall"],
        result["tallies"],
        result["findings"],
        result["findings_left_out"],
        result["pseudonyms"],
    )


def of_rows(rows: pl.DataFrame, rulebook: Mapping[str, Any], label: str, seed: int) -> Side:
    """A part of an audit as one side: `account`, `agent`, `dialogue`, `at` (UTC) and verdicts as scored."""
    rules = [id for id in rulebook["rules"] if id in rows.columns]
    verdicts = rows.select(rules)
    at = rows.select(pl.col("at").min().dt.strftime(_ISO).alias("first"), pl.col("at").max().dt.strftime(_ISO).alias("last"))
    overall = score.total(verdicts, rows.get_column("dialogue"), rulebook, seed)
    first, last = at.row(0)
    return Side(label, first, last, rulebook, overall, tally.tallies(verdicts, rows, rules))


def last_two(
    rows: pl.DataFrame, verdicts: pl.DataFrame, periods: Sequence[Mapping[str, Any]], unit: str, rulebook: Mapping[str, Any], seed: int
) -> dict[str, Any] | None:
    """The last period of an audit beside the one before it, None where there are not two. Takes exchanges and verdicts as scored."""
    if len(periods) < 2:
        return None
    at = pl.coalesce("asked_at", "replied_at")
    told = rows.select("account", "agent", "dialogue", at.alias("at"), period.label(at, unit).alias("period")).hstack(verdicts)
    before, after = (of_rows(told.filter(pl.col("period") == each["label"]), rulebook, each["label"], seed) for each in periods[-2:])
    return compared(before, after)


def compared(before: Side, after: Side) -> dict[str, Any]:
    """Plain data: before, after, score, flags, accounts, overlap, rate, tested, moved, new, fixed (each `items`, `n`), findings, agents."""
    flags = _flags(before, after)
    tried = list(_tried(before, after))
    passed = benjamini_hochberg([row["p_value"] for row in tried], RATE)
    for row, apart in zip(tried, passed, strict=True):
        row["beyond_chance"] = apart
    moved = [row for row in tried if row["beyond_chance"]]
    moved.sort(key=lambda row: (row["direction"] != "worse", not row["weight"], row["p_value"], row["rule"], *_named(row)))
    names = [{unit[1] for unit in _cells(each) if unit[1] is not None} for each in (before, after)]
    return {
        "before": _told(before),
        "after": _told(after),
        "score": _score(before, after, not any(flag["what"] in _OF_SCORE or flag["typer"] for flag in flags)),
        "flags": flags,
        "accounts": len({unit[0] for each in (before, after) for unit in _cells(each) if unit[0] is not None}),
        "overlap": bool(
            before.first and before.last and after.first and after.last and before.first <= after.last and after.first <= before.last
        ),
        "rate": RATE,
        "tested": len(tried),
        "moved": _capped(moved),
        "new": _capped(_appeared(tried, "before", "after")),
        "fixed": _capped(_appeared(tried, "after", "before")),
        "findings": _messages(before, after),
        "agents": {"only_before": sorted(names[0] - names[1])[:MOST], "only_after": sorted(names[1] - names[0])[:MOST]},
    }


def worse(changes: Mapping[str, Any]) -> list[str]:
    """What became worse beyond chance, in words; a rule without weight, or judged otherwise than before, is left out."""
    said = []
    score = changes["score"]
    if score and score["comparable"] and score["high"] < 0:
        said.append(f"the score by {-score['difference']:.1f}")
    for row in changes["moved"]["items"]:
        if row["direction"] == "worse" and row["weight"] and not row["flags"]:
            said.append(row["rule"] + "".join(f" ({name})" for name in (row["agent"] or row["account"],) if name))
    return said


def _told(side: Side) -> dict[str, Any]:
    return {
        "label": side.label,
        "first": side.first,
        "last": side.last,
        **{key: side.overall[key] for key in ("score", "low", "high", "n")},
    }


def _score(before: Side, after: Side, comparable: bool) -> dict[str, Any] | None:
    a, b = before.overall, after.overall
    if any(each[key] is None for each in (a, b) for key in ("score", "low", "high")):
        return None
    difference = b["score"] - a["score"]
    low, high = interval.difference(b, a)
    return {"difference": round(difference, 2), "low": round(low, 2), "high": round(high, 2), "comparable": comparable}


def _flags(before: Side, after: Side) -> list[dict[str, Any]]:
    """What both were judged by and differs: what, before, after, and whether it may change the types of messages."""
    one, other = before.rulebook, after.rulebook
    keys = sorted((one.keys() | other.keys()) - {"rules"})
    differing = [(key, one.get(key), other.get(key)) for key in keys if one.get(key) != other.get(key)]
    flags = [{"what": key, "before": a, "after": b, "typer": key not in (*_OF_SCORE, "version")} for key, a, b in differing]
    if before.pseudonyms != after.pseudonyms:
        flags.append({"what": "pseudonyms", "before": before.pseudonyms, "after": after.pseudonyms, "typer": False})
    return flags


def _rule_flags(id: str, before: Side, after: Side, typer: bool) -> list[str]:
    one, other = before.rulebook["rules"].get(id), after.rulebook["rules"].get(id)
    if one is None or other is None:
        return ["rule"]
    flags = ["rule"] if one.get("hash") != other.get("hash") else []
    return [*flags, "typer"] if typer and (one.get("typed", True) or other.get("typed", True)) else flags


def _cells(side: Side) -> dict[Unit, Mapping[str, Any]]:
    return {(each["account"], each["agent"]): each["rules"] for each in side.tallies}


def _tried(before: Side, after: Side) -> Iterator[dict[str, Any]]:
    """Every rule in every unit that both sides judged often enough, with the p-value that its share is the same."""
    typer = any(flag["typer"] for flag in _flags(before, after))
    flags = {id: _rule_flags(id, before, after, typer) for id in before.rulebook["rules"].keys() | after.rulebook["rules"].keys()}
    earlier = _cells(before)
    for unit, cells in sorted(_cells(after).items(), key=lambda item: tuple(name or "" for name in item[0])):
        for id in sorted(cells.keys() & earlier.get(unit, {}).keys()):
            a, b = earlier[unit][id], cells[id]
            if min(a["dialogues"], b["dialogues"]) >= DIALOGUES:
                about = after.rulebook["rules"].get(id) or before.rulebook["rules"][id]
                yield {"rule": id, "account": unit[0], "agent": unit[1], **_difference(a, b), "weight": about["weight"], "flags": flags[id]}


def _difference(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    design = max(a["design"], b["design"])
    counts = [(each["judged"] - each["broken"]) / design for each in (b, a)], [each["judged"] / design for each in (b, a)]
    (kept, others_kept), (n, others) = counts
    difference, low, high = comparison.share_difference(kept, n, others_kept, others)
    return {
        "before": {"judged": a["judged"], "broken": a["broken"]},
        "after": {"judged": b["judged"], "broken": b["broken"]},
        "difference": round(100 * difference, 2),
        "low": round(100 * low, 2),
        "high": round(100 * high, 2),
        "p_value": float(f"{comparison.shares_apart(kept, n, others_kept, others):.3g}"),
        "direction": "worse" if difference < 0 else "better" if difference > 0 else "same",
    }


def _appeared(tried: list[dict[str, Any]], there: str, here: str) -> list[dict[str, Any]]:
    """Rules that nobody of the unit broke on one side and somebody did on the other, the least likely by chance first."""
    rows = [row for row in tried if row[there]["broken"] == 0 and row[here]["broken"] > 0]
    return sorted(rows, key=lambda row: (row["p_value"], -row[here]["broken"], row["rule"], *_named(row)))


def _named(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["account"] or "", row["agent"] or ""


def _capped(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"items": rows[:MOST], "n": len(rows)}


def _messages(before: Side, after: Side) -> dict[str, Any] | None:
    """Findings about messages that both sides hold: new, fixed, and how many stay. Rules of which a side lists but some are left out.

    Null where the two do not overlap in time.
    """
    if before.findings is None or after.findings is None or not before.last or not after.first or not before.first or not after.last:
        return None
    start, end = max(before.first, after.first), min(before.last, after.last)
    if start > end:
        return None
    capped = {*before.left_out, *after.left_out}
    one, other = (
        {
            _identity(row): row
            for row in each.findings or ()
            if row["rule"] not in capped and row["sent_at"] and start <= row["sent_at"] <= end
        }
        for each in (before, after)
    )
    shown = ("rule", "account", "agent", "channel", "conversation_id", "message_id", "sent_at", "url")
    new = [{key: row.get(key) for key in shown} for id, row in other.items() if id not in one]
    fixed = [{key: row.get(key) for key in shown} for id, row in one.items() if id not in other]
    return {"new": _capped(new), "fixed": _capped(fixed), "stay": len(one.keys() & other.keys()), "rules_left_out": sorted(capped)}


def _identity(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["rule"], row["account"], row["channel"], row["message_id"] or row["conversation_id"]
