"""What training rests on: partial labels, folds, bounds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from audit import encoder
from audit.tables import LANGUAGES
from audit.typer import FLAGS
from benchmarks import asked_data, tune_encoder

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


@pytest.mark.skipif(not encoder.available(), reason="the extra accurate is not installed")
def test_a_batch_holds_texts_of_a_length_and_every_text_comes_once() -> None:
    texts = ["Where is my parcel?", "ok", "Где мой заказ? Жду уже три дня, и никто не отвечает.", "Super!", "word " * 300]
    rows = pl.DataFrame(
        {"set": ["labels"] + ["corpus"] * 4, "text": texts, "types": [["complaint"], None, ["question", "other"], ["praise"], None]}
    ).with_columns(*(pl.lit(None, pl.Boolean).alias(flag) for flag in FLAGS))
    held = tune_encoder.Texts(rows)
    batches = held.batches(np.arange(len(texts)), np.random.default_rng(0))
    assert sorted(row for _, _, rows in batches for row in rows) == list(range(len(texts)))
    for length, height, rows_ in batches:
        arrays = held.arrays((length, height, rows_))
        assert arrays["embedded"].shape == (height, length, encoder.WIDTH)
        weights = [tune_encoder.WEIGHTS["labels" if row == 0 else "corpus"] for row in rows_]
        assert arrays["weight"].tolist() == pytest.approx([*weights, *[0] * (height - len(rows_))])
        assert (arrays["there"][: len(rows_)].sum(axis=1) <= length).all()
        assert arrays["possible"][: len(rows_)].tolist() == held.possible[rows_].tolist()


@pytest.mark.skipif(not encoder.available(), reason="the extra accurate is not installed")
def test_what_is_tuned_computes_what_the_encoder_does() -> None:
    pytest.importorskip("jax", reason="jax is there only to train (requirements/train.txt)")
    texts = ["Where is my parcel?", "Где мой заказ? Жду уже три дня.", "ok"]
    rows = pl.DataFrame({"set": "corpus", "text": texts, "types": [["other"]] * 3}).with_columns(
        *(pl.lit(None, pl.Boolean).alias(flag) for flag in FLAGS)
    )
    held = tune_encoder.Texts(rows)
    for batch in held.batches(np.arange(3), np.random.default_rng(0)):
        arrays = held.arrays(batch)
        found = np.asarray(tune_encoder.vectors(encoder.layers(), arrays["embedded"], arrays["there"]))[: len(batch[2])]
        assert np.abs(found - encoder.open_encoder().vectors(rows["text"])[batch[2]]).max() < 1e-4


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
    rows = pl.DataFrame({"text": texts, "complaint": "1", "domain": "random_tweet"})
    rows.write_csv(tmp_path / "data" / "complaints_en.csv")
    found = asked_data.read().filter(pl.col("set") == "complaints_en")
    assert found.height == 80
    assert found["group"].n_unique() == 2
    assert found.group_by("group").agg(pl.col("fold").n_unique())["fold"].to_list() == [1, 1]
    assert found["types"][0].to_list() == list(asked_data.AT_FAULT)


def test_tweets_to_brands_are_dealt_by_domain_and_others_at_random(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_MATERIAL", str(tmp_path))
    (tmp_path / "data").mkdir()
    domains = ["random_reply", "retail", "cars", "food"]
    words = ["kettle", "zebra", "violin", "harbour", "pepper", "canyon", "mitten", "lantern", "orchid", "saddle"]
    made = [
        {"text": f"{domain} {word} {other}", "complaint": "0", "domain": domain} for domain in domains for word in words for other in words
    ]
    pl.DataFrame(made).write_csv(tmp_path / "data" / "complaints_en.csv")
    found = asked_data.read().filter(pl.col("set") == "complaints_en")
    folds = {domain: found.filter(pl.col("domain") == domain)["fold"].unique().sort().to_list() for domain in domains}
    assert [folds[domain] for domain in ("cars", "food", "retail")] == [[0], [1], [2]]
    assert folds["random_reply"] == list(range(asked_data.FOLDS))


def test_a_row_of_marks_stands_for_the_review_that_it_closes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_MATERIAL", str(tmp_path))
    (tmp_path / "data").mkdir()
    said = [("Pokój czysty.", "100"), ("Obsługa zła.", "010"), ("#####", "110"), ("Lekarz przyjmuje we wtorki.", "001"), ("###", "001")]
    rows = [{"text": text, **dict(zip(("Positive", "Negative", "Neutral"), marks, strict=True))} for text, marks in said]
    pl.DataFrame(rows).write_csv(tmp_path / "data" / "poleval2024_pl.csv")
    found = asked_data.read().filter(pl.col("set") == "poleval2024")
    assert found.select("text", "truth").rows() == [
        ("Pokój czysty.", "positive"),
        ("Obsługa zła.", "negative"),
        ("Pokój czysty. Obsługa zła.", "neither"),
        ("Lekarz przyjmuje we wtorki.", "neither"),
        ("Lekarz przyjmuje we wtorki.", "neither"),
    ]
    assert found.group_by("domain", maintain_order=True).agg(pl.col("fold").n_unique())["fold"].to_list() == [1, 1]


def test_weights_of_other_texts_are_told_apart(tmp_path: Path) -> None:
    digests = [asked_data.digest(pl.Series(texts)) for texts in (["a", "b"], ["b", "a"], ["a"], ["ab"])]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
    np.savez(tmp_path / "known.npz", texts=np.array(digests[0]))
    np.savez(tmp_path / "old.npz", bias=np.zeros(2))
    assert [tune_encoder.of_texts(tmp_path / name) for name in ("known.npz", "old.npz")] == [digests[0], ""]


def test_absent_sets_are_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_MATERIAL", str(tmp_path))
    assert asked_data.read()["set"].unique().sort().to_list() == ["corpus", "exchanges", "noise", "reviews"]


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
