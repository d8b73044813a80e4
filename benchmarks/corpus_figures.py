"""Rules and typer on benchmarks/corpus: what authors work on, so the figures flatter.

    python -m benchmarks.corpus_figures

Prints precision and recall of six rules on replies with as many near misses, and F1 by type and flag on customers' messages; macro F1 is
the mean over the types.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl

from audit import rows
from audit.judge import judge
from audit.tables import ASKED_TYPES, LANGUAGES

CORPUS = Path(__file__).parent / "corpus"
RULES = ("hostility", "superiority", "denial", "shut-discussion", "off-topic", "customer-effort")


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


def f1(truth: pl.Series, said: pl.Series) -> tuple[float, float, float]:
    """Precision, recall and F1 of two Boolean columns; 0 where nothing was found."""
    both = int((truth & said).sum())
    precision, recall = both / max(1, int(said.sum())), both / max(1, int(truth.sum()))
    return precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0


def replies(lang: str) -> None:
    labelled = read(f"replies-{lang}.jsonl")
    answers = list(judge([rows.checked(row["id"], {**row, "asked_upset": False, "private": False}) for row in labelled]))
    for rule in RULES:
        judged = [(rule in row["broken"], rule in answer["broken"]) for row, answer in zip(labelled, answers, strict=True)]
        frame = pl.DataFrame(judged, schema=["truth", "said"], orient="row")
        precision, recall, _ = f1(frame["truth"], frame["said"])
        print(f"  {rule:16} precision {precision:.2f} recall {recall:.2f} ({frame['truth'].sum()} of {frame.height} broken)")


def asked(lang: str) -> None:
    labelled = read(f"asked-{lang}.jsonl")
    answers = list(judge([rows.checked(row["id"], {"asked": row["text"], "lang": lang}) for row in labelled]))
    types = pl.DataFrame(
        [(row["type"], answer["asked_type"]) for row, answer in zip(labelled, answers, strict=True)], schema=["truth", "said"], orient="row"
    )
    by_type = {kind: f1(types["truth"] == kind, types["said"] == kind)[2] for kind in ASKED_TYPES}
    print(
        f"  types: macro F1 {sum(by_type.values()) / len(by_type):.2f} ({', '.join(f'{kind} {value:.2f}' for kind, value in by_type.items())}; {types.height} messages)"
    )
    for flag in ("upset", "addressed"):
        pairs = [(row[flag], bool(answer[f"asked_{flag}"])) for row, answer in zip(labelled, answers, strict=True)]
        frame = pl.DataFrame(pairs, schema=["truth", "said"], orient="row")
        print(f"  {flag}: F1 {f1(frame['truth'], frame['said'])[2]:.2f}")


def main() -> int:
    for lang in sorted(LANGUAGES):
        print(lang)
        replies(lang)
        asked(lang)
    return 0


if __name__ == "__main__":
    sys.exit(main())
