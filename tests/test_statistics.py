"""Account statistics: faults that were planted are found, quiet accounts are left alone, too little is not judged."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from audit.profile import open_profile
from audit.statistics import clones, comparison, gaps, load, recurrence, spotless
from audit.statistics.found import benjamini_hochberg, discoveries

PROFILE = open_profile("default")
BOUNDS, LEAST = PROFILE.bounds, PROFILE.minimum


def test_the_false_discovery_rate_by_hand() -> None:
    # limits of ranks 1 to 4 at a rate of 0.1: 0.025, 0.05, 0.075, 0.1
    assert benjamini_hochberg([0.03, 0.5, 0.04, 0.02], 0.1) == [True, False, True, True]
    assert benjamini_hochberg([0.03, 0.5, 0.2, 0.3], 0.1) == [False] * 4
    assert benjamini_hochberg([], 0.1) == []


def test_an_effect_too_small_to_matter_is_counted_and_not_shown() -> None:
    found = discoveries([("K", 1e-9, False, {"x": 1}), ("L", 1e-9, True, {"x": 2})])
    assert found.verdict("K") is True
    assert found.verdict("L") is False
    assert found.verdict("M") is None


def test_ranks_against_a_table() -> None:
    # Mann and Whitney: U = 0 of 5 and 5, one-sided p about 0.006 by the normal approximation with continuity
    assert comparison.later(np.arange(5.0), np.arange(5.0) + 10) == pytest.approx(0.00609, abs=1e-4)
    assert comparison.later(np.arange(5.0) + 10, np.arange(5.0)) > 0.99
    ranks, ties = comparison.ranked(np.array([3.0, 1.0, 3.0, math.inf, math.inf]))
    assert ranks.tolist() == [2.5, 1.0, 2.5, 4.5, 4.5]
    assert sorted(ties.tolist()) == [1.0, 2.0, 2.0]


def test_fisher_against_the_tea_tasting() -> None:
    # one of four cups right, three of four in the other half: P(X <= 1) = (1 + 16) / 70
    assert comparison.lower_share(1, 4, 3, 4) == pytest.approx(17 / 70)
    assert comparison.lower_share(4, 4, 0, 4) == pytest.approx(1.0)


def test_newcombes_example() -> None:
    # Newcombe 1998, table II, case (a): 56/70 against 48/80
    difference, low, high = comparison.share_difference(56, 70, 48, 80)
    assert (difference, low, high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-4)


def test_two_rates() -> None:
    # 3 events against 0 in equal time: P(X = 3 of 3) = 1/8
    assert comparison.rate_ratio(3, 1.0, 0, 1.0, 1.0) == pytest.approx(1 / 8)
    assert comparison.rate_ratio(0, 1.0, 3, 1.0, 1.0) == pytest.approx(1.0)


def test_students_tail() -> None:
    assert comparison.above_t(2.086, 20) == pytest.approx(0.025, abs=5e-4)
    assert comparison.above_t(-2.086, 20) == pytest.approx(0.975, abs=5e-4)


def opening(rows: list[dict[str, Any]]) -> pl.DataFrame:
    usual = {"account": "K", "channel": "twitter", "asked_first": True, "opens_dialogue": True, "asked_type": "complaint"}
    usual |= {"history_after": True, "answers_known": True, "asked_time_quality": "exact", "asked_at": datetime(2026, 3, 2, 12)}
    frame = pl.DataFrame([{**usual, **row} for row in rows], schema_overrides={"minutes_waited": pl.Float64, "asked_at": pl.Datetime("us")})
    return frame.with_columns(answered=pl.col("minutes_waited").is_not_null())


def test_hours_in_which_most_stay_unanswered_are_told_apart_by_shares_alone() -> None:
    start = datetime(2026, 3, 2)
    rows = []
    for i in range(24 * 60):
        t = start + timedelta(hours=i)
        inside = t.weekday() < 5 and 9 <= t.hour < 18
        rows.append({"asked_at": t, "minutes_waited": 20.0 if i % 100 < (45 if inside else 42) else None})
    assert gaps.off_hours(opening(rows), BOUNDS["off-hours-gap"], LEAST["gap"], None, "UTC").verdict("K") is True


def test_nights_that_wait_are_found_and_even_hours_are_not() -> None:
    def week(night: float) -> pl.DataFrame:
        start = datetime(2026, 3, 2)
        hours = [start + timedelta(hours=i) for i in range(24 * 14)]
        return opening(
            [
                {"asked_at": t, "minutes_waited": 20.0 + i % 17 if t.weekday() < 5 and 9 <= t.hour < 18 else night + i % 17}
                for i, t in enumerate(hours)
            ]
        )

    found = gaps.off_hours(week(300.0), BOUNDS["off-hours-gap"], LEAST["gap"], None, "UTC")
    assert found.verdict("K") is False
    assert found.evidence["K"][0]["outside"]["median_minutes"] > 300
    assert gaps.off_hours(week(20.0), BOUNDS["off-hours-gap"], LEAST["gap"], None, "UTC").verdict("K") is True
    assert gaps.off_hours(week(300.0).head(30), BOUNDS["off-hours-gap"], LEAST["gap"], None, "UTC").verdict("K") is None
    in_warsaw = gaps.off_hours(week(300.0), BOUNDS["off-hours-gap"], LEAST["gap"], None, "Europe/Warsaw").evidence["K"][0]
    assert in_warsaw["inside"]["median_minutes"] == pytest.approx(found.evidence["K"][0]["inside"]["median_minutes"], abs=10)


def test_the_channel_that_nobody_answers_is_named() -> None:
    rows = [{"channel": "vk", "minutes_waited": 9.0 if i % 4 == 0 else None} for i in range(80)]
    rows += [{"channel": name, "minutes_waited": None if i % 10 == 0 else 9.0} for name in ("twitter", "mail") for i in range(80)]
    found = gaps.channels(opening(rows), BOUNDS["neglected-channel"], LEAST["gap"])
    assert [row["channel"] for row in found.evidence["K"]] == ["vk"]
    assert found.evidence["K"][0]["answered_share"] == 0.25
    assert gaps.channels(opening(rows[80:]), BOUNDS["neglected-channel"], LEAST["gap"]).verdict("K") is True
    assert gaps.channels(opening(rows[:80]), BOUNDS["neglected-channel"], LEAST["gap"]).verdict("K") is None


def ratings(negative: list[int], n: int = 100) -> pl.DataFrame:
    months = [date(2025 + i // 12, i % 12 + 1, 1) for i in range(len(negative))]
    return pl.DataFrame({"account": "K", "month": months, "n": n, "negative": negative})


def test_a_month_without_a_stain_is_improbable_only_after_a_stained_record() -> None:
    bounds = BOUNDS["spotless-record"]
    found = spotless.spotless(ratings([18, 22, 20, 17, 21, 0]), bounds, LEAST["ratings"])
    assert [row["month"] for row in found.evidence["K"]] == ["2025-06-01"]
    assert spotless.spotless(ratings([1, 0, 2, 0, 1, 0]), bounds, LEAST["ratings"]).verdict("K") is True
    assert spotless.spotless(ratings([9, 9], n=10), bounds, LEAST["ratings"]).verdict("K") is None


def test_none_among_many_by_hand() -> None:
    # uniform prior: P(0 of n) = 1 / (n + 1)
    assert spotless.none_among(9, 1, 1) == pytest.approx(0.1)


def test_themes_that_do_not_fall_are_found() -> None:
    start = datetime(2026, 1, 1)
    every = pl.DataFrame({"account": "K", "asked_at": [start + timedelta(hours=2 * i) for i in range(12 * 120)]}).with_columns(
        asked_first=True
    )
    steady = every.gather_every(2).select("account", "asked_at", theme=pl.lit("delivery"), answered=True)
    bounds = BOUNDS["recurring-complaint"]
    found = recurrence.recurring(every, steady, bounds, LEAST["theme"])
    assert [row["theme"] for row in found.evidence["K"]] == ["delivery"]
    half = start + timedelta(days=60)
    fallen = pl.concat([steady.filter(pl.col("asked_at") < half), steady.filter(pl.col("asked_at") >= half).gather_every(3)])
    assert recurrence.recurring(every, fallen, bounds, LEAST["theme"]).verdict("K") is True
    assert recurrence.recurring(every, steady.with_columns(answered=False), bounds, LEAST["theme"]).verdict("K") is None


def test_themes_are_read_from_what_was_asked_in_each_language() -> None:
    texts = [(" where is my parcel . ", "en"), (" курьер не приехал . ", "ru"), (" kurier nie przyjechał . ", "pl"), (" hello . ", "en")]
    rows = pl.DataFrame(
        {
            "account": "K",
            "asked_words": [text for text, _ in texts],
            "asked_lang": [lang for _, lang in texts],
            "asked_at": datetime(2026, 1, 1),
            "asked_first": True,
            "asked_type": "complaint",
            "answered": True,
        }
    )
    from audit.rulebook import open_rulebook

    named = recurrence.themes(rows, open_rulebook().vocabulary)
    assert named.get_column("theme").to_list() == ["delivery"] * 3


def daily(fall: float, agents: int = 4) -> pl.DataFrame:
    generator = np.random.default_rng(5)
    rows = []
    for agent in range(agents):
        for day in range(60):
            n = int(generator.integers(1, 17))
            kept = generator.binomial(5 * n, (90 - 5 * agent - fall * math.log2(n)) / 100)
            rows.append(
                {
                    "account": "K",
                    "agent": f"a{agent}",
                    "day": date(2026, 1, 1) + timedelta(days=day),
                    "load": n,
                    "kept": kept,
                    "judged": 5.0 * n,
                }
            )
    return pl.DataFrame(rows).with_columns(x=pl.col("load").cast(pl.Float64).log(2), y=100 * pl.col("kept") / pl.col("judged"))


def test_quality_that_falls_on_busy_days_is_found_with_its_slope() -> None:
    bounds = BOUNDS["quality-under-load"]
    found = load.under_load(daily(6), bounds, LEAST["load_days"], LEAST["load_replies"])
    slope, low, high = found.evidence["K"][0]["points_per_doubling"]
    assert low < slope < high < 0
    assert low < -6 < high
    assert load.under_load(daily(0), bounds, LEAST["load_days"], LEAST["load_replies"]).verdict("K") is True
    assert load.under_load(daily(6).head(10), bounds, LEAST["load_days"], LEAST["load_replies"]).verdict("K") is None


def praise(texts: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"asked_words": [f" {text} " for text in texts], "customer": [f"c{i}" for i in range(len(texts))]}).with_columns(
        account=pl.lit("K"),
        asked_first=True,
        asked_type=pl.lit("praise"),
        asked_message_id=pl.col("customer"),
        dialogue=pl.int_range(pl.len()),
    )


KINDS = "red blue green small tall round quiet steel glass old new light heavy shiny matte cheap grand plain neat slim".split()  # noqa: SIM905
OWN = [f"number {word} my kettle from the {word} shop is so very {word} that even my {word} aunt loves it" for word in KINDS]


def test_the_same_praise_under_different_names_is_found() -> None:
    generator = np.random.default_rng(2)
    others = [" ".join(generator.choice(OWN, 3)).split() for _ in range(40)]
    texts = [" ".join(generator.permutation(words)[:16]) for words in others]
    copies = [
        f"what a lovely quiet kettle it boils in {n} minutes and looks so pretty on our kitchen table" for n in ("two", "three", "two")
    ]
    found = clones.clones(praise([*texts, *copies]), BOUNDS["cloned-praise"], LEAST["praise"])
    (group,) = found.evidence["K"]
    assert (group["people"], group["texts"]) == (3, 2)
    assert clones.clones(praise(texts), BOUNDS["cloned-praise"], LEAST["praise"]).verdict("K") is True
    assert clones.clones(praise(copies), BOUNDS["cloned-praise"], LEAST["praise"]).verdict("K") is None
    short = ["thank you so much"] * 30
    assert clones.clones(praise(short), BOUNDS["cloned-praise"], LEAST["praise"]).verdict("K") is None


def test_the_same_praise_by_one_person_is_no_clone() -> None:
    texts = [" ".join(np.random.default_rng(i).permutation(" ".join(OWN).split())[:16]) for i in range(40)]
    rows = praise([*texts, "it boils in two minutes and looks so pretty on our kitchen table"] * 1)
    twice = pl.concat([rows, rows.tail(1)])
    assert clones.clones(twice, BOUNDS["cloned-praise"], LEAST["praise"]).verdict("K") is True
