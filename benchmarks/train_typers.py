"""Train the typers of rules/typer (audit.typer) on the sets of benchmarks/asked_data, one language after the other.

    python -m benchmarks.train_typers [--lang en] [--folds]

Needs scipy (requirements/dev.txt), the extra `accurate`, and what `python -m benchmarks.tune_encoder --folds` wrote. Of each language:

1. A linear model over letters, words, stems and pairs. The types by a softmax whose loss is that of the sum of the types that a label leaves possible
   (partial labels, Jin and Ghahramani 2002), each flag by a logistic regression, all with a ridge.
2. Two heads: `fast` weighs its scores and the wordings of rules/asked, `accurate` those of the tuned encoder besides: fitted on scores that each
   row got from models that had not seen it (stacking, Wolpert 1992), which are those of the folds. A fold's heads never see its rows.
3. Bounds: from which probability a judgement is confident, a flag is set, nothing is clear; by the same out-of-fold probabilities.

`--folds` writes besides, below benchmarks/data/typers, for each fold the weights that have not seen it: `benchmarks.asked_figures` measures
with them. The same texts, wordings and tuned encoders give the same weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads that wait for each other lose more than they win

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from audit import classify, gram, linear, text
from audit.asked import open_asked
from audit.concordance import Concordance
from audit.rulebook import home, open_rulebook
from audit.tables import ASKED_TYPES, LANGUAGES
from audit.typer import FLAGS, SCORES, SIGNS, TUNED, inputs, marks, open_tuned, spoken, weighed
from benchmarks import asked_data, tune_encoder
from benchmarks.tune_encoder import FOLDER

BITS = {"en": 17, "pl": 18, "ru": 18}
FEWEST = 2
"""Texts that a bucket stands in, at least."""
INNER = 3
"""Parts by which the bounds are found, each on what a head of the others says."""
STRENGTH = 10.0
ASIDE = 0.05
"""How much a forum's comment counts for `addressed`: all of them speak to no brand."""
CALM = 0.3
"""How much a row of `marked` counts for `upset`: few are, and coolly put ones are borderline."""
HEAD = 0.3
"""C (inverse regularisation) of the first models and of the heads."""
OFTEN = 0.4
"""How much a complaint of `exchanges` counts beside its other messages: seven in ten are one."""
WRITTEN = {"en": 1.0, "pl": 1.0, "ru": 0.45}
"""How much a row of `corpus` counts: its messages are neater than those of the public sets, of which there are most in Russian."""
BESIDE = {"en": 0.4, "pl": 0.4, "ru": 0.2}
"""How much a row of `noise` or `reviews` counts: many of them are no messages to a brand."""
BRIEF = {"en": 0.5, "pl": 0.5, "ru": 0.25}
"""How much a row of `exchanges` counts: they are briefer than what customers write elsewhere."""
BRIEFLY = {lang: weight / 2 for lang, weight in BRIEF.items()}
"""The same for the types of the heads."""
NEWS = {"fast": (0.05, 2.0), "accurate": (0.3, 1.0)}
"""By what, in each head, a row of `marked` that is of sentirueval counts less for the types, and one of sentirueval more: the set calls bad news of a
company negative, labels by hand call them other."""
OF_HEADS = {"complaints_en": 3.0, "labels": 2.0}
"""By what a set's rows count more for the types of the heads: those by hand, and complaints beside random tweets, of which there are few."""
LIMIT = 4000
"""Rows of a coarsely labelled set count together as at most so many."""
PRECISE, PRECISION, AMONG = ("destructive", "trolling"), 0.9, 0.72
"""What is not to be fed, how precise confident judgements are at least, and how precise those are among `exchanges`."""

