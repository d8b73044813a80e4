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
from audit.typer import FLAGS, OUTPUTS, SCORES
from benchmarks import asked_data, asked_figures, tune_encoder

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
def test_a_batch_holds_texts_of_a_length_and_every_text_comes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["Where is my parcel?", "ok", "Где мой заказ? Жду уже три дня, и никто не отвечает.", "Super!", "word " * 300]
    rows = pl.DataFrame(
        {"set": ["labels", "corpus", "corpus", "poleval2024", "sentirueval"], "text": texts, "own": [None, None, None, ["Joy"], ["0"]]}
        | {"trained": True, "types": [["complaint"], None, ["question", "other"], ["praise"], None]}
    ).with_columns(*(pl.lit(None, pl.Boolean).alias(flag) for flag in FLAGS))
    monkeypatch.setattr(tune_encoder, "OFTEN", 2)
    held = tune_encoder.Texts(rows)
    shared = set(held.pieces[0]) & {piece for each in held.pieces[1:] for piece in each}
    assert shared <= set(held.often)
    assert not set(held.pieces[3]) - {piece for place in (0, 1, 2, 4) for piece in held.pieces[place]} & set(held.often)
    said = dict(zip(asked_data.OWN, held.own[3], strict=True))
    assert {name for name, is_so in said.items() if is_so} == {("poleval2024", "Joy")}
    assert held.own[4].sum() == 0
    assert {name for name, is_so in zip(asked_data.OWN, held.owned[4], strict=True) if is_so} == {
        ("sentirueval", "-1"),
        ("sentirueval", "1"),
    }
    batches = held.batches(np.arange(len(texts)), np.random.default_rng(0))
    assert sorted(row for _, _, rows in batches for row in rows) == list(range(len(texts)))
    for length, height, rows_ in batches:
        arrays = held.arrays((length, height, rows_))
        assert arrays["embedded"].shape == (height, length, encoder.WIDTH)
        weights = [tune_encoder.WEIGHTS[rows["set"][row]] for row in rows_.tolist()]
        assert arrays["weight"].tolist() == pytest.approx([*weights, *[0] * (height - len(rows_))])
        assert (arrays["there"][: len(rows_)].sum(axis=1) <= length).all()
        for place, row in enumerate(rows_):
            learnt = [piece for piece in held.pieces[row][:length] if piece in held.often]
            found = arrays["place"][place]
            assert held.often[found[found > 0] - 1].tolist() == learnt
        assert arrays["possible"][: len(rows_)].tolist() == held.possible[rows_].tolist()


