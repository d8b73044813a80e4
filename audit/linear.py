"""A linear model over hashed features: what many small signs say together, where no single construction decides.

A text's score for an output is the bias plus the sum of weight x value over its features, divided by the length of the vector of its
values (cosine normalisation, Salton and Buckley 1988), where a feature's value is its inverse document frequency. Shipped as `.npz`:
weights already multiplied by the values, in eight bits with one scale an output, so that a table of three languages stays small.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audit import gram

Floats = NDArray[np.float32]

_CHUNK = 1_000
"""Texts that are scored at a time: what they hold fits a processor's cache."""


@dataclass(frozen=True, eq=False)
class Hashed:
    """`weights` (times values): buckets x outputs; `values`: of buckets (0 where none was seen in training); `bias`: of outputs."""

    weights: Floats
    values: Floats
    bias: Floats

    @property
    def bits(self) -> int:
        return len(self.values).bit_length() - 1

    def scores(self, tokens: gram.Tokens) -> Floats:
        """texts x outputs."""
        table = np.column_stack([self.weights, self.values**2]).astype(np.float32)
        owner, bucket = gram.features(tokens, self.bits)
        of_token = _summed(table, bucket, owner, len(tokens.distinct))

        def scored(first: int, last: int) -> Floats:
            held = tokens.held(first, last)
            found = _summed(of_token, held.token, held.row, last - first)
            found += _summed(table, gram.bucket(held.pair, self.bits), held.pair_row, last - first)
            length = np.sqrt(np.maximum(found[:, -1:], 1e-9))
            scores: Floats = (found[:, :-1] / length + self.bias).astype(np.float32)
            return scores

        return by_chunks(scored, tokens.texts, len(self.bias))

    def packed(self, prefix: str = "") -> dict[str, NDArray[Any]]:
        """The arrays to keep; `unpacked` gives nearly the same model back."""
        scale = np.abs(self.weights).max(axis=0) / 127 + 1e-12
        arrays = {
            "weights": np.round(self.weights / scale).astype(np.int8),
            "scale": scale.astype(np.float32),
            "values": np.round(self.values * 20).astype(np.uint8),
            "bias": self.bias.astype(np.float32),
        }
        return {f"{prefix}{name}": array for name, array in arrays.items()}


def by_chunks(scored: Callable[[int, int], NDArray[Any]], texts: int, outputs: int) -> NDArray[Any]:
    """What `scored` gives for the texts from a first to before a last one (texts x outputs), of all `texts` on all cores."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(lambda first: scored(first, min(texts, first + _CHUNK)), range(0, texts, _CHUNK)))
    return np.concatenate(parts) if parts else np.zeros((0, outputs))


def unpacked(arrays: Any, prefix: str = "") -> Hashed:
    """The model that `packed` gave the arrays of, their names behind a prefix."""
    weights, scale, values, bias = (arrays[f"{prefix}{name}"] for name in ("weights", "scale", "values", "bias"))
    return Hashed(weights * scale, values.astype(np.float32) / 20, bias)


def _summed(table: Floats, place: NDArray[Any], row: NDArray[Any], rows: int) -> Floats:
    """Rows of a table added up by `row` (sorted)."""
    found = np.zeros((rows, table.shape[1]), dtype=np.float32)
    if not len(row):
        return found
    starts = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
    found[row[starts]] = np.add.reduceat(np.take(table, place, axis=0), starts, axis=0)
    return found