Floats = NDArray[Any]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def fitted(x: Any, possible: Floats, weight: Floats, strength: float, rounds: int = 30) -> Floats:
    """Weights (columns + bias) x outputs of a softmax with partial labels. `possible`: rows x outputs, 1 where the label leaves it open."""
    columns, outputs = x.shape[1], possible.shape[1]
    weight = (weight / weight.mean()).astype(x.dtype)
    possible = possible.astype(x.dtype)
    turned = x.T.tocsr() if sparse.issparse(x) else x.T

    def loss(flat: Floats) -> tuple[float, Floats]:
        w = flat.reshape(columns + 1, outputs).astype(x.dtype)
        z = x @ w[:-1] + w[-1]
        z -= z.max(axis=1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        inside = (e * possible).sum(axis=1, keepdims=True)
        lost, aim = np.log(total / np.maximum(inside, 1e-30))[:, 0], e * possible / np.maximum(inside, 1e-30)
        gap = (e / total - aim) * weight[:, None]
        slope = np.vstack([turned @ gap + w[:-1] / strength, gap.sum(axis=0)])
        ridge = 0.5 / strength * float((w[:-1].astype(np.float64) ** 2).sum())
        return float((weight.astype(np.float64) * lost).sum()) + ridge, slope.ravel().astype(np.float64)

    found = minimize(loss, np.zeros((columns + 1) * outputs), jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 6})
    return found.x.reshape(columns + 1, outputs)  # type: ignore[no-any-return]


def counted(rows: pl.DataFrame, limit: int, brief: Mapping[str, float]) -> Floats:
    """How much each row counts; those of a coarsely labelled set together as at most `limit`, one of `exchanges` as `brief` (by language),
    one of `corpus` as WRITTEN, one of `noise` or `reviews` as BESIDE."""
    coarse = ~pl.col("set").is_in(asked_data.TYPED)
    briefly, written, aside = (pl.col("lang").replace_strict(weights, return_dtype=pl.Float64) for weights in (brief, WRITTEN, BESIDE))
    often = pl.when(pl.col("truth") == "complaint").then(OFTEN * briefly).otherwise(briefly)
    each = pl.when(coarse).then((limit / pl.len().over("set")).clip(upper_bound=1.0))
    own = each.when(pl.col("set") == "exchanges").then(often).when(pl.col("set") == "corpus").then(written)
    own = own.when(pl.col("set").is_in(asked_data.BY_WORDS)).then(aside)
    return rows.select(own.otherwise(1.0)).to_series().to_numpy()


class Language:
    """The rows of one language with all that is known of them before training. `tuned`: what an encoder says of each that has not seen it."""

    def __init__(self, lang: str, rows: pl.DataFrame, tuned: Floats) -> None:
        self.lang, self.rows, self.tuned = lang, rows, tuned
        book = open_rulebook()
        part = pl.DataFrame({"asked": rows["text"]}).with_columns(words=text.words(pl.col("asked")))
        held = Concordance(part["words"])
        self.signs = classify.signs(held, lang, open_asked(), book).to_numpy().astype(np.float64)
        tokens = gram.Tokens(held, marks(part), lang)
        said = tokens.held()
        owner, bucket = gram.features(tokens, BITS[lang])
        size = 1 << BITS[lang]
        of_text = sparse.csr_matrix(
            (np.ones(len(said.row), np.float32), (said.row, said.token)), shape=(tokens.texts, len(tokens.distinct))
        )
        made = sparse.csr_matrix((np.ones(len(owner), np.float32), (owner, bucket)), shape=(len(tokens.distinct), size))
        pairs = sparse.csr_matrix(
            (np.ones(len(said.pair), np.float32), (said.pair_row, gram.bucket(said.pair, BITS[lang]))), (tokens.texts, size)
        )
        self.counts = (of_text @ made + pairs).tocsr()
        self.kinds = np.array([[kind in (kinds or ()) for kind in ASKED_TYPES] for kinds in rows["types"].to_list()], dtype=np.float64)
        self.typed = rows["types"].is_not_null().to_numpy()
        self.flags = {flag: rows[flag].cast(pl.Float64).to_numpy() for flag in FLAGS}  # nan where it was not labelled
        self.sets, self.sources, self.groups = (rows[name].to_numpy() for name in ("set", "source", "group"))
        self.fold, self.trained = rows["fold"].to_numpy().astype(np.int64), rows["trained"].to_numpy()
        self.weight = counted(rows, LIMIT, BRIEF)
        heads = rows["set"].replace_strict(OF_HEADS, default=1.0, return_dtype=pl.Float64).to_numpy()
        later = counted(rows, LIMIT, BRIEFLY) * heads
        by_hand, coarse = (((rows["source"] == "sentirueval") & (rows["set"] == name)).to_numpy() for name in ("marked", "sentirueval"))
        self.typing = np.where(by_hand, NEWS["fast"][0], 1.0) * self.weight
        self.later = {name: later * np.select([by_hand, coarse], news, 1.0) for name, news in NEWS.items()}

    def values(self, seen: Ints) -> Floats:
        """Inverse document frequency of the buckets among the rows `seen`, rounded as it is kept; 0 for rare ones."""
        texts = np.asarray((self.counts[seen] > 0).sum(axis=0)).ravel()
        values = np.where(texts >= FEWEST, np.log((1 + len(seen)) / (1 + texts)) + 1, 0)
        return np.round(values * 20) / 20

    def matrix(self, values: Floats) -> Any:
        x = self.counts @ sparse.diags(values)
        length = np.sqrt(np.maximum(self.counts @ (values**2), 1e-9))
        return (sparse.diags(1 / length) @ x).tocsr().astype(np.float32)

    def labelled(self, flag: str, rows: Ints) -> tuple[Ints, Floats, Floats]:
        """Of the rows those whose flag is known, what it is (no, yes), and how much they count."""
        known = rows[~np.isnan(self.flags[flag][rows])]
        if flag == "addressed":
            known = known[~np.isin(self.sets[known], asked_data.BY_WORDS)]
        truth = self.flags[flag][known] > 0
        weight = self.weight[known] * np.where((flag == "addressed") & (self.sets[known] == "toxic_ru"), ASIDE, 1.0)
        weight *= np.where((flag == "upset") & (self.sets[known] == "marked"), CALM, 1.0)
        return known, np.column_stack([~truth, truth]).astype(np.float64), weight


