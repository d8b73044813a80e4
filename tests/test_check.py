"""The kernel: a subject is a row, a rule is a column."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from audit import check
from audit.profile import open_profile
from audit.rule import Rule, When
from audit.rulebook import Rulebook
from audit.schema import validated

SAID = {"en": "x", "ru": "x", "pl": "x"}
BOUNDS = open_profile("default").bounds


def rulebook(**keys: Any) -> Rulebook:
    one = validated(
        Rule,
        {"id": "one", "subject": "reply", "level": "error", "detector": "pattern", "clauses": ["s5"], "category": "help"}
        | dict.fromkeys(("kept", "broken", "why", "fix"), SAID)
        | {"patterns": {"en": ["bad"]}}
        | keys,
    )
    return Rulebook((one,), {"en": {}, "ru": {}, "pl": {}}, (), "")


def verdicts(book: Rulebook, *rows: dict[str, Any]) -> list[bool | None]:
    schema = {
        "reply": pl.String,
        "lang": pl.String,
        "asked_type": pl.String,
        "asked_upset": pl.Boolean,
        "private": pl.Boolean,
        "confident": pl.Boolean,
    }
    frame = pl.DataFrame([{"lang": "en", "asked_type": "complaint", "confident": True, **row} for row in rows], schema_overrides=schema)
    for name, kind in schema.items():
        if name not in frame.columns:
            frame = frame.with_columns(pl.lit(None, kind).alias(name))
    frame = frame.join(check.marks(frame.drop_nulls("reply"), book, BOUNDS), on=["reply", "lang"], how="left", maintain_order="left")
    return check.verdicts(frame, book, BOUNDS).get_column("one").to_list()


def test_true_is_kept_false_is_broken_null_does_not_apply() -> None:
    rows = (
        {"reply": "good"},
        {"reply": "a bad one"},
        {"reply": "badly"},
        {"reply": None},
        {"reply": "bad", "lang": "pl"},
        {"reply": "bad", "lang": "other"},
    )
    assert verdicts(rulebook(), *rows) == [True, False, True, None, None, None]


def test_judged_when() -> None:
    book = rulebook(when=When(asked=("complaint",), public=True, upset=True))
    rows = (
        {"reply": "bad", "asked_upset": True},
        {"reply": "bad", "asked_upset": False},
        {"reply": "bad", "asked_upset": None},
        {"reply": "bad", "asked_upset": True, "private": True},
        {"reply": "bad", "asked_upset": True, "asked_type": "praise"},
        {"reply": "bad", "asked_upset": True, "asked_type": None},
    )
    assert verdicts(book, *rows) == [False, None, None, None, None, None]


def test_an_exception_lifts_its_match_and_no_other() -> None:
    book = rulebook(unless=[{"lang": "en", "pattern": "not bad", "example": "not bad"}])
    assert verdicts(book, {"reply": "not bad"}, {"reply": "not bad, but bad"}, {"reply": "bad"}) == [True, False, False]
    book = rulebook(unless=[{"lang": "en", "pattern": "solved", "example": "bad, solved", "lifts": "reply"}])
    assert verdicts(book, {"reply": "bad, but solved"}, {"reply": "bad"}) == [True, False]


def test_absence_and_once() -> None:
    book = rulebook(detector="absence", patterns={"en": ["sorry"]}, once=True)
    assert verdicts(book, {"reply": "sorry!"}, {"reply": "hm"}) == [True, False]
    assert verdicts(book, {"reply": "hm", "had:one": True}, {"reply": "hm", "had:one": False}) == [None, False]


def test_silence_and_what_keeps_a_rule() -> None:
    book = rulebook(subject="asked", detector="absence", patterns={"en": ["thanks"]}, silence="broken", kept_by=["liked"])
    rows = (
        {"reply": None, "liked": True},
        {"reply": None, "liked": False},
        {"reply": None, "liked": None},
        {"reply": "no", "liked": True},
        {"reply": "no"},
    )
    assert verdicts(book, *rows) == [True, False, None, True, False]


def test_a_bound_by_kind_of_channel() -> None:
    book = rulebook(detector="bound", fact="minutes_waited", bound="late-reply", patterns={})
    rows = (
        {"reply": "x", "minutes_waited": 61.0, "channel_kind": "public"},
        {"reply": "x", "minutes_waited": 61.0, "channel_kind": "review"},
        {"reply": "x", "minutes_waited": None, "channel_kind": "public"},
        {"reply": "x", "minutes_waited": 60.0, "channel_kind": "public", "lang": "other"},
    )
    assert verdicts(book, *rows) == [False, True, None, True]


def test_a_fact_that_is_missing_makes_the_rule_null() -> None:
    book = rulebook(detector="fact", fact="answered", patterns={}, when=When(facts=("history_after",)))
    assert verdicts(book, {"reply": "x"}) == [None]
    rows = ({"reply": "x", "answered": False, "history_after": True}, {"reply": "x", "answered": False, "history_after": False})
    assert verdicts(book, *rows) == [False, None]


def test_given_says_where_the_rule_is_judged() -> None:
    book = rulebook(detector="fact", fact="promise_kept", patterns={}, given={"en": ["let you know"]})
    assert verdicts(book, {"reply": "we'll let you know", "promise_kept": False}, {"reply": "done", "promise_kept": False}) == [False, None]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_kernel_is_row_local(order: tuple[int, ...]) -> None:
    rows = [{"reply": "bad"}, {"reply": "good"}, {"reply": "bad", "lang": "ru"}]
    alone = [verdicts(rulebook(), row)[0] for row in rows]
    assert verdicts(rulebook(), *(rows[i] for i in order)) == [alone[i] for i in order]