@pytest.mark.skipif(not encoder.available(), reason="the extra accurate is not installed")
def test_what_is_tuned_computes_what_the_encoder_does(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jax", reason="jax is there only to train (requirements/train.txt)")
    texts = ["Where is my parcel?", "Где мой заказ? Жду уже три дня.", "ok"]
    rows = pl.DataFrame({"set": "corpus", "text": texts, "types": [["other"]] * 3, "own": [["1"]] * 3, "trained": True}).with_columns(
        *(pl.lit(None, pl.Boolean).alias(flag) for flag in FLAGS)
    )
    monkeypatch.setattr(tune_encoder, "OFTEN", 1)
    held = tune_encoder.Texts(rows)
    table = np.random.default_rng(0).normal(0, 0.2, (len(held.often) + 1, encoder.WIDTH)).astype(np.float32)
    tuned = encoder.tuned(encoder.packed(encoder.layers(), held.often, table[1:])).vectors(rows["text"])
    plain = encoder.open_encoder().vectors(rows["text"])
    change = np.abs(tuned - plain).max()
    assert change > 0.05
    for batch in held.batches(np.arange(3), np.random.default_rng(0)):
        arrays, here = held.arrays(batch), batch[2]
        added = table[arrays["place"]] * (arrays["place"] > 0)[..., None]
        for more, wanted, near in ((0, plain, 1e-4), (added, tuned, 0.2 * change)):
            found = np.asarray(tune_encoder.vectors(encoder.layers(), arrays["embedded"] + more, arrays["there"]))[: len(here)]
            assert np.abs(found - wanted[here]).max() < near


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
    nothing = dict.fromkeys(asked_data.EMOTIONS, "0")
    rows = [{"text": text} | nothing | dict(zip(("Positive", "Negative", "Neutral"), marks, strict=True)) for text, marks in said]
    pl.DataFrame(rows).write_csv(tmp_path / "data" / "poleval2024_pl.csv")
    found = asked_data.read().filter(pl.col("set") == "poleval2024")
    assert found["own"].to_list() == [["Positive"], ["Negative"], ["Positive", "Negative"], ["Neutral"], ["Neutral"]]
    assert found.select("text", "truth").rows() == [
        ("Pokój czysty.", "positive"),
        ("Obsługa zła.", "negative"),
        ("Pokój czysty. Obsługa zła.", "neither"),
        ("Lekarz przyjmuje we wtorki.", "neither"),
        ("Lekarz przyjmuje we wtorki.", "neither"),
    ]
    assert found.group_by("domain", maintain_order=True).agg(pl.col("fold").n_unique())["fold"].to_list() == [1, 1]


def test_weights_of_other_texts_labels_or_settings_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pl.DataFrame({"set": "corpus", "text": ["a", "b"], "types": [["praise"], ["other", "question"]], "upset": [True, None]})
    rows = rows.with_columns(pl.lit(None, pl.Boolean).alias(flag) for flag in ("addressed", "insulting")).with_columns(
        own=pl.lit(None, pl.List(pl.String))
    )
    others = [rows[:1], rows.with_columns(upset=True), rows.with_columns(types=pl.lit(["other"])), rows.with_columns(text=pl.lit("c"))]
    digests = [tune_encoder.digest(each) for each in (rows, rows.reverse(), *others)]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 5
    monkeypatch.setattr(tune_encoder, "EPOCHS", 7)
    assert tune_encoder.digest(rows) != digests[0]
    np.savez(tmp_path / "known.npz", texts=np.array(digests[0]))
    np.savez(tmp_path / "old.npz", bias=np.zeros(2))
    assert [tune_encoder.tuned_on(tmp_path / name) for name in ("known.npz", "old.npz", "none.npz")] == [digests[0], "", ""]


def test_a_fold_stays_the_same_when_other_texts_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_MATERIAL", str(tmp_path))
    before = asked_data.read().select("text", "fold")
    rows = [json.loads(line) for line in (asked_data.CORPUS / "asked-en.jsonl").read_text(encoding="utf-8").splitlines()]
    monkeypatch.setattr(asked_data, "CORPUS", tmp_path)
    (tmp_path / "asked-en.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[::7]), encoding="utf-8")
    (tmp_path / "marked.tsv").write_text("set\tsha256\ttype\tupset\taddressed\n")
    found = asked_data.read().join(before.unique("text"), on="text", suffix="_before")
    assert found.height > 100
    assert found["fold"].to_list() == found["fold_before"].to_list()
    assert set(found["fold"]) == set(range(asked_data.FOLDS))


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


def test_the_tuned_encoder_scores_types_flags_and_what_sets_say() -> None:
    assert len(OUTPUTS) + len(asked_data.OWN) == SCORES


@pytest.mark.parametrize(
    ("name", "said", "label"),
    [
        ("complaints_en", ("destructive", "praise", "unclear"), ("1", "0", "unclear")),
        ("sentirueval", ("trolling", "praise", "question"), ("-1", "1", "0")),
        ("poleval2024", ("criticism", "praise", "other"), ("negative", "positive", "neither")),
        ("toxic_ru", ("other", "other", "unclear"), ("1", "0", "0")),
    ],
)
def test_types_stand_for_the_labels_of_a_set(name: str, said: tuple[str, ...], label: tuple[str, ...]) -> None:
    assert pl.DataFrame({"said": said, "said_insulting": [True, False, False]}).select(
        asked_figures.mapped(name)
    ).to_series().to_list() == list(label)


def test_labels_by_hand_count_as_often_as_the_set_has_their_kind() -> None:
    texts = [f"tweet {number}" for number in range(8)]
    whole = pl.DataFrame({"set": "sentirueval", "source": "sentirueval", "text": texts, "truth": ["-1"] * 2 + ["0"] * 6})
    marked = pl.DataFrame({"set": "marked", "source": "sentirueval", "text": texts[:4], "truth": ["complaint", "other", "other", "praise"]})
    assert asked_figures.by_hand(pl.concat([whole, marked])) == {"sentirueval": (0.667, 4)}
    wrong = marked.with_columns(truth=pl.Series(["complaint", "complaint", "complaint", "other"]))
    found = asked_figures.by_hand(pl.concat([whole, wrong]))["sentirueval"]
    assert found[0] == pytest.approx(
        2 * 0.25 / (0.25 + 0.25 + 0.375), abs=1e-3
    )  # half of three quarters are wrongly said, not half of a half
