from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import text

LETTERS = "abzAZ ąęłńżŁ еёжЯЁ 019 .,!?…:;()\"'’„”«»@#/-–—_\u00a0\u200b\n🙂👍\u0301{}[]<>%$&|"


def normal(value: str) -> str:
    return str(pl.select(text.words(pl.lit(value))).item())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Hi, Ola!", " hi , ola ! "),
        ("Ещё раз: спасибо…", " еще раз : спасибо ... "),
        ("We’re “sorry”", ' we\'re " sorry " '),
        ("@kettle see https://k.example/a?b=1 or k.example.com/x", " @ see <link> or <link> "),
        ("[id12|Анна], добрый день", " @ , добрый день "),
        ("write to care@kettle.example or __email__", " write to <email> or <email> "),
        ("call +48 22 123 45 67 or 8 (800) 555-35-35", " call <phone> or <phone> "),
        ("at 18:00 on 12.05.2026, 5.2 %", " at 18:00 on 12.05.2026 , 5.2 % "),
        ("thanks🙂thanks", " thanks 🙂 thanks "),
        ("Спасибо.Ждём", " спасибо . ждем "),
        ("", "  "),
    ],
)
def test_the_normal_form(given: str, expected: str) -> None:
    assert normal(given) == expected


@given(st.text(alphabet=LETTERS, max_size=80))
def test_the_way_back_goes_through_the_same_normal_form(value: str) -> None:
    line, places = text.aligned(value)
    assert line == normal(value)
    assert len(places) == len(line)
    assert all(0 <= start <= end <= len(value) for start, end in places)
    assert [start for start, _ in places] == sorted(start for start, _ in places)


def test_places_are_code_points_of_the_original() -> None:
    value = "🙂🙂 Пожалуйста, НАПИШИТЕ в ЛС"
    line, places = text.aligned(value)
    at = line.index("напишите")
    assert value[places[at][0] : places[at + 7][1]] == "НАПИШИТЕ"


def test_two_sendings_of_a_prepared_text_share_a_skeleton() -> None:
    sent = pl.Series(["@ola Hi Ola! Your order 123 left on 5.03. https://a.example", "@jan Hi Jan, your order 77 left on 8.03."])
    first, second = sent.to_frame("t").select(text.skeleton(text.words(pl.col("t")))).to_series()
    assert first == second == "your order left on"
