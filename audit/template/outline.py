"""A Markdown file as a flat run of blocks, each under its headings. The only importer of markdown_it.

Only blocks are parsed, which tells lines; columns come from the lines themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from audit.template.passage import Passage, joined
from audit.template.source import Source

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Kind = Literal["heading", "fence", "quote", "item", "paragraph", "rule", "comment", "other"]


@dataclass(frozen=True)
class Block:
    """Lines `first` to `last` (from 0, exclusive). `label`: the words of a list item that the block stands in."""

    kind: Kind
    first: int
    last: int
    level: int = 0
    info: str = ""
    label: str = ""
    group: int = 0
    """Number of the list that an item belongs to."""


@dataclass
class Section:
    """What stands between two headings or rules."""

    headings: tuple[str, ...] = ()
    """Titles from the outermost to the nearest."""
    blocks: list[Block] = field(default_factory=list)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def sections(source: Source, first_line: int = 0) -> list[Section]:
    """The sections of a file from a line (from 0) on, in order. Those without a block, or with comments only, are left out."""
    found = [Section()]
    titles: list[tuple[int, str]] = []
    for block in blocks(source, first_line):
        if block.kind == "heading":
            titles = [each for each in titles if each[0] < block.level]
            titles.append((block.level, title_of(line_of(source, block.first).text)))
            found.append(Section(tuple(title for _, title in titles)))
        elif block.kind == "rule":
            found.append(Section(tuple(title for _, title in titles)))
        else:
            found[-1].blocks.append(block)
    return [section for section in found if any(block.kind != "comment" for block in section.blocks)]


def title_of(line: str) -> str:
    """A heading's words, without its marks, numbering and emphasis."""
    plain = re.sub(r"^\s*#{1,6}\s*|\s*#*:?\s*$", "", line)
    plain = re.sub(r"\*\*|__|`|\\(?=\W)", "", plain)
    return re.sub(r"^[^\w\"«„“‘'({\[<%$#]*(?:\d+(?:\.\d+)*[.)]\s+)?", "", plain).strip() or plain.strip()


def blocks(source: Source, first_line: int) -> Iterator[Block]:
    text = source.text[source.lines[first_line] :] if first_line < len(source.lines) else ""
    tokens = _parser().parse(text)
    lists = 0
    items: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        first, last = (line + first_line for line in token.map) if token.map else (0, 0)
        label = items[-1] if items else ""
        if token.type == "heading_open":
            yield Block("heading", first, last, int(token.tag[1]))
        elif token.type in ("fence", "code_block"):
            yield Block("fence" if token.type == "fence" else "other", first, last, info=token.info.strip(), label=label)
        elif token.type == "blockquote_open":
            yield Block("quote", first, last, label=label)
            at = _close(tokens, at)
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            lists += token.level == 0
        elif token.type == "list_item_open":
            end = _close(tokens, at)
            inside = {each.type for each in tokens[at + 1 : end]}
            if inside <= {"paragraph_open", "inline", "paragraph_close"}:
                if token.level == 1:
                    yield Block("item", first, last, group=lists)
                at = end
            else:
                items.append(next((each.content for each in tokens[at:end] if each.type == "inline"), ""))
        elif token.type == "list_item_close":
            items.pop()
        elif token.type == "paragraph_open" and token.level == 0:
            yield Block("paragraph", first, last)
        elif token.type == "hr":
            yield Block("rule", first, last)
        elif token.type == "html_block" and _COMMENT.fullmatch(token.content):
            yield Block("comment", first, last)
        elif token.type in ("table_open", "html_block"):
            yield Block("other", first, last)
            at = _close(tokens, at) if token.nesting == 1 else at
        at += 1


def _close(tokens: list[Token], opening: int) -> int:
    """The place of the token that closes the one at `opening`."""
    level = tokens[opening].level
    return next(place for place in range(opening + 1, len(tokens)) if tokens[place].level == level and tokens[place].nesting == -1)


def line_of(source: Source, number: int) -> Passage:
    """A line (from 0) with its end."""
    end = source.lines[number + 1] if number + 1 < len(source.lines) else len(source.text)
    return source.literal(source.lines[number], end)


_COMMENT = re.compile(r"\s*(?:<!--(?:(?!-->).)*-->\s*)+", re.DOTALL)
"""What nobody is sent: notes, and what is allowed (audit.lint.allowance)."""
_QUOTE = re.compile(r"[ \t]*>[ ]?")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")


def body(source: Source, block: Block) -> Passage:
    """The text inside of a block: the marks of quote, fence or list taken away."""
    lines = [line_of(source, number) for number in range(block.first, min(block.last, len(source.lines)))]
    if block.kind == "fence":
        indent = len(lines[0].text) - len(lines[0].text.lstrip(" \t>"))
        closed = len(lines) > 1 and re.fullmatch(r"[ \t>]*(?:`{3,}|~{3,})\s*", lines[-1].text)
        lines = [_cut(line, min(indent, len(line.text) - len(line.text.lstrip(" \t>")))) for line in lines[1 : -1 if closed else None]]
    elif block.kind == "quote":
        lines = [_cut(line, match.end() if (match := _QUOTE.match(line.text)) else 0) for line in lines]
    elif block.kind == "item":
        mark = _ITEM.match(lines[0].text)
        width = mark.end() if mark else 0
        lines = [
            _cut(line, width if not number else min(width, len(line.text) - len(line.text.lstrip(" "))))
            for number, line in enumerate(lines)
        ]
    return joined(lines).stripped()


def _cut(line: Passage, width: int) -> Passage:
    return line.part(width, len(line.text))
