"""Dates as exports write them."""

from __future__ import annotations

import polars as pl
import pytest

from audit.errors import AuditError
from audit.ingest import dates


def one(cell: str, tz: str | None = None) -> tuple[str, str, bool]:
    read = dates.read(pl.Series([cell]), tz=tz)
    return str(read.at[0]), str(read.quality[0]), bool(read.impossible[0])


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2026-04-24T09:30:00Z", "2026-04-24 09:30:00"),
        ("2026-04-24T09:30:00.123456789+03:00", "2026-04-24 06:30:00.123456"),
        ("2026-04-24 09:30:00-0430", "2026-04-24 14:00:00"),
        ("1745480000", "2025-04-24 07:33:20"),
        ("1745480000.5", "2025-04-24 07:33:20.500000"),
        ("1745480000123", "2025-04-24 07:33:20.123000"),
        ("Tue Oct 31 22:10:47 +0000 2017", "2017-10-31 22:10:47"),
        ("Tue, 03 Mar 2020 10:00:00 +0300", "2020-03-03 07:00:00"),
    ],
)
def test_a_stated_zone_is_exact(cell: str, utc: str) -> None:
    assert one(cell, "Asia/Tokyo") == (utc, "exact", False)


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2022-07-26 13:17:18", "2022-07-26 11:17:18"),
        ("24.04.2026 09:30", "2026-04-24 07:30:00"),
        ("24/04/26, 9:30 PM", "2026-04-24 19:30:00"),
        ("14 июл 2021 в 11:17:48", "2021-07-14 09:17:48"),
        ("24 апреля 2026 г., 9:30", "2026-04-24 07:30:00"),
        ("10 maja 2021 r. o 12:30", "2021-05-10 10:30:00"),
        ("Mar 3, 2021 12:15 AM", "2021-03-02 23:15:00"),
        ("2026-03-29 02:30:00", "2026-03-29 01:30:00"),  # does not exist in Warsaw: an hour later
    ],
)
def test_without_a_zone_the_user_s_is_taken(cell: str, utc: str) -> None:
    assert one(cell, "Europe/Warsaw") == (utc, "local zone", False)


def test_without_any_zone_the_time_stays_as_written() -> None:
    assert one("24.04.2026 09:30") == ("2026-04-24 09:30:00", "local zone", False)


@pytest.mark.parametrize("cell", ["2026-04-24", "24.04.2026", "24 kwietnia 2026", "April 24, 2026"])
def test_a_day_alone(cell: str) -> None:
    assert one(cell) == ("2026-04-24 00:00:00", "date only", False)


@pytest.mark.parametrize("cell", ["31.02.2024", "2024-13-01", "1899-01-01", "2150-01-01", "soon", "25:00"])
def test_the_impossible(cell: str) -> None:
    assert one(cell) == ("None", "none", True)


@pytest.mark.parametrize("cell", ["", "NaT", "null", "3 days ago", "вчера", "0001-01-01T00:00:00Z"])
def test_no_date_is_not_impossible(cell: str) -> None:
    assert one(cell) == ("None", "none", False)
    assert dates.read(pl.Series([cell])).relative[0] is (cell in ("3 days ago", "вчера"))


@pytest.mark.parametrize(
    ("cells", "english", "day"),
    [
        (["04/05/2024", "04/13/2024"], False, "2024-04-05"),
        (["04/05/2024", "13/05/2024"], True, "2024-05-04"),
        (["04/05/2024"], True, "2024-04-05"),
        (["04/05/2024"], False, "2024-05-04"),
        (["04.05.2024"], True, "2024-05-04"),
        (["04/05/2024 1:00 PM"], False, "2024-04-05"),
    ],
)
def test_the_whole_column_tells_day_from_month(cells: list[str], english: bool, day: str) -> None:
    assert str(dates.read(pl.Series(cells), month_first=english).at[0])[:10] == day


def test_a_format_of_the_user_s() -> None:
    read = dates.read(pl.Series(["24|04|26 0930", "rubbish", None]), form="%d|%m|%y %H%M", tz="Europe/Moscow")
    assert [str(value) for value in read.at] == ["2026-04-24 06:30:00", "None", "None"]
    assert read.impossible.to_list() == [False, True, False]
    assert dates.read(pl.Series(["26:24:04"]), form="%y:%d:%m").quality.to_list() == ["date only"]


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(AuditError, match="unknown time zone 'Mars/Base'"):
        dates.read(pl.Series(["x"]), tz="Mars/Base")
