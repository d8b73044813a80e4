"""One fault of a template or of a set, with its place, and what is known of the rule that found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = ("error", "warning", "note")
"""From the gravest to the lightest."""


@dataclass(frozen=True)
class Card:
    """What is said of a rule, whoever finds its fault."""

    id: str
    category: str
    level: Level
    title: str
    why: str
    fix: str
    preview: bool = False
    """Shown as a note, and fails nothing, unless the rule is selected by name."""


@dataclass(frozen=True)
class Edit:
    """A change that is safe to make: the code points `start` to `end` (exclusive) of the file's text become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Suppression:
    """Why a finding does not count: `inSource` by a comment, `external` by the baseline (the words of SARIF)."""

    kind: Literal["inSource", "external"]
    reason: str
    until: str | None = None


@dataclass(frozen=True)
class Finding:
    """A fault and its place in the file: lines and columns from 1, columns in code points, the end exclusive."""

    rule: str
    level: Level
    message: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    key: str = ""
    """The template's key; empty for a finding about a file or a set."""
    name: str = ""
    lang: str | None = None
    words: str | None = None
    """What is at fault, as the customer would read it; None where something is missing."""
    better: str | None = None
    """A wording that would do, as an example."""
    lines: tuple[int, int] = (1, 1)
    """First and last line of the template (of the file for a finding about a set): one change in them makes the finding new."""
    span: tuple[int, int] | None = None
    """Code points of the template's text; None where something is missing, or the finding is about a file or a set."""
    edit: Edit | None = None
    content: str = ""
    """What the finding is about, in normal form: the words and their sentence, or the whole text."""
    preview: bool = False
    fingerprint: str = ""
    suppression: Suppression | None = None

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    @property
    def order(self) -> tuple[str, int, int, str]:
        return self.path, self.line, self.column, self.rule
