"""Heads of the detector `resembles`: trains them, measures them out of fold, and keeps those that earn it.

    python -m benchmarks.train_resembles [--check] [--curve]

Learns from what benchmarks.resembles_data reads: one head by wording (the opinion `fast`), one by meaning, and of both together how much
each counts (`accurate`), by log-odds of replies that the heads had not seen. Five folds; replies written one after another, to the same
message, or that share seven words in a row stay in one fold. Prints for each rule precision and recall of the patterns alone and with either
opinion, on each set (learnt from the others' folds; `labels unseen`: from none of the labels), average precision and recall at precision 0.85
of the head alone, and how many of 1,000 replies of real, unseen brands are accused. Writes audit/weights/resembles.npz; with --check only
prints; --curve says what a quarter and a half of the corpus would give. Needs scikit-learn and the extra `accurate`. Vectors are kept in
benchmarks/data.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_recall_curve
from sklearn.model_selection import GroupKFold

from audit import gram, linear
from audit.concordance import Concordance
from audit.detectors import resembles
from audit.detectors.resembles import FILE, NAMES, WORDING, features, marks, words
from audit.judge import ROW, judged
from audit.profile import open_profile
from audit.rulebook import open_rulebook
from benchmarks import history
from benchmarks.resembles_data import RULES, groups, read, real

VECTORS = history.ROOT / "benchmarks" / "data" / "resembles.npz"
THRESHOLDS: dict[str, dict[str, tuple[float, float]]] = {
    "denial": {"fast": (0.03, 0.72), "accurate": (0.03, 0.78)},
    "superiority": {"fast": (0.03, 0.66), "accurate": (0.02, 0.72)},
    "hostility": {"fast": (0.03, 0.72), "accurate": (0.03, 0.76)},
    "customer-effort": {"fast": (0.08, 0.5), "accurate": (0.08, 0.65)},
    "off-topic": {"fast": (0.05, 0.58), "accurate": (0.04, 0.55)},
    "empty-answer": {"fast": (0.25, 0.96), "accurate": (0.25, 0.98)},
    "missing-assurance": {"fast": (0.04, 0.92), "accurate": (0.04, 0.96)},
    "private-redirect": {"fast": (0.02, 0.8), "accurate": (0.04, 0.93)},
    "shut-discussion": {"fast": (0.02, 0.7), "accurate": (0.03, 0.75)},
}
"""Rule -> opinion -> below which probability patterns are doubted, from which the head finds alone. Rules that are not here do not stay."""
COUNTS = {"replies": 0.5, "short": 4.0, "console": 1.0, "seller": 1.0, "support": 4.0, "stock": 8.0}
"""How often a row of a source counts (1 where it is not named): `replies` are near misses more than others; real support lines are mostly
short, those of the corpus are not."""
BITS = 16
"""Buckets of the wording, as a power of two."""
FEWEST = 3
"""Replies that must hold a feature of the wording before it counts."""
WORDING_SIZE = 2.5
"""How large the wording's columns are beside those of `features`."""
STRENGTH = 1.0
"""Inverse strength of regularisation (C)."""
ENOUGH = 0.85
"""The precision at which recall is printed."""

Floats = NDArray[np.float32]


class Columns(NamedTuple):
    """What a head learns from, a row a reply: `dense` (meaning or marks) and, `sparse`, wording (the buckets `kept`, whose `values` are not 0)."""

    dense: Floats
    sparse: Any
    values: Floats
    kept: NDArray[Any]

    def scores(self, learnt: Floats, at: NDArray[Any]) -> Floats:
        """at x rules. `learnt`: (columns + 1) x rules, the last row the bias."""
        width = self.dense.shape[1]
        found: Floats = self.dense[at] @ learnt[:width] + self.sparse[at] @ learnt[width:-1] + learnt[-1]
        return found


