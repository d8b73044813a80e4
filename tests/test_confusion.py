"""`reply-audit evaluate --asked`: matrices, calibration, misses; and the calibration by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from audit.calibration import calibration
from audit.cli import group
from audit.errors import AuditError, NothingToJudge
from audit.labels import read_asked

ROWS = [
    {"id": "a", "lang": "en", "source": "shop", "text": "Thank you so much, great service, well done!", "type": "praise", "upset": False},
    {"id": "b", "lang": "en", "source": "shop", "text": "Do you open on Sundays?", "type": "question", "upset": False},
    {"id": "c", "lang": "en", "source": "forum", "text": "Thanks a lot, brilliant as ever!", "type": "trolling", "upset": False},
    {"id": "d", "lang": "ru", "source": "forum", "text": "Спасибо большое, всё отлично!", "type": "praise", "upset": False},
]


def written(folder: Path, rows: list[dict[str, Any]]) -> Path:
    path = folder / "asked.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def evaluated(tmp_path: Path, *options: str, rows: list[dict[str, Any]] | None = None) -> Result:
    path = written(tmp_path, ROWS if rows is None else rows)
    return CliRunner().invoke(group, ["evaluate", str(path), "--asked", "--typer", "fast", *options])


def test_matrices_stand_by_language_and_source(tmp_path: Path) -> None:
    found = json.loads(evaluated(tmp_path, "--json").stdout)
    assert found["n"] == 4
    assert found["typer"]["name"] == "fast"
    english = found["languages"]["en"]["matrix"]
    assert english["praise"]["praise"] == 1
    assert english["trolling"]["praise"] == 1
    assert set(found["sources"]) == {"shop", "forum", "all"}
    assert found["sources"]["shop"]["n"] == 2
    assert found["languages"]["all"]["types"]["praise"]["precision"]["value"] == pytest.approx(2 / 3, abs=1e-3)
    assert sum(row["n"] for row in found["calibration"]["curve"]) == 4


def test_misses_show_both_types_and_the_text(tmp_path: Path) -> None:
    shown = evaluated(tmp_path, "--misses").stdout
    assert "en c: trolling, said praise" in shown
    assert "brilliant as ever" in shown
    assert "Sundays" not in shown


def test_the_table_names_typer_calibration_and_flags(tmp_path: Path) -> None:
    shown = evaluated(tmp_path).stdout
    for words in ("typer fast", "language en", "source forum", "macro F1", "upset", "calibration: expected error", "1 misses"):
        assert words in shown


def test_csv_labels_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "asked.csv"
    path.write_text("id,lang,text,type,upset\n1,en,It leaks,complaint,true\n", encoding="utf-8")
    (label,) = read_asked([path])
    assert (label.text, label.type, label.flags) == ("It leaks", "complaint", {"upset": True})


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"text": "x", "type": "rant"}, r"asked.jsonl:1: type: 'rant' is none of"),
        ({"type": "praise"}, "no text"),
        ({"text": "x", "type": "praise", "upset": 3}, "upset"),
    ],
)
def test_a_wrong_label_is_told_with_its_line(tmp_path: Path, row: dict[str, Any], told: str) -> None:
    with pytest.raises(AuditError, match=told):
        read_asked([written(tmp_path, [row])])


def test_a_folder_without_labelled_messages_has_nothing_to_judge(tmp_path: Path) -> None:
    written(tmp_path, [{"reply": "Sorry", "broken": []}])
    with pytest.raises(NothingToJudge):
        read_asked([tmp_path])


def test_calibration_weighs_the_gaps_of_bins() -> None:
    found = calibration(pl.Series([0.95] * 10 + [0.55] * 10), pl.Series([True] * 9 + [False] + [True] * 3 + [False] * 7))
    assert found["error"] == pytest.approx((0.05 + 0.25) / 2, abs=1e-3)
    assert [(row["n"], row["right"]) for row in found["curve"]] == [(10, 0.3), (10, 0.9)]


def test_sure_and_right_is_calibrated() -> None:
    assert calibration(pl.Series([1.0, 1.0]), pl.Series([True, True]))["error"] == 0
