"""A reply template, where it stands, and what came of reading a set of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Span:
    """Code points of a file's decoded text, from `start` up to but not including `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Template:
    """One reply template."""

    path: str
    """As walked, relative to the working directory, with "/" between its parts."""
    reader: str
    """markdown, text, yaml, json, toml, csv, xlsx, po, html."""
    key: str
    """A place inside the file that stays when lines move: headings, a JSON pointer, a row's id, a msgid."""
    name: str
    """A title for people."""
    text: str
    """The text as the customer gets it: escapes decoded, the carrier's markup taken away, placeholders still in it."""
    lang: str | None
    """The language declared by front matter, column, folder, file suffix or header; None where it is to be identified."""
    reactions: tuple[str, ...]
    """Declared names (reaction, tags, titles, folders) as they stand, the most explicit first; not yet mapped to types."""
    offsets: tuple[int, ...]
    """For each code point of `text`, its code point in the file's text; one more for the end."""
    line: int
    column: int
    """From 1: where the text starts. In a workbook the row and the column of the cell."""
    variables: tuple[str, ...] = ()
    """Placeholders that the file itself declares."""
    ends: tuple[int, ...] = ()
    """For each code point of `text`, where what it came from ends: one further where it is literal, more for an escape."""
    kin: str = ""
    """The same for the translations of one template; empty where that is not known."""
    lines: tuple[int, ...] = field(default=(), repr=False)
    """Where each line of the file starts, in code points (shared by its templates); empty in a workbook."""
    explicit: int = 0
    """How many of `reactions`, from the first, were declared as such (a key, a column, a tag); the rest are titles and folders."""


def place(template: Template, start: int, end: int) -> tuple[int, int, int, int]:
    """Line, column, end line and end column in the file (from 1, end exclusive) of `template.text[start:end]`.

    In a workbook it is the cell, whatever the span.
    """
    if not template.lines:
        return template.line, template.column, template.line, template.column
    span = file_span(template, start, end)
    return (*_line_and_column(template.lines, span.start), *_line_and_column(template.lines, span.end))


def file_span(template: Template, start: int, end: int) -> Span:
    """The code points of the file that `template.text[start:end]` came from, markup and escapes between them included.

    What stands there may be written over only where it equals the text: then no escape and no markup lies in between.
    """
    if end <= start:
        return Span(template.offsets[start], template.offsets[start])
    return Span(template.offsets[start], template.ends[end - 1] if template.ends else template.offsets[end - 1] + 1)


def _line_and_column(lines: tuple[int, ...], offset: int) -> tuple[int, int]:
    line = bisect_right(lines, offset)
    return line, offset - lines[line - 1] + 1


@dataclass(frozen=True)
class Skipped:
    """A file that holds no template, and why. `named`: it was given outright, not met by walking."""

    path: str
    why: str
    named: bool = False


@dataclass(frozen=True)
class Failed:
    """A file, or a part of one, that could not be read. `line` from 1, None where it is not known."""

    path: str
    line: int | None
    message: str
    hint: str | None = None


@dataclass(frozen=True)
class Reading:
    """What a set of paths held."""

    templates: tuple[Template, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    failed: tuple[Failed, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    """Path -> decoded text of each file that holds templates (workbooks have none)."""


@dataclass(frozen=True)
class TemplateOptions:
    """What is read of the paths given."""

    include: tuple[str, ...] = ()
    """Patterns as in .gitignore, of files to read when folders are walked; none means every known suffix."""
    exclude: tuple[str, ...] = ()
    """Patterns as in .gitignore, of files and folders to leave out."""
    root: str = ""
    """The folder that the patterns start from; else the working directory."""
    most_bytes: int = 10_000_000
    """Larger files are skipped."""
