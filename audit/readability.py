"""Readability of a text. The only module that imports textstat, whose language is a global.

Histories are measured by the same formulas as polars expressions (`measures`); `shown` asks textstat itself, for what is displayed.

- English: Flesch reading ease, 206.835 - 1.015 * words per sentence - 84.6 * syllables per word (Flesch 1948).
- Russian: Flesch reading ease, 206.835 - 1.3 * words per sentence - 60.1 * syllables per word (Oborneva 2006, as textstat has it).
- Polish: Gunning fog, 0.4 * (words per sentence + 100 * share of words of four syllables or more) (Gunning 1952; Polish readers'
  tools count from four syllables on). textstat's Polish Flesch keeps the English constants and is not used.

Syllables are counted as groups of vowels, a silent final e left out (in Russian and Polish a vowel is a syllable), since
hyphenation miscounts them.
"""

from __future__ import annotations

import warnings

import polars as pl

VOWELS = {"en": r"[aeiouy]+", "ru": r"[аеиоуыэюяё]", "pl": r"[aeouyąęó]|i[^aeouąęó\s]"}
FLESCH = {"en": (206.835, 1.015, 84.6), "ru": (206.835, 1.3, 60.1)}


def measures(words: pl.Expr, lang: str) -> dict[str, pl.Expr]:
    """`words`, `sentences`, `sentence` (words per sentence) and `flesch` or `fog` of a normal form (see audit.text)."""
    plain = words.str.replace_all(r"<\w+>|@", " ")
    count = plain.str.count_matches(r"[^\W\d_][\w'-]*").cast(pl.Float64)
    sentences = words.str.count_matches(r"[^\W\d_][^.!?]* [.!?]").clip(1).cast(pl.Float64)
    syllables = plain.str.count_matches(VOWELS[lang]).cast(pl.Float64)
    if lang == "en":
        syllables = syllables - plain.str.count_matches(r"[aeiouy]\S*[bcdfghjkmnpqrstvwxz]e ").cast(pl.Float64)
    result = {"words": count, "sentences": sentences, "sentence": count / sentences}
    if lang in FLESCH:
        base, per_sentence, per_word = FLESCH[lang]
        result["flesch"] = base - per_sentence * count / sentences - per_word * syllables / count
    else:
        hard = plain.str.count_matches(r"(?:[^\W\d_aeiouyąęó]*(?:i?[aeouyąęó]|i)){4}\w*").cast(pl.Float64)
        result["fog"] = 0.4 * (count / sentences + 100 * hard / count)
    return result


def shown(text: str, lang: str) -> dict[str, float]:
    """What textstat says of one text: `sentence` (words per sentence) and `flesch` (en, ru) or `fog` (pl).

    Its English syllables come from hyphenation: the dictionary that it would download is switched off.
    """
    import textstat
    from textstat.backend.counts import _count_syllables as syllables

    syllables.get_cmudict = lambda lang: None
    warnings.filterwarnings("ignore", message="There is no easy words vocabulary", module="textstat")
    textstat.set_lang("en_US" if lang == "en" else lang)
    measures = {"sentence": round(float(textstat.words_per_sentence(text)), 1)}
    if lang in FLESCH:
        return {**measures, "flesch": round(float(textstat.flesch_reading_ease(text)), 1)}
    return {**measures, "fog": round(float(textstat.gunning_fog(text)), 1)}
