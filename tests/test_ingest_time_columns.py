"""Columns of dates and times in tables: what cannot be told is rejected where it stands."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.ingest_fixtures import csv, read


def test_a_date_that_cannot_be_told_is_rejected_with_its_value(tmp_path: Path) -> None:
    header = "id,text,date,reply,reply date"
    rows = ("1,a,31.02.2024,,", "2,b,3 days ago,,", "3,c,01.02.2024,x,someday", "4,d,01.02.1824,,", "5,e,,,", "6,f,01.02.2024,x,wczoraj")
    batch = read(csv(tmp_path, header, *rows))
    assert batch.rejects.select("source_row", "column_name", "value", "reason").rows() == [
        (1, "date", "31.02.2024", "impossible date"),
        (2, "date", "3 days ago", "relative date"),
        (3, "reply date", "someday", "impossible date"),
        (4, "date", "01.02.1824", "impossible date"),
        (6, "reply date", "wczoraj", "relative date"),
    ]
    assert batch.messages.select("message_id", "sent_at", "time_quality").rows() == [("5", None, "none")]


def test_a_reply_older_than_its_message_answered_what_was_edited_since(tmp_path: Path) -> None:
    rows = (
        "1,It crashes,2026-03-10 10:00,Mended in 2.1,2026-03-05 09:00",
        "2,It crashes,2026-03-10 10:00,Mended in 2.1,2026-03-10",
        "3,It crashes,2026-03-10 10:00,Mended in 2.1,2026-03-10 12:00",
    )
    found = read(csv(tmp_path, "id,text,date,reply,reply date", *rows), tz="UTC").messages
    shown = found.select("message_id", *(pl.col(at).dt.strftime("%d %H:%M") for at in ("sent_at", "edited_at")), "time_quality")
    assert shown.rows() == [
        ("1", "05 09:00", "10 10:00", "last edit"),
        ("1/reply", "05 09:00", None, "local zone"),
        ("2", "10 10:00", None, "local zone"),
        ("2/reply", "10 10:00", None, "date only"),
        ("3", "10 10:00", None, "local zone"),
        ("3/reply", "10 12:00", None, "local zone"),
    ]


@pytest.mark.parametrize("tz", ["UTC", "Europe/Moscow", "America/New_York"])
@pytest.mark.parametrize("time", ["00:00", "09:30", "23:30"])
def test_a_reply_of_the_same_day_came_after_its_message_in_every_zone(tmp_path: Path, tz: str, time: str) -> None:
    found = read(csv(tmp_path, "id,text,date,reply,reply date", f"1,Why?,2026-03-10 {time},So,2026-03-10"), tz=tz).messages
    asked, reply = found.select("sent_at", "edited_at", "time_quality").rows()
    assert asked[1] is None
    assert reply[0] == asked[0]
    assert asked[2] == ("local zone" if time != "00:00" else asked[2])


@pytest.mark.parametrize("said", ["вчера", "Вчера в 10:30", "5 минут назад", "yesterday", "2 dni temu", "скоро", "last week"])
def test_words_for_a_date_are_rejected_in_both_shapes_of_a_table(tmp_path: Path, said: str) -> None:
    reason = "impossible date" if said in ("скоро", "last week") else "relative date"
    pairs = read(csv(tmp_path, "ID;Дата;Текст;Ответ", f"1;{said};Где заказ?;Едет", "2;01.02.2024;Где чек?;Вот"))
    assert pairs.rejects.rows() == [(1, "Дата", said, reason)]
    assert pairs.messages["message_id"].to_list() == ["2", "2/reply"]
    rows = read(csv(tmp_path, "ID;Дата;Текст;Роль", "1;01.02.2024;Где заказ?;Клиент", f"2;{said};Едет;Оператор"))
    assert rows.rejects.rows() == [(2, "Дата", said, reason)]


def test_a_time_in_a_column_of_its_own_is_faulted_there(tmp_path: Path) -> None:
    rows = (
        "1;24.04.2026;09:30;Где?;Тут",
        "2;24.04.2026;25:61;Где?;Тут",
        "3;24.04.2026;вечером;Где?;Тут",
        "4;31.02.2026;09:30;Где?;Тут",
        "5;24.04.2026 10:15;10:15;Где?;Тут",
        "6;24.04.2026;9.45 PM;Где?;Тут",
        "7;24.04.2026;;Где?;Тут",
        "8;24.04.2026;1899-12-30 09:30:00;Где?;Тут",
        "9;24.04.2026;0.5;Где?;Тут",
    )
    batch = read(csv(tmp_path, "ID;Дата;Время;Текст;Ответ", *rows), tz="UTC")
    assert batch.rejects.select("source_row", "column_name", "value", "reason").rows() == [
        (2, "Время", "25:61", "impossible time"),
        (3, "Время", "вечером", "impossible time"),
        (4, "Дата", "31.02.2026", "impossible date"),
    ]
    asked = batch.messages.filter(~pl.col("from_brand")).select("message_id", pl.col("sent_at").dt.strftime("%H:%M"), "time_quality")
    assert asked.rows() == [
        ("1", "09:30", "local zone"),
        ("5", "10:15", "local zone"),
        ("6", "21:45", "local zone"),
        ("7", "00:00", "date only"),
        ("8", "09:30", "local zone"),
        ("9", "12:00", "local zone"),
    ]


def test_a_column_called_time_that_holds_none_is_left_alone(tmp_path: Path) -> None:
    batch = read(csv(tmp_path, "ID;Дата;Время;Текст;Ответ", "1;24.04.2026;утро;Где?;Тут", "2;24.04.2026;12;Где?;Тут"))
    assert (batch.rejects.height, batch.mapping.get("sent_at (time)")) == (0, None)


def test_an_impossible_edit_is_rejected_and_a_truth_about_edits_is_not(tmp_path: Path) -> None:
    header = "id,text,date,edited_at,reply"
    batch = read(csv(tmp_path, header, "1,a,2024-02-01,2024-02-31,x", "2,b,2024-02-01,2024-02-03,x"))
    assert batch.rejects.select("source_row", "column_name", "reason").rows() == [(1, "edited_at", "impossible date")]
    assert read(csv(tmp_path, "id,text,date,edited,reply", "1,a,2024-02-01,yes,x")).rejects.height == 0


def test_relative_dates_leave_the_day_of_retrieval(tmp_path: Path) -> None:
    header = "id_review,caption,relative_date,retrieval_date,rating,owner_answer"
    review, reply = read(csv(tmp_path, header, "1,Fine,3 days ago,2021-01-08 19:24:18.291486,4.0,Thanks")).messages.to_dicts()
    assert (review["sent_at"].year, review["time_quality"]) == (2021, "none")
    assert (reply["sent_at"], reply["time_quality"]) == (None, "none")