def first(own: Language, seen: Ints) -> linear.Hashed:
    """The hashed model from the rows `seen`."""
    values = own.values(seen)
    kept = np.flatnonzero(values)
    x = own.matrix(values)[:, kept]
    rows = seen[own.typed[seen]]
    w = fitted(x[rows], own.kinds[rows], own.typing[rows], STRENGTH)
    columns = [w - w.mean(axis=1, keepdims=True)]
    for flag in FLAGS:
        rows, possible, weight = own.labelled(flag, seen)
        w = fitted(x[rows], possible, weight, STRENGTH)
        columns.append(w[:, 1:] - w[:, :1])
    learnt = np.column_stack(columns)
    table = np.zeros((1 << BITS[own.lang], learnt.shape[1]), dtype=np.float32)
    table[kept] = learnt[: len(kept)] * values[kept, None]
    model = linear.Hashed(table, values.astype(np.float32), learnt[-1].astype(np.float32))
    return linear.unpacked(model.packed())


def scored(own: Language, model: linear.Hashed, rows: Ints) -> Floats:
    """What audit.linear gives, from the matrix that is there already."""
    counts = own.counts[rows]
    length = np.sqrt(np.maximum(counts @ (model.values.astype(np.float64) ** 2), 1e-9))
    scores: Floats = np.asarray(counts @ model.weights.astype(np.float64)) / length[:, None] + model.bias
    return scores


def columns(own: Language, model: linear.Hashed, rows: Ints) -> dict[str, Floats]:
    """What each head weighs of the rows."""
    scores, signs = scored(own, model, rows), own.signs[rows]
    return {"fast": inputs(scores, signs), "accurate": inputs(scores, signs, own.tuned[rows])}


def below(own: Language, unseen: Bools) -> linear.Hashed:
    """What heads stand on: the model from the rows that may be trained on and are not `unseen`, nor of a group with those."""
    return first(own, np.flatnonzero(own.trained & ~np.isin(own.groups, list(set(own.groups[unseen])))))


def trained(own: Language, unseen: Bools, model: linear.Hashed, crossed: Mapping[str, Floats]) -> dict[str, Any]:
    """The arrays of a language's file. `crossed`: the columns of all rows by models of other folds, which the heads are fitted on."""
    seen = np.flatnonzero(own.trained & ~np.isin(own.groups, list(set(own.groups[unseen]))))
    arrays: dict[str, Any] = model.packed()
    bounds = {}
    for name, held in crossed.items():
        found = np.zeros((len(own.fold), len(ASKED_TYPES) + len(FLAGS)))
        for part in range(INNER):
            inside, outside = seen[own.fold[seen] % INNER != part], seen[own.fold[seen] % INNER == part]
            found[outside] = weighed(held[outside], head(own, name, held, inside))
        arrays[f"{name}_head"] = head(own, name, held, seen).astype(np.float32)
        bounds[name] = bounded(own, found, seen)
    arrays["bounds"] = np.array(json.dumps(bounds, sort_keys=True))
    return arrays


