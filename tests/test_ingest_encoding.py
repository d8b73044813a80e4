"""Encodings other than UTF-8 are told by their letters, and named in the result."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.cli import group
from audit.errors import AuditError
from audit.ingest import encoding
from tests.ingest_fixtures import MATERIAL, needs_material, read, written

RUSSIAN = "Дата;Автор;Текст;Ответ\n01.02.2024 10:00;Мария;Почему заказ не пришёл вовремя?;Здравствуйте! Проверим\n"
SHOUTED = "Дата;Текст;Ответ\n01.02.2024;ГДЕ МОЙ ЗАКАЗ? УЖЕ НЕДЕЛЯ ПРОШЛА;Едет\n"
POLISH = "Data;Autor;Treść;Odpowiedź\n01.02.2024 10:00;Łucja;Żółta paczka nie dotarła, źle;Dziękujemy, sprawdzimy ją\n"
ENGLISH = "Date,Text,Reply\n2024-02-01,It’s broken – I paid £5,We’re sorry\n"


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic"])
@pytest.mark.parametrize("text", [RUSSIAN, SHOUTED], ids=["plain", "shouted"])
def test_russian_in_each_8_bit_encoding(tmp_path: Path, text: str, codec: str) -> None:
    path = written(tmp_path, "r.csv", text, codec)
    assert encoding.encoding_of(path) == codec
    assert read(path).messages["text"][0] == text.split("\n")[1].split(";")[-2]


@pytest.mark.parametrize("codec", ["cp1250", "iso-8859-2", "cp852"])
def test_polish_in_each_8_bit_encoding(tmp_path: Path, codec: str) -> None:
    path = written(tmp_path, "p.csv", POLISH, codec)
    assert encoding.encoding_of(path) == codec
    assert read(path).messages["text"].to_list() == ["Żółta paczka nie dotarła, źle", "Dziękujemy, sprawdzimy ją"]


def test_english_with_curly_quotes(tmp_path: Path) -> None:
    assert read(written(tmp_path, "e.csv", ENGLISH, "cp1252")).messages["text"][0] == "It’s broken – I paid £5"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Text,Reply\nDas Gerät läuft überhaupt nicht,Schöne Grüße\n", "cp1252"),
        ("Text,Reply\nEl pedido llegó roto ¿cuándo?,Mañana\n", "cp1252"),
        ("Text,Reply\nPříliš žluťoučký kůň,Děkujeme\n", "cp1250"),
        ("Text,Reply\nSiparişim nerede? Çok kötü,Özür dileriz\n", "cp1254"),
    ],
    ids=["German", "Spanish", "Czech", "Turkish"],
)
def test_other_languages_are_an_error_and_no_guess(tmp_path: Path, text: str, codec: str) -> None:
    path = written(tmp_path, "x.csv", text, codec)
    with pytest.raises(AuditError, match="wrong encoding"):
        read(path)
    said = written(tmp_path, "map.toml", f'[format]\nencoding = "{codec}"\n')
    assert read(path, map_file=said).messages["text"][0] == text.split("\n")[1].split(",", maxsplit=1)[0]


def test_a_map_file_forces_the_encoding_and_leaves_the_reader(tmp_path: Path) -> None:
    header = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
    path = written(tmp_path, "t.csv", header + "1,77,True,Tue Oct 31 22:10:47 +0000 2017,Где заказ,,\n", "koi8-r")
    for codec, text in (("koi8-r", "Где заказ"), ("cp1251", "зДЕ ЪБЛБЪ")):
        batch = read(path, map_file=written(tmp_path, "map.toml", f'[format]\nencoding = "{codec}"\n'))
        assert batch.messages.select("text", "channel").rows() == [(text, "twitter")]
        assert batch.encoding == codec
    with pytest.raises(AuditError, match="unknown encoding 'hex'"):
        read(path, map_file=written(tmp_path, "map.toml", '[format]\nencoding = "hex"\n'))


def test_the_encoding_stands_in_the_result_and_in_what_is_printed(tmp_path: Path) -> None:
    written(tmp_path, "r.csv", RUSSIAN, "koi8-r")
    with contextlib.chdir(tmp_path):
        done = CliRunner().invoke(group, ["run", "r.csv", "-o", "a.html", "--json", "a.json"])
        again = CliRunner().invoke(group, ["run", "r.csv", "-o", "a.html", "--json", "b.json"])
    assert done.exit_code == again.exit_code == 0, done.output
    assert "[table, koi8-r]" in done.stdout
    assert json.loads((tmp_path / "a.json").read_text())["inputs"][0]["encoding"] == "koi8-r"
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_rows_of_another_encoding_are_rejected_alone(tmp_path: Path, form: str) -> None:
    rows = [(n, f"Где мой заказ номер {n}?", "Уже едет") for n in range(5)]
    if form == "csv":
        lines = ["id;text;reply", *(";".join(map(str, row)) for row in rows)]
    else:
        lines = [json.dumps(dict(zip(("id", "text", "reply"), row, strict=True)), ensure_ascii=False) for row in rows]
    raw = [line.encode("cp1251" if "номер 3" in line else "utf-8") for line in lines]
    batch = read(written(tmp_path, f"x.{form}", b"\n".join(raw)))
    assert batch.records == 5
    assert batch.rejects.select("source_row", "column_name", "reason").rows() == [(4, "text", "wrong encoding")]
    assert "\ufffd" in batch.rejects["value"][0]
    assert batch.messages.height == 8


def test_names_of_columns_of_another_encoding_are_an_error(tmp_path: Path) -> None:
    raw = "Текст;Ответ\n".encode("cp1251") + "Где мой заказ? Жду неделю и никто не отвечает;Уже едет\n".encode()
    with pytest.raises(AuditError, match="names of its columns are not UTF-8"):
        read(written(tmp_path, "x.csv", raw))


@needs_material
@pytest.mark.parametrize(
    ("file", "codecs"),
    [("ru-dev-replies.jsonl", ("cp1251", "koi8-r", "cp866", "iso-8859-5")), ("pl-dev-replies.jsonl", ("cp1250", "iso-8859-2"))],
)
def test_real_replies_encoded_anew_are_told(tmp_path: Path, file: str, codecs: tuple[str, ...]) -> None:
    replies = [json.loads(line)["reply"] for line in (MATERIAL / "labels" / file).read_text(encoding="utf-8").splitlines()]
    told = n = 0
    for codec in codecs:
        for start in range(0, len(replies) - 3, 3):
            raw = "\n".join(replies[start : start + 3]).encode(codec, errors="ignore")
            if not raw.isascii():
                n += 1
                found = encoding.encoding_of(written(tmp_path, "x.txt", raw))
                told += raw.decode(found) == raw.decode(codec)
    assert n > 100
    assert told / n > 0.99
