"""Second opinions: patterns lead, a sure head finds by itself, a doubting one takes back; without the extra nothing changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from audit import changes, check, encoder
from audit.detectors import resembles
from audit.detectors.resembles import PREFIX, Head
from audit.judge import judge
from audit.pipeline import AuditOptions, audit_history
from audit.rows import checked
from audit.rulebook import open_rulebook

RULE = "off-topic"


def weighed(kept: list[bool | None], opinions: list[float | None], monkeypatch: pytest.MonkeyPatch) -> list[bool | None]:
    monkeypatch.setattr(resembles, "heads", lambda: {RULE: Head(np.zeros(1, dtype=np.float32), 0.0, doubt=0.1, sure=0.9)})
    rows = pl.DataFrame({"kept": kept, PREFIX + RULE: opinions}, schema={"kept": pl.Boolean, PREFIX + RULE: pl.Float64})
    expression = resembles.weighed(open_rulebook().rule(RULE), pl.col("kept"), set(rows.columns))
    return rows.select(expression.alias("kept")).to_series().to_list()


def test_patterns_lead_between_doubt_and_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weighed([True, False, True, False], [0.5, 0.5, 0.89, 0.1], monkeypatch) == [True, False, True, False]


def test_a_sure_head_finds_and_a_doubting_one_takes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weighed([True, False], [0.9, 0.09], monkeypatch) == [False, True]


def test_in_answer_to_praise_patterns_alone_find_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resembles, "heads", lambda: {RULE: Head(np.zeros(1, dtype=np.float32), 0.0, doubt=0.1, sure=0.9)})
    rows = pl.DataFrame({"asked_type": ["praise", "other", "praise", "complaint", None], "kept": [True, True, False, True, True]})
    rows = rows.with_columns(pl.lit(0.99).alias(PREFIX + RULE))
    verdict = resembles.weighed(open_rulebook().rule(RULE), pl.col("kept"), set(rows.columns))
    assert rows.select(verdict.alias("kept")).to_series().to_list() == [True, True, False, False, False]


def test_what_does_not_apply_or_has_no_opinion_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weighed([None, True, False], [0.99, None, None], monkeypatch) == [None, True, False]


def test_weights_fit_the_features_and_the_rules() -> None:
    width = 3 * encoder.WIDTH + len(resembles.ASKED_TYPES) + 3
    rulebook = open_rulebook()
    assert resembles.heads()
    for rule, head in resembles.heads().items():
        assert rulebook.rule(rule).subject == "reply"
        assert head.weights.shape == (width,)
        assert 0 <= head.doubt < head.sure <= 1
    assert resembles.wording().weights.shape[1] == len(resembles.heads())
    assert resembles.FILE.stat().st_size < 2_000_000


def test_without_an_opinion_verdicts_are_those_of_the_patterns() -> None:
    rule = open_rulebook().rule(RULE)
    kept = pl.col("kept")
    assert resembles.weighed(rule, kept, {"kept"}) is kept
    assert "resembles" in check.__dict__


@pytest.mark.skipif(not encoder.available(), reason="the extra accurate is not installed")
def test_a_fault_that_no_pattern_names_is_shown_beside_an_example() -> None:
    row = checked(
        1,
        {
            "asked": "My kettle leaks and the base is scorched, I want a new one",
            "reply": "Please ring the workshop, then fill in the form again, print it, and post it with the receipt at your own cost.",
            "lang": "en",
            "asked_type": "complaint",
        },
    )
    (alone,) = judge([row])
    (second,) = judge([row], second_opinion=True)
    assert {*alone["broken"], *alone["kept"]} == {*second["broken"], *second["kept"]}
    rulebook = open_rulebook()
    for finding in second["findings"]:
        if like := finding.get("resembles"):
            assert like["confidence"] >= resembles.heads()[finding["rule"]].sure
            assert like["example"] in {example.reply for example in rulebook.rule(finding["rule"]).bad}


@pytest.mark.skipif(not encoder.available(), reason="the extra accurate is not installed")
def test_opinions_are_null_without_a_reply_or_in_other_languages() -> None:
    rows = pl.DataFrame(
        {
            "asked": ["It leaks", "It leaks", "Es leckt"],
            "reply": ["So glad you like it!", None, "Danke"],
            "lang": ["en", "en", "other"],
            "asked_type": ["complaint"] * 3,
        }
    )
    found = resembles.opinions(rows)
    assert found.height == rows.height
    for rule in resembles.heads():
        opinions = found[PREFIX + rule].to_list()
        assert opinions[1:] == [None, None]
        assert 0 <= opinions[0] <= 1


@pytest.mark.skipif(not encoder.available(), reason="the extra accurate is not installed")
def test_an_opinion_is_that_of_the_row_alone() -> None:
    replies = [
        "Calm down, it is only a kettle.",
        "A new lid leaves today, sorry for the leak.",
        "Read the label next time. https://example.com/label",
    ]
    rows = pl.DataFrame({"asked": ["It leaks"] * 3, "reply": replies, "lang": ["en"] * 3, "asked_type": ["complaint"] * 3})
    together = resembles.opinions(rows)
    for place in range(rows.height):
        apart = resembles.opinions(rows[place])
        for rule in resembles.heads():
            assert apart[PREFIX + rule][0] == pytest.approx(together[PREFIX + rule][place], abs=0.011)


@pytest.mark.skipif(not encoder.available(), reason="the extra accurate is not installed")
def test_the_wording_counts_beside_the_meaning() -> None:
    rows = pl.DataFrame(
        {
            "asked": ["It leaks"] * 2,
            "reply": ["Grown-ups manage to read a label, you know.", "Sorry, a new lid leaves today and reaches you on Friday."],
            "lang": ["en"] * 2,
            "asked_type": ["complaint"] * 2,
        }
    )
    scores = resembles.wording().scores(resembles.tokens(rows))[:, list(resembles.heads()).index("hostility")]
    assert scores[0] > scores[1]


def test_an_audit_says_that_a_second_opinion_was_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    exports = [Path(__file__).parent.parent / "examples" / "kettlewell" / "exports" / "tweets.csv"]
    sure = lambda rows: rows.with_columns(pl.lit(0.99).alias(PREFIX + RULE))  # noqa: E731
    monkeypatch.setattr(resembles, "opinions", sure)
    alone = audit_history(exports, AuditOptions(typer="fast")).result
    heard = audit_history(exports, AuditOptions(typer="fast", second_opinion=True)).result
    assert (alone["rulebook"]["second_opinion"], heard["rulebook"]["second_opinion"]) == (None, resembles.digest())
    found = heard["scores"]["rules"][RULE]
    assert found["broken"] == found["judged"] > alone["scores"]["rules"][RULE]["broken"]
    flags = {flag["what"] for flag in changes.compared(changes.side(alone, "a"), changes.side(heard, "b"))["flags"]}
    assert "second_opinion" in flags
