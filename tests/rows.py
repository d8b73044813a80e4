"""Messages for tests: written here, in the shape of tables.MESSAGES."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from audit import tables
from audit.store import Store

START = datetime(2026, 3, 2, 9, 0)


def message(id: str, text: str, *, brand: bool = False, minute: float | None = 0, author: str | None = None, **more: Any) -> dict[str, Any]:
    """One message; a brand message is Kettlewell's, a customer's is Ola's unless said otherwise."""
    return {
        "message_id": id,
        "account": "Kettlewell" if brand else None,
        "from_brand": brand,
        "author": author or ("Kettlewell" if brand else "ola"),
        "channel": "twitter",
        "channel_kind": "public",
        "private": False,
        "sent_at": None if minute is None else START + timedelta(minutes=minute),
        "time_quality": "none" if minute is None else "exact",
        "text": text,
        **more,
    }


def frame(*messages: dict[str, Any]) -> pl.DataFrame:
    rows = [{"source_row": number, **row} for number, row in enumerate(messages, 1)]
    return pl.DataFrame(rows, schema=tables.MESSAGES)


def stored(store: Store, *messages: dict[str, Any], name: str = "a.csv") -> None:
    batch = frame(*messages)
    store.add(name, name, "{}", "test|", "test", batch, pl.DataFrame(schema=tables.REJECTS), batch.height)
