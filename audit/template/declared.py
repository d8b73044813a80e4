"""What names declare: the language of `ru/`, `refund.pl.md`, `text_en` and `## Русский`."""

from __future__ import annotations

import re
from functools import cache

_NAMES = {
    "en": "en eng english английский angielski",
    "ru": "ru rus russian русский rosyjski по-русски",
    "pl": "pl pol polish polski polskie польский po-polsku",
    "uk": "uk ua ukr ukrainian украинский українська ukraiński",
    "de": "de ger deu german deutsch немецкий niemiecki",
    "fr": "fr fra french français французский francuski",
    "es": "es spa spanish español испанский hiszpański",
    "pt": "pt por portuguese português",
    "it": "it ita italian italiano",
    "cs": "cs cz cze czech čeština",
    "kk": "kk kaz kazakh казахский",
    "be": "be bel belarusian белорусский",
}
_BY_NAME = {name: code for code, names in _NAMES.items() for name in names.split()}
_AFTER_A_MARK = ("en", "eng", "english", "ru", "rus", "russian", "pl", "pol", "polish", "uk", "ua", "de", "fr")


@cache
def language(name: str) -> str | None:
    """The two letters of a language that is named by a code (`ru`, `en-US`, `pl_PL`) or a word (`Polski`); None for any other word."""
    word = name.strip().strip("[]()*_:").casefold()
    return _BY_NAME.get(word) or (_BY_NAME.get(word[:2]) if re.fullmatch(r"[a-z]{2}[-_][a-z]{2,4}", word) else None)


@cache
def parted(name: str) -> tuple[str, str | None]:
    """A name without the language at its end or beginning, and that language: `refund.ru` is (`refund`, `ru`)."""
    if code := language(name):
        return "", code
    for pattern in (r"(?P<rest>.+)[._-](?P<code>[A-Za-z]+(?:[-_][A-Za-z]{2})?)", r"(?P<code>[A-Za-z]{2})[._-](?P<rest>.+)"):
        match = re.fullmatch(pattern, name)
        if match and (match["code"].casefold() in _AFTER_A_MARK or re.fullmatch(r"[a-z]{2}[-_][A-Z]{2}", match["code"])):
            code = language(match["code"])
            if code:  # `templates_ru_pl` names two and declares none
                return (name, None) if pattern.endswith("?)") and parted(match["rest"])[1] else (match["rest"], code)
    return name, None
