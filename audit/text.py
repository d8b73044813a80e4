"""Normalise a text once, for every pattern; keep the way back to the original for display.

The normal form is one line of lower-case words with single spaces, padded with a space at each end, so that a space is a word
boundary and a pattern needs no `\\b` (which is slow and, in SQL, ASCII). Sentence marks stand alone as words of `.!?`.
Links, e-mails, phones and handles are the words `<link>`, `<email>`, `<phone>` and `@`.
"""

from __future__ import annotations

import re
import unicodedata

import polars as pl

_CHARACTERS = {
    **dict.fromkeys(map(chr, range(0x300, 0x370)), ""),  # accents that composition left over, such as Russian stress marks
    **dict.fromkeys("\u2019\u2018`\u00b4\u02bc", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
    **dict.fromkeys("\u00a0\u202f\u2009\u2007", " "),
    **dict.fromkeys("\u2013\u2014\u2011\u2212\u2010", "-"),
    **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0f\u00ad", ""),
    "\u2026": "...",
    "\u0451": "\u0435",
}

_DOMAINS = "com|ru|pl|net|org|io|ly|co|me|gl|uk|eu|info|app|help|su"

# Each step is valid, and means the same, in Rust's and in Python's syntax of regular expressions, but for `\b`: the boundary of an ASCII
# word, since that of a Unicode word makes Rust leave its fast machine.
_STEPS: tuple[tuple[str, str], ...] = (
    (r"https?://\S+|www\.\S+", " <link> "),
    (r"__email__|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", " <email> "),
    (rf"[a-z0-9][a-z0-9.-]*\.(?:{_DOMAINS})(?:/\S*|\b)", " <link> "),
    (r"(\b(?:f|sh|d|cr|b|c)|[а-я])@(ck|t\b|mn|ppy|p\b|st|tch|nt|[а-я])", "$1*$2"),  # a letter masked, no handle
    (r"\[(?:id|club|public)\d+\|[^\]]*\]|@[\w.]+", " @ "),
    (
        r"\+[0-9][0-9 ()-]{7,14}[0-9]|\b[78][ -]?\(?[0-9]{3}\)?[ -]?[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{2}\b|"
        r"\(?\b[0-9]{3,4}\)?[ -][0-9]{3}[ -][0-9]{2,4}(?:[ -][0-9]{2})?\b",
        " <phone> ",
    ),
    (r"([.!?]+|[^\w\s.!?'@<>{}\[\]#%$&-]+)", " $1 "),
    (r"(\d) ([.,:/]) (\d)", "$1$2$3"),
    (r"\s\s+|[^\S ]", " "),
)
_RUST = tuple((pattern.replace(r"\b", r"(?-u:\b)"), re.sub(r"\$(\d)", r"${\1}", replacement)) for pattern, replacement in _STEPS)
_COMPILED = tuple((re.compile(pattern.replace(r"\b", r"(?a:\b)")), re.split(r"(\$\d)", replacement)) for pattern, replacement in _STEPS)
_MAY_COMPOSE = (
    r"[^\x00-\x{2ff}\x{400}-\x{482}\x{48a}-\x{4ff}\x{2010}-\x{2027}\x{20a0}-\x{20cf}\x{2600}-\x{27bf}\x{fe0f}\x{1f000}-\x{1faff}]"
)


def words(text: pl.Expr) -> pl.Expr:
    """The normal form of a text column (String in, String out; null stays null, an empty text is one space)."""
    text = (
        text.map_batches(_composed, return_dtype=pl.String, is_elementwise=True)
        .str.to_lowercase()
        .str.replace_many(list(_CHARACTERS), list(_CHARACTERS.values()))
    )
    for pattern, replacement in _RUST:
        text = text.str.replace_all(pattern, replacement)
    return pl.concat_str([pl.lit(" "), text.str.strip_chars(), pl.lit(" ")])


def _composed(text: pl.Series) -> pl.Series:
    """NFC, asked for only where a text has letters that it could change: few have."""
    odd = text.str.contains(_MAY_COMPOSE).fill_null(False)
    return text.zip_with(~odd, text.set(~odd, None).str.normalize("NFC")) if odd.any() else text


def aligned(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The normal form of one text, and for each of its characters the (start, end) code points it came from."""
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for start, end, cluster in _clusters(text):
        for letter in unicodedata.normalize("NFC", cluster).lower():
            mapped = _CHARACTERS.get(letter, letter)
            letters.extend(mapped)
            places.extend([(start, end)] * len(mapped))
    for pattern, template in _COMPILED:
        letters, places = _replaced("".join(letters), places, pattern, template)
    line = "".join(letters)
    left = len(line) - len(line.lstrip())
    right = len(line.rstrip())
    places = places[left:right]
    first = places[0][0] if places else 0
    last = places[-1][1] if places else 0
    return f" {line.strip()} ", [(first, first), *places, (last, last)]


def _clusters(text: str) -> list[tuple[int, int, str]]:
    """Base characters with the combining marks that follow them, as (start, end, characters)."""
    if text.isascii():
        return [(i, i + 1, letter) for i, letter in enumerate(text)]
    starts = [i for i, letter in enumerate(text) if i == 0 or not unicodedata.combining(letter)]
    return [(a, b, text[a:b]) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _replaced(
    line: str, places: list[tuple[int, int]], pattern: re.Pattern[str], template: list[str]
) -> tuple[list[str], list[tuple[int, int]]]:
    letters: list[str] = []
    moved: list[tuple[int, int]] = []
    done = 0
    for match in pattern.finditer(line):
        start, end = match.span()
        letters.extend(line[done:start])
        moved.extend(places[done:start])
        whole = (places[start][0], places[end - 1][1])
        put = whole if len(template) == 1 else (whole[0], whole[0])
        for part in template:
            if part.startswith("$"):
                a, b = match.span(int(part[1]))
                letters.extend(line[a:b])
                moved.extend(places[a:b])
                put = (places[b - 1][1], places[b - 1][1])
            else:
                letters.extend(part)
                moved.extend([put] * len(part))
        done = end
    letters.extend(line[done:])
    moved.extend(places[done:])
    return letters, moved


_GREETING = (
    r"^( @)* (?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|здравствуйте|добрый (?:день|вечер)|доброе утро|привет|уважаем\w+"
    r"|dzień dobry|witaj|witam|cześć|hej|szanown\w+)(?: pan\w*)?(?: [^ .,!?]+){0,2} [.,!?]+ "
)


def skeleton(normal: pl.Expr) -> pl.Expr:
    """A normal form with greeting and name, numbers, links, handles and marks taken out: what sendings of one prepared text share."""
    return (
        normal.str.replace(_GREETING, " ")
        .str.replace_all(r"<\w+>|@|[0-9][0-9.,:/-]*", " ")
        .str.replace_all(r"[^\w\s]+", " ")
        .str.replace_all(r"\s\s+", " ")
        .str.strip_chars()
    )
