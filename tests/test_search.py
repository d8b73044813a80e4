"""Anchors never exclude a text that a pattern matches, and the index finds what every expression over every text would."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import check, search, text
from audit.anchor import Anchors
from audit.labels import read
from audit.pattern import PatternError, checked, expanded
from audit.profile import open_profile
from audit.rulebook import open_rulebook
from benchmarks.history import material

VOCABULARY = {"channel": ("mail", "phone line", "lin[eę] <1>open"), "empty": ("(a|b)?",)}


def anchors(pattern: str) -> list[set[tuple[str, bool]]]:
    (sought,) = Anchors(VOCABULARY).sought([pattern])
    return [set(anchor) for anchor in sought.anchors]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("write to us", [{("write", True)}, {("to", True)}, {("us", True)}]),
        ("apolog~ for", [{("apolog", False)}, {("for", True)}]),
        ("(write|speak up) <2>now", [{("write", True), ("speak", True)}, {("now", True)}]),
        ("colou?r", [{("color", True), ("colour", True)}]),
        ("lin[eę] x", [{("line", True), ("linę", True)}, {("x", True)}]),
        ("send {channel}", [{("send", True)}, {("mail", True), ("phone", True), ("open", True)}]),
        ("(please )?call", [{("call", True)}]),
        ("(un)?lock", []),
        ("any ?time", [{("any", False)}]),
        ("re(fund|turn)s now", [{("re", False)}, {("now", True)}]),
        (r"\S+ing {empty} [0-9]+", []),
        ("(<1>)late", [{("late", True)}]),
    ],
)
def test_anchors_are_the_words_no_match_can_do_without(pattern: str, found: list[set[tuple[str, bool]]]) -> None:
    assert anchors(pattern) == found


def test_a_choice_is_searched_branch_by_branch() -> None:
    assert [sought.regex for sought in Anchors(VOCABULARY).sought(["((a b|c)|d)"])] == [expanded(p, VOCABULARY) for p in ("a b", "c", "d")]
    whole = Anchors(VOCABULARY).sought(["(^a|b <2>)"])
    assert [sought.regex for sought in whole] == [expanded("(^a|b <2>)", VOCABULARY)]


def texts_of(lang: str) -> list[str]:
    """The rules' own examples, and where the material is at hand, labelled replies."""
    book = open_rulebook()
    own = [p.reply for rule in book.rules for p in (*rule.bad, *rule.good) if p.reply and p.lang == lang]
    own += [p.example for rule in book.rules for p in rule.unless if p.lang == lang]
    folder = material() / "labels"
    more = [str(label.row.fields["reply"]) for label in read([folder]) if label.lang == lang] if folder.is_dir() else []
    return [*own, *more]


@pytest.mark.parametrize("lang", ["en", "ru", "pl"])
def test_the_index_finds_what_every_expression_finds(lang: str) -> None:
    book = open_rulebook()
    words = pl.DataFrame({"t": texts_of(lang)}).select(t=text.words(pl.col("t")))["t"]
    index = search.Index(words)
    seen = 0
    for rule in (rule for rule in book.rules if rule.on == "words"):
        for key, regexes in (
            ("patterns", book.regexes(rule, lang)),
            ("complained", book.complaineds(rule, lang)),
            ("given", book.givens(rule, lang)),
        ):
            every = np.zeros(len(words), dtype=bool)
            for regex in regexes:
                every |= words.str.contains(regex).to_numpy()
            assert index.any_of(book.sought(rule, key, lang)).to_numpy().tolist() == every.tolist(), (rule.id, key)
            seen += int(every.sum())
    assert seen > 100


def test_marks_are_the_same_with_and_without_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    book, bounds = open_rulebook(), open_profile("default").bounds
    frame = pl.DataFrame(
        [(reply, lang) for lang in ("en", "ru", "pl") for reply in texts_of(lang)[:150:3]], schema=["reply", "lang"], orient="row"
    )
    frame = frame.with_columns(asked_type=pl.Series([("complaint", "question", "praise")[i % 3] for i in range(frame.height)]), dialogue=1)
    few = check.marks(frame, book, bounds)
    monkeypatch.setattr(search, "FEW", 1)
    assert check.marks(frame, book, bounds).equals(few)
    monkeypatch.setattr(search.Index, "_near", lambda self, each, open_: np.flatnonzero(open_))
    assert check.marks(frame, book, bounds).equals(few)


