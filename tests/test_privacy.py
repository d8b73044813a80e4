"""Planted personal data in three languages must not come out; prices, dates and versions must."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import privacy

KEEP = ["Kettlewell"]


def masked(text: str) -> str:
    """What both engines make of a text; they must agree."""
    (column,) = privacy.masked(pl.Series([text]), keep=KEEP).to_list()
    assert privacy.mask_with_spans(text, [], keep=KEEP)[0] == column
    return str(column)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to jan.kowal+1@mail.example, please", "Write to [email], please"),
        ("Hi Anna, we are on it", "Hi [name], we are on it"),
        ("Hello David. It left today", "Hello [name]. It left today"),
        ("Dear Mr Smith, sorry", "Dear Mr [name], sorry"),
        ("Здравствуйте, Анна Петровна! Уже везём", "Здравствуйте, [name]! Уже везём"),
        ("Добрый день, Игорь! Уже везём", "Добрый день, [name]! Уже везём"),
        ("Уважаемая Елена, спасибо", "Уважаемая [name], спасибо"),
        ("Dzień dobry Panie Michale, sprawdzamy", "Dzień dobry Panie [name], sprawdzamy"),
        ("Pani Anno, paczka wyjechała", "Pani [name], paczka wyjechała"),
        ("Cześć Kasiu! Już jedzie", "Cześć [name]! Już jedzie"),
        ("my name is John Smith and it leaks", "my name is [name] and it leaks"),
        ("меня зовут Иван Петров, чайник течёт", "меня зовут [name], чайник течёт"),
        ("nazywam się Jan Nowak, czajnik cieknie", "nazywam się [name], czajnik cieknie"),
        ("call +48 22 123 45 67 or +7 (912) 345-67-89", "call [phone] or [phone]"),
        ("мой номер 8 912 345 67 89", "мой номер [phone]"),
        ("numer 601 234 567", "numer [phone]"),
        ("card 4111 1111 1111 1111 was charged", "card [card] was charged"),
        ("order #12345 and AB-123456", "order #[number] and [number]"),
        ("заказ № 778899 не пришёл", "заказ № [number] не пришёл"),
        ("zamówienie nr 1234567", "zamówienie nr [number]"),
        ("PL61 1090 1014 0000 0712 1981 2874 is mine", "[iban] is mine"),
        ("@ola_k see @Kettlewell", "[@user] see @Kettlewell"),
        ("[id12345|Анна], добрый день", "[@user], добрый день"),
        ("I am t.me/olak", "I am [link user]"),
        ("vk.com/id123, vk.com/kettlewell", "[link user], vk.com/kettlewell"),
        ("12345678 12345678", "[number] [number]"),
        ("@Kettlewell_fan and @kettlewell", "[@user] and @kettlewell"),
        ("Hi Anna we are on it", "Hi [name] we are on it"),
        ("Hello! Anna, it left", "Hello! [name], it left"),
        ("Hi Kettlewell, my parcel", "Hi Kettlewell, my parcel"),
        ("Анна, здравствуйте! Уже едет", "[name], здравствуйте! Уже едет"),
        ("Anna, thank you for it", "[name], thank you for it"),
        ("Szanowna Pani Anno Kowalska, już", "Szanowna Pani [name], już"),
        ("Сломался. С уважением, Иван Петров", "Сломался. С уважением, [name]"),
        ("Cieknie.\nPozdrawiam\nJan Nowak", "Cieknie.\nPozdrawiam\n[name]"),
        ("It leaks. Kind regards, John", "It leaks. Kind regards, [name]"),
        ("call 0344 496 0123 or 8-800-555-35-35 or (706) 555-0164", "call [phone] or [phone] or [phone]"),
        ("меня зовут иван", "меня зовут [name]"),
        (".@ola see 1-800-555-0164", ".[@user] see [phone]"),
    ],
)
def test_personal_data_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It costs 1 200 zł or 5.2 %, at 18:00 on 12.05.2026, iOS 11.0.3, 500 GB",
        "See https://kettle.example/help/123456789 for the steps",
        "Hi there, thanks for telling us. Thank you for waiting!",
        "Спасибо Вам за отзыв! Здравствуйте! Уже разбираемся",
        "Dziękujemy za opinię. Dzień dobry, Państwa paczka jedzie",
        "2026-03-31 is the day, 24/7, Model K5",
        "cena 120 000 000 zł, 1 200 300 400 zł, 1000000 руб, 10 000 км",
        "10:00-18:00, 9-18, 2017, 12/05/2026, 1 234,56 zł, WH-1000XM4, #2016",
        "https://t.co/AB123456789 and https://kettle.example/600-700-800",
        "netflix.com/a and xbox.com/b",
        "Hi! Sometimes this helps. Hi, I'm sorry to hear it. Hello, the order left",
        "Здравствуйте! Уточните, пожалуйста, адрес. Уважаемый покупатель!",
        "С уважением, Команда Чайник",
        "Szanowni Państwo, dziękujemy. Szanowny Panie, już jedzie",
    ],
)
def test_what_identifies_nobody_survives(text: str) -> None:
    assert masked(text) == text


def test_spans_move_with_the_masks() -> None:
    text = "Hi Anna, write to us at care@kettle.example now"
    start = text.index("write")
    span, at_mask = (start, start + len("write to us")), (text.index("care@"), text.index(" now"))
    masked, (first, second) = privacy.mask_with_spans(text, [span, at_mask])
    assert masked[slice(*first)] == "write to us"
    assert masked[slice(*second)] == "[email]"


PIECES = st.one_of(
    st.text(alphabet="aA1 4@.#-+()\nАяę/№:,!\x01", max_size=12),
    st.sampled_from(
        [
            "Hi ",
            "Dear Mr ",
            "Anna",
            "Здравствуйте, ",
            "Pani ",
            "Ola, ",
            "zł",
            "@Kettlewell",
            "@ola",
            "+48 22 123 45 67",
            "4111 1111 1111 1111",
            "order nr ",
            "x@y.example",
            "my name is ",
        ]
    ),
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join), st.integers(0, 90), st.integers(0, 90))
def test_both_engines_agree_and_spans_stay_inside(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    written, ((low, high),) = privacy.mask_with_spans(text, [(start, end)], keep=KEEP)
    assert 0 <= low <= high <= len(written)
    assert privacy.masked(pl.Series([text]), keep=KEEP).to_list() == [written]


@settings(deadline=None)
@given(st.text(max_size=30))
def test_engines_agree_on_any_text(text: str) -> None:
    assert privacy.masked(pl.Series([text])).to_list() == [privacy.mask_with_spans(text, [])[0]]


def test_columns_keep_order_nulls_and_name() -> None:
    texts = pl.Series("asked", ["@ola hi", None, "fine", "@ola hi"])
    column = privacy.masked(texts)
    assert column.name == "asked"
    assert column.to_list() == ["[@user] hi", None, "fine", "[@user] hi"]
    assert privacy.masked(texts.head(0)).to_list() == []


def test_pseudonyms_are_stable_and_keyed() -> None:
    authors = pl.Series("author", ["ola", None, "jan", "ola"])
    names = privacy.pseudonym(authors)
    assert names.name == "author"
    assert names[0] == names[3] != names[2]
    assert names[1] is None
    assert names.drop_nulls().str.contains(r"^customer-[0-9a-f]{8}$").all()
    assert privacy.pseudonym(authors, key="secret")[0] != names[0]
    assert privacy.pseudonym(authors.reverse())[0] == names[3]
