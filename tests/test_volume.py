"""Figures that belong to no rule."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from audit import volume

START = datetime(2026, 3, 1)


def silence(*rows: tuple[str, int, int | None]) -> dict[str, object]:
    """Rows of account, day asked, day replied."""
    frame = pl.DataFrame(
        [
            {
                "account": a,
                "asked_first": True,
                "asked_at": START + timedelta(days=q),
                "replied_at": r if r is None else START + timedelta(days=r),
            }
            for a, q, r in rows
        ],
        schema={"account": pl.String, "asked_first": pl.Boolean, "asked_at": pl.Datetime("us"), "replied_at": pl.Datetime("us")},
    )
    return volume._silence(frame)


def test_a_silence_that_has_not_ended_counts() -> None:
    found = silence(("K", 0, 1), ("K", 2, 2), ("K", 30, None))
    assert found["longest_days"] == 28.0
    assert found["since"] == "2026-03-03T00:00:00Z"
    assert (found["days_with_messages"], found["days_without_reply"]) == (3, 2)


def test_an_active_account_hides_no_silent_one() -> None:
    assert silence(*(("K", day, day) for day in range(10)), ("L", 0, 0), ("L", 9, 9))["longest_days"] == 9.0


def test_nothing_is_said_of_nothing() -> None:
    assert silence()["longest_days"] is None
