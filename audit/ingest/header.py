"""Which row of a table is its header."""

from __future__ import annotations

from collections.abc import Sequence

from audit.ingest.mapping import known_names, normalised

_DEEPEST = 40


def header_row(rows: Sequence[Sequence[str | None]]) -> int:
    """The row (0 = the first, among the first 40) that names the most known columns; the first of several cells where none does."""
    known = known_names()
    best, most = None, 1
    for place, row in enumerate(rows[:_DEEPEST]):
        hits = len({name for cell in row if cell and (name := normalised(cell)) in known})
        if hits > most:
            best, most = place, hits
    if best is not None:
        return best
    return next((place for place, row in enumerate(rows) if sum(bool(cell) for cell in row) > 1), 0)
