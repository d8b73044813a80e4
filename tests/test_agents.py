"""What is said of one agent: adjusted scores, gains and with whom to begin, the coaching page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from audit import score
from audit.ingest.reader import ReadOptions
from audit.pipeline import Audit, AuditOptions, audit_history
from audit.statistics import adjustment

EXAMPLES = Path(__file__).parent.parent / "examples" / "kettlewell" / "exports"


@pytest.fixture(scope="module")
def audit() -> Audit:
    return audit_history([EXAMPLES], AuditOptions(read=ReadOptions(brand="Kettlewell", tz="Europe/Warsaw")))


def cells(mix: dict[str, tuple[int, int]], rates: dict[str, tuple[float, float]]) -> pl.DataFrame:
    """Agents who got (complaints, praise), and kept the rule at those rates."""
    rows = [
        {
            "account": "K",
            "agent": agent,
            "asked_type": kind,
            "channel": "vk",
            "hours": 1,
            "n": n,
            "judged:r": n,
            "kept:r": round(n * rates[agent][i]),
        }
        for agent, counts in mix.items()
        for i, (kind, n) in enumerate(zip(("complaint", "praise"), counts, strict=True))
    ]
    return pl.DataFrame(rows)


def test_a_different_mix_alone_makes_no_difference() -> None:
    """Both keep 50 % on complaints and 90 % on praise; one gets complaints, the other praise."""
    same = {"A": (0.5, 0.9), "B": (0.5, 0.9)}
    mix = {"A": (800, 200), "B": (200, 800)}
    found = adjustment.adjusted(cells(mix, same), {"r": 3})
    raw = {"A": 58.0, "B": 82.0}
    assert abs(found["K", "A"] - found["K", "B"]) < 1
    assert raw["A"] < found["K", "A"] < found["K", "B"] + 1 < raw["B"]


def test_a_better_agent_with_a_harder_mix_comes_out_better() -> None:
    found = adjustment.adjusted(cells({"A": (900, 100), "B": (100, 900)}, {"A": (0.6, 1.0), "B": (0.4, 0.8)}), {"r": 1})
    assert found["K", "A"] > found["K", "B"] + 15


def test_equal_mixes_are_left_alone_and_one_agent_has_nobody_to_be_compared_with() -> None:
    found = adjustment.adjusted(cells({"A": (50, 50), "B": (50, 50)}, {"A": (0.5, 0.9), "B": (0.7, 0.7)}), {"r": 1, "idle": 0})
    assert found["K", "A"] == pytest.approx(70, abs=0.01)
    assert found["K", "B"] == pytest.approx(70, abs=0.01)
    assert adjustment.adjusted(cells({"A": (5, 5)}, {"A": (0.4, 0.8)}), {"r": 1}) == {}


def test_few_replies_move_little() -> None:
    agent, given = np.array([0, 0, 1, 1]), np.array([[0.0], [1.0], [0.0], [1.0]])
    share, n = adjustment.means(agent, 2, given, np.array([1.0, 1.0, 2.0, 0.0]), np.array([0.0, 1.0, 1.0, 0.0]))
    assert list(n) == [2, 2]
    assert abs(share[0] - 0.5) < 0.06
    assert abs(share[1] - 0.5) < 0.06


def test_gains_are_what_the_score_would_rise_by(audit: Audit) -> None:
    gains = audit.result["gains"]
    assert [gain["points"] for gain in gains] == sorted((gain["points"] for gain in gains), reverse=True)
    described = audit.result["rulebook"]["rules"]
    assert all(described[gain["rule"]]["status"] == "stable" and described[gain["rule"]]["weight"] > 0 for gain in gains)
    first = gains[0]
    ids = [rule.id for rule in audit.rulebook.of("reply", "asked")]
    verdicts = score.after_excuses(audit.rows.select(ids), audit.rows, audit.profile)
    mended = verdicts.with_columns(pl.when(pl.col(first["rule"]).is_not_null()).then(True).alias(first["rule"]))
    dialogues = audit.rows.get_column("dialogue")
    after = score.summary(mended, dialogues, audit.rulebook, audit.profile, 1)["overall"]["score"]
    assert after - audit.result["scores"]["overall"]["score"] == pytest.approx(first["points"], abs=0.02)


def test_who_broke_most_is_named_first(audit: Audit) -> None:
    late = next(gain for gain in audit.result["gains"] if gain["rule"] == "late-reply")
    broken = audit.rows.filter(~pl.col("late-reply")).group_by("agent").len().drop_nulls("agent")
    most = dict(broken.rows())
    assert [who["broken"] for who in late["agents"]] == sorted(most.values(), reverse=True)[: len(late["agents"])]
    assert all(most[who["agent"]] == who["broken"] for who in late["agents"])


def test_a_coaching_page_for_each_ranked_agent(audit: Audit) -> None:
    ranked = {agent["agent"] for agent in audit.result["agents"] if agent["ranked"]}
    pages = audit.result["coaching"]
    assert {page["agent"] for page in pages} == ranked
    described = audit.result["rulebook"]["rules"]
    for page in pages:
        things = [thing["rule"] for thing in page["to_work_on"]]
        assert len(things) <= 3
        assert not set(things) & {strength["rule"] for strength in page["strengths"]}
        assert all(described[rule]["status"] == "stable" and described[rule]["weight"] > 0 for rule in things)
        assert all(thing["findings"] for thing in page["to_work_on"])
        for thing in page["to_work_on"]:
            assert {finding["agent"] for finding in thing["findings"]} == {page["agent"]}
        assert [thing["points"] for thing in page["to_work_on"]] == sorted((t["points"] for t in page["to_work_on"]), reverse=True)


def test_good_replies_are_the_agents_own_and_broke_nothing(audit: Audit) -> None:
    ids = [rule.id for rule in audit.rulebook.of("reply", "asked")]
    clean = audit.rows.filter(pl.all_horizontal(pl.col(id).fill_null(True) for id in ids))
    times = {
        (row["agent"], row["replied_at"].isoformat(timespec="seconds") + "Z")
        for row in clean.drop_nulls("reply").to_dicts()
        if row["agent"]
    }
    shown = [(page["agent"], reply["sent_at"]) for page in audit.result["coaching"] for reply in page["good"]]
    assert len(shown) > 5
    assert set(shown) <= times
    poor = next(page for page in audit.result["coaching"] if page["agent"] == "KM")
    assert len(poor["good"]) <= 3


def test_quality_by_load_covers_all_replies_of_days_worked(audit: Audit) -> None:
    bins = audit.result["charts"]["load"]
    assert [row["least"] for row in bins] == sorted(row["least"] for row in bins)
    assert all(row["low"] <= row["quality"] <= row["high"] for row in bins)
    assert sum(row["replies"] for row in bins) <= audit.result["totals"]["replies"]
