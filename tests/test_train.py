"""What training rests on: partial labels, folds, bounds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from audit.tables import LANGUAGES
from benchmarks import asked_data

train = pytest.importorskip("benchmarks.train_typers", reason="scipy is not installed", exc_type=ImportError)


def test_a_partial_label_shares_its_weight_among_what_it_leaves_open() -> None:
    x = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    possible = np.array([[1, 0, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1]], dtype=float)
    w = train.fitted(x, possible, np.ones(4), 100.0, 200)
    z = np.exp(x @ w[:-1] + w[-1])
    found = z / z.sum(axis=1, keepdims=True)
    assert found[0].argmax() == 0
    assert found[1].argmax() == 2
    assert found[2, :2].sum() > 0.95


def test_shares_of_a_label_are_learnt_as_they_are() -> None:
    x = np.array([[1.0, 0.0], [0.0, 1.0]] * 20)
    w = train.fitted(x, np.array([[0.7, 0.3], [0.2, 0.8]] * 20), np.ones(40), 1000.0, 200, shares=True)
    z = np.exp(x[:2] @ w[:-1] + w[-1])
    assert z / z.sum(axis=1, keepdims=True) == pytest.approx(np.array([[0.7, 0.3], [0.2, 0.8]]), abs=0.02)


def test_rows_of_public_sets_are_labelled_by_their_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "@shop where is my parcel"
    monkeypatch.setenv("AUDIT_MATERIAL", str(tmp_path))
    monkeypatch.setattr(asked_data, "CORPUS", tmp_path)
    for lang in LANGUAGES:
        (tmp_path / f"asked-{lang}.jsonl").write_text("")
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    (tmp_path / "marked.tsv").write_text(
        f"set\tsha256\ttype\tupset\taddressed\ncomplaints_en\t{key}\tcomplaint\t0\t1\ncomplaints_en\t00\tother\t0\t0\n"
    )
    (tmp_path / "data").mkdir()
    pl.DataFrame({"text": [text], "complaint": "1", "domain": "other"}).write_csv(tmp_path / "data" / "complaints_en.csv")
    found = asked_data.read().filter(pl.col("set") == "marked")
    assert found.select("text", "truth", "upset", "addressed").rows() == [(text, "complaint", False, True)]


def test_near_duplicates_stand_in_one_fold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_MATERIAL", str(tmp_path))
    (tmp_path / "data").mkdir()
    texts = [f"{'RT @x: ' * (n % 2)}The {word} is late {n} https://t.co/{n}" for n, word in enumerate(["bus", "bus", "tram", "tram"] * 20)]
    rows = pl.DataFrame({"text": texts, "complaint": "1", "domain": "other"})
    rows.write_csv(tmp_path / "data" / "complaints_en.csv")
    found = asked_data.read().filter(pl.col("set") == "complaints_en")
    assert found.height == 80
    assert found.group_by("group").agg(pl.col("fold").n_unique())["fold"].to_list() == [1, 1]
    assert found["types"][0].to_list() == list(asked_data.AT_FAULT)


def test_absent_sets_are_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_MATERIAL", str(tmp_path))
    assert asked_data.read()["set"].unique().sort().to_list() == ["corpus", "exchanges"]


def test_a_message_of_an_exchange_counts_once_and_not_where_it_is_labelled_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_MATERIAL", str(tmp_path))
    monkeypatch.setattr(asked_data, "CORPUS", tmp_path)
    for lang in LANGUAGES:
        (tmp_path / f"asked-{lang}.jsonl").write_text("")
    (tmp_path / "marked.tsv").write_text("set\tsha256\ttype\tupset\taddressed\n")
    flags = {"upset": False, "addressed": True, "insulting": False}
    _lines(tmp_path / "asked-en.jsonl", [{"text": "Are you open today?", "type": "question", **flags}])
    asked = [("Are you open today?", "question"), ("The lamp is cracked", "complaint"), ("The lamp is cracked", "complaint")]
    _lines(tmp_path / "exchanges-en.jsonl", [{"asked": text, "asked_type": kind, "asked_upset": True} for text, kind in asked])
    _lines(tmp_path / "replies-en.jsonl", [{"asked": text, "asked_type": kind} for text, kind in (*asked, ("Soup was cold", "complaint"))])
    found = asked_data.read().filter(pl.col("set") == "exchanges")
    assert found.select("text", "truth", "upset", "addressed").rows() == [
        ("The lamp is cracked", "complaint", True, None),
        ("Soup was cold", "complaint", None, None),
    ]
    weight = train.counted(found, 4000, {"en": 0.5})
    assert weight.tolist() == [train.OFTEN * 0.5] * 2


def _lines(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("\n".join(json.dumps(row) for row in rows))


def test_a_bound_is_where_judgements_are_precise_enough() -> None:
    sure = np.linspace(1, 0, 101)
    right = sure > 0.5
    assert train.least_for(sure, right, 0.999) == pytest.approx(0.51, abs=0.011)
    assert train.least_for(sure, np.zeros(101, dtype=bool), 0.9) == 0.99


def test_a_flag_is_set_where_f1_is_best() -> None:
    found = np.concatenate([np.full(50, 0.3), np.full(50, 0.6)])
    assert 0.3 < train.best_f1(found, found > 0.5, macro=False) <= 0.6
