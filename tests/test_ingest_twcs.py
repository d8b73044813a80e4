"""Kaggle's customer-support tweets."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tests.ingest_fixtures import MATERIAL, TWCS, needs_material, read, reasons, written


def test_tweets_become_messages(tmp_path: Path) -> None:
    batch = read(written(tmp_path, "twcs.csv", TWCS))
    assert (batch.records, batch.rejects.height) == (4, 0)
    rows = batch.messages.select("message_id", "account", "from_brand", "author", "parent_id", "answer_ids").rows()
    assert rows == [
        ("11", "BrightTel", True, "BrightTel", "13", "12"),
        ("12", None, False, "900001", "11", None),
        ("13", None, False, "900001", None, "11,14"),
        ("14", "OakAir", True, "OakAir", "13", None),
    ]
    assert batch.messages["text"].to_list()[:3] == [
        "@900001 Sorry about that & thanks ^AB",
        '@BrightTel "still" broken,\ntwo days',
        "@BrightTel no signal\rat home",
    ]
    assert batch.messages["sent_at"][0] == datetime(2017, 10, 31, 22, 10, 47)
    assert set(batch.messages["time_quality"]) == {"exact"}
    assert batch.messages["source_row"].to_list() == [1, 2, 3, 4]


def test_what_cannot_be_read_is_rejected_with_row_column_and_value(tmp_path: Path) -> None:
    bad = TWCS + "4,15,OakAir,False,yesterday,Hello,,\n5,16,OakAir,maybe,Tue Oct 31 22:09:00 +0000 2017,Hello,,\n"
    bad += "6,17,OakAir,False,Tue Oct 31 22:09:00 +0000 1817,Hello,,\n7,18,900002,True,Tue Oct 31 22:09:00 +0000 2017,,,\n"
    batch = read(written(tmp_path, "twcs.csv", bad))
    assert reasons(batch) == [(5, "impossible date"), (6, "neither the brand's nor a customer's"), (7, "impossible date"), (8, "no text")]
    assert batch.rejects.row(0)[1:3] == ("created_at", "yesterday")
    assert (batch.records, batch.messages.height) == (8, 4)


def test_offsets_are_brought_to_utc(tmp_path: Path) -> None:
    batch = read(written(tmp_path, "twcs.csv", TWCS.replace("22:10:47 +0000", "22:10:47 +0200")))
    assert batch.messages["sent_at"][0] == datetime(2017, 10, 31, 20, 10, 47)


@needs_material
def test_the_real_5000_rows() -> None:
    batch = read(MATERIAL / "formats" / "twcs" / "twcs_892k.csv")
    brand = batch.messages.filter("from_brand")
    assert (batch.records, batch.messages.height, batch.rejects.height) == (5000, 5000, 0)
    assert (brand.height, brand["author"].n_unique(), brand["account"].null_count()) == (2222, 76, 0)
    assert not batch.messages["text"].str.contains("&amp;").any()


@needs_material
def test_the_labelled_workbooks_hold_outbound_tweets() -> None:
    for path in sorted((MATERIAL / "formats" / "twcs_labelled_replies").glob("*.xlsx")):
        batch = read(path)
        assert (batch.records, batch.messages["from_brand"].sum(), batch.rejects.height) == (100, 100, 0)