def by_wording(rows: pl.DataFrame) -> Columns:
    read_tokens = gram.Tokens(Concordance(words(rows["reply"])))
    owner, bucket = gram.features(read_tokens, BITS)
    size, texts = 1 << BITS, read_tokens.texts
    parts = read_tokens.held()
    held = sparse.csr_matrix((_ones(parts.row), (parts.row, parts.token)), (texts, len(read_tokens.distinct)))
    made = sparse.csr_matrix((_ones(owner), (owner, bucket)), (len(read_tokens.distinct), size))
    pairs = sparse.csr_matrix((_ones(parts.pair), (parts.pair_row, gram.bucket(parts.pair, BITS))), (texts, size))
    counts = (held @ made + pairs).tocsr()
    holding = np.asarray((counts > 0).sum(axis=0)).ravel()
    values = np.where(holding >= FEWEST, np.log((1 + texts) / (1 + holding)) + 1, 0)
    values = (np.round(values * 20) / 20).astype(np.float32)  # as linear.Hashed keeps them
    length = np.sqrt(np.maximum(counts @ values**2, 1e-9))
    kept = np.flatnonzero(values)
    wording = (sparse.diags(WORDING_SIZE / length) @ counts @ sparse.diags(values)).tocsr()[:, kept].tocsr().astype(np.float32)
    return Columns(0.5 * marks(rows), wording, values, kept)


def by_meaning(rows: pl.DataFrame) -> Columns:
    nothing = np.zeros(0, dtype=np.float32)
    return Columns(vectors(rows), sparse.csr_matrix((rows.height, 0), dtype=np.float32), nothing, np.zeros(0, dtype=np.int64))


def _ones(of: NDArray[Any]) -> Floats:
    return np.ones(len(of), dtype=np.float32)


def vectors(rows: pl.DataFrame) -> Floats:
    """`features` of the rows, kept for the next time that they are the same."""
    state = hashlib.sha256(rows.select("reply", "asked", "lang", "asked_type").write_json().encode()).hexdigest()
    if VECTORS.is_file():
        with np.load(VECTORS) as kept:
            if str(kept["state"]) == state:
                found: Floats = kept["vectors"]
                return found
    VECTORS.parent.mkdir(exist_ok=True)
    made = features(rows)
    np.savez(VECTORS, state=np.array(state), vectors=made)
    return made


def learnt(given: Columns, truth: NDArray[Any], weight: Floats, at: NDArray[Any], rounds: int = 120) -> Floats:
    """(columns + 1) x rules: one logistic regression a rule (L2), all at once. `weight` is 0 where a row was not labelled for a rule."""
    dense, wording = given.dense[at], given.sparse[at]
    turned, wanted, counts = wording.T.tocsr(), truth[at].astype(np.float32), weight[at]
    shape = (dense.shape[1] + wording.shape[1] + 1, truth.shape[1])
    width = dense.shape[1]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w = flat.reshape(shape).astype(np.float32)
        odds = dense @ w[:width] + wording @ w[width:-1] + w[-1]
        cost = float((counts * (np.logaddexp(0, odds) - wanted * odds)).sum(dtype=np.float64)) * STRENGTH
        slope = STRENGTH * counts * (1 / (1 + np.exp(-odds)) - wanted)
        gradient = np.vstack([dense.T @ slope + w[:width], turned @ slope + w[width:-1], slope.sum(axis=0, keepdims=True)])
        return cost + float((w[:-1] ** 2).sum(dtype=np.float64)) / 2, gradient.ravel().astype(np.float64)

    options = {"maxiter": rounds, "ftol": 1e-5}
    found: Floats = (
        minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options=options).x.reshape(shape).astype(np.float32)
    )
    return found


def probability(odds: NDArray[Any]) -> NDArray[np.float64]:
    """As the detector rounds it."""
    chance: NDArray[np.float64] = np.round(1 / (1 + np.exp(-odds.astype(np.float64))), 2)
    return chance


def figures(truth: NDArray[Any], said: NDArray[Any]) -> tuple[float, float]:
    both = (truth & said).sum()
    return both / max(1, said.sum()), both / max(1, truth.sum())


