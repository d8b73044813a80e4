from __future__ import annotations

import polars as pl
import pytest
import textstat

from audit import readability, text

TEXTS = {
    "en": "We are sorry about the leak. A new seal left our store today. It will be with you on Friday. Tell us if it does not fit.",
    "ru": "Нам жаль, что чайник течёт. Новая прокладка выехала сегодня. Она будет у вас в пятницу, до обеда.",
    "pl": "Przykro nam, że czajnik cieknie. Nowa uszczelka wyjechała dziś. Będzie u pani w piątek, przed południem.",
}


def measured(value: str, lang: str) -> dict[str, float]:
    frame = pl.select(text.words(pl.lit(value)).alias("words"))
    return frame.select(measure.alias(name) for name, measure in readability.measures(pl.col("words"), lang).items()).row(0, named=True)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_constants_are_textstats(lang: str) -> None:
    from textstat.backend.utils.constants import LANG_CONFIGS

    given = LANG_CONFIGS[lang]
    assert readability.FLESCH[lang] == (given["fre_base"], given["fre_sentence_length"], given["fre_syll_per_word"])


def test_the_formula_is_textstats_given_the_same_counts() -> None:
    """Words of one syllable, on which every counter agrees."""
    value = "The cat sat on the mat. The dog ran to the barn. We all had a nap in the sun."
    textstat.set_lang("en_US")
    assert measured(value, "en")["flesch"] == pytest.approx(readability.shown(value, "en")["flesch"], abs=0.1)


@pytest.mark.parametrize("lang", ["en", "ru", "pl"])
def test_words_per_sentence_are_textstats(lang: str) -> None:
    assert measured(TEXTS[lang], lang)["sentence"] == pytest.approx(readability.shown(TEXTS[lang], lang)["sentence"], abs=0.1)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_measure_stays_near_textstats_own(lang: str) -> None:
    """textstat counts by hyphenation, which misses syllables, so its ease is higher."""
    name = "flesch"
    assert measured(TEXTS[lang], lang)[name] == pytest.approx(readability.shown(TEXTS[lang], lang)[name], abs=25)


def test_russian_and_polish_syllables_are_vowels() -> None:
    assert len(TEXTS["ru"]) > 0
    words = pl.select(text.words(pl.lit("Прокладка выехала сегодня."))).item()
    counted = pl.select(pl.lit(words).str.count_matches(readability.VOWELS["ru"])).item()
    assert counted == 3 + 4 + 3
    polish = pl.select(pl.lit(" nowa uszczelka wyjechała dziś ").str.count_matches(readability.VOWELS["pl"])).item()
    assert polish == 2 + 3 + 4 + 1
