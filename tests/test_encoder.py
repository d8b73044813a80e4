"""The sentence encoder: distinct texts once, vectors kept, a clear word where the extra is missing."""

from __future__ import annotations

import importlib.util

import numpy as np
import polars as pl
import pytest

from audit import encoder
from audit.errors import AuditError


class Counting:
    """Stands in for the model: a vector holds the length of its text."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: list[str]) -> encoder.Vectors:
        self.seen += texts
        return np.array([[len(text)] * encoder.WIDTH for text in texts], dtype=np.float32)


def test_each_distinct_text_is_encoded_once_and_kept() -> None:
    model = Counting()
    own = encoder.Encoder(model)
    found = own.vectors(pl.Series(["ab", "abcd", None, " ab ", ""]))
    assert found[:, 0].tolist() == [2, 4, 0, 2, 0]
    assert own.vectors(pl.Series(["abcd", "x"]))[:, 0].tolist() == [4, 1]
    assert sorted(model.seen) == ["ab", "abcd", "x"]


def test_no_text_gives_no_vector() -> None:
    assert encoder.Encoder(Counting()).vectors(pl.Series([], dtype=pl.String)).shape == (0, encoder.WIDTH)


def test_only_so_many_vectors_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "KEPT", 2)
    model = Counting()
    own = encoder.Encoder(model)
    own.vectors(pl.Series(["a", "bb", "ccc"]))
    assert own.vectors(pl.Series(["a", "ccc"]))[:, 0].tolist() == [1, 3]
    assert model.seen == ["a", "bb", "ccc", "a"]


def test_long_texts_are_read_from_the_front() -> None:
    model = Counting()
    encoder.Encoder(model).vectors(pl.Series(["a" * 5000]))
    assert [len(text) for text in model.seen] == [encoder.LONGEST]


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    encoder.open_encoder.cache_clear()
    with pytest.raises(AuditError, match=r"reply-audit\[accurate\]"):
        encoder.open_encoder()


@pytest.mark.skipif(not encoder.available(), reason="the extra is not installed")
def test_texts_of_one_meaning_lie_near_across_languages() -> None:
    texts = pl.Series(["Where is my parcel?", "Где моя посылка?", "Gdzie jest moja paczka?", "We had a lovely holiday"])
    found = encoder.open_encoder().vectors(texts)
    assert np.allclose((found**2).sum(axis=1), 1, atol=1e-3)
    near = found @ found[0]
    assert min(near[1], near[2]) > near[3] + 0.2


@pytest.mark.skipif(not encoder.available(), reason="the extra is not installed")
def test_tuned_layers_come_back_nearly_as_they_were_learnt() -> None:
    texts = pl.Series(["Where is my parcel?", "Гдзе мая пасылка?", "Gdzie jest moja paczka?"])
    order = np.random.default_rng(1)
    learnt = {name: each + order.normal(0, 0.01, each.shape).astype(np.float32) for name, each in encoder.layers().items()}
    pieces = np.unique(encoder.open_encoder().model._tokenizer.encode(texts[0]))
    added = order.normal(0, 0.01, (len(pieces), encoder.WIDTH)).astype(np.float32)
    arrays = encoder.packed(learnt, pieces, added)
    assert all(array.dtype == np.int8 for name, array in arrays.items() if name.endswith(":added"))
    exact = {f"{name}:added": learnt[name] - each for name, each in encoder.layers().items()} | {"table:added": added.T, "pieces": pieces}
    exact |= {f"{name}:scale": np.ones(1, dtype=np.float32) for name in (*learnt, "table")}
    before, after, wanted = (one.vectors(texts) for one in (encoder.open_encoder(), encoder.tuned(arrays), encoder.tuned(exact)))
    assert np.abs(after - wanted).max() < 0.01 < np.abs(after - before).max()


@pytest.mark.skipif(not encoder.available(), reason="the extra is not installed")
def test_what_is_added_to_a_word_piece_changes_the_texts_that_hold_it() -> None:
    texts = pl.Series(["parcel", "good evening"])
    ours, theirs = (set(encoder.open_encoder().model._tokenizer.encode(text, add_bos=True, add_eos=True)) for text in texts)
    pieces = np.array(sorted(ours - theirs))
    arrays = encoder.packed(encoder.layers(), pieces, np.full((len(pieces), encoder.WIDTH), 0.02, dtype=np.float32))
    held, backend = encoder.tuned(arrays), encoder.open_encoder().model._model
    change = np.abs(held.vectors(texts) - encoder.open_encoder().vectors(texts)).max(axis=1)
    assert change[0] > 0.001
    assert change[1] == 0
    scale, low = (backend.scale[pieces % len(backend.scale)][:, None], backend.lo[pieces % len(backend.lo)][:, None])
    embedded = [table[pieces] * scale + low for table in (held.model._model.table, backend.table)]
    assert np.allclose(embedded[0] - embedded[1], 0.02, atol=1e-4)


@pytest.mark.skipif(not encoder.available(), reason="the extra is not installed")
def test_layers_of_another_encoder_are_refused() -> None:
    arrays = encoder.packed(encoder.layers(), np.array([7]), np.zeros((1, encoder.WIDTH), dtype=np.float32))
    arrays["d0:added"] = np.zeros((5, 1, 1), dtype=np.int8)
    with pytest.raises(ValueError, match="d0"):
        encoder.tuned(arrays)
