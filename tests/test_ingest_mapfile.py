"""The user's own word on an export."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.errors import AuditError, SeveralErrors
from audit.ingest import mapfile
from tests.ingest_fixtures import TWCS, read, workbook, written

EXPORT = """some export

kto|co|kiedy|strona
Ola|Gdzie paczka?|2024/05/01 10.30|K
Oak|Już jedzie|2024/05/01 11.00|F
Oak|Dzień dobry|2024/05/01 10.31|R
"""


def test_a_map_file_says_how_to_read(tmp_path: Path) -> None:
    chosen = written(
        tmp_path,
        "map.toml",
        """
[columns]
author = "kto"
text = "co"
date = "kiedy"
[values]
direction = "strona"
brand = ["F"]
bot = ["R"]
[format]
date = "%Y/%d/%m %H.%M"
delimiter = "|"
encoding = "iso-8859-2"
header_row = 3
""",
    )
    batch = read(written(tmp_path, "x.txt", EXPORT, "iso-8859-2"), map_file=chosen)
    assert batch.messages.select("author", "from_brand", "automatic").rows() == [
        ("Ola", False, False),
        ("Oak", True, False),
        ("Oak", True, True),
    ]
    assert batch.messages["text"].to_list()[1] == "Już jedzie"
    assert str(batch.messages["sent_at"][0]) == "2024-01-05 10:30:00"
    assert batch.mapping["text"] == "co"


def test_a_map_file_goes_before_recognition(tmp_path: Path) -> None:
    chosen = written(tmp_path, "map.toml", '[columns]\ntext = "text"\nid = "created_at"\n')
    assert read(written(tmp_path, "t.csv", TWCS), map_file=chosen).messages["message_id"][0].startswith("Tue")


def test_a_sheet_is_named(tmp_path: Path) -> None:
    book = workbook(tmp_path / "x.xlsx", {"A": [["text", "reply"], ["Why?", "Wait"]], "B": [["text", "reply"], ["Where?", "Here"]]})
    assert read(book, map_file=written(tmp_path, "m.toml", '[format]\nsheet = "B"\n')).messages["text"].to_list() == ["Where?", "Here"]
    with pytest.raises(AuditError, match="has no sheet 'C'"):
        read(book, map_file=written(tmp_path, "m.toml", '[format]\nsheet = "C"\n'))


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('[colums]\ntext = "a"\n', "unknown key 'colums'", "did you mean 'columns'?"),
        ('[columns]\ntxt = "a"\n', "unknown key 'columns.txt'", "did you mean 'columns.text'?"),
        ("[columns]\ntext = 3\n", "columns.text is not a text", ""),
        ("[columns\n", "is not TOML", ""),
        ('[format]\ndelimiter = ";;"\n', "not one character", ""),
        ('[format]\nheader_row = "x"\n', "format.header_row cannot be 'x'", ""),
        ("[format]\nheader_row = -1\n", "header_row is below 1", ""),
        ("[values]\nbrand = 3\n", "values.brand is not a list", ""),
        ("columns = 3\n", "columns is not a section", ""),
    ],
)
def test_faults_name_file_and_key(tmp_path: Path, text: str, message: str, hint: str) -> None:
    path = written(tmp_path, "map.toml", text)
    with pytest.raises(AuditError, match=message) as error:
        mapfile.opened(path)
    assert error.value.place == str(path)
    assert hint in str(error.value.hint)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SeveralErrors) as error:
        mapfile.opened(written(tmp_path, "map.toml", "[columns]\ntxt = 1\n[format]\nencodings = 1\n"))
    assert len(error.value.errors) == 2


def test_a_column_that_the_export_lacks(tmp_path: Path) -> None:
    path = written(tmp_path, "map.toml", '[columns]\ntext = "texts"\n')
    with pytest.raises(AuditError, match=r"columns\.text names the column 'texts'") as error:
        read(written(tmp_path, "t.csv", TWCS), map_file=path)
    assert error.value.place == str(path)
    with pytest.raises(AuditError, match="no such map file"):
        mapfile.opened(tmp_path / "absent.toml")
    with pytest.raises(AuditError, match="unknown encoding 'nope'"):
        read(written(tmp_path, "t.csv", TWCS), map_file=written(tmp_path, "m.toml", '[format]\nencoding = "nope"\n'))
