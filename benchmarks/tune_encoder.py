"""Tune the sentence encoder (audit.encoder) to what customers write: rules/typer/tuned.npz, which the accurate typer reads.

    python -m benchmarks.tune_encoder [--folds]

Needs jax (requirements/train.txt) and the extra `accurate`. All layers are learnt anew together with a linear head of the types and flags, and what is
added to the word pieces that texts hold often, on the sets of benchmarks/asked_data in all languages at once: the types by a softmax whose loss is
that of the sum of the types that a label leaves possible (partial labels, Jin and Ghahramani 2002), each flag by a logistic loss, and so is what a set
says in its own terms (asked_data.OWN; Caruana 1997); Adam (Kingma and Ba 2015), word pieces and vectors dropped at random (Srivastava et al. 2014).
`--folds` writes besides, below benchmarks/data/typers, for each fold the weights that have not seen it, which `benchmarks.train_typers` needs; what
is there already, of the same texts and labels in the same way, is kept. Some fifteen minutes each on a core.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit import encoder
from audit.rulebook import home
from audit.tables import ASKED_TYPES
from audit.typer import FLAGS, OUTPUTS, SCORES, TUNED, spoken
from benchmarks import asked_data

FOLDER = Path(__file__).parent / "data" / "typers"
LENGTHS = (12, 16, 24, 32, 48, 64, 96, 160, 256)
"""Word pieces to which texts are filled up: one length a batch."""
PIECES = 2048
"""Word pieces of a batch."""
EPOCHS = 2
WEIGHTS = {"complaints_en": 2.0, "labels": 2.0, "corpus": 1.5, "poleval2024": 1.5, "sentirueval": 0.6, "toxic_ru": 0.8}
"""How much a row of a set counts, where not 1: less where there are many of one kind."""
RATE, LAST, HEAD_RATE, PIECE_RATE = 3e-4, 0.05, 2e-3, 1e-3
"""Learning rate of the layers, which falls in a line to this share of it, that of the head, and that of word pieces, which falls likewise."""
OFTEN = 10
"""Texts that hold a word piece, at least, if it is to be learnt."""
RIDGE = 1e-4
"""What the square of what is added to a word piece costs each time that a batch holds it."""
OWN_WEIGHT = 0.3
"""How much what a set says in its own terms counts beside types and flags."""
DROPPED_PIECES, DROPPED = 0.1, 0.3
SIZE = 4.0
"""By what a vector, of length 1, is multiplied before the head."""
SLICE = 256
"""Columns that a convolution reads."""
ORDERS = ((2, 0), (3, 1), (5, 2))
"""Width of a convolution, and how many of its pieces stand before the one it is for."""

Arrays = dict[str, Any]
Batch = tuple[int, int, NDArray[np.int64]]
"""Length, rows, and which texts they are (fewer in the last one)."""


class Texts:
    """The rows of asked_data as word pieces, and what their labels say."""

    def __init__(self, rows: pl.DataFrame) -> None:
        model = encoder.open_encoder().model
        self.backend = model._model
        texts = spoken(rows["text"]).str.slice(0, encoder.LONGEST).str.strip_chars()
        self.pieces = [model._tokenizer.encode(text, out_type=int, add_bos=True, add_eos=True) for text in texts]
        self.weight = rows["set"].replace_strict(WEIGHTS, default=1.0, return_dtype=pl.Float32).to_numpy()
        kinds = [set(kinds or ()) for kinds in rows["types"].to_list()]
        self.possible = np.array([[kind in each for kind in ASKED_TYPES] for each in kinds], dtype=np.float32)
        self.typed = rows["types"].is_not_null().to_numpy().astype(np.float32)
        said = np.column_stack([rows[flag].cast(pl.Float32).to_numpy() for flag in FLAGS])
        self.flags, self.flagged = np.nan_to_num(said), (~np.isnan(said)).astype(np.float32)
        self.own = np.column_stack(
            [((rows["set"] == name) & rows["own"].list.contains(said).fill_null(False)).to_numpy() for name, said in asked_data.OWN]
        ).astype(np.float32)
        self.owned = np.column_stack([(rows["set"] == name).to_numpy() for name, _ in asked_data.OWN]).astype(np.float32)
        seen = [np.unique(each) for each, counts in zip(self.pieces, rows["trained"], strict=True) if counts]
        held = np.bincount(np.concatenate(seen), minlength=len(self.backend.table))
        self.often = np.flatnonzero(held >= OFTEN)
        """Word pieces that are learnt; `place` tells where, 0 for the rest."""
        self.place = np.zeros(len(held), dtype=np.int64)
        self.place[self.often] = np.arange(1, len(self.often) + 1)

    def batches(self, rows: NDArray[np.int64], order: np.random.Generator) -> list[Batch]:
        """All of `rows` once, those of a length together, in a random order."""
        sizes = np.array([min(len(self.pieces[row]), LENGTHS[-1]) for row in rows])
        lengths = np.array(LENGTHS)[np.searchsorted(LENGTHS, sizes)]
        found: list[Batch] = []
        for length in np.unique(lengths):
            held, height = order.permutation(rows[lengths == length]), max(8, PIECES // int(length))
            found += [(int(length), height, held[first : first + height]) for first in range(0, len(held), height)]
        order.shuffle(found)
        return found

    def arrays(self, batch: Batch) -> Arrays:
        """What a step learns from: `embedded` (rows x length x encoder.WIDTH), `place` and `there` (rows x length), the labels, and `weight`, 0 for filling."""
        length, height, rows = batch
        piece, there = np.zeros((height, length), dtype=np.int64), np.zeros((height, length), dtype=np.float32)
        for place, row in enumerate(rows):
            held = self.pieces[row][:length]
            piece[place, : len(held)], there[place, : len(held)] = held, 1
        chunk = piece % len(self.backend.scale)
        embedded = self.backend.table[piece].astype(np.float32) * self.backend.scale[chunk][..., None] + self.backend.lo[chunk][..., None]
        there[len(rows) :, 0] = 1e-3  # a row of filling has some length

        def filled(array: NDArray[np.float32]) -> NDArray[np.float32]:
            made = np.zeros((height, *array.shape[1:]), dtype=np.float32)
            made[: len(rows)] = array[rows]
            return made

        known = {name: filled(getattr(self, name)) for name in ("possible", "typed", "flags", "flagged", "own", "owned", "weight")}
        return {"embedded": embedded * (there > 0)[..., None], "place": self.place[piece] * (there > 0), "there": there, **known}


def vectors(layers: Mapping[str, Any], embedded: Any, there: Any) -> Any:
    """As the encoder's package computes them (rows x encoder.WIDTH, of length 1), so that a gradient can be taken."""
    import jax.numpy as jnp

    held = there[..., None]
    epsilon = 1e-12

    def normal(x: Any, gain: Any, shift: Any) -> Any:
        x = x - x.mean(-1, keepdims=True)
        return x / jnp.sqrt((x * x).mean(-1, keepdims=True) + epsilon) * gain + shift

    def convolved(x: Any, weights: Any, width: int, before: int) -> Any:
        wide = jnp.pad(x, ((0, 0), (before, width - 1 - before), (0, 0)))
        return jnp.concatenate([wide[:, place : place + x.shape[1]] for place in range(width)], -1) @ weights

    read = [embedded]
    projected = normal(embedded @ layers["proj_W"] + layers["proj_b"], layers["ln_g_all"], layers["ln_b_all"]) * held
    for number, (width, before) in enumerate(ORDERS):
        x = projected[..., number * SLICE : (number + 1) * SLICE]
        for name in ("1", "2"):
            added = convolved(x, layers[f"w{name}.{number}"], width, before) + layers[f"b{name}.{number}"]
            x = (jnp.maximum(added, 0) + x) * held
        read.append(x)
    each = normal(jnp.concatenate(read, -1), layers["ln_g"], layers["ln_b"]) * held
    length = there.sum(1, keepdims=True)
    mean = (each.sum(1) @ layers["cnn_W"] + length * layers["cnn_b"]) / jnp.sqrt(length)
    first = jnp.maximum(mean @ layers["d0"], 0)
    second = jnp.maximum(mean @ layers["p1"] + first @ layers["d1"], 0)
    third = jnp.maximum(second @ layers["d2"], 0)
    found = jnp.tanh(second @ layers["p3"] + third @ layers["d3"])
    return found / jnp.sqrt(jnp.clip((found * found).sum(-1, keepdims=True), epsilon))