def alone(truth: NDArray[Any], chance: NDArray[Any]) -> str:
    """Average precision, and the best recall at a precision of ENOUGH, of a head alone."""
    precision, recall, _ = precision_recall_curve(truth, chance)
    reached = recall[:-1][precision[:-1] >= ENOUGH].max(initial=0)
    return f"AP {average_precision_score(truth, chance):.2f}, recall {reached:.2f} at {ENOUGH}"


def shares(worded: Floats, meant: Floats, truth: NDArray[Any], weight: Floats) -> Floats:
    """rules x (share of the log-odds by wording, of those by meaning, level): a logistic regression over both, which makes them one probability."""
    found = np.zeros((truth.shape[1], 3), dtype=np.float32)
    for place in range(truth.shape[1]):
        known = weight[:, place] > 0
        both = np.column_stack([worded[known, place], meant[known, place]])
        fitted = LogisticRegression(C=1000.0).fit(both, truth[known, place], sample_weight=weight[known, place])
        found[place] = [*fitted.coef_[0], fitted.intercept_[0]]
    return found


def opinion(id: str, name: str, patterns: NDArray[Any], chance: NDArray[Any], free: NDArray[Any]) -> NDArray[Any]:
    """As audit.detectors.resembles weighs it; `free`: where a head may find a fault by itself."""
    doubt, sure = THRESHOLDS[id][name] if id in THRESHOLDS else (0.03, 0.8)
    said: NDArray[Any] = (patterns & (chance >= doubt)) | ((chance >= sure) & free)
    return said


def packed(words: Columns, worded: Floats, meant: Floats, share: Floats) -> dict[str, Any]:
    """The arrays of the weights' file."""
    places = [RULES.index(id) for id in THRESHOLDS]
    width = words.dense.shape[1]
    table = np.zeros((1 << BITS, len(places)), dtype=np.float32)
    table[words.kept] = worded[width:-1, places] * words.values[words.kept, None] * WORDING_SIZE
    wording = linear.Hashed(table, words.values, np.zeros(len(places), dtype=np.float32)).packed(WORDING)
    by_words, by_sense, level = share[places].T
    return {
        "rules": np.array(list(THRESHOLDS)),
        "marks": worded[:width, places].T / 2,
        "bias": worded[-1, places],
        "meaning": (meant[:-1, places] * by_sense).T.astype(np.float16),
        "share": by_words,
        "level": level + by_sense * meant[-1, places],
        "bounds": np.array([[bounds[name] for name in NAMES] for bounds in THRESHOLDS.values()]),
        **wording,
    }


def curve(given: Columns, truth: NDArray[Any], weight: Floats, corpus: NDArray[Any], unseen: NDArray[Any], grouped: NDArray[Any]) -> None:
    """The labels, unseen, with heads that learnt from a part of the corpus (whole groups)."""
    order = np.random.default_rng(1).permutation(grouped.max() + 1)
    for part in (0.25, 0.5, 1.0):
        taken = corpus[np.isin(grouped[corpus], order[: int(part * len(order))])]
        odds = given.scores(learnt(given, truth, weight, taken), unseen)
        shown = [f"{id} {alone(truth[unseen, place], odds[:, place])}" for place, id in enumerate(RULES)]
        print(f"  {part:.0%} of the corpus ({len(taken)} replies): {'; '.join(shown)}")


Chances = Mapping[str, NDArray[Any]]
"""Opinion -> probabilities, replies x rules."""


