"""Finding files, telling formats and encodings apart, and rows that do not fit."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import tables
from audit.errors import AuditError, NothingToJudge
from audit.ingest import delimited, encoding, expand, explain, read_export, readers
from tests.ingest_fixtures import PLAY, TWCS, read, reasons, written

PAIRS = "Review ID,Author,Date,Text,Rating,Reply,Reply date\n1,Ola Test,2024-01-01 10:00:00,Good,5,Thanks,2024-01-01 11:00:00\n"


def test_readers_are_found_by_being_there_and_tables_come_last() -> None:
    names = [reader.NAME for reader in readers()]
    assert {"twcs", "play-console", "table"} <= set(names)
    assert names[-1] == "table"


def test_every_reader_gives_the_tables_as_spelt(tmp_path: Path) -> None:
    for name, text in (("twcs.csv", TWCS), ("play.csv", PLAY), ("pairs.csv", PAIRS)):
        batch = read(written(tmp_path, name, text))
        assert dict(batch.messages.schema) == tables.MESSAGES
        assert dict(batch.rejects.schema) == tables.REJECTS
        assert batch.messages["message_id"].null_count() == 0


def test_the_reader_is_told_by_content_not_by_suffix(tmp_path: Path) -> None:
    assert read_export(written(tmp_path, "a.txt", TWCS))[0] == "twcs"
    assert read_export(written(tmp_path, "b.dat", PLAY))[0] == "play-console"
    assert read_export(written(tmp_path, "c.json", PAIRS))[0] == "table"


def test_explain_names_reader_format_and_mapping(tmp_path: Path) -> None:
    told = explain(written(tmp_path, "a.csv", PAIRS))
    assert (told.reader, told.format, told.encoding) == ("table", "csv", "utf-8")
    assert told.mapping["text"] == "Text"
    assert told.mapping["reply text"] == "Reply"


def test_expand_takes_a_folder_s_readable_files_sorted(tmp_path: Path) -> None:
    for name in ("b.csv", "a.xlsx", ".hidden.csv", "picture.png"):
        written(tmp_path, name, "x")
    (tmp_path / "deeper").mkdir()
    written(tmp_path / "deeper", "c.JSONL", "x")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [path.name for path in expand([tmp_path])] == ["a.xlsx", "b.csv", "c.JSONL"]


def test_expand_reads_a_file_once_and_keeps_the_order_given(tmp_path: Path) -> None:
    first, second = written(tmp_path, "b.csv", "x"), written(tmp_path, "a.csv", "x")
    assert expand([first, second, tmp_path, first]) == [first, second]


def test_an_empty_folder_and_an_absent_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(NothingToJudge, match="no export") as nothing:
        expand([tmp_path])
    assert nothing.value.place == str(tmp_path)
    assert nothing.value.hint
    with pytest.raises(AuditError, match="no such file"):
        expand([tmp_path / "absent.csv"])
    with pytest.raises(AuditError, match="no such file"):
        read(tmp_path / "absent.csv")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \n\n"])
def test_an_empty_file_is_nothing_to_judge(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NothingToJudge):
        read(written(tmp_path, "empty.csv", content))


RUSSIAN = "Дата;Автор;Текст;Ответ\n01.02.2024 10:00;Мария;Почему заказ не пришёл вовремя?;Здравствуйте! Проверим\n"
POLISH = "Data;Autor;Treść;Odpowiedź\n01.02.2024 10:00;Łucja;Żółta paczka nie dotarła, źle;Dziękujemy, sprawdzimy ją\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_russian_in_every_encoding(tmp_path: Path, codec: str) -> None:
    texts = read(written(tmp_path, "r.csv", RUSSIAN, codec)).messages["text"].to_list()
    assert texts == ["Почему заказ не пришёл вовремя?", "Здравствуйте! Проверим"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
def test_polish_in_every_encoding(tmp_path: Path, codec: str) -> None:
    texts = read(written(tmp_path, "p.csv", POLISH, codec)).messages["text"].to_list()
    assert texts == ["Żółta paczka nie dotarła, źle", "Dziękujemy, sprawdzimy ją"]


def test_utf_16_big_endian(tmp_path: Path) -> None:
    path = written(tmp_path, "r.csv", b"\xfe\xff" + RUSSIAN.encode("utf-16-be"))
    assert read(path).messages.height == 2


def test_utf_16_without_a_mark(tmp_path: Path) -> None:
    for codec in ("utf-16-le", "utf-16-be"):
        assert read(written(tmp_path, "p.csv", "Data;Autor;Tekst;Reply\n01.02.2024;Ola;Gdzie?;Tu\n", codec)).messages.height == 2


def test_latin_1_is_an_error_with_the_byte_and_never_a_guess(tmp_path: Path) -> None:
    path = written(tmp_path, "l.csv", "Author,Text,Reply\nRené,déjà reçu à l'été,merci\n", "latin-1")
    with pytest.raises(AuditError, match="wrong encoding: not UTF-8 at byte 21, and as no other encoding Russian or Polish") as error:
        read(path)
    assert "encoding" in str(error.value.hint)


def test_a_letter_cut_at_the_block_s_end_is_no_wrong_byte(tmp_path: Path) -> None:
    path = written(tmp_path, "long.txt", "x" * 65535 + "ё" * 40000)
    assert encoding.encoding_of(path) == "utf-8"
    written(tmp_path, "long.txt", ("x" * 65535 + "ё").encode() + b" d\xe9j\xe0 re\xe7u")
    with pytest.raises(AuditError, match="byte 65539"):
        encoding.encoding_of(path)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_told(separator: str) -> None:
    text = "\n".join(separator.join(row) for row in (["id", "text", "reply"], ["1", "a, b; c", "x"], ["2", "d", "y"])).replace(
        "a, b; c", '"a, b; c"'
    )
    assert delimited.separator_of(text) == separator


def table(text: str, separator: str = ",", skip: int = 0) -> tuple[list[tuple[str | None, ...]], list[tuple[int, str]]]:
    frame, bad = delimited.table(text.encode(), separator, skip)
    return frame.drop("source_row").rows(), bad.select("source_row", "column_name").rows()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1,2", "fewer fields than the header"),
        ("1,2,3,4", "more fields than the header"),
        ('1,"2,3', "a quote is not closed"),
        ('1,2,"3', "a quote is not closed"),
    ],
)
def test_a_malformed_row_is_told_and_the_rest_kept(row: str, why: str) -> None:
    rows, bad = table(f'a,b,c\nx,"y, ""y""",z\n{row}\np,"q\nq",r\ns,t,u\n')
    assert rows == [("x", 'y, "y"', "z"), ("p", "q\nq", "r"), ("s", "t", "u")]
    assert bad == [(2, why)]


