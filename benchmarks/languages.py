"""How often the language of a message is told, and told right, on texts whose language is known.

    python -m benchmarks.languages [--misses SOURCE]

Sources: the project's own corpus and snippets of one to five words (tests/language_snippets.toml), and, where the material is there, its
labels, labelled sets and reviews. Texts without two letters together, links and handles taken out, are not counted. Prints for each source and true language the shares
told right, told wrong and left open; then the speed against the same texts' lower-casing, as a ratio inside this run.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import tomllib
from pathlib import Path

import polars as pl

from audit import language
from audit.tables import LANGUAGES
from benchmarks import history

SETS = {
    "complaints_en": "en",
    "airline_tweets_en": "en",
    "c3_constructive_en": "en",
    "op_spam_en": "en",
    "poleval2019_train_pl": "pl",
    "poleval2024_pl": "pl",
    "sentirueval2016_train_ru": "ru",
    "toxic_ru": "ru",
}
NO_WORDS = r"https?://\S+|[@#&]\S+"
SNIPPETS = history.ROOT / "tests" / "language_snippets.toml"


def texts() -> pl.DataFrame:
    """`text`, `lang` (true), `source`; distinct."""
    rows: list[tuple[str, str, str]] = []
    for lang, snippets in tomllib.loads(SNIPPETS.read_text(encoding="utf-8")).items():
        rows += [(text, lang, "snippets") for text in snippets]
    for folder, source in ((history.ROOT / "benchmarks" / "corpus", "corpus"), (history.material() / "labels", "labels")):
        for file in sorted(folder.glob("*.jsonl")):
            rows += _labelled(file, source)
    for name, lang in SETS.items():
        if (path := history.material() / "data" / f"{name}.csv").exists():
            rows += [(text, lang, name) for text in pl.read_csv(path, infer_schema_length=0)["text"].drop_nulls()]
    frame = pl.DataFrame(rows, schema=["text", "lang", "source"], orient="row").unique(maintain_order=True)
    return frame.filter(pl.col("text").str.replace_all(NO_WORDS, " ").str.contains(r"\p{L}\p{L}"))


def _labelled(file: Path, source: str) -> list[tuple[str, str, str]]:
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [(record[side], record["lang"], source) for record in records for side in ("text", "asked", "reply") if record.get(side)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", metavar="SOURCE", help="Print what was told wrong or left open in a source.")
    said = parser.parse_args()
    frame = texts()
    started = time.perf_counter()
    frame = frame.with_columns(language.detect(frame["text"]).alias("found"))
    taken = time.perf_counter() - started
    started = time.perf_counter()
    frame["text"].str.to_lowercase()
    bare = time.perf_counter() - started
    want = pl.when(pl.col("lang").is_in(LANGUAGES)).then("lang").when(pl.col("lang") != "none").then(pl.lit("other"))
    frame = frame.with_columns(want=want).with_columns(right=pl.col("found").eq_missing(pl.col("want")))
    print(f"{'source':26} {'language':9} {'n':>6}  right  wrong   open")
    told = frame.group_by("source", "lang").agg(
        pl.len(), pl.col("right").sum(), (pl.col("found").is_null() & pl.col("want").is_not_null()).sum().alias("open")
    )
    for source, lang, n, right, left in told.sort("source", "lang").iter_rows():
        print(f"{source:26} {lang:9} {n:6}  {right / n:.3f}  {(n - right - left) / n:.3f}  {left / n:.3f}")
    real = frame.filter(~pl.col("source").is_in(("snippets", "corpus")))
    if real.height:
        told = real.drop_nulls("found")
        print(
            f"labels and sets together: right of all {real['right'].sum() / real.height:.4f}, "
            f"of those told {told['right'].sum() / told.height:.4f}, open {1 - told.height / real.height:.4f}"
        )
    print(f"{frame.height:,} texts: {taken / bare:.0f} times their lower-casing")
    for row in frame.filter(pl.col("source") == (said.misses or ""), ~pl.col("right")).iter_rows(named=True):
        print(f"  {row['lang']} {row['found'] or '-'}  {' '.join(row['text'].split())[:160]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
