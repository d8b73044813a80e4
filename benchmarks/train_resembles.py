"""Heads of the detector `resembles`: trains them, measures them out of fold, and keeps those that earn it.

    python -m benchmarks.train_resembles [--check]

Learns from benchmarks/corpus, the rules' own examples and, where the material is there, its labelled replies (not those of sources marked
non-commercial; they are measured on). Five folds; replies written one after another, to the same message, or that share seven words in a row
stay in one fold. Prints for each rule precision and recall of the patterns alone and with the second opinion, on each set. A head is kept
where precision and recall together rise (F1) and precision does not fall by more than GIVEN_UP. Writes audit/weights/resembles.npz; with --check only
prints. Needs scikit-learn and the extra `accurate`. Vectors are kept in benchmarks/data.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from typing import Any

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from audit.detectors import resembles
from audit.detectors.resembles import FILE, features
from audit.judge import ROW, judged
from audit.profile import open_profile
from audit.rulebook import Rulebook, open_rulebook
from audit.tables import LANGUAGES
from benchmarks import history

CORPUS = history.ROOT / "benchmarks" / "corpus"
VECTORS = history.ROOT / "benchmarks" / "data" / "resembles.npy"
SIX = ("hostility", "superiority", "denial", "shut-discussion", "off-topic", "customer-effort")
RULES = ("denial", "superiority", "hostility", "customer-effort", "off-topic", "empty-answer", "missing-assurance")
THRESHOLDS: dict[str, tuple[float, float]] = {
    "customer-effort": (0.03, 0.8),
    "off-topic": (0.03, 0.85),
    "empty-answer": (0.05, 0.85),
    "missing-assurance": (0.03, 0.9),
}
"""Rule -> below which probability patterns are doubted, from which the head finds alone. Rules that are not here were tried and do not stay:
at any `sure` that adds recall, denial, superiority and hostility accuse real, polite replies (see audit/weights/README.md)."""
STRENGTH = 0.4
"""Inverse strength of regularisation (C)."""
SHORT_COUNTS = 4
"""How often a short reply counts: real support lines are mostly short, those of the corpus are not."""


def read(rulebook: Rulebook) -> pl.DataFrame:
    """Columns of ROW, and `source`, `place` (in its file), `broken`, `rules` (those that were labelled), `trained` (false: measured only)."""
    rows: list[dict[str, Any]] = []
    for file in sorted(
        (
            *CORPUS.glob("exchanges-*.jsonl"),
            *CORPUS.glob("replies-*.jsonl"),
            *CORPUS.glob("short-*.jsonl"),
            *(history.material() / "labels").glob("*-replies.jsonl"),
        )
    ):
        source = file.stem.split("-")[0] if file.parent == CORPUS else "labels"
        for place, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            own = not str(row.get("source") or "").startswith("twcs")
            lang = row.get("lang", file.stem[-2:])
            rows.append(
                _row(
                    row,
                    lang,
                    source,
                    f"{file.stem}:{place // 20 if source != 'labels' else place}",
                    row["broken"],
                    SIX if source == "replies" else RULES,
                    own,
                )
            )
    for rule in (rulebook.rule(id) for id in RULES):
        for number, example in enumerate((*rule.bad, *rule.good)):
            given = example.model_dump()
            given["asked_type"] = given["asked_type"] or "complaint"
            rows.append(_row(given, example.lang, "rules", f"{rule.id}:{number}", [rule.id] * (number < len(rule.bad)), (rule.id,), True))
    frame = pl.DataFrame(
        rows,
        schema={
            **ROW,
            "source": pl.String,
            "place": pl.String,
            "broken": pl.List(pl.String),
            "rules": pl.List(pl.String),
            "trained": pl.Boolean,
        },
    )
    return frame.filter(pl.col("reply").is_not_null(), pl.col("lang").is_in(LANGUAGES)).with_columns(pl.col("private").fill_null(False))


def _row(
    given: dict[str, Any], lang: str, source: str, place: str, broken: list[str], rules: tuple[str, ...], trained: bool
) -> dict[str, Any]:
    fields = {name: given.get(name) for name in ("asked", "reply", "asked_type", "asked_upset", "private")}
    return {**fields, "lang": lang, "source": source, "place": place, "broken": broken, "rules": list(rules), "trained": trained}


def groups(rows: pl.DataFrame) -> np.ndarray[Any, Any]:
    """A number for each row, the same where replies stand close together, answer the same message or share seven words in a row."""
    parent = list(range(rows.height))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[str, int] = {}
    for i, (place, asked, reply) in enumerate(rows.select("place", "asked", "reply").iter_rows()):
        words = re.findall(r"\w+", reply.lower())
        keys = [
            place,
            *([f"asked {asked.lower()}"] if asked and len(asked) > 12 else []),
            *(" ".join(words[j : j + 7]) for j in range(len(words) - 6)),
        ]
        for key in keys:
            parent[root(i)] = root(first.setdefault(key, i))
    return np.unique([root(i) for i in range(rows.height)], return_inverse=True)[1]


def vectors(rows: pl.DataFrame) -> np.ndarray[Any, Any]:
    if VECTORS.is_file():
        kept: np.ndarray[Any, Any] = np.load(VECTORS)
        if kept.shape[0] == rows.height:
            return kept
    VECTORS.parent.mkdir(exist_ok=True)
    made = features(rows)
    np.save(VECTORS, made)
    return made


def trained(columns: np.ndarray[Any, Any], truth: np.ndarray[Any, Any], weight: np.ndarray[Any, Any]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3).fit(columns, truth, sample_weight=weight)


def figures(truth: np.ndarray[Any, Any], said: np.ndarray[Any, Any]) -> tuple[float, float]:
    both = (truth & said).sum()
    return both / max(1, said.sum()), both / max(1, truth.sum())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="Print the figures only.")
    said = parser.parse_args()
    rulebook = open_rulebook()
    rows = read(rulebook)
    columns, grouped = vectors(rows), groups(rows)
    verdicts = judged(rows.select(list(ROW)), rulebook, open_profile("default"))
    print(f"{rows.height} replies in {grouped.max() + 1} groups: precision/recall of patterns alone > with the second opinion (head alone)")
    weight = np.where(rows["source"].to_numpy() == "short", SHORT_COUNTS, 1)
    heads = {}
    for id in RULES:
        doubt, sure = THRESHOLDS.get(id, (0.03, 0.8))
        labelled = rows.select(pl.col("rules").list.contains(id)).to_series().to_numpy()
        truth = rows.select(pl.col("broken").list.contains(id)).to_series().to_numpy()
        learnt = rows["trained"].to_numpy()
        chance = np.zeros(rows.height)
        places = np.flatnonzero(labelled)
        for here, there in GroupKFold(5).split(places, groups=grouped[places]):
            at = places[here][learnt[places[here]]]
            chance[places[there]] = trained(columns[at], truth[at], weight[at]).predict_proba(columns[places[there]])[:, 1]
        patterns = verdicts.select((~pl.col(id)).fill_null(False)).to_series().to_numpy()
        known = verdicts[id].is_not_null().to_numpy() & labelled
        both = (patterns & (chance >= doubt)) | (chance >= sure)
        print(f"{id}{'' if id in THRESHOLDS else ' (not kept)'}")
        for source in ("replies", "exchanges", "labels"):
            part = known & (rows["source"] == source).to_numpy()
            if part.any():
                shown = [figures(truth[part], each[part]) for each in (patterns, both, chance >= sure)]
                print(
                    f"  {source:10} {truth[part].sum():4} broken  {shown[0][0]:.2f}/{shown[0][1]:.2f} > {shown[1][0]:.2f}/{shown[1][1]:.2f} ({shown[2][0]:.2f}/{shown[2][1]:.2f})"
                )
        if id in THRESHOLDS:
            at = places[learnt[places]]
            model = trained(columns[at], truth[at], weight[at])
            heads[id] = (model.coef_[0], model.intercept_[0], doubt, sure)
    if not said.check:
        FILE.parent.mkdir(exist_ok=True)
        weights, bias, doubts, sures = (np.array(part) for part in zip(*heads.values(), strict=True))
        np.savez_compressed(
            FILE, rules=np.array(list(heads)), weights=weights.astype(np.float16), bias=bias.astype(np.float32), doubt=doubts, sure=sures
        )
        resembles.heads.cache_clear()
        print(f"wrote {FILE.relative_to(history.ROOT)}, {FILE.stat().st_size / 1000:.0f} KB: {', '.join(resembles.heads())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
