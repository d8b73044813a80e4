"""Second opinions: patterns lead, a sure head finds by itself, a doubting one takes back; without the extra nothing changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest

from audit import changes, check, encoder
from audit.detectors import resembles
from audit.detectors.resembles import PREFIX, WORDED, Head
from audit.errors import AuditError
from audit.judge import judge
from audit.pipeline import AuditOptions, audit_history
from audit.profile import open_profile
from audit.report import tables
from audit.rows import checked
from audit.rulebook import home, open_rulebook

RULE = "customer-effort"
NOTHING = np.zeros(1, dtype=np.float32)
HEAD = Head(NOTHING, 0.0, NOTHING, 1.0, 0.0, {"fast": (0.1, 0.9), "accurate": (0.2, 0.8)})


def weighed(kept: list[bool | None], opinions: list[float | None], monkeypatch: pytest.MonkeyPatch) -> list[bool | None]:
    monkeypatch.setattr(resembles, "heads", lambda: {RULE: HEAD})
    rows = pl.DataFrame({"kept": kept, PREFIX + RULE: opinions}, schema={"kept": pl.Boolean, PREFIX + RULE: pl.Float64})
    expression = resembles.weighed(open_rulebook().rule(RULE), pl.col("kept"), set(rows.columns), "fast")
    return rows.select(expression.alias("kept")).to_series().to_list()


def test_patterns_lead_between_doubt_and_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weighed([True, False, True, False], [0.5, 0.5, 0.89, 0.1], monkeypatch) == [True, False, True, False]


def test_a_sure_head_finds_and_a_doubting_one_takes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weighed([True, False], [0.9, 0.09], monkeypatch) == [False, True]


def test_in_answer_to_praise_patterns_alone_find_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resembles, "heads", lambda: {RULE: HEAD})
    rows = pl.DataFrame({"asked_type": ["praise", "other", "praise", "complaint", None], "kept": [True, True, False, True, True]})
    rows = rows.with_columns(pl.lit(0.99).alias(PREFIX + RULE))
    verdict = resembles.weighed(open_rulebook().rule(RULE), pl.col("kept"), set(rows.columns), "fast")
    assert rows.select(verdict.alias("kept")).to_series().to_list() == [True, True, False, False, False]


@pytest.mark.parametrize(("name", "found"), [("fast", [True, False, False, False, False]), ("accurate", [True, True, False, False, False])])
def test_off_topic_is_found_alone_only_where_it_is_known_what_was_asked(name: str, found: list[bool]) -> None:
    rows = pl.DataFrame(
        {
            "asked": ["Parcels leak", "Is it blue?", None, "Lovely!", "Where is the parcel?"],
            "asked_type": ["complaint", "question", "complaint", "praise", "question"],
            "reply": ["Parcels wait at the desk"] * 5,
        }
    )
    assert rows.select(free=resembles.free("off-topic", name, set(rows.columns)))["free"].to_list() == found
    assert not rows.select(free=resembles.free("off-topic", name, {"asked_type"}))["free"].any()


def test_what_does_not_apply_or_has_no_opinion_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert weighed([None, True, False], [0.99, None, None], monkeypatch) == [None, True, False]


def test_weights_fit_the_features_and_the_rules() -> None:
    width = 3 * encoder.WIDTH + len(resembles.ASKED_TYPES) + 3
    rulebook = open_rulebook()
    assert resembles.heads()
    for rule, head in resembles.heads().items():
        assert rulebook.rule(rule).subject == "reply"
        assert head.meaning.shape == (width,)
        assert head.marks.shape == (len(resembles.ASKED_TYPES) + 3,)
        assert set(head.bounds) == set(resembles.NAMES)
        assert all(0 <= doubt < sure <= 1 for doubt, sure in head.bounds.values())
    assert resembles.wording().weights.shape[1] == len(resembles.heads())
    assert resembles.FILE.stat().st_size < 2_000_000


def test_without_an_opinion_verdicts_are_those_of_the_patterns() -> None:
    rule = open_rulebook().rule(RULE)
    kept = pl.col("kept")
    assert resembles.weighed(rule, kept, {"kept"}, "fast") is kept
    assert resembles.weighed(rule, kept, {"kept", PREFIX + RULE}, None) is kept
    assert "resembles" in check.__dict__


KETTLE = {"asked": "My kettle leaks and the base is scorched, I want a new one", "lang": "en", "asked_type": "complaint"}
ERRANDS = "Bring it to the workshop in person, with the receipt, the box and two photographs, and queue at desk four."
OPINIONS = [
    "fast",
    pytest.param("accurate", marks=pytest.mark.skipif(not encoder.available(), reason="the extra accurate is not installed")),
]


def table(replies: list[str | None], langs: list[str] | None = None) -> pl.DataFrame:
    """Replies to complaints, with what their wording says."""
    rows = pl.DataFrame({"asked": "It leaks", "reply": replies, "lang": langs or ["en"] * len(replies), "asked_type": "complaint"})
    marks = check.marks(rows.drop_nulls("reply"), open_rulebook(), open_profile("default").bounds, heard=True)
    return rows.join(
        marks.select("reply", "lang", "reply_words", cs.starts_with(WORDED)), on=["reply", "lang"], how="left", maintain_order="left"
    )


@pytest.mark.parametrize("name", OPINIONS)
def test_a_fault_that_no_pattern_names_is_shown_with_the_words_that_weigh_most(name: str) -> None:
    row = checked(1, KETTLE | {"reply": ERRANDS})
    (alone,) = judge([row], second_opinion="none")
    (second,) = judge([row], second_opinion=name)
    assert {*alone["broken"], *alone["kept"]} == {*second["broken"], *second["kept"]}
    assert "customer-effort" in second["broken"]
    rulebook, heads = open_rulebook(), resembles.heads()
    (like,) = (finding["resembles"] for finding in second["findings"] if finding["rule"] == "customer-effort")
    assert like["confidence"] >= heads["customer-effort"].bounds[name][1]
    assert 0 < len(like["words"]) <= resembles.TELLING
    assert all(word in ERRANDS for word in like["words"])
    examples = {example.reply for example in rulebook.rule("customer-effort").bad}
    assert like["example"] in (examples if name == "accurate" else {None})


@pytest.mark.parametrize("name", OPINIONS)
def test_opinions_are_null_without_a_reply_or_in_other_languages(name: str) -> None:
    rows = table(["So glad you like it!", None, "Danke"], ["en", "en", "other"])
    found = resembles.opinions(rows, name)
    assert found.height == rows.height
    for rule in resembles.heads():
        opinions = found[PREFIX + rule].to_list()
        assert opinions[1:] == [None, None]
        assert 0 <= opinions[0] <= 1


@pytest.mark.parametrize("name", OPINIONS)
def test_an_opinion_is_that_of_the_row_alone(name: str) -> None:
    rows = table(
        [
            "Calm down, it is only a kettle.",
            "A new lid leaves today, sorry for the leak.",
            "Read the label next time. https://example.com/label",
        ]
    )
    together = resembles.opinions(rows, name)
    for place in range(rows.height):
        apart = resembles.opinions(rows[place], name)
        for rule in resembles.heads():
            assert apart[PREFIX + rule][0] == pytest.approx(together[PREFIX + rule][place], abs=0.011)


def test_the_wording_tells_hostile_replies_from_kind_ones() -> None:
    rows = table(["Grown-ups manage to read a label, you know.", "Sorry, a new lid leaves today and reaches you on Friday."])
    hostile, kind = resembles.opinions(rows, "fast")[PREFIX + "hostility"]
    assert hostile > kind


def test_auto_is_what_is_there_and_an_unknown_opinion_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "available", lambda: True)
    assert resembles.chosen("auto", resembles.MOST) == "accurate"
    assert resembles.chosen("auto", resembles.MOST + 1) == "fast"
    monkeypatch.setattr(encoder, "available", lambda: False)
    assert (resembles.chosen("auto", 1), resembles.chosen("none", 1)) == ("fast", None)
    with pytest.raises(AuditError, match="needs its sentence encoder"):
        resembles.chosen("accurate", 1)
    with pytest.raises(AuditError, match="no second opinion 'quick'"):
        resembles.chosen("quick", 1)


def test_a_rule_of_ones_own_is_weighed_by_no_head(tmp_path: Path) -> None:
    own = tmp_path / "help"
    own.mkdir()
    text = (home() / "help" / "customer-effort.toml").read_text(encoding="utf-8")
    (own / "customer-effort.toml").write_text(text, encoding="utf-8")
    (package,), (mine,) = (
        judge([checked(1, KETTLE | {"reply": ERRANDS})], rules=rules, second_opinion="fast") for rules in (None, tmp_path)
    )
    assert "customer-effort" in package["broken"]
    assert "customer-effort" in mine["kept"]


def test_an_audit_says_which_second_opinion_was_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    exports = [Path(__file__).parent.parent / "examples" / "kettlewell" / "exports" / "tweets.csv"]
    sure = lambda rows, name: rows.with_columns(pl.lit(0.99).alias(PREFIX + RULE))  # noqa: E731
    monkeypatch.setattr(resembles, "opinions", sure)
    alone = audit_history(exports, AuditOptions(typer="fast", second_opinion="none")).result
    heard = audit_history(exports, AuditOptions(typer="fast", second_opinion="fast")).result
    assert alone["rulebook"]["second_opinion"] is None
    assert heard["rulebook"]["second_opinion"] == resembles.described("fast")
    found = heard["scores"]["rules"][RULE]
    assert found["broken"] == found["judged"] > alone["scores"]["rules"][RULE]["broken"]
    assert any(finding["second_opinion"] and finding["words"] for finding in heard["findings"] if finding["rule"] == RULE)
    assert not any(finding["second_opinion"] for finding in alone["findings"])
    table = tables.capped_findings(heard)
    assert RULE in table.filter("second_opinion")["rule"]
    assert table["second_opinion"].to_list() == [finding["second_opinion"] for finding in heard["findings"]]
    assert not tables.capped_findings(alone)["second_opinion"].any()
    flags = {flag["what"] for flag in changes.compared(changes.side(alone, "a"), changes.side(heard, "b"))["flags"]}
    assert "second_opinion" in flags


def test_short_replies_are_left_to_patterns() -> None:
    for reply in ("?", "Where?", "No.", "Done.", "Hi!"):
        (alone,), (heard,) = (judge([checked(1, KETTLE | {"reply": reply})], second_opinion=name) for name in ("none", "fast"))
        assert alone["broken"] == heard["broken"], reply


def test_what_was_asked_for_is_excused_for_the_second_opinion_too() -> None:
    asked = {"asked": "Как с вами связаться по старому чайнику?", "lang": "ru", "asked_type": "question"}
    (answer,) = judge([checked(1, asked | {"reply": "Телефон горячей линии 8 800 555-35-35, вам ответят."})], second_opinion="fast")
    assert "private-redirect" in answer["kept"]


def test_telling_words_are_words_of_the_reply_without_its_signature() -> None:
    reply = "Кто же так делает 8 800 555-35-35, элементарно. С уважением, Ольга"
    words = [reply[start:end] for start, end in resembles.telling(open_rulebook().rule("superiority"), reply)]
    assert words
    assert not {"уважением", "Ольга", "800"} & set(words)
