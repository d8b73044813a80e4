"""Language codes as people write them."""

from __future__ import annotations

from functools import cache

from audit.tables import LANGUAGES


@cache
def stated(code: str) -> str | None:
    """A language code as people write it, as one of LANGUAGES: "RU", "rus" and "ru-RU" are ru, a valid code of any other language (BCP 47)
    is `other`, None what is no code."""
    from langcodes import standardize_tag, tag_is_valid
    from langcodes.tag_parser import LanguageTagError

    written = code.strip().lower()
    if written in (*LANGUAGES, "other"):
        return written
    try:
        language = standardize_tag(written).split("-")[0] if tag_is_valid(written) else None
    except LanguageTagError:
        return None
    return language if language in LANGUAGES or language is None else "other"
