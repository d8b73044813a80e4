"""A file of templates as its readers get it: text, lines, what its path declares; and how a template of it is put together."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from audit.template.declared import language, parted
from audit.template.passage import Passage, literal
from audit.template.prose import hinted
from audit.template.template import Template

_LINE_ENDS = re.compile(r"\r\n|\n|\r")


class Unreadable(Exception):
    """The file is not what its suffix says. `line` from 1."""

    def __init__(self, message: str, line: int | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.line, self.hint = message, line, hint


class HoldsNone(Exception):
    """The file is sound and holds no template; the message says why."""


@dataclass(frozen=True)
class Source:
    """One file. `text` is empty for a workbook, which its reader opens itself."""

    file: Path
    path: str
    text: str = ""
    named: bool = False
    above: int = 0
    """How many leading parts of the path say nothing about the file."""

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """Where each line starts."""
        return (0, *(match.end() for match in _LINE_ENDS.finditer(self.text)))

    @cached_property
    def stem(self) -> str:
        """The file's name without its suffix and language."""
        return parted(PurePosixPath(self.path).stem)[0]

    @cached_property
    def folders(self) -> tuple[str, ...]:
        return tuple(part for part in PurePosixPath(self.path).parts[self.above : -1] if part not in ("..", ".", "/"))

    @cached_property
    def lang(self) -> str | None:
        """The language that the name, else the nearest folder, declares."""
        own = parted(PurePosixPath(self.path).stem)[1]
        return own or next((code for part in reversed(self.folders) if (code := language(part) or parted(part)[1])), None)

    @cached_property
    def kin(self) -> str:
        """The path without its language."""
        parts = [parted(part)[0] for part in self.folders]
        return "/".join(part for part in (*parts, self.stem) if part) + PurePosixPath(self.path).suffix

    @cached_property
    def hinted(self) -> bool:
        """Whether the path says that templates are inside."""
        return any(hinted(part) for part in (*self.folders, PurePosixPath(self.path).stem))

    def literal(self, start: int, end: int) -> Passage:
        return literal(self.text, start, end)

    def template(
        self,
        reader: str,
        passage: Passage,
        key: str,
        name: str,
        *,
        lang: str | None = None,
        declared: Sequence[str] = (),
        titles: Sequence[str] = (),
        variables: Sequence[str] = (),
        kin: str | None = None,
        cell: tuple[int, int] | None = None,
    ) -> Template:
        """A template of this file. `declared`: reactions and tags; `titles`: other names that may tell the reaction; `kin`: what is shared
        by its translations inside of this file (None: the key), given where the language is known."""
        passage = passage.stripped()
        lang = lang or self.lang
        start = passage.starts[0] if passage.text else passage.after
        line, column = cell or self.position(start)
        named = tuple(dict.fromkeys(word for word in declared if word))
        implied = tuple(dict.fromkeys(word for word in (*titles, self.stem, *reversed(self.folders)) if word and word not in named))
        return Template(
            path=self.path,
            reader=reader,
            key=key,
            name=" ".join(name.split()) or self.stem or self.path,
            text=passage.text,
            lang=lang,
            reactions=(*named, *implied),
            offsets=passage.offsets,
            line=line,
            column=column,
            variables=tuple(variables),
            ends=tuple(passage.ends),
            kin=f"{self.kin}#{key if kin is None else kin}" if lang else "",
            lines=() if cell else self.lines,
            explicit=len(named),
        )

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1."""
        line = bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1


_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decoded(file: Path) -> str:
    """The file's text, without a BOM. Raises HoldsNone for binaries, Unreadable where no encoding fits."""
    raw = file.read_bytes()
    for bom, name in _BOMS:
        if raw.startswith(bom):
            try:
                return raw[len(bom) :].decode(name)
            except UnicodeDecodeError as error:
                raise Unreadable(f"wrong encoding: not {name} at byte {error.start}", hint="save the file as UTF-8") from None
    if b"\0" in raw[: 1 << 13]:
        raise HoldsNone("a binary file")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        from audit.errors import AuditError
        from audit.ingest.encoding import encoding_of

        try:
            return raw.decode(encoding_of(file))
        except (AuditError, UnicodeDecodeError, LookupError):
            line = raw.count(b"\n", 0, error.start) + 1
            raise Unreadable("wrong encoding: neither UTF-8 nor Russian cp1251 nor Polish cp1250", line, "save the file as UTF-8") from None