def head(own: Language, name: str, columns: Floats, seen: Ints) -> Floats:
    """columns x outputs."""
    x = columns[:, :-1]
    rows = seen[own.typed[seen]]
    found = [fitted(x[rows], own.kinds[rows], own.later[name][rows], HEAD, 150)]
    for flag in FLAGS:
        rows, possible, weight = own.labelled(flag, seen)
        w = fitted(x[rows], possible, weight, HEAD, 150)
        found.append(w[:, 1:] - w[:, :1])
    return np.column_stack(found)


def bounded(own: Language, found: Floats, seen: Ints) -> dict[str, float]:
    """Bounds by out-of-fold probabilities (audit.typer.Typer.bounds): those of what is not to be fed and of flags on messages that stand `alone`."""
    full = seen[np.isin(own.sets[seen], asked_data.TYPED)]
    truth, best = own.kinds[full].argmax(axis=1), found[full][:, : len(ASKED_TYPES)].argmax(axis=1)
    sure = found[full][:, : len(ASKED_TYPES)].max(axis=1)
    bounds = {"unclear": 0.25}
    fed = [ASKED_TYPES.index(kind) for kind in PRECISE]
    talk = (own.sets == "marked") & np.isin(own.sources, ["toxic_ru", "poleval2019"])  # of forums and of people with each other
    alone = np.isin(own.sets, ["corpus", "labels", "marked"]) & ~talk
    exchanged, all_rows = own.sets == "exchanges", np.ones(len(own.sets), dtype=bool)
    for place, kind in enumerate(ASKED_TYPES):
        alike = fed if kind in PRECISE else [place]  # what is not to be fed is judged together
        said = np.isin(best, alike)
        asked_for = ((alone, PRECISION + 0.01), (exchanged, AMONG)) if kind in PRECISE else ((all_rows, PRECISION + 0.02),)
        parts = ((said & held[full], precision) for held, precision in asked_for)
        bounds[kind] = max(0.5, *(least_for(sure[part], np.isin(truth[part], alike), precision) for part, precision in parts))
        strong = own.signs[full][:, [SIGNS.index(f"strong:{each}") for each in ASKED_TYPES[:-1]]] > 0
        named = (strong.sum(axis=1) == 1) & strong[:, place] if place < 6 else np.zeros(len(full), dtype=bool)
        if named.sum() >= 25 and (truth[named] == place).mean() >= 0.95:
            bounds[f"wording:{kind}"] = round(float((truth[named] == place).mean()), 2)
    for place, flag in enumerate(FLAGS, len(ASKED_TYPES)):
        rows, possible, _ = own.labelled(flag, seen)
        names = own.sets[rows]
        sets = [name for name in ("toxic_ru", "poleval2019") if (names == name).any()] if flag == "insulting" else []
        of = np.flatnonzero(np.isin(names, sets) if sets else alone[rows])
        bounds[flag] = best_f1(found[rows[of], place], possible[of, 1] > 0, macro=flag == "insulting" and own.lang == "ru")
    return bounds


def least_for(sure: Floats, right: NDArray[np.bool_], precision: float) -> float:
    """The least probability above which the judgements are as precise as asked for; 0.99 where none is."""
    order = np.argsort(-sure, kind="stable")
    held = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    fits = np.flatnonzero((held >= precision) & (np.arange(len(order)) >= 9))
    return round(float(np.ceil(sure[order][fits[-1]] * 100) / 100), 2) if len(fits) else 0.99


