"""Messages typed a second by the whole cascade: normal form, wordings, typer, decision. Beside it, in one run, how often the same texts are
normalised in that time.

    python -m benchmarks.typing_speed [--rows 300000] [--slow 2000]

Exits 1 where the fast typer is slower than MOST_RATIO times the bare normal form (audit.text.words), which keeps its pace on other machines.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import polars as pl

from audit import classify, encoder, text
from audit.rulebook import open_rulebook
from audit.typer import Typer, open_typer
from benchmarks import history

MOST_RATIO = 12.0


def seconds(work: Callable[[], Any], runs: int = 3) -> float:
    best = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        best.append(time.perf_counter() - start)
    return min(best)


def messages(rows: int) -> pl.DataFrame:
    """Messages of customers from the history that benchmarks.audit_speed judges, all taken to be English."""
    frame = pl.read_csv(history.written(rows * 2), infer_schema_length=0).filter(pl.col("inbound") == "True").head(rows)
    return frame.select(asked="text", lang=pl.lit("en"), asked_type=pl.lit(None, pl.String), asked_upset=pl.lit(None, pl.Boolean))


def pace(frame: pl.DataFrame, typer: Typer, runs: int) -> float:
    book = open_rulebook()
    return seconds(lambda: classify.typed(frame, book, typer), runs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--slow", type=int, default=2_000, help="messages for the accurate typer")
    said = parser.parse_args()
    if not (history.material() / history.SOURCE).exists():
        print(f"skipped: {history.material() / history.SOURCE} is not there (set AUDIT_MATERIAL)")
        return 0
    frame = messages(said.rows)
    bare = seconds(lambda: frame.lazy().select(text.words(pl.col("asked"))).collect(engine="streaming"))
    fast = pace(frame, open_typer("fast", 0), 3)
    print(f"{frame.height:,} messages, {frame['asked'].n_unique():,} distinct")
    print(f"normal form   {bare:7.2f} s")
    print(
        f"fast typer    {fast:7.2f} s, {frame.height / fast:,.0f} messages/s, {fast / bare:.1f} times the normal form (limit {MOST_RATIO:g})"
    )
    if encoder.available():
        part = frame.unique("asked", maintain_order=True).head(said.slow)
        accurate = pace(part, open_typer("accurate", 0), 1)
        print(f"accurate typer: {part.height / accurate:,.0f} messages/s on {part.height:,}")
    return int(fast / bare > MOST_RATIO)


if __name__ == "__main__":
    sys.exit(main())
