"""TOML of templates.

Python's reader tells no places. So each string of the file is replaced by one that holds its number, the file is read, and the numbers
lead back to the strings; outside of comments and strings TOML has no quotes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from audit.template.candidate import Scalar, Tree
from audit.template.escapes import unescaped
from audit.template.passage import Passage
from audit.template.record import templates
from audit.template.source import HoldsNone, Source, Unreadable
from audit.template.template import Template

NAME = "toml"
SUFFIXES = (".toml",)

_TOKEN = re.compile(
    r"""#[^\n]*|(?P<long>\"{3})(?P<a>(?:\\.|[^\\])*?)\"{3}(?!\")|(?P<long_raw>'{3})(?P<b>.*?)'{3}(?!')|(?P<one>")(?P<c>(?:\\.|[^"\\\n])*)"|(?P<raw>')(?P<d>[^'\n]*)'""",
    re.DOTALL,
)
_NUMBER = "\ue000{}\ue001"


def read(source: Source) -> Iterator[Template]:
    tree = parsed(source.text)
    if not tree:
        raise HoldsNone("the file is empty")
    yield from templates(tree, source, NAME, lambda value: passage(source.text, value))


def parsed(text: str, start: int = 0, end: int | None = None) -> Mapping[str, Tree]:
    """The tables of a text, or of a part of it. Raises Unreadable."""
    part = text[start:end]
    try:
        whole = tomllib.loads(part)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        at = int(line[1]) + text.count("\n", 0, start) if line else None
        raise Unreadable(f"is no valid TOML: {str(error).partition(' (at')[0]}", at, "check the quotes and brackets there") from None
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    scalars: list[Scalar] = []
    names: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        group = next((name for name in "abcd" if match[name] is not None), None)
        if group is None:
            return match[0]
        names.append(tomllib.loads(f"x = {match[0]}")["x"])
        scalar = Scalar(names[-1])
        scalar.start, scalar.end = match.start(group) + start, match.end(group) + start
        scalar.style = {"a": '"""', "b": "'''", "c": '"', "d": "'"}[group]
        scalars.append(scalar)
        return f'"{_NUMBER.format(len(scalars) - 1)}"'

    if "\ue000" in part:
        return whole
    return _placed(tomllib.loads(_TOKEN.sub(numbered, part)), scalars, names)  # type: ignore[return-value]


def _placed(node: object, scalars: list[Scalar], names: list[str]) -> Tree:
    if isinstance(node, dict):
        return {
            re.sub("\ue000(\\d+)\ue001", lambda match: names[int(match[1])], key): _placed(value, scalars, names)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_placed(each, scalars, names) for each in node]
    if isinstance(node, str) and (number := re.fullmatch("\ue000(\\d+)\ue001", node)):
        return scalars[int(number[1])]
    return node


def passage(text: str, value: Scalar) -> Passage:
    start = value.start
    if len(value.style) == 3:
        start += 2 if text.startswith("\r\n", start) else 1 if text.startswith("\n", start) else 0
    if value.style.startswith('"'):
        return unescaped(text, start, value.end)
    from audit.template.escapes import aligned

    return aligned(str(value), text, start, value.end)