def best_f1(found: Floats, truth: NDArray[np.bool_], *, macro: bool) -> float:
    def f1(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
        return float(2 * (said & truth).sum() / max(1, said.sum() + truth.sum()))

    grid = np.arange(0.1, 0.9, 0.02)
    values = [f1(found >= at, truth) + (f1(found < at, ~truth) if macro else 0) for at in grid]
    smooth = np.convolve(values, [0.25, 0.5, 0.25], mode="same")[1:-1]
    return round(float(grid[1:-1][smooth.argmax()]), 2)


def told(folder: Path, texts: pl.Series) -> Floats:
    """What the tuned encoder of a folder says of texts (texts x SCORES), kept until it is tuned anew."""
    path, made = folder / TUNED, FOLDER / f"told-{folder.name}.parquet"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    known = pl.DataFrame(schema={"digest": pl.String, "text": pl.String, "said": pl.Array(pl.Float32, SCORES)})
    kept = pl.read_parquet(made) if made.is_file() else known
    if kept.schema == known.schema:
        known = kept.filter(pl.col("digest") == digest)
    read = spoken(texts)
    new = read.filter(~read.is_in(known["text"].implode())).unique()
    if len(new):
        said = open_tuned(folder).scores(new).astype(np.float32)
        known = pl.concat([known, pl.DataFrame({"digest": [digest] * len(new), "text": new, "said": said}, schema=known.schema)])
        FOLDER.mkdir(parents=True, exist_ok=True)
        known.write_parquet(made)
    joined = read.to_frame("text").join(known, on="text", how="left", maintain_order="left")
    return joined["said"].to_numpy().astype(np.float64)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lang", choices=LANGUAGES, action="append", help="only this language")
    parser.add_argument("--folds", action="store_true", help="keep the weights of the folds too, to measure with")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    said = parser.parse_args()
    everything = asked_data.read()
    for path, seen in tune_encoder.tasks(everything, folds=True):
        if tune_encoder.tuned_on(path) != tune_encoder.digest(everything[seen]):
            print(f"{path} was tuned on other texts, labels or settings: python -m benchmarks.tune_encoder --folds", file=sys.stderr)
            return 1
    folders = [home() / "typer", *(FOLDER / f"fold-{fold}" for fold in range(asked_data.FOLDS))]
    with ProcessPoolExecutor(said.jobs, mp_context=get_context("spawn")) as pool:
        unseen = [(everything["fold"] == fold).to_numpy() for fold in range(asked_data.FOLDS)]
        tuned = np.zeros((everything.height, SCORES))
        for rows, said_of in zip(unseen, pool.map(told, folders[1:], [everything["text"].filter(each) for each in unseen]), strict=True):
            tuned[rows] = said_of
    for lang in said.lang or LANGUAGES:
        start = time.perf_counter()
        here = (everything["lang"] == lang).to_numpy()
        own = Language(lang, everything.filter(here), tuned[here])
        tasks = {folders[0]: np.zeros(own.rows.height, dtype=bool)}
        tasks |= {folder: (own.rows["fold"] == fold).to_numpy() for fold, folder in enumerate(folders[1:])}
        with parallel(said.jobs, own) as pool:
            models = dict(zip(tasks, pool.map(_below, tasks.values()), strict=True))
            print(f"{lang}: {own.rows.height} texts, {time.perf_counter() - start:.0f} s", flush=True)
            crossed: dict[str, Floats] = {}
            for fold, folder in enumerate(folders[1:]):
                rows = np.flatnonzero(own.fold == fold)
                for name, held in columns(own, models[folder], rows).items():
                    crossed.setdefault(name, np.zeros((len(own.fold), held.shape[1])))[rows] = held
            kept = [folder for folder in tasks if said.folds or folder == folders[0]]
            made = pool.map(_trained, [(tasks[folder], models[folder], crossed) for folder in kept])
            for folder, arrays in zip(kept, made, strict=True):
                folder.mkdir(parents=True, exist_ok=True)
                np.savez_compressed(folder / f"{lang}.npz", **arrays)
                print(f"{lang} {folder.name}: {time.perf_counter() - start:.0f} s", flush=True)
    return 0


_SHARED: list[Any] = []


def parallel(jobs: int, *given: Any) -> ProcessPoolExecutor:
    """Processes that were forked with what is `given`, which need not be sent to them. Polars does not work in them."""
    _SHARED[:] = given
    return ProcessPoolExecutor(jobs, mp_context=get_context("fork"))


def _below(unseen: Bools) -> linear.Hashed:
    return below(_SHARED[0], unseen)


def _trained(given: tuple[Bools, linear.Hashed, dict[str, Floats]]) -> dict[str, Any]:
    return trained(_SHARED[0], *given)


if __name__ == "__main__":
    sys.exit(main())
