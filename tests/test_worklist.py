"""Work lists: what is open, with who, where and since when, and the words that opened it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from audit import worklist
from audit.ingest.reader import ReadOptions
from audit.pipeline import Audit, AuditOptions, audit_history

EXAMPLES = Path(__file__).parent.parent / "examples" / "kettlewell" / "exports"


@pytest.fixture(scope="module")
def audit() -> Audit:
    return audit_history([EXAMPLES], AuditOptions(read=ReadOptions(brand="Kettlewell", tz="Europe/Warsaw")))


def test_every_list_has_its_rows_with_channel_id_and_age(audit: Audit) -> None:
    table = audit.work_lists()
    assert dict(table.schema) == dict(worklist.SCHEMA)
    assert set(table.get_column("list")) == set(worklist.LISTS)
    assert table.select(pl.col("channel", "message_id", "conversation_id", "sent_at", "open_hours").null_count()).row(0) == (0,) * 5
    assert table.get_column("channel").n_unique() > 1
    assert (table.get_column("open_hours") >= 0).all()


def test_each_list_is_as_long_as_its_rule_was_broken(audit: Audit) -> None:
    counts = dict(audit.work_lists().group_by("list").len().rows())
    for name, rule in worklist.LISTS.items():
        assert counts[name] == audit.result["scores"]["rules"][rule]["broken"]
        shown = audit.result["work_lists"][name]
        assert len(shown["items"]) + shown["left_out"] == counts[name]


def test_promises_and_redirects_show_the_reply_and_its_words(audit: Audit) -> None:
    for name in ("broken_promises", "unclosed_redirects"):
        items = audit.result["work_lists"][name]["items"]
        assert items
        for item in items:
            assert item["reply"]
            assert item["agent"]
        marked = [item for item in items if item["words"]]
        assert len(marked) >= len(items) * 0.8
        for item in marked:
            assert [item["reply"][start:end] for start, end in item["spans"]] == item["words"]


def test_a_rule_that_is_off_leaves_its_list_empty(audit: Audit) -> None:
    without = audit.rulebook.without({"ignored-question"})
    found = worklist.lists(audit.rows, without, most=5, redact=True, keep=[])
    assert found["unanswered_questions"] == {"items": [], "left_out": 0}
    assert found["unanswered_complaints"]["items"]
