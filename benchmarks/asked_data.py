"""Customers' messages with labels: what the typers of rules/typer are trained and measured on.

`benchmarks/corpus` was written for this project. The rest lies outside of the repository, in the folder named by AUDIT_MATERIAL (see
CONTRIBUTING.md), and what is absent is skipped. A set whose labels are coarser than the seven types gives every type that a label leaves possible;
some rows of such sets were labelled once more, by the seven types: `benchmarks/corpus/marked.tsv` holds the labels beside the texts' hashes.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl

from audit.tables import ASKED_TYPES, LANGUAGES

CORPUS = Path(__file__).parent / "corpus"
AT_FAULT = ("complaint", "criticism", "destructive")
NEGATIVE = (*AT_FAULT, "trolling")
NEITHER = ("question", "other")
TYPED = ("corpus", "noise", "reviews", "exchanges", "labels", "marked")
"""The sets that name one of the seven types."""
WRITTEN = {"corpus": "asked", "noise": "noise", "reviews": "reviews"}
"""Sets written as messages alone, and how their files are named."""
BY_WORDS = ("noise", "reviews")
"""Sets whose `addressed` goes by the words alone, while labels by hand take a review to speak to the brand: heads do not learn it."""
EMOTIONS = ("Joy", "Trust", "Anticipation", "Surprise", "Fear", "Sadness", "Disgust", "Anger", "Positive", "Negative", "Neutral")
OWN = (("complaints_en", "1"), ("sentirueval", "-1"), ("sentirueval", "1"), *(("poleval2024", emotion) for emotion in EMOTIONS))
"""Sets and what they say of a text in their own terms, which the seven types blur."""
EXCHANGES = ("exchanges", "short", "replies")
"""Files of the corpus whose messages are the set `exchanges`; those that name the most come first."""
FOLDS = 5
SCHEMA = {
    "set": pl.String(),
    "source": pl.String(),
    "lang": pl.String(),
    "text": pl.String(),
    "types": pl.List(pl.String()),  # those that the label leaves possible; null where it says nothing of types
    "upset": pl.Boolean(),
    "addressed": pl.Boolean(),
    "insulting": pl.Boolean(),
    "truth": pl.String(),  # the label as the set has it
    "own": pl.List(pl.String()),  # what the set says in its own terms (OWN); null of other sets
    "domain": pl.String(),
    "trained": pl.Boolean(),  # false: measured only
}


@dataclass(frozen=True)
class Source:
    """A set of texts: where it is from, on what terms, and what its labels are taken to say."""

    name: str
    file: str
    licence: str
    taken: str


SETS = (
    Source("corpus", "benchmarks/corpus/asked-*.jsonl", "MIT, written for this project", "type, upset, addressed, insulting"),
    Source("noise", "benchmarks/corpus/noise-*.jsonl", "MIT, written for this project", "type, upset, addressed, insulting"),
    Source("reviews", "benchmarks/corpus/reviews-*.jsonl", "MIT, written for this project", "type, upset, addressed, insulting"),
    Source("exchanges", "benchmarks/corpus/{exchanges,short,replies}-*.jsonl", "MIT, written for this project", "type, upset"),
    Source("labels", "labels/*-asked.jsonl", "by hand; rows of twcs/* (non-commercial) are measured only", "type, upset, addressed"),
    Source("marked", "benchmarks/corpus/marked.tsv", "MIT, labels written for this project for texts of the sets below", "type, upset, addressed"),
    Source("complaints_en", "data/complaints_en.csv", "none stated (ACL 2019)", "complaint: complaint, criticism or destructive; else the other four"),
    Source("sentirueval", "data/sentirueval2016_train_ru.csv", "none stated (SentiRuEval 2016)", "-1: the four negative types; 1: praise; 0: question or other"),
    Source("toxic_ru", "data/toxic_ru.csv", "none stated", "toxic: insulting; none speaks to a brand"),
    Source("poleval2019", "data/poleval2019_train_pl.csv", "BSD-3", "harmful: insulting"),
    Source("poleval2024", "data/poleval2024_pl.csv", "task data", "only Positive: praise; only Negative: the four negative types; else question or other"),
)  # fmt: skip


def material() -> Path:
    return Path(os.environ.get("AUDIT_MATERIAL", "../shared"))


def read() -> pl.DataFrame:
    """All rows that are there (SCHEMA), with `fold` (0 to FOLDS - 1; near-duplicates and sentences of a review together, tweets to brands of
    complaints_en by whole domains: its random tweets and replies, which are of no domain, are spread)."""
    sets, written, labels = list(_sets()), list(_corpus()), list(_labels())
    taken = {row["text"] for row in (*written, *labels)}
    frame = pl.DataFrame([*written, *_exchanges(taken), *labels, *_marked(sets), *sets], schema=SCHEMA).with_columns(
        group=_group(pl.col("text"))
    )
    of_brands = (pl.col("source") == "complaints_en") & ~pl.col("domain").str.starts_with("random")
    by_domain = (pl.when(of_brands).then("domain").rank("dense").over("source") - 1) % FOLDS
    together = pl.when(pl.col("source") == "poleval2024").then("domain").otherwise("group")
    return frame.with_columns(fold=pl.coalesce(by_domain, _spread(together)).cast(pl.UInt8))


def _group(text: pl.Expr) -> pl.Expr:
    """The same for texts that differ in links, handles, numbers, marks or their ends."""
    plain = text.str.to_lowercase().str.replace_all(r"https?://\S+|@\S+|\brt\b|\d+|[^\w\s]", " ").str.replace_all(r"\s+", " ")
    return plain.str.strip_chars().str.slice(0, 50)


def _spread(group: pl.Expr) -> pl.Expr:
    """The fold of a group, which stays the same when other texts come."""

    def folds(groups: pl.Series) -> pl.Series:
        return pl.Series([zlib.crc32(each.encode()) % FOLDS for each in groups], dtype=pl.UInt8)

    return group.map_batches(folds, return_dtype=pl.UInt8)


def _corpus() -> Iterator[dict[str, Any]]:
    for (name, kind), lang in product(WRITTEN.items(), LANGUAGES):
        path = CORPUS / f"{kind}-{lang}.jsonl"
        for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
            row = json.loads(line)
            flags = {flag: row[flag] for flag in ("upset", "addressed", "insulting")}
            yield _row(name, lang, row["text"], [row["type"]], row["type"], **flags)


def _exchanges(taken: set[str]) -> Iterator[dict[str, Any]]:
    """Each message once, though several replies were written to it; none of the texts `taken`."""
    seen = set(taken)
    for kind, lang in product(EXCHANGES, LANGUAGES):
        path = CORPUS / f"{kind}-{lang}.jsonl"
        for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
            row = json.loads(line)
            text, said = row["asked"], row["asked_type"]
            if text not in seen:
                seen.add(text)
                yield _row("exchanges", lang, text, [said], said, source=kind, upset=row.get("asked_upset"))


def _labels() -> Iterator[dict[str, Any]]:
    for path in sorted((material() / "labels").glob("*-asked.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["lang"] in LANGUAGES:
                flags = {name: row[name] for name in ("upset", "addressed")}
                trained = not row["source"].startswith("twcs/")
                yield _row("labels", row["lang"], row["text"], [row["type"]], row["type"], source=row["source"], trained=trained, **flags)


def _marked(sets: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    rows = {(row["set"], hashlib.sha256(row["text"].encode()).hexdigest()[:16]): row for row in sets}
    with (CORPUS / "marked.tsv").open(encoding="utf-8", newline="") as file:
        for mark in csv.DictReader(file, delimiter="\t"):
            row = rows.get((mark["set"], mark["sha256"]))
            if row:
                flags = {name: mark[name] == "1" for name in ("upset", "addressed")}
                more = {"source": row["set"], "domain": row.get("domain")}
                yield _row("marked", row["lang"], row["text"], [mark["type"]], mark["type"], **more, **flags)


def _sets() -> Iterator[dict[str, Any]]:
    others = [kind for kind in ASKED_TYPES if kind not in AT_FAULT]
    for row in _csv("complaints_en"):
        said = row["complaint"]
        yield _row("complaints_en", "en", row["text"], AT_FAULT if said == "1" else others, said, own=[said], domain=row["domain"])
    for row in _csv("sentirueval"):
        tone = row["tone_to_brand"]
        types = {"-1": NEGATIVE, "0": NEITHER, "1": ("praise",)}[tone]
        yield _row("sentirueval", "ru", row["text"], types, tone, own=[tone], domain=row["domain"])
    for row in _csv("toxic_ru"):
        yield _row("toxic_ru", "ru", row["text"], None, row["toxic"][:1], insulting=row["toxic"].startswith("1"), addressed=False)
    for row in _csv("poleval2019"):
        yield _row("poleval2019", "pl", row["text"], None, row["harmful"], insulting=row["harmful"] == "1")
    yield from _reviews()


def _reviews() -> Iterator[dict[str, Any]]:
    """Sentences of poleval2024 (`domain` numbers their review). A row of # closes a review and has its label: it stands for the whole of it."""
    sentences: list[str] = []
    number = 0
    for row in _csv("poleval2024"):
        closes = not row["text"].strip("# ")
        text = " ".join(sentences) if closes else row["text"]
        said = (row["Positive"] == "1", row["Negative"] == "1", row["Neutral"] == "1")
        truth = {(True, False, False): "positive", (False, True, False): "negative"}.get(said, "neither")
        types = {"positive": ("praise",), "negative": NEGATIVE, "neither": NEITHER}[truth]
        own = [emotion for emotion in EMOTIONS if row[emotion] == "1"]
        yield _row("poleval2024", "pl", text, types, truth, own=own, domain=f"review {number}")
        sentences = [] if closes else [*sentences, row["text"]]
        number += closes


def _csv(name: str) -> Iterator[dict[str, str]]:
    path = material() / next(source.file for source in SETS if source.name == name)
    if path.is_file():
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def _row(of: str, lang: str, text: str, types: Any, truth: str, **more: Any) -> dict[str, Any]:
    return {"set": of, "source": of, "lang": lang, "text": text, "types": types and list(types), "truth": truth, "trained": True, **more}
