"""Languages of short messages: what is told apart, what is left open, and how often both are right on labelled material."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

import polars as pl
import pytest

from audit import language

MATERIAL = Path(os.environ.get("AUDIT_MATERIAL", Path(__file__).parent.parent / ".." / "shared"))


def detected(*texts: str | None) -> list[str | None]:
    return language.detect(pl.Series("text", texts, dtype=pl.String)).to_list()


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "@kettlewell my kettle is still leaking, please help"),
        ("en", "Where’s my order? https://kettle.example/a"),
        ("en", "Keeps crashing"),
        ("en", "We've sent you a DM 😊 ^AB"),
        ("pl", "Czajnik nadal cieknie, proszę o pomoc"),
        ("pl", "prosze o pomoc nie dziala mi internet"),
        ("pl", "Czesc, kiedy dojdzie moja paczka?"),
        ("pl", "Pokój przestronny, łazienka czysta"),
        ("ru", "Чайник опять течёт, помогите пожалуйста"),
        ("ru", "Где мой заказ? @kettlewell"),
        ("ru", "Поломался"),
        ("other", "Дякую, але чайник не працює і досі"),
        ("other", "Чайникът ми не работи от два дни, какво да правя"),
        ("other", "Мој чајник не ради већ два дана"),
        ("other", "Мой чайнік не працуе, што рабіць"),
        ("other", "Dobrý den, konvice stále teče, co mám dělat?"),
        ("other", "Kanvica mi nejde, čo mám robiť?"),
        ("other", "Kuhalo mi ne radi već dva dana, što da radim"),
        ("other", "Mein Wasserkocher ist schon wieder kaputt, was kann ich tun?"),
        ("other", "La tetera no funciona, necesito ayuda por favor"),
        ("other", "Ma bouilloire ne marche plus depuis hier"),
        ("other", "A chaleira não funciona há dois dias"),
        ("other", "Il bollitore non funziona da due giorni"),
        ("other", "De waterkoker doet het niet meer, wat nu?"),
        ("other", "Ketel saya tidak bisa menyala, tolong kak"),
        ("other", "Su ısıtıcım iki gündür çalışmıyor"),
        ("other", "やかんが壊れました"),
        ("other", "谢谢"),
        ("other", "الغلاية لا تعمل"),
        ("other", "केतली काम नहीं कर रही"),
        ("other", "privet, pochemu chaynik ne rabotaet"),
    ],
)
def test_languages_are_told_apart(lang: str, text: str) -> None:
    assert detected(text) == [lang]


@pytest.mark.parametrize(
    "text", ["", "iOS 11.0.3", "ok", "@anna", "👍👍", "#kettle https://kettle.example/please-help-me", "12 345", "K5", None]
)
def test_what_tells_too_little_is_left_open(text: str | None) -> None:
    assert detected(text) == [None]


SNIPPETS = tomllib.loads((Path(__file__).parent / "language_snippets.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("lang", "right"), [("en", 0.96), ("pl", 0.96), ("ru", 0.96), ("none", 1.0)])
def test_one_to_five_words(lang: str, right: float) -> None:
    found = detected(*SNIPPETS[lang])
    assert all(len(text.split()) <= 5 for text in SNIPPETS[lang])
    assert sum(said == (None if lang == "none" else lang) for said in found) >= right * len(found)
    assert not {said for said in found if said in ("en", "pl", "ru")} - {lang}


@pytest.mark.parametrize(
    ("lang", "leaks"), [("uk", 0.1), ("be", 0.1), ("bg", 0.1), ("cs", 0.0), ("sk", 0.05), ("translit", 0.0), ("foreign", 0.05)]
)
def test_neighbours_do_not_leak_in(lang: str, leaks: float) -> None:
    found = detected(*SNIPPETS[lang])
    assert sum(said in ("en", "pl", "ru") for said in found) <= leaks * len(found)
    assert found.count("other") >= 0.9 * len(found)


def test_without_letter_statistics_words_still_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_eldc", lambda: None)
    assert detected("Where's my order?", "Gdzie moje zamówienie?", "Сломалось", "Shambles", "Дякую, але не працює") == [
        "en",
        "pl",
        "ru",
        None,
        "other",
    ]


def test_order_and_name_stay() -> None:
    texts = pl.Series("reply", ["Спасибо за отзыв", None, "Thank you for waiting", "Спасибо за отзыв", "ok"])
    answer = language.detect(texts)
    assert answer.name == "reply"
    assert answer.to_list() == ["ru", None, "en", "ru", None]
    assert language.detect(texts.head(0)).to_list() == []


def test_labelled_messages() -> None:
    files = sorted((MATERIAL / "labels").glob("*.jsonl"))
    if not files:
        pytest.skip(f"no labelled messages under {MATERIAL}")
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    pairs = [(row[side], row["lang"]) for row in rows for side in ("text", "asked", "reply") if row.get(side)]
    frame = pl.DataFrame(pairs, schema=["text", "lang"], orient="row")
    true = pl.when(pl.col("lang").is_in(["ru", "pl", "en"])).then(pl.col("lang")).otherwise(pl.lit("other"))
    frame = frame.with_columns(language.detect(frame["text"]).alias("found"), true=true)
    for lang, precision, recall in (("ru", 0.995, 0.99), ("pl", 0.995, 0.99), ("en", 0.995, 0.98)):
        right = frame.filter((pl.col("found") == lang) & (pl.col("true") == lang)).height
        assert right / frame.filter(pl.col("found") == lang).height >= precision
        assert right / frame.filter(pl.col("true") == lang).height >= recall


@pytest.mark.parametrize(
    ("file", "lang", "right", "wrong"),
    [
        ("sentirueval2016_train_ru.csv", "ru", 0.94, 0.002),
        ("toxic_ru.csv", "ru", 0.98, 0.002),
        ("poleval2019_train_pl.csv", "pl", 0.98, 0.01),
        ("complaints_en.csv", "en", 0.97, 0.005),
    ],
)
def test_material_in_one_language(file: str, lang: str, right: float, wrong: float) -> None:
    path = MATERIAL / "data" / file
    if not path.exists():
        pytest.skip(f"{path} is absent")
    found = language.detect(pl.read_csv(path, infer_schema_length=0)["text"].drop_nulls())
    assert (found == lang).sum() / found.len() >= right
    assert (found != lang).sum() / found.len() <= wrong
