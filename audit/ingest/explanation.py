"""How an export is read: what was recognised, what was left aside, what is missing and what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from audit.errors import AuditError

_WANTED = {
    "text": ("text", "the messages themselves"),
    "from_brand": ("direction", "whose message a row is"),
    "sent_at": ("date", "without times nothing is said about how long customers waited"),
    "message_id": ("id", "ids are made from author, time and text"),
    "author": ("author", "who asked is not known"),
    "conversation_id": ("conversation", "dialogues are told by author and time alone"),
    "agent": ("agent", "agents are told by signatures in the texts alone"),
}
"""Message column -> its key in a map file, and what lacks without it."""
_INSTEAD = {
    "from_brand": {"reply text"},
    "text": {"text (pros)", "text (cons)", "reply text"},
    "conversation_id": {"parent_id", "answer_ids", "reply text"},
}
"""What tells the same without the column itself, as a reply in the row of its question does."""


@dataclass(frozen=True)
class Explanation:
    """`mapping`: message column -> export column. `fault`: why the export cannot be read so, where it cannot."""

    reader: str
    format: str
    encoding: str | None
    columns: tuple[str, ...]
    mapping: dict[str, str]
    fault: AuditError | None = None

    @property
    def ignored(self) -> tuple[str, ...]:
        """The export's columns that are not read."""
        read = set(self.mapping.values())
        return tuple(column for column in self.columns if column not in read)

    @property
    def missing(self) -> dict[str, str]:
        """Message column -> what lacks without it."""
        return {
            column: cost
            for column, (_, cost) in _WANTED.items()
            if column not in self.mapping and not _INSTEAD.get(column, set()) & self.mapping.keys()
        }

    def lines(self) -> Iterator[str]:
        """The explanation to print, without the fault."""
        yield ", ".join(part for part in (self.reader, self.format, self.encoding) if part)
        for field, column in self.mapping.items():
            yield f"  {field:20} <- {column}"
        if not self.mapping:
            yield "  no column is recognised"
        if self.ignored:
            yield f"  ignored: {', '.join(self.ignored)}"
        for field, cost in self.missing.items():
            yield f"  missing: {field} ({cost})"
        if self.ignored and (keys := [_WANTED[field][0] for field in self.missing]):
            wanted = ", ".join(f'{key} = "..."' for key in keys[:3])
            yield f"  hint: if a column holds it, name it in a --map FILE.toml: [columns] {wanted}"