def test_a_short_and_a_long_row_do_not_cancel_out() -> None:
    rows, bad = table("a,b,c\n1,2\n1,2,3,4\n1,2,3\n")
    assert rows == [("1", "2", "3")]
    assert [place for place, _ in bad] == [1, 2]


def test_blank_lines_trailing_separators_and_line_ends_are_no_fault() -> None:
    assert table("a,b,c\r\n1,2,3\r\n\r\n4,5,6\r\n\r\n") == ([("1", "2", "3"), ("4", "5", "6")], [])
    assert table("a,b\n1,2,\n3,4,\n") == ([("1", "2"), ("3", "4")], [])
    assert table("a,b\r1,2\r3,4\r") == ([("1", "2"), ("3", "4")], [])


def test_a_lone_cr_inside_a_field_stays() -> None:
    assert table("a,b\n1,x\ry\n2,z\n")[0] == [("1", "x\ry"), ("2", "z")]
    assert table("a,b\n1,x\ry\n2\n")[0] == [("1", "x\ry")]


CELLS = st.text(st.sampled_from("ab\",;\n\r 'ё"), max_size=6).filter(lambda cell: cell == cell.strip("\r\n"))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_whatever_is_well_written_is_read_back(rows: list[tuple[str, str, str]], ends: str, every: bool) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=ends, quoting=csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL)
    writer.writerows([("x", "y", "z"), *(("n", *row[1:]) for row in rows)])
    found, bad = table(out.getvalue())
    lone = [tuple(cell.replace("\r\n", "\n") if cell else None for cell in row) for row in found]
    assert lone == [("n", *(cell.replace("\r\n", "\n") or None for cell in row[1:])) for row in rows]
    assert bad == []


def test_many_unclosed_quotes_cost_no_more_than_their_rows() -> None:
    lines = ["a,b,c", *(f'{n},"open,x' if n % 50 == 7 else f"{n},fine,x" for n in range(5000))]
    rows, bad = table("\n".join(lines))
    assert len(rows) + len(bad) >= 4900
    assert len(rows) > 4700


def test_a_malformed_row_is_counted_as_a_record(tmp_path: Path) -> None:
    batch = read(written(tmp_path, "t.csv", TWCS + "4,15,OakAir,False\n"))
    assert (batch.records, batch.messages.height) == (5, 4)
    assert reasons(batch) == [(5, "malformed row")]


def test_what_no_reader_knows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="damaged workbook"):
        read(written(tmp_path, "x.xlsx", b"PK\x03\x04broken"))
    with pytest.raises(AuditError, match="no reader recognises"):
        read(written(tmp_path, "x.html", "<html><body>hello</body></html>"))
    with pytest.raises(AuditError, match="no column of messages is recognised among: a, b"):
        read(written(tmp_path, "x.csv", "a,b\n1,2\n"))


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a picture, not an export"),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "is a PDF, not an export"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "is a gzip archive, not an export\n  hint: unpack it"),
        (b"SQLite format 3\0" + bytes(100), "is a database, not an export"),
        (b"\xf3 \x1c\x88\x97DB2DUCK@\0\0\0", "is a DuckDB database, not an export\n  hint: name it with --db"),
        (bytes(range(256)) * 20, "is not a text file"),
        (bytes(range(1, 128)) * 20, "is not a text file"),
    ],
)
def test_a_binary_file_under_a_text_s_name(tmp_path: Path, head: bytes, message: str) -> None:
    with pytest.raises(AuditError, match=re.escape(f"x.csv: {message}")):
        read(written(tmp_path, "x.csv", head))


def test_nul_bytes_in_a_text_are_shown_as_replaced(tmp_path: Path) -> None:
    assert read(written(tmp_path, "x.csv", b"id,text,reply\n1,Wh\0y?,So\n")).messages["text"][0] == "Wh\ufffdy?"


def test_names_of_columns_are_cut_in_messages(tmp_path: Path) -> None:
    with pytest.raises(AuditError) as error:
        read(written(tmp_path, "x.csv", ",".join(["a" * 100_000] * 90) + "\n"))
    assert len(str(error.value)) < 3000
