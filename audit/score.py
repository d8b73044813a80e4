"""A scorecard is the mean of the columns: share = kept / (kept + broken), score = sum of w * share over sum of w, 0-100."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit import interval
from audit.profile import Profile
from audit.rule import Rule
from audit.rulebook import CATEGORIES, Rulebook

Score = dict[str, Any]


class Column(Protocol):
    """A rule as far as a score asks about it."""

    @property
    def id(self) -> str: ...
    @property
    def category(self) -> str: ...


class Described(NamedTuple):
    """A rule of which only a result's description is at hand."""

    id: str
    category: str


@dataclass(frozen=True)
class Columns:
    """The verdict columns that are scored, in order, with their weights (0 where the profile gives none)."""

    rules: tuple[Column, ...]
    weights: NDArray[np.float64]

    @property
    def ids(self) -> list[str]:
        return [rule.id for rule in self.rules]


def seed(inputs: Sequence[Mapping[str, Any]]) -> int:
    """What bootstraps are drawn by: the same exports give the same intervals."""
    return int(hashlib.sha256("".join(sorted(source["sha256"] for source in inputs)).encode()).hexdigest()[:12], 16)


def level(rule: Rule, profile: Profile) -> str:
    """The rule's level under the profile."""
    return profile.levels.get(rule.id, rule.level)


def preview(rule: Rule, profile: Profile) -> bool:
    """Whether the rule is shown without weight, by its own file or by the profile."""
    return rule.status == "preview" or rule.id in profile.preview


def weight(rule: Rule, profile: Profile) -> float:
    """Account and templates rules, previews and rules switched off have none."""
    if rule.subject in ("account", "templates") or preview(rule, profile):
        return 0.0
    return float(profile.weights.get(level(rule, profile), 0.0))


def columns(rulebook: Rulebook, profile: Profile, *subjects: str) -> Columns:
    """Those with a weight; all where none has one."""
    every = tuple(rulebook.of(*subjects))
    rules = tuple(rule for rule in every if weight(rule, profile) > 0) or every
    return Columns(rules, np.array([weight(rule, profile) for rule in rules]))


