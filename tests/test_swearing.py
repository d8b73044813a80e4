"""Swear words: whole families, masked or not, are found; words that only look like them are not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from audit import text
from audit.pattern import expanded
from audit.rulebook import open_rulebook

MESSAGES = tomllib.loads((Path(__file__).parent / "swearing.toml").read_text(encoding="utf-8"))
FOUND_BY = ("oath", "insult")


def found(lang: str, messages: list[str]) -> list[bool]:
    vocabulary = open_rulebook().vocabulary[lang]
    words = pl.DataFrame({"message": messages}).select(words=text.words(pl.col("message")))
    regexes = [expanded(f"{{{name}}}", vocabulary) for name in FOUND_BY]
    return words.select(pl.any_horizontal(pl.col("words").str.contains(regex) for regex in regexes)).to_series().to_list()


@pytest.mark.parametrize("lang", ["en", "ru", "pl"])
def test_swearing_is_found_however_it_is_masked(lang: str) -> None:
    messages = MESSAGES[lang]["yes"]
    assert [message for message, hit in zip(messages, found(lang, messages), strict=True) if not hit] == []


@pytest.mark.parametrize("lang", ["en", "ru", "pl"])
def test_words_that_look_like_it_are_not(lang: str) -> None:
    messages = MESSAGES[lang]["no"]
    assert [message for message, hit in zip(messages, found(lang, messages), strict=True) if hit] == []


def test_a_masked_letter_is_no_handle() -> None:
    messages = pl.DataFrame({"message": ["what the f@ck @brand", "х@й вам", "write to help@brand or a@b.example"]})
    assert messages.select(text.words(pl.col("message"))).to_series().to_list() == [
        " what the f * ck @ ",
        " х * й вам ",
        " write to help @ or <email> ",
    ]
