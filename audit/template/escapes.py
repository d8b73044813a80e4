"""Strings of JSON, TOML and YAML to what they mean, with the way back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.template.passage import Passage, decoded, joined, literal

_SHORT = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b", " ": " ",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_TOKEN = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2}"
    r"|(?P<joint>\\[ \t]*(?:\r\n|\n|\r)\s*)|\\.|(?P<end>\r\n)|(?P<plain>[^\\\r]+|\r)",
    re.DOTALL,
)


def unescaped(text: str, start: int, end: int) -> Passage:
    """The inside of a quoted string, from after its opening to before its closing mark, as JSON and TOML read it."""
    parts = []
    for match in _TOKEN.finditer(text, start, end):
        a, b = match.span()
        if match["plain"]:
            parts.append(literal(text, a, b))
        elif match["end"]:
            parts.append(decoded("\n", a, b))
        elif not match["joint"]:
            parts.append(decoded(_meaning(match[0]), a, b))
    return joined(parts) if parts else literal(text, end, end)


def _meaning(escape: str) -> str:
    mark = escape[1]
    if mark == "u" and len(escape) == 12:
        return (escape.encode("ascii").decode("unicode_escape")).encode("utf-16", "surrogatepass").decode("utf-16")
    if mark in "uUx" and len(escape) > 2:
        return chr(int(escape[2:], 16))
    return _SHORT.get(mark, mark)


def aligned(value: str, text: str, start: int, end: int, quote: str = "") -> Passage:
    """`value`, as a YAML reader gave it, laid along the code points `start` to `end` of its file that it was read from.

    Line breaks that YAML folds into a space, and the indentation behind them, come to stand under that space. `quote`: the mark around
    it, which says which escapes there are.
    """
    if text.startswith(value, start) and start + len(value) <= end and not text[start + len(value) : end].strip():
        return literal(text, start, start + len(value))
    places: list[tuple[int, int]] = []
    tokens = list(_tokens(text, start, end, quote))
    at = 0
    for letter in value:
        ahead = at
        while ahead < len(tokens) and tokens[ahead][3] and tokens[ahead][0] != letter:
            ahead += 1
        if ahead < len(tokens) and tokens[ahead][0] == letter and not (letter == " " and tokens[ahead][3] and _folds(tokens, at)):
            places.append(tokens[ahead][1:3])
            at = ahead + 1
            continue
        behind = at
        while behind < len(tokens) and tokens[behind][3]:
            behind += 1
        if letter.isspace() and behind > at:
            places.append((tokens[at][1], tokens[behind - 1][2]))
            at = behind
        else:
            place = tokens[min(at, len(tokens) - 1)][1:3] if tokens else (start, end)
            places.append(place)
    after = places[-1][1] if places else end
    return Passage(value, [a for a, _ in places], [b for _, b in places], after)


def _folds(tokens: list[tuple[str, int, int, bool]], at: int) -> bool:
    """Whether a line ends in the white space ahead."""
    while at < len(tokens) and tokens[at][3]:
        if tokens[at][0] in "\r\n":
            return True
        at += 1
    return False


def _tokens(text: str, start: int, end: int, quote: str) -> Iterator[tuple[str, int, int, bool]]:
    """(letter, start, end, whether YAML may fold or drop it)."""
    if quote == '"':
        for match in _TOKEN.finditer(text, start, end):
            a, b = match.span()
            if match["plain"] or match["end"]:
                for place in range(a, b):
                    yield text[place], place, place + 1, text[place] in " \t\r\n"
            elif not match["joint"]:
                for letter in _meaning(match[0]):
                    yield letter, a, b, False
        return
    place = start
    while place < end:
        step = 2 if quote == "'" and text.startswith("''", place) else 1
        yield text[place], place, place + step, text[place] in " \t\r\n"
        place += step
