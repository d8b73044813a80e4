"""How right the typer is: types and flags of messages against people's, by language and by source.

A matrix counts messages by the type that people gave and the type that was said; `unclear` is right for none, so that it counts as missed.
Macro F1 is the mean of F1 over the types that people gave. Precision and recall bear Wilson (1927) intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from audit import classify
from audit.calibration import calibration
from audit.interval import wilson
from audit.judge import ROW, judged
from audit.labels import AskedLabel
from audit.profile import Profile
from audit.rulebook import Rulebook
from audit.tables import ASKED_TYPES
from audit.typer import FLAGS, Typer

ALL = "all"
SAID = (*ASKED_TYPES, classify.UNCLEAR)


def confused(labels: Sequence[AskedLabel], rulebook: Rulebook, profile: Profile, typer: Typer) -> dict[str, Any]:
    """`languages` and `sources` {name: figures}, `calibration`, `misses`; figures hold `n`, `matrix`, `macro_f1`, `types`, `flags`.

    The texts are judged as `judge` does, without what people said of them.
    """
    frame = pl.DataFrame([dict.fromkeys(ROW) | {"asked": label.text, "lang": label.lang} for label in labels], schema=ROW)
    found = judged(frame.with_columns(pl.col("private").fill_null(False)), rulebook, profile, typer)
    rows = pl.DataFrame(
        {
            "id": [label.id for label in labels],
            "source": [label.source or "-" for label in labels],
            "lang": found["lang"],
            "text": found["asked"],
            "truth": pl.Series([label.type for label in labels], dtype=pl.String),
            "said": found["asked_type"],
            "confidence": found["asked_confidence"],
            "why": found["asked_why"],
            "confident": found["confident"],
            **{flag: pl.Series([label.flags.get(flag) for label in labels], dtype=pl.Boolean) for flag in FLAGS},
            **{f"said_{flag}": found[f"asked_{flag}"].fill_null(False) for flag in FLAGS},
        }
    )
    return {
        "n": rows.height,
        "typer": {"name": typer.name, "hash": typer.hash},
        "languages": _by(rows, "lang"),
        "sources": _by(rows, "source"),
        "calibration": calibration(rows["confidence"], rows["truth"] == rows["said"]),
        "misses": _misses(rows),
    }


def _by(rows: pl.DataFrame, name: str) -> dict[str, Any]:
    parts = {str(key): part for (key,), part in rows.group_by(name, maintain_order=True)}
    return {key: _figures(parts[key]) for key in sorted(parts)} | ({ALL: _figures(rows)} if len(parts) > 1 else {})


def _figures(rows: pl.DataFrame) -> dict[str, Any]:
    counted = {(truth, said): n for truth, said, n in rows.group_by("truth", "said").len().iter_rows()}
    types = {kind: _scores(rows["truth"] == kind, rows["said"] == kind) for kind in ASKED_TYPES}
    given = [figures["f1"] or 0.0 for figures in types.values() if figures["n"]]
    flags = {flag: known for flag in FLAGS if (known := rows.filter(pl.col(flag).is_not_null())).height}
    return {
        "n": rows.height,
        "matrix": {truth: {said: counted.get((truth, said), 0) for said in SAID} for truth in ASKED_TYPES if types[truth]["n"]},
        "macro_f1": round(sum(given) / len(given), 4) if given else None,
        "types": {kind: figures for kind, figures in types.items() if figures["n"] or figures["said"]},
        "flags": {flag: _scores(known[flag], known[f"said_{flag}"]) for flag, known in flags.items()},
    }


def _scores(truth: pl.Series, said: pl.Series) -> dict[str, Any]:
    truth, said = truth.fill_null(False), said.fill_null(False)
    both, n, claimed = int((truth & said).sum()), int(truth.sum()), int(said.sum())
    return {
        "n": n,
        "said": claimed,
        "precision": _share(both, claimed),
        "recall": _share(both, n),
        "f1": round(2 * both / (n + claimed), 4) if n + claimed else None,
    }


def _share(hits: int, n: int) -> dict[str, float] | None:
    if not n:
        return None
    low, high = wilson(hits, n)
    return {"value": round(hits / n, 4), "low": round(low, 4), "high": round(high, 4)}


def _misses(rows: pl.DataFrame) -> list[dict[str, Any]]:
    missed = rows.filter(pl.col("truth").is_not_null() & pl.col("truth").ne_missing(pl.col("said")))
    return (
        missed.sort("truth", "said", pl.col("confidence"), descending=[False, False, True], maintain_order=True)
        .select("id", "lang", "source", "truth", "said", "confidence", "confident", "why", "text")
        .to_dicts()
    )
