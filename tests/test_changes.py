"""What moved beyond chance: found where it is planted, not found where nothing moved, flagged where both were judged otherwise."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from audit import changes, period, tally
from audit.errors import AuditError
from audit.statistics import comparison


def rulebook(**more: Any) -> dict[str, Any]:
    rules = {id: {"category": "care", "weight": 2, "hash": "1", "typed": id == "b"} for id in ("a", "b", "preview")}
    rules["preview"]["weight"] = 0
    return {"hash": "f00d", "version": "1", "profile": "default", "minimum": {"share": 5}, "rules": rules, **more}


def side(shares: dict[str, tuple[int, int]], *, agent: str | None = None, book: dict[str, Any] | None = None, **more: Any) -> changes.Side:
    """(broken, judged) of each rule, every reply of its own dialogue."""
    cells = {id: {"judged": n, "broken": k, "dialogues": n, "design": 1.0} for id, (k, n) in shares.items()}
    score = {"score": 80.0, "low": 75.0, "high": 85.0, "n": 100} | more.pop("score", {})
    return changes.Side(
        "x",
        "2026-01-01T00:00:00Z",
        "2026-01-31T00:00:00Z",
        book or rulebook(),
        score,
        [{"account": None, "agent": agent, "rules": cells}],
        **more,
    )


def test_a_planted_change_is_found_and_a_small_one_is_not() -> None:
    found = changes.compared(side({"a": (5, 100), "b": (10, 100)}), side({"a": (40, 100), "b": (12, 100)}))
    (row,) = found["moved"]["items"]
    assert (row["rule"], row["direction"], row["before"], row["after"]) == (
        "a",
        "worse",
        {"judged": 100, "broken": 5},
        {"judged": 100, "broken": 40},
    )
    assert row["low"] < row["difference"] == -35 < row["high"] < 0
    assert found["tested"] == 2
    assert changes.worse(found) == ["a"]
    back = changes.compared(side({"a": (40, 100)}), side({"a": (5, 100)}))
    assert [row["direction"] for row in back["moved"]["items"]] == ["better"]
    assert changes.worse(back) == []


def test_where_nothing_moved_little_is_found() -> None:
    """At most the promised share of histories without a change shows one."""
    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(200):
        shares = [{id: (int(rng.binomial(60, 0.3)), 60) for id in ("a", "b")} for _ in range(2)]
        alarms += bool(changes.compared(side(shares[0]), side(shares[1]))["moved"]["n"])
    assert alarms <= 200 * changes.RATE


def test_replies_of_one_dialogue_count_as_what_they_say() -> None:
    """Ten dialogues of ten equal replies each say what ten replies say."""
    rows = pl.DataFrame({"account": ["K"] * 100, "agent": ["AB"] * 100, "dialogue": [i // 10 for i in range(100)]})
    few, many = (pl.DataFrame({"a": [i // 10 >= broken for i in range(100)]}) for broken in (1, 6))
    (everybody, agent) = tally.tallies(many, rows, ["a"])
    assert (everybody["account"], everybody["agent"], agent["account"], agent["agent"]) == (None, None, "K", "AB")
    cell = agent["rules"]["a"]
    assert (cell["judged"], cell["broken"], cell["dialogues"]) == (100, 60, 10)
    assert cell["design"] == pytest.approx(10 * 10 / 9, abs=0.01)
    sides = [
        changes.Side("x", None, None, rulebook(), {"score": None, "low": None, "high": None, "n": 0}, tally.tallies(each, rows, ["a"]))
        for each in (few, many)
    ]
    found = changes.compared(*sides)
    assert found["moved"]["n"] == 0
    assert found["tested"] == 2
    alone = rows.with_columns(pl.Series("dialogue", range(100)))
    sides = [
        changes.Side("x", None, None, rulebook(), {"score": None, "low": None, "high": None, "n": 0}, tally.tallies(each, alone, ["a"]))
        for each in (few, many)
    ]
    assert changes.compared(*sides)["moved"]["n"] == 2


def test_rules_judged_seldom_are_not_compared() -> None:
    rows = pl.DataFrame({"account": ["K"] * 4, "agent": [None] * 4, "dialogue": range(4)}, schema_overrides={"agent": pl.String})
    assert tally.tallies(pl.DataFrame({"a": [True] * 4}), rows, ["a"]) == []


def test_new_and_fixed_faults() -> None:
    found = changes.compared(side({"a": (0, 50), "b": (20, 50)}), side({"a": (1, 50), "b": (0, 50)}))
    assert [(row["rule"], row["beyond_chance"]) for row in found["new"]["items"]] == [("a", False)]
    assert [(row["rule"], row["beyond_chance"]) for row in found["fixed"]["items"]] == [("b", True)]


@pytest.mark.parametrize(
    ("book", "flags", "by_rule"),
    [
        (rulebook(), [], {"a": [], "b": []}),
        (rulebook(version="2"), ["version"], {"a": [], "b": []}),
        (rulebook(typer="model"), ["typer"], {"a": [], "b": ["typer"]}),
        (rulebook(typer="model", weights="9a"), ["typer", "weights"], {"a": [], "b": ["typer"]}),
        (
            rulebook(hash="beef", rules={**rulebook()["rules"], "a": {**rulebook()["rules"]["a"], "hash": "2"}}),
            ["hash"],
            {"a": ["rule"], "b": []},
        ),
        (rulebook(profile="strict"), ["profile"], {"a": [], "b": []}),
    ],
)
def test_what_was_judged_otherwise_is_flagged_by_rule_and_fails_nothing(
    book: dict[str, Any], flags: list[str], by_rule: dict[str, list[str]]
) -> None:
    before, after = side({"a": (2, 100), "b": (2, 100)}, agent="AB"), side({"a": (60, 100), "b": (60, 100)}, agent="AB", book=book)
    found = changes.compared(before, after)
    assert [flag["what"] for flag in found["flags"]] == flags
    assert {row["rule"]: row["flags"] for row in found["moved"]["items"]} == by_rule
    assert all(row["agent"] == "AB" for row in found["moved"]["items"])
    assert changes.worse(found) == [f"{id} (AB)" for id, each in sorted(by_rule.items()) if not each]


def test_previews_fail_nothing_and_a_fallen_score_fails() -> None:
    found = changes.compared(side({"preview": (0, 100)}), side({"preview": (60, 100)}, score={"score": 60.0, "low": 55.0, "high": 65.0}))
    assert found["moved"]["n"] == 1
    assert changes.worse(found) == ["the score by 20.0"]
    other = changes.compared(side({}), side({}, book=rulebook(profile="strict"), score={"score": 60.0, "low": 55.0, "high": 65.0}))
    assert changes.worse(other) == []
    assert found["score"]["difference"] == -20
    assert found["score"]["low"] == pytest.approx(-20 - math.hypot(5, 5), abs=0.01)


def test_messages_that_both_hold_are_told_apart() -> None:
    def finding(rule: str, id: str, at: str = "2026-01-10T00:00:00Z") -> dict[str, Any]:
        return {"rule": rule, "account": "K", "channel": "twitter", "message_id": id, "conversation_id": id, "sent_at": at}

    before = side({}, findings=[finding("a", "1"), finding("a", "2"), finding("b", "9")], left_out={"b": 3})
    after = side({}, findings=[finding("a", "2"), finding("a", "3"), finding("a", "4", "2026-02-10T00:00:00Z"), finding("b", "8")])
    found = changes.compared(before, after)["findings"]
    assert [row["message_id"] for row in found["new"]["items"]] == ["3"]
    assert [row["message_id"] for row in found["fixed"]["items"]] == ["1"]
    assert (found["stay"], found["rules_left_out"]) == (1, ["b"])


def test_shares_apart_is_fishers_test_and_its_approximation() -> None:
    assert comparison.shares_apart(1, 10, 9, 10) == pytest.approx(2 * 101 / 184756, rel=1e-9)
    assert comparison.shares_apart(5, 10, 5, 10) == 1
    assert comparison.shares_apart(0, 5, 0, 5) == 1
    big = comparison.shares_apart(600, 1000, 560, 1000)
    z = 0.04 / math.sqrt(0.58 * 0.42 * 2 / 1000)
    assert big == pytest.approx(math.erfc(z / math.sqrt(2)))


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("2026", (2026, 1, 1), (2027, 1, 1)),
        ("2026-Q4", (2026, 10, 1), (2027, 1, 1)),
        ("2026-02", (2026, 2, 1), (2026, 3, 1)),
        ("2026-12", (2026, 12, 1), (2027, 1, 1)),
        ("2026-W01", (2025, 12, 29), (2026, 1, 5)),
        ("2026-03-31", (2026, 3, 31), (2026, 4, 1)),
        ("2026-01..2026-03", (2026, 1, 1), (2026, 4, 1)),
        ("2026-01-05..2026-W06", (2026, 1, 5), (2026, 2, 9)),
    ],
)
def test_names_of_periods(name: str, first: tuple[int, int, int], after: tuple[int, int, int]) -> None:
    assert period.span(name) == (datetime(*first), datetime(*after))


@pytest.mark.parametrize("name", ["", "march", "2026-13", "2026-W54", "2026-Q5", "2026-02-30", "2026-03..2026-01", "26-01", "2026-01..x"])
def test_what_is_no_period(name: str) -> None:
    with pytest.raises(AuditError, match=r"period|exchange"):
        period.span(name)
