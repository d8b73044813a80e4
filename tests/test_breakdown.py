"""Verdicts by part: cells add up, small parts are folded, reasons for what was not judged are told apart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from audit import breakdown
from audit.rulebook import Rulebook, open_rulebook


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return open_rulebook()


def history(rulebook: Rulebook, agents: int = 3, each: int = 4) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows: list[dict[str, Any]] = [
        {
            "account": "Kettlewell",
            "agent": f"A{agent:03d}",
            "channel": "twitter" if n % 2 else "vk",
            "reply_lang": "en",
            "asked_lang": "en",
            "asked_type": "complaint" if n % 2 else "praise",
            "asked_at": datetime(2026, 1 + n % 3, 5, 23),
            "replied_at": datetime(2026, 1 + n % 3, 6),
            "asked_time_quality": "exact",
            "reply": "hello",
        }
        for agent in range(agents)
        for n in range(each)
    ]
    frame = pl.DataFrame(rows)
    ids = [rule.id for rule in rulebook.of("reply", "asked")]
    verdicts = pl.DataFrame({id: [n % 4 != 0 for n in range(len(rows))] for id in ids})
    redirect = pl.when(frame["asked_type"] == "complaint").then(pl.col("private-redirect"))
    return frame, verdicts.with_columns(redirect.alias("private-redirect"))


def test_parts_add_up_to_the_whole(rulebook: Rulebook) -> None:
    rows, verdicts = history(rulebook)
    counted = breakdown.cells(rows, verdicts, rulebook, "month", "Europe/Warsaw")
    for keys in (("agent",), ("channel", "lang"), breakdown.FACETS):
        assert counted.by(*keys)["n"].sum() == rows.height
        assert counted.by(*keys)["kept:stock-phrase"].sum() == verdicts["stock-phrase"].sum()
    assert set(counted.frame["hours"]) == {0}  # 23:00 UTC is midnight in Warsaw
    facets = breakdown.facets(counted)
    place = facets["rules"].index("private-redirect")
    assert sum(cell["judged"][place] for cell in facets["cells"]) == verdicts["private-redirect"].count()


def test_agents_beyond_the_cells_are_added_up_not_lost(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breakdown, "MOST_CELLS", 10)
    rows, verdicts = history(rulebook, agents=50)
    facets = breakdown.facets(breakdown.cells(rows, verdicts, rulebook, "month", None))
    assert sum(cell["n"] for cell in facets["cells"]) == rows.height
    named = {cell["agent"] for cell in facets["cells"]}
    assert breakdown.OTHERS in named
    assert len(named) == 6
    assert len(facets["cells"]) <= 12


def test_trends_have_a_place_for_each_period_judged(rulebook: Rulebook) -> None:
    rows, verdicts = history(rulebook)
    trend = breakdown.trends(breakdown.cells(rows, verdicts, rulebook, "month", None), "month")["stock-phrase"]
    assert [row["label"] for row in trend] == ["2026-01", "2026-02", "2026-03"]
    assert sum(row["judged"] for row in trend) == rows.height
    assert sum(row["broken"] for row in trend) == 3


def test_reasons_for_not_judging(rulebook: Rulebook) -> None:
    rows, verdicts = history(rulebook)
    rule = rulebook.rule("private-redirect")
    blank = verdicts.with_columns(pl.lit(None, pl.Boolean).alias(rule.id))
    foreign = rows.with_columns(
        pl.lit("other").alias("reply_lang"), pl.when(pl.col("agent") == "A000").then(None).otherwise("reply").alias("reply")
    )
    found = breakdown.unjudged(breakdown.cells(foreign, blank, rulebook, "month", None), [rule])[rule.id]
    assert found == {"type": 6, "no reply": 2, "language": 4}
    found = breakdown.unjudged(breakdown.cells(rows, verdicts, rulebook, "month", None), [rule])[rule.id]
    assert found == {"type": 6}
