"""The columns of one export that fill a message: by the map file, else by synonyms, the first that holds a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from audit.ingest import cells, clock, mapfile, mapping, roles, values
from audit.ingest.mapfile import MapFile
from audit.ingest.mapping import normalised
from audit.ingest.reader import NotUnderstood, ReadOptions, Sample

_SHOWN = {
    "id": "message_id",
    "author": "author",
    "author_name": "author_name",
    "agent": "agent",
    "account": "account",
    "from_brand": "from_brand",
    "automatic": "automatic",
    "private": "private",
    "internal": "internal note",
    "public": "public note",
    "source": "channel",
    "channel": "channel (kind)",
    "kind": "channel (type)",
    "conversation": "conversation_id",
    "parent": "parent_id",
    "answers": "answer_ids",
    "date": "sent_at",
    "time": "sent_at (time)",
    "edited": "edited_at",
    "retrieved": "sent_at (retrieved)",
    "title": "title",
    "text": "text",
    "pros": "text (pros)",
    "cons": "text (cons)",
    "rating": "rating",
    "likes": "likes",
    "removed": "removed",
    "url": "url",
    "lang": "declared_lang",
    "reply_text": "reply text",
    "reply_date": "reply sent_at",
}
"""Field of synonyms.toml -> the message column that it is shown as."""


@dataclass(frozen=True)
class Columns:
    """Field of synonyms.toml -> the export's column; `found` holds every candidate, best first."""

    chosen: dict[str, str]
    found: dict[str, list[str]]

    def __getitem__(self, field: str) -> str | None:
        return self.chosen.get(field)

    def cell(self, field: str) -> pl.Expr:
        """The trimmed cell of the field's column; null where there is no column."""
        name = self.chosen.get(field)
        return values.filled(pl.col(name)) if name else pl.lit(None, dtype=pl.String)


def chosen(frame: pl.DataFrame, sample: Sample, options: ReadOptions, said: MapFile | None) -> Columns:
    """Raises AuditError where a named column is absent, or no column holds a message."""
    names = [name for name in frame.columns if name != "source_row"]
    found = mapping.candidates(names)
    filled = set(_filled(frame, names))
    picked = {field: next((c for c in columns if c in filled), None) for field, columns in found.items()}
    for field in ("reply_text", "text"):
        # A column of replies tells the shape of the table even where every cell of it is empty.
        picked[field] = next(
            (c for c in found[field] if c in filled and _worded(frame, c)), next((c for c in found[field] if c not in filled), None)
        )
    picked["rating"] = _rating(frame, [column for column in found["rating"] if column in filled])
    _addresses(frame, picked, found, filled)
    if picked["id"] and normalised(picked["id"]) == "№" and _counts_rows(frame, picked["id"], picked["parent"]):
        picked["id"] = None
    if picked["author_name"] == picked["author"]:
        picked["author_name"] = None
    picked["time"] = next((c for c in found["time"] if c in filled and c != picked["date"] and clock.looks_so(frame.get_column(c))), None)
    if options.agent_column is not None:
        agent_cell(names, sample, options)
        picked["agent"] = options.agent_column
    if said:
        for field, name in said.columns.items():
            if name not in names:
                raise mapfile.absent_column(str(said.path), f"columns.{field}", name, names)
        picked |= said.columns
    taken = {field: name for field, name in picked.items() if name}
    if "text" not in taken and "reply_text" not in taken:
        listed = mapfile.listed(names)
        raise NotUnderstood(
            f"no column of messages is recognised among: {listed}",
            place=str(sample.path),
            hint='name the columns in a file given with --map FILE.toml: [columns] text = "...", author = "...", date = "..."',
            mapping=shown(taken),
        )
    return Columns(taken, found)


def shown(mapped: dict[str, str]) -> dict[str, str]:
    """Message column -> export column, in the order of the message."""
    return {column: mapped[field] for field, column in _SHOWN.items() if field in mapped}


def agent_cell(names: Sequence[str], sample: Sample, options: ReadOptions) -> pl.Expr:
    """The cell of the column that the user named for agents; null where none is named. Raises AuditError when the export lacks it."""
    if options.agent_column is None:
        return pl.lit(None, dtype=pl.String)
    if options.agent_column not in names:
        raise mapfile.absent_column(str(sample.path), "--agent-column", options.agent_column, sample.columns_as_given)
    return values.filled(pl.col(options.agent_column))


def _counts_rows(frame: pl.DataFrame, column: str, parent: str | None) -> bool:
    """Whether a column numbers the rows of this export: whole numbers from about 1 to about their count, none twice, none a parent's.

    Monitoring services number the rows of every export anew, so that the same number is another message in the next one.
    """
    cells = frame.select(values.whole_id(pl.col(column)).alias("number")).to_series()
    numbers = cells.str.to_integer(strict=False)
    if numbers.null_count() > cells.null_count() or numbers.drop_nulls().is_duplicated().any():
        return False
    parents = frame.select(values.whole_id(pl.col(parent))).to_series() if parent else cells.clear()
    highest = numbers.max()
    return (
        not parents.drop_nulls().is_in(cells.drop_nulls().implode()).any() and isinstance(highest, int) and highest <= 2 * frame.height + 10
    )


def _filled(frame: pl.DataFrame, names: list[str]) -> list[str]:
    """Columns that hold a value in some row."""
    if not frame.height or not names:
        return []
    some = frame.select(values.filled(pl.col(name)).is_not_null().any().alias(name) for name in names).row(0)
    return [name for name, any_value in zip(names, some, strict=True) if any_value]


def _worded(frame: pl.DataFrame, column: str) -> bool:
    """Whether a column holds texts, and not numbers or truths under a text's name (as `comment` = 3, `reply` = yes)."""
    if roles.truths(frame.get_column(column)) is not None:
        return False
    return not frame.select(values.filled(pl.col(column)).drop_nulls().str.contains(r"^[\d\s.,:+-]+$").all()).item()


def _rating(frame: pl.DataFrame, columns: list[str]) -> str | None:
    """The first column in which most values are votes."""
    for column in columns:
        votes = frame.select(vote=cells.rating(pl.col(column)).count(), value=values.filled(pl.col(column)).count()).row(0)
        if votes[0] * 2 > votes[1]:
            return column
    return None


def _addresses(frame: pl.DataFrame, picked: dict[str, str | None], found: dict[str, list[str]], filled: set[str]) -> None:
    """A `Source` column may hold the address of the message, and none of the service."""
    held = [column for column in found["source"] if column in filled]
    urls = [c for c in held if frame.select(values.filled(pl.col(c)).drop_nulls().str.starts_with("http").all()).item()]
    picked["source"] = next((column for column in held if column not in urls), None)
    if picked["url"] is None and urls:
        picked["url"] = urls[0]
