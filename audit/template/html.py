"""HTML to the text that a customer reads, with the way back: bodies inside of other formats, and files of one reply each.

Text, entities and line breaks are kept, tags, comments, styles and the head are not. `<name>`, which is no tag, is a placeholder.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from audit.template.passage import Passage, decoded, joined
from audit.template.placeholder import TAGS, placeholders
from audit.template.prose import LONGEST, greets, is_prose, speaks
from audit.template.source import HoldsNone, Source
from audit.template.template import Template

NAME = "html"
SUFFIXES = (".html", ".htm")

_MOST = 40 * LONGEST
"""Letters of a page with its tags."""
_BLOCK_NAMES = (
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre "
    "section table tbody td tfoot th thead tr ul"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SILENT = frozenset(("head", "script", "style", "title", "template", "noscript"))
_MARKUP = re.compile(
    r"</?(?:p|br|div|span|b|strong|em|i|u|ul|ol|li|a|h[1-6]|table|tr|td|blockquote|html|body|img|font|hr|pre|code)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")


def is_html(text: str) -> bool:
    return _MARKUP.search(text) is not None or _ENTITY.search(text) is not None


def read(source: Source) -> Iterator[Template]:
    if len(source.text) > _MOST:
        raise HoldsNone("too long for one reply")
    whole = source.literal(0, len(source.text))
    passage = shown(whole)
    title = re.search(r"<title[^>]*>([^<]*)</title>", source.text, re.IGNORECASE)
    if not is_prose(passage.text):
        raise HoldsNone("no text in it")
    if not (greets(passage.text) or (speaks(passage.text) and source.hinted)) or len(passage.text) > LONGEST:
        raise HoldsNone("no text in it speaks to a customer")
    yield source.template(NAME, passage, "", html.unescape(title[1]) if title else source.stem, kin="")


def shown(passage: Passage) -> Passage:
    """The text of a passage of HTML."""
    reader = _Reader(passage)
    reader.feed(passage.text.replace("<![", "\ue000!["))  # a section of XML is text here; Python's reader stumbles over it
    reader.close()
    return joined(reader.parts).stripped() if reader.parts else passage.part(0, 0)


class _Reader(HTMLParser):
    def __init__(self, passage: Passage) -> None:
        super().__init__(convert_charrefs=False)
        self.passage = passage
        self.parts: list[Passage] = []
        self.silent = 0
        self.kept_as_is = 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", passage.text))]

    def _here(self) -> int:
        line, column = self.getpos()
        return self.starts[line - 1] + column

    def _put(self, text: str, start: int, length: int) -> None:
        if length <= 0 or self.silent:
            return
        part = self.passage.part(start, start + length)
        self.parts.append(part if part.text == text else decoded(text, part.starts[0], part.ends[-1]))

    def _break(self, length: int) -> None:
        """A line end in the place of the tag that stands here, unless one was just made."""
        if any(part.text.strip() for part in self.parts) and not self.parts[-1].text.endswith("\n"):
            self._put("\n", self._here(), length)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        written = self.get_starttag_text() or ""
        if tag not in TAGS or (tag not in _BLOCKS and _is_placeholder(self.passage.text, written)):
            self._put(written, self._here(), len(written))
        elif tag == "br":
            self._put("\n", self._here(), len(written))
        elif tag in _BLOCKS:
            self._break(len(written))
        self.silent += tag in _SILENT
        self.kept_as_is += tag == "pre"

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag not in _SILENT and tag != "pre":
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in _SILENT))
        self.kept_as_is = max(0, self.kept_as_is - (tag == "pre"))
        if tag in _BLOCKS:
            self._break(len(tag) + 3)

    def handle_data(self, data: str) -> None:
        start = self._here()
        data = self.passage.text[start : start + len(data)]
        if self.kept_as_is:
            self._put(data, start, len(data))
            return
        for match in re.finditer(r"[ \t\r\n\f]{2,}|[\t\r\n\f]|^ | $|(?:[^ \t\r\n\f]+| (?=[^ \t\r\n\f]))+", data):
            blank = match[0].strip(" \t\r\n\f") == ""
            if blank and (not self.parts or self.parts[-1].text[-1:] in (" ", "\n")):
                continue
            self._put(" " if blank else match[0], start + match.start(), len(match[0]))

    def handle_entityref(self, name: str) -> None:
        self._reference(f"&{name}")

    def handle_charref(self, name: str) -> None:
        self._reference(f"&#{name}")

    def _reference(self, written: str) -> None:
        start = self._here()
        closed = self.passage.text[start + len(written) : start + len(written) + 1] == ";"
        self._put(html.unescape(f"{written};"), start, len(written) + closed)


def _is_placeholder(text: str, written: str) -> bool:
    """Whether a tag such as `<link>` or `<time>` is one of HTML's by chance: nothing in the text closes it, and it says nothing more."""
    return any(one.syntax == "angle" for one in placeholders(written)) and f"</{written[1:-1].lower()}" not in text.lower()