@pytest.mark.parametrize(
    ("pattern", "one"),
    [
        ("late", True),
        (r"\S+-ass", True),
        ("[!]{2,}", True),
        (r"(sh|f)[*-]+t~", True),
        ("a b", False),
        ("a.?b", False),
        ("( ,)?a", False),
        ("<1>a", False),
        ("^a", False),
        ("x[a[^b]]x", False),
        (r"a\sb", False),
        (r"a[^b]c", False),
        ("[^ .]x", True),
    ],
)
def test_what_matches_within_a_word_alone(pattern: str, one: bool) -> None:
    assert all(each.one_word == one for each in Anchors(VOCABULARY).sought([pattern]))


def test_words_are_asked_in_place_of_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "FEW", 1)
    words = pl.Series([" late again ", " so lateish ", " on time ", "  "])
    for pattern in ("late~", r"\S+ish", "[a-z]{5,}", "(x|time)"):
        expected = words.str.contains(expanded(pattern, VOCABULARY)).to_list()
        assert search.Index(words).any_of(Anchors(VOCABULARY).sought([pattern])).to_list() == expected


WORDS = st.sampled_from(["a", "order", "pre", "ab", "b", "late", "la", "x"])
ENDINGS = st.sampled_from(["", "~", "?", "[ab]", "(s|es)?", "s?"])
ATOMS = st.one_of(
    st.tuples(WORDS, ENDINGS).map("".join),
    st.tuples(WORDS, WORDS).map(lambda pair: f"({pair[0]} ?){pair[1]}"),
    st.tuples(WORDS, WORDS).map(lambda pair: f"({pair[0]}|{pair[1]} {pair[0]}|<1>{pair[1]})"),
    st.tuples(WORDS, WORDS).map(lambda pair: f"({pair[0]} )?{pair[1]}"),
    st.sampled_from(["<1>", "<2> ", "{channel}", "{empty}", "(?i:LATE)", r"\S+", "^a", "b$", "( ,)?", "(a|b <1>)", "(<1>)", "la(te)*"]),
)
PATTERNS = st.lists(ATOMS, min_size=1, max_size=4).flatmap(
    lambda atoms: st.sampled_from([" ".join(atoms), "|".join(atoms), "".join(atoms[:2])])
)
TEXTS = st.lists(
    st.sampled_from(["a", "order", "preorder", "pre", "ab", "abs", "b", "late", "latest", "la", "x", ",", ".", "mail", "phone", "line"]),
    max_size=6,
)


@settings(deadline=None, max_examples=400)
@given(pattern=PATTERNS, texts=st.lists(TEXTS, min_size=1, max_size=8))
def test_anchors_lose_no_match(pattern: str, texts: list[list[str]]) -> None:
    try:
        regex = checked(expanded(pattern, VOCABULARY), pattern)
    except PatternError:
        return
    words = pl.Series([f" {' '.join(each)} " for each in texts])
    assert search.Index(words).any_of(Anchors(VOCABULARY).sought([pattern])).to_list() == words.str.contains(regex).to_list()


@pytest.mark.parametrize("lang", ["en", "ru", "pl"])
def test_what_the_index_takes_out_is_what_every_expression_would(lang: str) -> None:
    book = open_rulebook()
    words = pl.DataFrame({"t": texts_of(lang)}).select(t=text.words(pl.col("t")))["t"]
    before = words.to_list()
    guarded = book.guarded(book.rule("empty-answer"), "subtract", lang)
    plain = words
    for each in guarded:
        plain = plain.str.replace_all(each.regex, " ")
    taken = search.Index(words).without(guarded)
    assert taken.to_list() == plain.to_list() != before
    assert words.to_list() == before
