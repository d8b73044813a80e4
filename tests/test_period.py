"""Scores of periods: weeks by a quicker way, and the change between the last two with its interval."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit import period, score
from audit.ingest.reader import ReadOptions
from audit.pipeline import AuditOptions, audit_history

EXAMPLES = Path(__file__).parent.parent / "examples" / "kettlewell" / "exports"


def test_weeks_are_scored_as_periods_are() -> None:
    audit = audit_history([EXAMPLES], AuditOptions(read=ReadOptions(brand="Kettlewell", tz="Europe/Warsaw")))
    ids = [rule.id for rule in audit.rulebook.of("reply", "asked")]
    verdicts = score.after_excuses(audit.rows.select(ids), audit.rows, audit.profile)
    slow = period.scores(audit.rows, verdicts, audit.rulebook, audit.profile, 1, "week")
    quick = audit.result["weeks"]
    assert [(week["label"], week["score"]) for week in quick] == [(week["label"], week["score"]) for week in slow]
    for one, other in zip(quick, slow, strict=True):
        assert one["low"] <= one["score"] <= one["high"]
        assert (one["high"] - one["low"]) == pytest.approx(other["high"] - other["low"], rel=0.6)


@pytest.mark.parametrize(("after", "chance"), [(75.0, True), (90.0, False)])
def test_the_change_has_an_interval(after: float, chance: bool) -> None:
    before = {"label": "2026-01", "score": 70.0, "low": 66.0, "high": 74.0, "n": 100}
    moved = period.change([before, {**before, "label": "2026-02", "score": after, "low": after - 3, "high": after + 3}])
    assert moved is not None
    assert moved["previous"] == before
    assert moved["difference"] == {"value": after - 70, "low": after - 75, "high": after - 65}
    assert (moved["difference"]["low"] <= 0 <= moved["difference"]["high"]) is chance
    assert period.change([before]) is None
