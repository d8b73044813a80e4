"""JSON and JSON lines of templates; comments and trailing commas are let pass."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from json import scanner

from audit.template.candidate import Scalar, Tree
from audit.template.escapes import unescaped
from audit.template.record import templates
from audit.template.source import HoldsNone, Source, Unreadable
from audit.template.template import Template

NAME = "json"
SUFFIXES = (".json", ".jsonl", ".ndjson", ".jsonc", ".json5")

_LOOSE = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)


def read(source: Source) -> Iterator[Template]:
    text = source.text
    if not text.strip():
        raise HoldsNone("the file is empty")
    yield from templates(_parsed(text), source, NAME, lambda value: unescaped(text, value.start, value.end))


class _Decoder(json.JSONDecoder):
    """Python's decoder in its Python version, with strings that know their places."""

    def __init__(self) -> None:
        super().__init__(strict=False)
        decode: Callable[[str, int, bool], tuple[str, int]] = json.decoder.scanstring  # type: ignore[attr-defined]

        def placed(text: str, start: int, strict: bool) -> tuple[Scalar, int]:
            value, end = decode(text, start, strict)
            scalar = Scalar(value)
            scalar.start, scalar.end, scalar.style = start, end - 1, '"'
            return scalar, end

        self.parse_string = placed
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined]


def _parsed(text: str) -> Tree:
    decoder = _Decoder()
    try:
        return decoder.decode(text)
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    except json.JSONDecodeError as error:
        try:
            return decoder.decode(_LOOSE.sub(_blanked, text))
        except (json.JSONDecodeError, RecursionError):
            pass
        lines = _lines(text, decoder)
        if lines is not None:
            return lines
        raise Unreadable(f"is no valid JSON: {error.msg}", error.lineno, "check the quotes and commas there") from None


def _blanked(match: re.Match[str]) -> str:
    return match[1] or re.sub(r"[^\n]", " ", match[0])


def _lines(text: str, decoder: _Decoder) -> list[Tree] | None:
    """One value a line, or one after the other; None where it is no such thing."""
    found: list[Tree] = []
    blank = re.compile(r"\s*")
    place = blank.match(text, 0).end()  # type: ignore[union-attr]
    try:
        while place < len(text):
            value, place = decoder.raw_decode(text, place)
            found.append(value)
            place = blank.match(text, place).end()  # type: ignore[union-attr]
    except (json.JSONDecodeError, RecursionError):
        return None
    return found if len(found) > 1 else None
