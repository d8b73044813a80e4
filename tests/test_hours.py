from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from audit import hours
from audit.errors import AuditError

FRIDAY = datetime(2026, 3, 6, 16, 0)


def waited(asked: datetime, replied: datetime, spec: str, tz: str = "UTC") -> float:
    return float(pl.select(hours.waited(pl.lit(asked), pl.lit(replied), hours.parsed(spec), tz)).item())


@pytest.mark.parametrize(
    ("asked", "replied", "expected"),
    [
        (FRIDAY, datetime(2026, 3, 6, 17, 30), 90),
        (FRIDAY, datetime(2026, 3, 9, 10, 0), 120 + 60),
        (datetime(2026, 3, 7, 3, 0), datetime(2026, 3, 8, 3, 0), 0),
        (datetime(2026, 3, 2, 9, 0), datetime(2026, 3, 16, 9, 0), 2 * 5 * 9 * 60),
    ],
)
def test_minutes_of_business_hours(asked: datetime, replied: datetime, expected: float) -> None:
    assert waited(asked, replied, "Mon-Fri 9-18") == pytest.approx(expected)


def test_hours_are_those_of_the_zone() -> None:
    assert waited(datetime(2026, 3, 6, 7, 0), datetime(2026, 3, 6, 9, 0), "Mon-Fri 9-18", "Europe/Warsaw") == pytest.approx(60)


def test_several_parts_and_other_languages() -> None:
    assert hours.parsed("Пн-Пт 9-18, Сб 10:30-14")[5] == (630, 840)
    assert hours.parsed("pn-pt 8-16") == hours.parsed("Mon-Fri 8-16")
    assert hours.parsed("Sat-Mon 9-10") == ((540, 600), (0, 0), (0, 0), (0, 0), (0, 0), (540, 600), (540, 600))


@pytest.mark.parametrize("spec", ["", "9-18", "Mon-Fri 18-9", "Mon-Fri 9-25", "Moon 9-18"])
def test_what_is_not_understood_is_said(spec: str) -> None:
    with pytest.raises(AuditError, match="--hours"):
        hours.parsed(spec)