def after_critical(verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> pl.DataFrame:
    """A break of a critical rule counts as broken in every reply rule judged on that reply; a preview is not critical."""
    previews = {rule.id for rule in rulebook.rules if preview(rule, profile)}
    critical = [id for id in profile.critical if id in verdicts.columns and id not in previews]
    if not critical:
        return verdicts
    hit = pl.any_horizontal((~pl.col(id)).fill_null(False) for id in critical)
    return verdicts.with_columns(
        pl.when(hit & pl.col(rule.id).is_not_null()).then(False).otherwise(pl.col(rule.id)).alias(rule.id) for rule in rulebook.of("reply")
    )


def after_excuses(verdicts: pl.DataFrame, rows: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """A break that the profile excuses where the reply holds what another rule asks for becomes null: shown as a finding, without weight."""
    pairs = [(id, f"mark:{by}") for id, by in profile.excused.items() if id in verdicts.columns and f"mark:{by}" in rows.columns]
    return verdicts.with_columns(
        pl.when(~pl.col(id) & rows.get_column(mark).fill_null(False)).then(None).otherwise(pl.col(id)).alias(id) for id, mark in pairs
    )


def scored(rows: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> pl.DataFrame:
    """The verdict columns of `rows` as they count: after excuses and critical rules."""
    verdicts = rows.select(rule.id for rule in rulebook.of("reply", "asked"))
    return after_critical(after_excuses(verdicts, rows, profile), rulebook, profile)


def rules(verdicts: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> dict[str, Score]:
    """id -> judged, broken, score, low, high (0-100, Wilson), level, category; nulls where nothing was judged."""
    result: dict[str, Score] = {}
    for rule in rulebook.of("reply", "asked"):
        column = verdicts.get_column(rule.id)
        judged = len(column) - column.null_count()
        kept = int(column.sum() or 0)
        low, high = interval.wilson(kept, judged) if judged else (None, None)
        result[rule.id] = {
            "judged": judged,
            "broken": judged - kept,
            "score": _rounded(100 * kept / judged if judged else None),
            "low": _rounded(None if low is None else 100 * low),
            "high": _rounded(None if high is None else 100 * high),
            "level": level(rule, profile),
            "category": rule.category,
        }
    return result


def summary(verdicts: pl.DataFrame, dialogues: pl.Series, rulebook: Rulebook, profile: Profile, seed: int) -> dict[str, Any]:
    """overall and categories: score, low, high, n (rows judged by any weighted rule), bootstrapped by dialogue."""
    chosen = columns(rulebook, profile, "reply", "asked")
    keys = pl.DataFrame({"all": pl.repeat(0, verdicts.height, eager=True)})
    patterns, counts = outcomes(verdicts, dialogues, keys, chosen).get((0,), _nothing(chosen))
    weights = _enough(patterns, counts, chosen, profile.minimum["share"])
    groups = {"": weights}
    for category in CATEGORIES:
        inside = np.array([rule.category == category for rule in chosen.rules], dtype=float)
        if (inside * chosen.weights).any():
            groups[category] = weights * inside
    scores = _scored(patterns, counts, list(groups.values()), seed)
    for score, group in zip(scores, groups.values(), strict=True):
        names = [rule.id for rule, weight in zip(chosen.rules, group, strict=True) if weight > 0]
        score["n"] = int(verdicts.select(_judged_rows(names)).item())
    return {"overall": scores[0], "categories": dict(zip(list(groups)[1:], scores[1:], strict=True))}


def total(verdicts: pl.DataFrame, dialogues: pl.Series, rulebook: Mapping[str, Any], seed: int) -> Score:
    """The overall score (score, low, high, n) of scored verdicts by the rules that a result describes (audit.report.result)."""
    every = {id: rule for id, rule in rulebook["rules"].items() if id in verdicts.columns}
    rules = {id: rule for id, rule in every.items() if rule["weight"] > 0} or every  # as `columns`: the same draws
    described = tuple(Described(id, rule["category"]) for id, rule in rules.items())
    chosen = Columns(described, np.array([float(rule["weight"]) for rule in rules.values()]))
    keys = pl.DataFrame({"all": pl.repeat(0, verdicts.height, eager=True)})
    patterns, counts = outcomes(verdicts, dialogues, keys, chosen).get((0,), _nothing(chosen))
    weights = _enough(patterns, counts, chosen, rulebook["minimum"]["share"])
    (score,) = _scored(patterns, counts, [weights], seed)
    names = [rule.id for rule, weight in zip(chosen.rules, weights, strict=True) if weight > 0]
    return {**score, "n": int(verdicts.select(_judged_rows(names)).item())}


def parts(
    verdicts: pl.DataFrame, dialogues: pl.Series, key: pl.Series, rulebook: Rulebook, profile: Profile, seed: int, most: int | None = None
) -> dict[Any, Score]:
    """The overall score (score, low, high, n) of each part of the rows, by the value of `key`; of the last `most` that have a score."""
    chosen = columns(rulebook, profile, "reply", "asked")
    keys = key.alias("key").to_frame()
    found = outcomes(verdicts, dialogues, keys, chosen)
    weighted = [rule.id for rule, weight in zip(chosen.rules, chosen.weights, strict=True) if weight > 0]
    rows = dict(keys.hstack(verdicts).group_by("key").agg(_judged_rows(weighted).alias("n")).rows())
    result: dict[Any, Score] = {}
    for value in found if most is None else sorted((value for value in found if value[0] is not None), reverse=True):
        (score,) = _scored(*found[value], [_enough(*found[value], chosen, profile.minimum["share"])], seed)
        if most is None or score["score"] is not None:
            result[value[0]] = {**score, "n": int(rows[value[0]])}
        if len(result) == most:
            break
    return result


def quick_parts(verdicts: pl.DataFrame, dialogues: pl.Series, key: pl.Series, rulebook: Rulebook, profile: Profile) -> dict[Any, Score]:
    """As `parts`, of many small parts: the intervals are linearised (audit.interval.error) instead of bootstrapped."""
    chosen = columns(rulebook, profile, "reply", "asked")
    result = {}
    for (value,), (patterns, counts) in outcomes(verdicts, dialogues, key.alias("key").to_frame(), chosen).items():
        weights = _enough(patterns, counts, chosen, profile.minimum["share"])
        score, error = _point(patterns, counts, weights), interval.error(patterns, counts, weights)
        low, high = (None, None) if score is None or error is None else (score - interval.Z * error, score + interval.Z * error)
        n = int(counts @ (patterns[:, len(chosen.ids) :] @ (weights > 0) > 0))
        bounds = {"low": None if low is None else max(0.0, low), "high": None if high is None else min(100.0, high)}
        result[value] = {"score": _rounded(score), **{name: _rounded(bound) for name, bound in bounds.items()}, "n": n}
    return result


def people(
    verdicts: pl.DataFrame, dialogues: pl.Series, names: pl.DataFrame, rulebook: Rulebook, profile: Profile, seed: int
) -> list[Score]:
    """Each agent's score over the reply rules: the columns of `names`, n (replies), score, low, high, ranked, rank.

    `ranked` is false below the profile's minimum. `rank` is one more than the number of agents who are better beyond chance: the
    interval of the difference excludes 0 after Holm's correction over all pairs.
    """
    chosen = columns(rulebook, profile, "reply")
    signed = names.get_column("agent").is_not_null()
    names = names.filter(signed)
    found = outcomes(verdicts.filter(signed), dialogues.filter(signed), names, chosen)
    replies = {row[:-1]: row[-1] for row in names.group_by(names.columns).len().rows()}
    result: list[Score] = []
    spreads: list[float] = []
    for key, (patterns, counts) in sorted(found.items(), key=lambda item: tuple(str(k or "") for k in item[0])):
        score = _point(patterns, counts, chosen.weights)
        enough = replies[key] >= profile.minimum["agent"] and score is not None
        bounds = None
        if enough:
            (values,) = interval.replicates(patterns, counts, [chosen.weights], seed)
            bounds = interval.quantiles(values, score)
            enough = bounds is not None
        result.append(
            {
                **dict(zip(names.columns, key, strict=True)),
                "n": replies[key],
                "score": _rounded(score) if enough else None,
                "low": _rounded(bounds[0]) if enough and bounds else None,
                "high": _rounded(bounds[1]) if enough and bounds else None,
                "ranked": enough,
                "rank": None,
            }
        )
        spreads.append(float(np.nanstd(values)) if enough else math.nan)
    _rank(result, spreads)
    return result


def _rank(agents: list[Score], spreads: list[float]) -> None:
    at = [i for i, agent in enumerate(agents) if agent["ranked"]]
    pairs = [(a, b) for n, a in enumerate(at) for b in at[n + 1 :] if agents[a].get("account") == agents[b].get("account")]
    p_values = [_p(agents[a]["score"] - agents[b]["score"], math.hypot(spreads[a], spreads[b])) for a, b in pairs]
    for i in at:
        agents[i]["rank"] = 1
    for (a, b), apart in zip(pairs, interval.holm(p_values), strict=True):
        if apart:
            worse = a if agents[a]["score"] < agents[b]["score"] else b
            agents[worse]["rank"] += 1


def _p(difference: float, spread: float) -> float:
    """Two-sided, normal."""
    if spread == 0:
        return 1.0 if difference == 0 else 0.0
    return math.erfc(abs(difference) / spread / math.sqrt(2))


_FEW_BITS = 2**20
"""Hashes are cut by so much, that the sum over a dialogue's rows does not run over."""

Outcomes = tuple[NDArray[np.float64], NDArray[np.float64]]


def outcomes(verdicts: pl.DataFrame, dialogues: pl.Series, keys: pl.DataFrame, chosen: Columns) -> dict[tuple[Any, ...], Outcomes]:
    """For each distinct row of `keys`: the distinct (kept, judged) counts of a dialogue, and how many dialogues have each."""
    if verdicts.is_empty() or not chosen.ids:
        return {}
    kept = [pl.col(id).sum().cast(pl.UInt32).alias(f"k{i}") for i, id in enumerate(chosen.ids)]
    judged = [pl.col(id).count().cast(pl.UInt32).alias(f"j{i}") for i, id in enumerate(chosen.ids)]
    verdict = pl.struct(chosen.ids).hash() // _FEW_BITS
    frame = keys.hstack(verdicts.select(chosen.ids)).with_columns(dialogues.alias("dialogue"), verdict.alias("verdict"))
    # dialogues whose rows have the same verdicts are summed up once: one of them stands for all
    alike = frame.group_by([*keys.columns, "dialogue"]).agg(pl.col("verdict").sum())
    chosen_ones = alike.group_by([*keys.columns, "verdict"]).agg(pl.len().alias("dialogues"), pl.col("dialogue").min()).drop("verdict")
    frame = frame.join(chosen_ones, on=[*keys.columns, "dialogue"], nulls_equal=True)
    each = frame.group_by([*keys.columns, "dialogue"]).agg(*kept, *judged, pl.col("dialogues").first()).drop("dialogue")
    columns = [column for column in each.columns if column != "dialogues"]
    distinct = each.group_by(columns).agg(pl.col("dialogues").sum()).sort(columns, nulls_last=True)
    counts = distinct.get_column("dialogues").to_numpy().astype(np.float64)
    patterns = distinct.drop("dialogues", *keys.columns).to_numpy().astype(np.float64)
    parts = distinct.group_by(keys.columns, maintain_order=True).len()
    ends = parts.get_column("len").cum_sum().to_list()
    return {
        key: (patterns[start:end], counts[start:end])
        for key, start, end in zip(parts.drop("len").iter_rows(), [0, *ends], ends, strict=False)
    }


def _nothing(chosen: Columns) -> Outcomes:
    return np.zeros((0, 2 * len(chosen.ids))), np.zeros(0)


def _enough(patterns: NDArray[np.float64], counts: NDArray[np.float64], chosen: Columns, least: int) -> NDArray[np.float64]:
    """The weights, 0 for rules of which fewer than `least` were judged."""
    judged = counts @ patterns[:, len(chosen.ids) :] if len(counts) else np.zeros(len(chosen.ids))
    weights: NDArray[np.float64] = chosen.weights * (judged >= least)
    return weights


def _judged_rows(ids: list[str]) -> pl.Expr:
    return pl.any_horizontal(pl.lit(False), *(pl.col(id).is_not_null() for id in ids)).sum()


def _point(patterns: NDArray[np.float64], counts: NDArray[np.float64], weights: NDArray[np.float64]) -> float | None:
    rules = len(weights)
    sums = counts @ patterns if len(counts) else np.zeros(2 * rules)
    value = float(interval.weighted(sums[:rules], sums[rules:], weights))
    return None if math.isnan(value) else value


def _scored(patterns: NDArray[np.float64], counts: NDArray[np.float64], groups: list[NDArray[np.float64]], seed: int) -> list[Score]:
    drawn = interval.replicates(patterns, counts, groups, seed)
    scores = []
    for weights, values in zip(groups, drawn, strict=True):
        score = _point(patterns, counts, weights)
        bounds = interval.quantiles(values, score)
        scores.append(
            {
                "score": _rounded(score),
                "low": _rounded(bounds[0] if bounds else None),
                "high": _rounded(bounds[1] if bounds else None),
                "n": 0,
            }
        )
    return scores


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
