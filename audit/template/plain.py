"""A text file is one template."""

from __future__ import annotations

from collections.abc import Iterator

from audit.template.prose import addressed, is_prose, speaks
from audit.template.source import HoldsNone, Source
from audit.template.template import Template

NAME = "text"
SUFFIXES = (".txt",)

_LONGEST = 10_000


def read(source: Source) -> Iterator[Template]:
    text = source.text
    if not is_prose(text):
        raise HoldsNone("no text in it")
    if len(text) > _LONGEST:
        raise HoldsNone("too long for one reply")
    if not (addressed(text) if not source.hinted else speaks(text) or len(text) < 2000):
        raise HoldsNone("no text in it speaks to a customer")
    yield source.template(NAME, source.literal(0, len(text)), "", source.stem, kin="")
