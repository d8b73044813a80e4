"""A text file is one template."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.template.prose import LONGEST, greets, is_prose, is_sentence, speaks
from audit.template.source import HoldsNone, Source
from audit.template.template import Template

NAME = "text"
SUFFIXES = (".txt",)

_COMMENTS = re.compile(
    r"(?:\s*(?:<!--(?:(?!-->).)*-->|\{#(?:(?!#\}).)*#\}|(?:#|//)[ \t]*reply-audit:[^\n]*))*\s*", re.DOTALL | re.IGNORECASE
)
"""What stands before the text and is not sent (audit.lint.allowance)."""


def read(source: Source) -> Iterator[Template]:
    begin = match.end() if (match := _COMMENTS.match(source.text)) else 0
    text = source.text[begin:]
    if not is_prose(text):
        raise HoldsNone("no text in it")
    if len(text) > LONGEST:
        raise HoldsNone("too long for one reply")
    if not (greets(text) or (source.hinted and (speaks(text) or is_sentence(text)))):
        raise HoldsNone("no text in it speaks to a customer")
    yield source.template(NAME, source.literal(begin, len(source.text)), "", source.stem, kin="")
