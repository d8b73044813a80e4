"""What a record says of itself: is it a message of a history, which tags and which variables does it name?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from audit.template.fields import DATES, HISTORY


def is_history(spelt: Mapping[str, object]) -> bool:
    """Whether a record is a message that somebody sent: it has an author or a rating, and a time; or
    what was asked stands beside it."""
    hits = HISTORY & spelt.keys()
    asked = spelt.get("asked")
    if (
        (isinstance(asked, str) and " " in asked.strip())
        or {"asked", "asked_type"} <= spelt.keys()
        or isinstance(spelt.get("author"), Mapping)
    ):
        return True
    if len(hits) >= 2 or hits & {"message_type", "sender_type", "inbound", "incoming"}:
        return True
    titled = {"title", "name", "short_code", "slug", "название", "nazwa", "tytuł"} & spelt.keys()
    return bool(hits) and bool(DATES & spelt.keys()) and not (titled and hits <= {"author", "autor", "автор", "customer", "from"})


def words_of(value: object) -> list[str]:
    """Tags: a string (of several, with commas), a list of them, a mapping by its keys that are true."""
    if isinstance(value, str):
        return [word.strip() for word in re.split(r"[,;|]", value) if word.strip()]
    if isinstance(value, list):
        return [word for each in value for word in (words_of(each) if isinstance(each, str) else names_of([each]))]
    return []


def names_of(value: object) -> list[str]:
    """Variables: a list of names or of records with a name, or a mapping by its keys."""
    if isinstance(value, str):
        return words_of(value)
    if isinstance(value, Mapping):
        return [str(key) for key in value]
    if isinstance(value, list):
        named = [each.get("name", each.get("key", each.get("id"))) if isinstance(each, Mapping) else each for each in value]
        return [str(each).strip("{}[]<>%$# ") for each in named if each is not None]
    return []
