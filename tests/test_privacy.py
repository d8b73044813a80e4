"""Planted personal data in three languages must not come out; prices, dates and versions must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import privacy


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
        ("заказ № 778899 не пришёл", "заказ №[number] не пришёл"),
        ("zamówienie nr 1234567", "zamówienie nr [number]"),
        ("PL61 1090 1014 0000 0712 1981 2874 is mine", "[iban] is mine"),
        ("@ola_k see @Kettlewell", "[@user] see @Kettlewell"),
        ("[id12345|Анна], добрый день", "[@user], добрый день"),
        ("I am t.me/olak", "I am [link user]"),
    ],
)
def test_personal_data_is_masked(text: str, expected: str) -> None:
    assert privacy.masked(text, keep=["Kettlewell"]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It costs 1 200 zł or 5.2 %, at 18:00 on 12.05.2026, iOS 11.0.3, 500 GB",
        "See https://kettle.example/help/123456789 for the steps",
        "Hi there, thanks for telling us. Thank you for waiting!",
        "Спасибо Вам за отзыв! Здравствуйте! Уже разбираемся",
        "Dziękujemy za opinię. Dzień dobry, Państwa paczka jedzie",
        "2026-03-31 is the day, 24/7, Model K5",
    ],
)
def test_what_identifies_nobody_survives(text: str) -> None:
    assert privacy.masked(text) == text


def test_spans_move_with_the_masks() -> None:
    text = "Hi Anna, write to us at care@kettle.example now"
    start = text.index("write")
    span, at_mask = (start, start + len("write to us")), (text.index("care@"), text.index(" now"))
    masked, (first, second) = privacy.mask_with_spans(text, [span, at_mask])
    assert masked[slice(*first)] == "write to us"
    assert masked[slice(*second)] == "[email]"


@given(st.text(alphabet="aA1 4@.#-+()\nАя", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_spans_stay_inside(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    masked, ((low, high),) = privacy.mask_with_spans(text, [(start, end)])
    assert 0 <= low <= high <= len(masked)
    assert privacy.masked(text) == masked
