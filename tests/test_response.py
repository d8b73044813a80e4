from __future__ import annotations

import polars as pl
import pytest

from audit import response


def waits(*rows: tuple[float, bool]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"minutes": pl.Float64, "answered": pl.Boolean}, orient="row")


def test_kaplan_meier_by_hand() -> None:
    """Four messages: answered at 1, censored at 2, answered at 3, censored at 4: S = 3/4, then 3/4 * 1/2."""
    times, waiting = response.survival(waits((1, True), (2, False), (3, True), (4, False)))
    assert times.tolist() == [1, 3]
    assert waiting.tolist() == pytest.approx([0.75, 0.375])


def test_the_unanswered_count_in_the_median() -> None:
    answered = [(float(m), True) for m in range(1, 41)]
    silent = [(9999.0, False)] * 60
    told = response.first_response(waits(*answered, *silent))
    assert told["median_minutes"] is None
    assert told["n"] == 100
    assert told["within"]["60"] == pytest.approx(0.4)
    assert response.first_response(waits(*answered))["median_minutes"] == 20


def test_nothing_waited() -> None:
    assert response.first_response(waits()) == {"n": 0, "answered": 0, "median_minutes": None, "p90_minutes": None, "within": {}}
    assert response.curve(waits()) == []


def test_the_curve_never_rises() -> None:
    points = response.curve(waits((5, True), (60, True), (700, False)))
    shares = [share for _, share in points]
    assert shares == sorted(shares, reverse=True)
    assert points[0] == [0.0, 1.0]