def report(rows: pl.DataFrame, truth: NDArray[Any], chances: Chances, fresh: Chances) -> None:
    """`fresh`: of the labels, by heads that learnt from none of them."""
    verdicts = judged(rows.select(list(ROW)), open_rulebook(), open_profile("default"))
    source = rows["source"].to_numpy()
    for place, id in enumerate(RULES):
        patterns = verdicts.select((~pl.col(id)).fill_null(False)).to_series().to_numpy()
        known = verdicts[id].is_not_null().to_numpy() & rows.select(pl.col("rules").list.contains(id)).to_series().to_numpy()
        free = {name: rows.select(found=resembles.free(id, name, set(rows.columns)))["found"].to_numpy() for name in NAMES}
        print(f"{id}{'' if id in THRESHOLDS else ' (not kept)'}")
        for label, part, of in (
            *((name, known & (source == name), chances) for name in ("replies", "exchanges", "labels")),
            ("labels unseen", known & (source == "labels"), fresh),
        ):
            if not part.any():
                continue
            right = truth[part, place]
            told = ["{:.2f}/{:.2f}".format(*figures(right, patterns[part]))]
            for name in NAMES:
                chance = of[name][part, place]
                after = figures(right, opinion(id, name, patterns[part], chance, free[name][part]))
                told.append(f"{name} {after[0]:.2f}/{after[1]:.2f} ({alone(right, chance)})")
            print(f"  {label:13} {right.sum():4} broken  {' > '.join(told)}")
        unseen = known & (source == "unseen")
        if unseen.any():
            said = [opinion(id, name, patterns, chances[name][:, place], free[name]) for name in NAMES]
            accused = " > ".join(f"{1000 * each[unseen].mean():.1f}" for each in (patterns, *said))
            print(f"  real replies accused: {accused} of 1,000 ({unseen.sum()} replies)")


class Heads(NamedTuple):
    """Both heads of all rules, from some of the rows."""

    worded: Floats
    meant: Floats


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="Print the figures only.")
    parser.add_argument("--curve", action="store_true", help="Print what parts of the corpus would give, by wording.")
    said = parser.parse_args()
    rulebook = open_rulebook()
    rows = pl.concat([read(rulebook), real(rulebook)])
    wording, meaning, grouped = by_wording(rows), by_meaning(rows), groups(rows)
    truth = np.stack([rows.select(pl.col("broken").list.contains(id)).to_series().to_numpy() for id in RULES], axis=1)
    labelled = np.stack([rows.select(pl.col("rules").list.contains(id)).to_series().to_numpy() for id in RULES], axis=1)
    counts = np.array([COUNTS.get(source, 1.0) for source in rows["source"]], dtype=np.float32)
    weight = labelled * counts[:, None]
    taken, source = rows["trained"].to_numpy(), rows["source"].to_numpy()
    corpus, labels = np.flatnonzero(taken & (source != "labels")), np.flatnonzero(source == "labels")
    print(f"{rows.height} replies in {grouped.max() + 1} groups: precision/recall of patterns alone > with the second opinion")

    def both(at: NDArray[Any]) -> Heads:
        return Heads(learnt(wording, truth, weight, at), learnt(meaning, truth, weight, at))

    def said_of(heads: Heads, at: NDArray[Any]) -> Floats:
        """at x rules x (by wording, by meaning)."""
        return np.stack([wording.scores(heads.worded, at), meaning.scores(heads.meant, at)], axis=2)

    odds = np.zeros((rows.height, len(RULES), 2), dtype=np.float32)
    for here, there in GroupKFold(5).split(odds, groups=grouped):
        odds[there] = said_of(both(here[taken[here]]), there)
    unseen = np.flatnonzero(source == "unseen")
    everything = both(np.flatnonzero(taken))
    share = shares(odds[taken, :, 0], odds[taken, :, 1], truth[taken], weight[taken])
    odds[unseen] = said_of(everything, unseen)

    def chances(odds: Floats) -> Chances:
        joined = odds[:, :, 0] * share[:, 0] + odds[:, :, 1] * share[:, 1] + share[:, 2]
        return {"fast": probability(odds[:, :, 0]), "accurate": probability(joined)}

    fresh = np.zeros_like(odds)
    if len(labels):
        fresh[labels] = said_of(both(corpus), labels)
    report(rows, truth, chances(odds), chances(fresh))
    if said.curve and len(labels):
        curve(wording, truth, weight, corpus, labels, grouped)
    if not said.check:
        FILE.parent.mkdir(exist_ok=True)
        np.savez_compressed(FILE, **packed(wording, everything.worded, everything.meant, share))
        resembles.heads.cache_clear()
        resembles.wording.cache_clear()
        print(f"wrote {FILE.relative_to(history.ROOT)}, {FILE.stat().st_size / 1000:.0f} KB: {', '.join(resembles.heads())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