def loss(learnt: Mapping[str, Any], batch: Arrays, key: Any) -> Any:
    """Mean loss of a text."""
    import jax
    import jax.numpy as jnp

    pieces, columns = jax.random.split(key)
    kept = jax.random.bernoulli(pieces, 1 - DROPPED_PIECES, batch["there"].shape)
    added = learnt["added"][batch["place"]] * (batch["place"] > 0)[..., None]
    found = SIZE * vectors(learnt, (batch["embedded"] + added) * kept[..., None], batch["there"])
    found = found * jax.random.bernoulli(columns, 1 - DROPPED, found.shape) / (1 - DROPPED)
    said = found @ learnt["weights"] + learnt["bias"]
    likely = jax.nn.log_softmax(said[:, : len(ASKED_TYPES)])
    of_type = -jax.nn.logsumexp(jnp.where(batch["possible"] > 0, likely, -1e9), -1) * batch["typed"]
    flags, own = said[:, len(ASKED_TYPES) : len(OUTPUTS)], said[:, len(OUTPUTS) :]
    of_flag = ((jnp.logaddexp(0, flags) - batch["flags"] * flags) * batch["flagged"]).sum(-1)
    of_own = ((jnp.logaddexp(0, own) - batch["own"] * own) * batch["owned"]).sum(-1)
    counted = (of_type + of_flag + OWN_WEIGHT * of_own) * batch["weight"]
    return (counted.sum() + RIDGE * (added**2).sum()) / batch["weight"].sum()


