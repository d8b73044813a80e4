"""JSON, JSON lines, Parquet and workbooks: what stands in them, and what is cut off."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from audit.errors import AuditError, NothingToJudge
from audit.ingest import jsontable, source
from tests.ingest_fixtures import PLAY, TWCS, read, reasons, workbook, written


def test_jsonl_with_a_broken_line(tmp_path: Path) -> None:
    lines = ['{"id": 1, "text": "Why?", "reply": "Sorry", "user": {"name": "Ola"}}', "{broken", '{"id": 2, "text": "Ok", "reply": null}']
    batch = read(written(tmp_path, "x.jsonl", "\n".join(lines)))
    assert batch.records == 3
    assert reasons(batch) == [(2, "malformed row")]
    assert batch.messages["text"].to_list() == ["Why?", "Sorry", "Ok"]


def test_json_opens_wrappers_and_lists_of_messages(tmp_path: Path) -> None:
    text = '[{"company": "Oak", "talk": [{"id": "1", "text": "Help", "role": "customer"}, {"id": "2", "text": "Sure", "role": "agent"}]}]'
    batch = read(written(tmp_path, "x.json", text))
    assert batch.messages.select("account", "text", "from_brand").rows() == [("Oak", "Help", False), ("Oak", "Sure", True)]
    flat = read(written(tmp_path, "y.json", '{"count": 1, "reviews": [{"id": "1", "text": "Help", "reply": "Sure"}]}'))
    assert flat.messages.height == 2
    with pytest.raises(AuditError, match=r"z\.json:2: is not JSON: Expecting value, column 1"):
        read(written(tmp_path, "z.json", '[{"id": "1", "text": "Help", "reply": "Sure"},\n]'))
    assert jsontable.form_of("id,text") is None
    numbered = '{"0": {"id": 1, "text": "Help", "reply": "Sure"}, "1": {"id": 2, "text": "Why?"}, "total_count": 2}'
    assert read(written(tmp_path, "n.json", numbered)).messages["text"].to_list() == ["Help", "Sure", "Why?"]


RECORDS = [{"id": str(n), "text": f"Where is it, {n}?", "reply": "On its way"} for n in range(4)]


@pytest.mark.parametrize("whole", [RECORDS, {"count": 4, "reviews": RECORDS}], ids=["list", "wrapped"])
@pytest.mark.parametrize("indent", [None, 1])
def test_json_that_is_cut_off_names_file_and_line_wherever_it_ends(tmp_path: Path, whole: object, indent: int | None) -> None:
    text = json.dumps(whole, indent=indent)
    assert read(written(tmp_path, "x.json", text)).records == 4
    for end in (end for end in range(1, len(text)) if not text[end - 1].isspace()):
        with pytest.raises(AuditError, match=rf"x\.json:{text[:end].count(chr(10)) + 1}: is cut off") as error:
            read(written(tmp_path, "x.json", text[:end]))
        assert error.value.exit_code == 2


def test_json_lines_that_are_cut_off_lose_the_last_alone(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(record) for record in RECORDS)
    batch = read(written(tmp_path, "x.jsonl", text[:-5]))
    assert (batch.records, reasons(batch)) == (4, [(4, "malformed row")])
    assert batch.messages.height == 6


def test_json_too_deep_to_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="is nested too deep to be read"):
        read(written(tmp_path, "x.json", '[{"text": ' + "[" * 100_000 + "]" * 100_000 + "}]"))


def test_binary_exports_that_are_cut_off(tmp_path: Path) -> None:
    pl.DataFrame(RECORDS).write_parquet(tmp_path / "x.parquet")
    workbook(tmp_path / "x.xlsx", {"A": [["id", "text", "reply"], ["1", "Why?", "Sorry"]]})
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("../x.json", json.dumps(RECORDS))
    for name, message in (("x.parquet", "is a damaged Parquet file"), ("x.xlsx", "is a damaged"), ("x.zip", "is a damaged")):
        raw = (tmp_path / name).read_bytes()
        for end in (20, len(raw) // 2, len(raw) - 1):
            with pytest.raises(AuditError, match=message) as error:
                read(written(tmp_path, f"cut-{name}", raw[:end]))
            assert error.value.exit_code == 2
    with pytest.raises(AuditError, match="is an archive, not an export"):
        read(tmp_path / "x.zip")


def test_parquet_with_real_times_and_numbers(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [1, 2], "text": ["Why?", "Fine"], "rating": [2.0, 5.0], "reply": ["Sorry", None]})
    stamp = pl.Series(["2024-01-01 10:00:00", "2024-01-02 10:00:00"]).str.to_datetime()
    frame = frame.with_columns(
        date=stamp.dt.replace_time_zone("Europe/Warsaw"), reply_date=stamp.dt.offset_by("1h").dt.replace_time_zone("Europe/Warsaw")
    )
    frame.write_parquet(tmp_path / "x.bin")
    messages = read(tmp_path / "x.bin").messages
    assert messages["message_id"].to_list() == ["1", "1/reply", "2"]
    assert messages["time_quality"].to_list() == ["exact"] * 3
    assert str(messages["sent_at"][0]) == "2024-01-01 09:00:00"
    assert messages["rating"].to_list() == [2, None, 5]


def test_a_workbook_s_table_stands_on_any_sheet_and_row(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "x.xlsx",
        {
            "Cover": [["Report"], ["Period", "2024"]],
            "Mentions": [
                [None],
                ["", "made by hand"],
                ["ID", "Date", "Hrs", "Content", "Reply"],
                ["7", "24.04.2024", "09:30", "Why?", "Sorry"],
                ["8", "25.04.2024", None, "Ok", None],
            ],
        },
    )
    batch = read(path)
    assert source.sample(path).sheets == {"Mentions": 1}
    assert batch.messages["message_id"].to_list() == ["7", "7/reply", "8"]
    assert batch.messages["time_quality"].to_list() == ["local zone", "none", "date only"]
    assert str(batch.messages["sent_at"][0]) == "2024-04-24 09:30:00"


def test_sheets_of_one_header_are_one_table(tmp_path: Path) -> None:
    header: list[str | float | None] = ["id", "text", "date", "reply"]
    path = workbook(
        tmp_path / "x.xlsx",
        {
            "March": [header, ["1", "Why?", "2026-03-01 10:00", "So"], ["2", "When?", "2026-03-02 10:00", "Now"]],
            "April": [["April"], header, ["3", "Where?", "2026-04-01 10:00", "Here"], ["4", "Who?", "31.31.2026", "We"]],
            "Sums": [["month", "messages"], ["March", 2.0]],
        },
    )
    batch = read(path)
    assert batch.messages["message_id"].to_list() == ["1", "1/reply", "2", "2/reply", "3", "3/reply"]
    assert (batch.records, reasons(batch)) == (4, [(4, "impossible date")])
    one = read(path, map_file=written(tmp_path, "map.toml", '[format]\nsheet = "April"\n'))
    assert one.messages["message_id"].to_list() == ["3", "3/reply"]


def test_numbers_in_a_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", {"A": [["id", "text", "date", "rating", "reply"], [12345678901.0, "Why?", 45406.5, 2.0, "Sorry"]]})
    review, reply = read(path).messages.to_dicts()
    assert (review["message_id"], review["rating"], str(review["sent_at"])) == ("12345678901", 2, "2024-04-24 12:00:00")
    assert reply["parent_id"] == "12345678901"


def test_a_header_alone_gives_no_message_and_an_empty_list_nothing(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="no column of messages is recognised among: a, b"):
        read(written(tmp_path, "x.csv", "a,b\n"))
    for text in (TWCS.split("\n")[0], PLAY.split("\n")[0], "id,text"):
        batch = read(written(tmp_path, "x.csv", text + "\n"))
        assert (batch.records, batch.messages.height, batch.rejects.height) == (0, 0, 0)
    with pytest.raises(NothingToJudge):
        read(written(tmp_path, "x.json", "[]\n"))
