"""Google Play Console's CSV."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from audit.errors import AuditError
from tests.ingest_fixtures import MATERIAL, PLAY, needs_material, read, reasons, written


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_row_gives_review_and_reply(tmp_path: Path, encoding: str, ends: str) -> None:
    batch = read(written(tmp_path, "reviews.csv", PLAY.replace("\n", ends), encoding))
    first, reply, second, third = batch.messages.to_dicts()
    assert (first["message_id"], first["from_brand"], first["rating"], first["text"]) == ("gp:AAA1", False, 2, "It crashes, daily")
    assert (reply["message_id"], reply["parent_id"], reply["from_brand"], reply["rating"]) == ("gp:AAA1/reply", "gp:AAA1", True, None)
    assert (first["sent_at"], reply["sent_at"]) == (datetime(2024, 3, 1, 10), datetime(2024, 3, 2, 9))
    assert first["edited_at"] > reply["sent_at"]
    assert second["edited_at"] is None
    assert [row["declared_lang"] for row in (first, reply, second, third)] == ["en", None, "pl", "ru"]
    assert {row["account"] for row in (first, reply, second, third)} == {"org.oak.app"}
    assert (third["text"], third["rating"]) == (None, 4)
    assert third["message_id"].startswith("h:")
    assert first["source_row"] == reply["source_row"] == 1
    assert batch.records == 5
    assert reasons(batch) == [(4, "impossible date"), (5, "no text")]


def test_the_hash_of_a_review_of_stars_alone_stays_the_same(tmp_path: Path) -> None:
    once, again = read(written(tmp_path, "a.csv", PLAY)), read(written(tmp_path, "b.csv", PLAY, "utf-16"))
    assert once.messages["message_id"].to_list() == again.messages["message_id"].to_list()


def test_a_named_brand_is_the_account(tmp_path: Path) -> None:
    assert set(read(written(tmp_path, "a.csv", PLAY), brand="Oak").messages["account"]) == {"Oak"}


def test_an_agent_column(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", PLAY)
    assert read(path, agent_column="Device").messages["agent"].to_list() == [None, "ela", None, None]
    with pytest.raises(AuditError, match="--agent-column"):
        read(path, agent_column="device")


def test_an_old_file_without_some_columns(tmp_path: Path) -> None:
    text = (
        "Package Name,Star Rating,Review Text,Review Last Update Date and Time,Developer Reply Text\norg.oak,3,Hm,2024-01-01T00:00:00Z,Hi\n"
    )
    messages = read(written(tmp_path, "a.csv", text)).messages
    assert messages["time_quality"].to_list() == ["last edit", "none"]


@needs_material
def test_the_real_1407_pairs() -> None:
    batch = read(MATERIAL / "formats" / "google_play_console" / "mozilla_firefox_experiment2_1407_replies.csv")
    replies = batch.messages.filter("from_brand")
    reviews = batch.messages.filter(~pl.col("from_brand"))
    assert (batch.records, reviews.height, replies.height, batch.rejects.height) == (1407, 1407, 1407, 0)
    both = replies.join(reviews, left_on="parent_id", right_on="message_id", validate="1:1")
    assert both.height == 1407
    assert both.filter(pl.col("edited_at_right") > pl.col("sent_at")).height == 45
    assert set(batch.messages["time_quality"]) == {"exact"}


@needs_material
def test_the_console_s_own_utf_16() -> None:
    batch = read(MATERIAL / "formats" / "google_play_console" / "reviews_org.mozilla.firefox_DERIVED_utf16le_60rows.csv")
    assert (batch.records, batch.messages.height, batch.rejects.height) == (60, 120, 0)