def learnt(texts: Texts, rows: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The arrays of a file TUNED, from `rows` of the texts."""
    import jax
    import jax.numpy as jnp

    order, key = np.random.default_rng(0), jax.random.PRNGKey(0)
    values = {name: jnp.asarray(each) for name, each in encoder.layers().items()}
    values |= {"weights": jnp.zeros((encoder.WIDTH, SCORES)), "bias": jnp.zeros(SCORES)}
    values |= {"added": jnp.zeros((len(texts.often) + 1, encoder.WIDTH))}
    steps = EPOCHS * len(texts.batches(rows, np.random.default_rng(0)))

    def stepped(values: Arrays, moments: tuple[Arrays, Arrays], step: Any, batch: Arrays, key: Any) -> tuple[Arrays, Any, Any]:
        cost, slope = jax.value_and_grad(loss)(values, batch, key)
        first = {name: 0.9 * moments[0][name] + 0.1 * slope[name] for name in values}
        second = {name: 0.999 * moments[1][name] + 0.001 * slope[name] ** 2 for name in values}
        falling = 1 - (1 - LAST) * step / steps
        made = {}
        for name in values:
            rate = HEAD_RATE if name in ("weights", "bias") else (PIECE_RATE if name == "added" else RATE) * falling
            mean, spread = first[name] / (1 - 0.9 ** (step + 1)), second[name] / (1 - 0.999 ** (step + 1))
            made[name] = values[name] - rate * mean / (jnp.sqrt(spread) + 1e-8)
        return made, (first, second), cost

    advance = jax.jit(stepped, donate_argnums=(0, 1))
    moments: Any = tuple({name: jnp.zeros_like(each) for name, each in values.items()} for _ in range(2))
    step = 0
    for epoch in range(EPOCHS):
        start, costs = time.perf_counter(), []
        for batch in texts.batches(rows, order):
            key, dropping = jax.random.split(key)
            values, moments, cost = advance(values, moments, float(step), texts.arrays(batch), dropping)
            costs.append(float(cost))
            step += 1
        print(f"  epoch {epoch + 1}: loss {np.mean(costs):.3f}, {time.perf_counter() - start:.0f} s", flush=True)
    held = {name: np.asarray(each) for name, each in values.items()}
    head = {"weights": (held["weights"] * SIZE).astype(np.float32), "bias": held["bias"].astype(np.float32)}
    return encoder.packed(held, texts.often, held["added"][1:]) | head


def tasks(rows: pl.DataFrame, *, folds: bool) -> Iterator[tuple[Path, NDArray[np.int64]]]:
    """Where weights are kept, and the rows that they are learnt from: none of an unseen fold, nor of a group with those."""
    trained, group = rows["trained"].to_numpy(), rows["group"].to_numpy()
    for fold in range(asked_data.FOLDS if folds else 0):
        unseen = np.isin(group, np.unique(group[(rows["fold"] == fold).to_numpy()].astype(str)))
        yield FOLDER / f"fold-{fold}" / TUNED, np.flatnonzero(trained & ~unseen)
    yield home() / "typer" / TUNED, np.flatnonzero(trained)


def digest(rows: pl.DataFrame) -> str:
    """The same for the same texts with the same labels, in whatever order, learnt in the same way."""
    read = rows.select("set", spoken(rows["text"]), pl.col("types", "own").list.join(","), *FLAGS)
    rates = (RATE, LAST, HEAD_RATE, PIECE_RATE, OFTEN, RIDGE, OWN_WEIGHT, DROPPED_PIECES, DROPPED, SIZE)
    settings = (LENGTHS, PIECES, EPOCHS, sorted(WEIGHTS.items()), rates, asked_data.OWN, OUTPUTS)
    return hashlib.sha256((read.sort(read.columns).write_csv() + repr(settings)).encode()).hexdigest()[:16]


def tuned_on(path: Path) -> str:
    """The digest of what the weights of a file were learnt from; empty where there is none."""
    if not path.is_file():
        return ""
    with np.load(path, allow_pickle=False) as arrays:
        return str(arrays["texts"]) if "texts" in arrays.files else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", action="store_true", help="the weights of the folds too, to measure with")
    said = parser.parse_args()
    rows = asked_data.read()
    texts = Texts(rows)
    for path, seen in tasks(rows, folds=said.folds):
        learnt_from = digest(rows[seen])
        if path.is_file() and path.is_relative_to(FOLDER) and tuned_on(path) == learnt_from:
            print(f"{path} is there already")
            continue
        print(f"{path}: {len(seen)} texts", flush=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = learnt(texts, seen)
        np.savez_compressed(path, texts=np.array(learnt_from), **arrays)
    return 0


if __name__ == "__main__":
    sys.exit(main())
