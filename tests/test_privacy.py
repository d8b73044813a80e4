"""Planted personal data in three languages must not come out; prices, dates and versions must."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import names, privacy

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
        ("I spoke with Sarah yesterday", "I spoke with [name] yesterday"),
        ("Please contact John Smith at the desk", "Please contact [name] at the desk"),
        ("Will Smith told me, so did Anna/Tom", "[name] told me, so did [name]/Tom"),
        ("It was Michael's fault. Sarah Please wait", "It was [name]'s fault. [name] Please wait"),
        ("Rozmawiałem z Janem Kowalskim w salonie", "Rozmawiałem z [name] w salonie"),
        ("Przesyłka dla Krzysztofa Wiśniewskiego", "Przesyłka dla [name]"),
        ("Dane: Kowalska Maria, Warszawa", "Dane: [name], Warszawa"),
        ("paczkę odebrała Kasia, nie Tomek", "paczkę odebrała [name], nie [name]"),
        ("Agnieszka Nowak, ul. Prosta 1", "[name], ul. Prosta 1"),
        ("Кирилл Мефодьев мне обещал", "[name] мне обещал"),
        ("Говорила с Анной Петровой из отдела", "Говорила с [name] из отдела"),
        ("Заказ на имя Иванов Сергей Петрович", "Заказ на имя [name]"),
        ("получатель Петрова М. И.", "получатель [name]"),
        ("Курьер Роман Кузнецов опоздал", "Курьер [name] опоздал"),
        ("передайте Ольге и Екатерине Сергеевне спасибо", "передайте [name] и [name] спасибо"),
        ("dzwonić: 601.234.567, 0048 601 234 567, tel. 12 34 56", "dzwonić: [phone], [phone], tel. [phone]"),
        ("тел. 123-45-67", "тел. [phone]"),
        ("call 212.555.0123 or 07700 900123", "call [phone] or [phone]"),
        ("card 4111111111111111, or 4111 11** **** 1111, or **** 1111", "card [card], or [card], or [card]"),
        ("jan.kowalski (at) mail.example, user@пример.рф", "[email], [email]"),
        ("zamówienia nr ZM/2024/0012", "zamówienia nr [number]"),
        ("vk.com/ivan.petrov, wa.me/48601234567, linkedin.com/in/jan-kowalski", "[link user], [link user], [link user]"),
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
        "2 000 000 000 views, 1.200.300,50 EUR, $1,234,567.89, за 15 990 рублей, 1.200.300 zł",
        "10.0.19041.1234, 192.168.100.1, v2.301.555, 31.03.2026 18:00, 2026-03-31T12:00:00Z, 31.03.26",
        "80 000-100 000 руб, 5-7 рабочих дней, 1024x768, EN 60335, 00-950 Warszawa, 0,5-1,5 l",
        "Ani razu. Mają Państwo rację. Marka jest znana. Marzenie każdego klienta",
        "Will you help? Mark this as done. May I ask? Rose gold case. Roger that, Grand Theft Auto",
        "Света нет второй день. Вера в бренд пропала. Роман с вашей техникой окончен. Кости целы",
        "Great Western Railway, New York, Warszawa i Gdańsk, Москва и Казань, Январь, Март",
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
            "Anną Kowalską",
            " И. И. Петров",
            "Сергей Петрович ",
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


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://twitter.com/ola_k/status/123", "https://twitter.com/i/status/123"),
        ("https://x.com/Kettlewell/status/9", "https://x.com/Kettlewell/status/9"),
        ("https://vk.com/wall-1234567_89?reply=1000001", "https://vk.com/wall-1234567_89?reply=1000001"),
        ("https://vk.com/id123456", None),
        ("mailto:ola@mail.example", None),
        ("https://play.example/apps?reviewId=gp:K0083", "https://play.example/apps?reviewId=gp:K0083"),
        (None, None),
    ],
)
def test_addresses_lead_to_messages_and_not_to_people(url: str | None, expected: str | None) -> None:
    assert privacy.link(url, keep=KEEP) == expected


def test_ids_that_name_a_person_are_hashed() -> None:
    for id in ("1298", "gp:K0083", "h:3f9a01c2", "gp:AOqpTO+x/y=", "<CAF7x@mail.example>", None):
        assert privacy.identifier(id) == id
    for id in ("ola@mail.example", "+48601234567", "WhatsApp Chat with Ola Kowalska", "Анна Петрова"):
        hashed = privacy.identifier(id)
        assert hashed == privacy.identifier(id)
        assert hashed is not None
        assert hashed.startswith("id-")
        assert len(hashed) == 9


def test_every_case_of_a_given_name_is_known() -> None:
    assert {"Anna", "Anny", "Annie", "Annę", "Anną", "Anno"} <= names.forms("Anna")
    assert {"Marek", "Marka", "Markowi", "Markiem"} <= names.forms("Marek")
    assert {"Paweł", "Pawła", "Pawłem"} <= names.forms("Paweł") | {"Paweł"}
    assert {"Иван", "Ивана", "Ивану", "Иваном", "Иване"} <= names.forms("Иван")
    assert {"Андрей", "Андрея", "Андрею", "Андреем"} <= names.forms("Андрей")
    assert {"Мария", "Марии", "Марию", "Марией"} <= names.forms("Мария")
    assert not {"Ani", "Mają", "Marzenie", "Кости"} & set(names.given())


def test_a_list_of_words_as_one_expression() -> None:
    words = ["Ann", "Anna", "Bo", "B", "Янка"]
    regex = re.compile(names.trie(words))
    assert all(regex.fullmatch(word) for word in words)
    assert not any(regex.fullmatch(word) for word in ("An", "Annaa", "", "Я"))
