"""Markdown's marks inside of a text taken away: emphasis, hard breaks, escapes, comments, tags. Placeholders and links stay as they are."""

from __future__ import annotations

import html
import re

from audit.template.passage import Passage, replaced
from audit.template.placeholder import TAGS, placeholders

_MARKS = re.compile(
    r"(?P<comment><!--.{0,2000}?-->)"
    r"|(?P<link>!?\[[^\[\]\n]*\]\([^()\n]*\)|https?://\S+)"
    r"|(?P<escape>\\(?=[!-/:-@\[-`{-~]))"
    r"|(?P<break>(?:[ ]{2,}|\\)(?=\r?\n|$))"
    r"|(?P<heading>(?:(?<=\n)|^)#{1,6}[ ]+)"
    r"|(?P<br><br\s*/?>)|(?P<tag></?(?P<name>[A-Za-z][A-Za-z0-9]*)(?:\s[^<>]*)?/?>)"
    r"|(?P<entity>&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});)"
    r"|(?P<code>(?<!`)`(?=[^`\n]{1,999}`(?!`)))"
    r"|(?P<strong>\*\*(?=\S)(?=.{1,999}?\S\*\*)|__(?=\S)(?=.{1,999}?\S__(?!\w))(?<!\w__)|~~(?=\S)(?=.{1,999}?\S~~))"
    r"|(?P<emphasis>(?<![\w*])\*(?=[^\s*])(?=[^*\n]{0,999}[^\s*]\*(?![\w*]))|(?<!\w)_(?=[^\s_])(?=[^_\n]{0,999}[^\s_]_(?!\w)))",
    re.DOTALL,
)

_BEGINS = re.compile(r"[*_~`\\<&!\[]|(?:(?<=\n)|^)#|  |https?://")


def plain(passage: Passage) -> Passage:
    """The passage as it is shown."""
    text = passage.text
    if not _BEGINS.search(text):
        return passage
    kept = [(one.start, one.end) for one in placeholders(text)]
    spans: list[tuple[int, int, str]] = []
    closing: list[tuple[int, int]] = []
    position = 0
    while begins := _BEGINS.search(text, position):
        match = _MARKS.match(text, begins.start())
        if match is None:
            position = begins.start() + 1
            continue
        start, end = match.span()
        position = max(end, start + 1)
        inside = next(((a, b) for a, b in kept if a <= start < b), None)
        if inside:
            position = inside[1]
            continue
        kind = match.lastgroup if match.lastgroup != "name" else "tag"
        if match["tag"]:
            kind = "tag"
        if kind == "link" or any(a <= start < b for a, b in closing):
            continue
        if kind in ("strong", "emphasis", "code"):
            mark = text[start:end]
            close = _closes(text, mark, end, kept)
            if close is not None:
                spans.append((start, end, ""))
                spans.append((close, close + len(mark), ""))
                closing.append((close, close + len(mark)))
            continue
        if kind == "tag" and match["name"].lower() not in TAGS:
            continue
        spans.append((start, end, "\n" if kind == "br" else html.unescape(match[0]) if kind == "entity" else ""))
        if kind == "escape":
            position = end + 1
    return replaced(passage, sorted(spans)).stripped()


def _closes(text: str, mark: str, start: int, kept: list[tuple[int, int]]) -> int | None:
    """Where the emphasis that opened before `start` ends."""
    place = text.find(mark, start)
    while place != -1:
        inside = next((b for a, b in kept if a <= place < b), None)
        if inside is None and (mark == "`" or not text[place - 1].isspace()) and (len(mark) == 2 or text[place : place + 2] != mark * 2):
            return place
        place = text.find(mark, inside or place + len(mark))
    return None
