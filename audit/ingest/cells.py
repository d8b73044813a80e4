"""Cells of tables that are written in many ways: ratings, counts, languages, texts with a service's own lines around them."""

from __future__ import annotations

import polars as pl

from audit.ingest import values

_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_STARS = r"^([★⭐]{1,5})☆*$"
_OF_FIVE = r"^([1-5])(?:[.,]0+)?(?:\s*(?:из|/|of|out of|z|na)\s*5)?(?:\s*(?:stars?|зв[её]зд\p{L}*|gwiazd\p{L}*))?$"
_LANGUAGES = {"rus": "ru", "рус": "ru", "ros": "ru", "pol": "pl", "пол": "pl", "eng": "en", "анг": "en", "ang": "en"}
_OPENING = r"^(?:Отзыв|Ответ на отзыв) о [^\n]*\n\s*(?:Оценка: *([1-5]) из 5 *\n\s*)?"
_OPENING_MARK, _ANSWER_MARK = "Отзыв о ", "Ответ на отзыв о "
_OPEN_TAGS = ["<br", "<BR", "<p>", "<P>", "<li", "<img"]
_TAG = r"(?i)</?(?:a|b|blockquote|body|br|div|em|font|h\d|html|i|img|li|ol|p|pre|small|span|strong|table|tbody|td|tr|u|ul)(?:\s[^<>]*)?/?>"
_TRANSLATED, _ORIGINAL = "(Translated by Google)", "(Original)"


def rating(column: pl.Expr) -> pl.Expr:
    """A vote of 1 to 5: "4", "4,0", "FIVE", "5 из 5", "★★★★☆". "4.8" is an average, not a vote, and null like all else."""
    cell = values.filled(column).str.to_lowercase()
    return pl.coalesce(
        cell.str.extract(_OF_FIVE).cast(pl.Int8),
        cell.replace_strict(_WORDS, default=None, return_dtype=pl.Int8),
        cell.str.extract(_STARS).str.len_chars().cast(pl.Int8),
    )


def count(column: pl.Expr) -> pl.Expr:
    """A count such as "1 250", with spaces between thousands."""
    return values.filled(column).str.replace_all(r"[\s\u00a0\u202f]", "").str.replace(r"[.,]0+$", "").cast(pl.Int32, strict=False)


def language(column: pl.Expr) -> pl.Expr:
    """Two letters: "ru-RU", "RUS", "Русский" and "rosyjski" are "ru"."""
    cell = values.filled(column).str.to_lowercase()
    named = cell.str.slice(0, 3).replace_strict(_LANGUAGES, default=None, return_dtype=pl.String)
    return pl.coalesce(
        pl.when(cell.str.contains(r"^\p{L}{3,}")).then(named),
        pl.when(cell.str.contains(r"^[a-z]{2}(?:[-_].*)?$")).then(cell.str.slice(0, 2)),
    )


def texts(column: pl.Series) -> pl.Series:
    """The messages themselves: HTML as plain text, no "Отзыв о ..." and "Оценка: 1 из 5" above them, and the original of a review that
    Google translated. Only the cells that hold such marks go through it."""
    cell = pl.col("cell")
    frame = pl.DataFrame({"cell": column.cast(pl.String)})
    marked = frame.select(
        cell.str.contains_any([_OPENING_MARK, _ANSWER_MARK, _TRANSLATED, "</", "/>", *_OPEN_TAGS]).fill_null(False)
    ).to_series()
    plain = frame.select(values.plain_text(cell)).to_series()
    if not marked.any():
        return plain
    cleaned = frame.filter(marked).select(_stripped(values.plain_text(_without_tags(cell)))).to_series()
    return plain.scatter(marked.arg_true(), cleaned)


def rating_in_text(column: pl.Expr) -> pl.Expr:
    """The vote that stands in the lines above the message."""
    return pl.when(column.str.starts_with(_OPENING_MARK)).then(column.str.extract(_OPENING)).cast(pl.Int8)


def _stripped(plain: pl.Expr) -> pl.Expr:
    body = plain.str.replace(_OPENING, "")
    original = body.str.extract(rf"(?s){_escaped(_ORIGINAL)}\s*(.*?)\s*(?:{_escaped(_TRANSLATED)}.*)?$")
    before = body.str.extract(rf"(?s)^(.+?)\s*{_escaped(_TRANSLATED)}")
    original = pl.when(body.str.contains(_ORIGINAL, literal=True)).then(original).otherwise(before)
    return values.filled(pl.when(body.str.contains(_TRANSLATED, literal=True)).then(pl.coalesce(original, body)).otherwise(body))


def _without_tags(column: pl.Expr) -> pl.Expr:
    lines = column.str.replace_all(r"(?i)\s*<br\s*/?>\s*|</(?:p|div|li|tr|h\d)>\s*", "\n")
    return pl.when(column.str.contains(_TAG)).then(lines.str.replace_all(_TAG, "")).otherwise(column)


def _escaped(mark: str) -> str:
    return mark.replace("(", r"\(").replace(")", r"\)")
