"""The whole audit of a long history against DuckDB's bare load of the same CSV, in one run, as a ratio of medians.

    python -m benchmarks.audit_speed [--rows 300000] [--runs 3]

Exits 1 when the ratio or the peak memory is beyond its limit.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import history

MOST_RATIO = 12.0
MOST_MEMORY = 2 * 1024**3
LOAD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[2])
connection.execute("CREATE TABLE t AS SELECT * FROM read_csv(?, all_varchar = true)", [sys.argv[1]]).fetchall()
connection.close()
"""


def timed(command: list[str]) -> tuple[float, int]:
    """Wall seconds and peak memory in bytes of a command. Raises when it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=history.ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=3)
    said = parser.parse_args()
    if not (history.material() / history.SOURCE).exists():
        print(f"skipped: {history.material() / history.SOURCE} is not there (set AUDIT_MATERIAL)")
        return 0
    path = history.written(said.rows)
    print(
        f"{said.rows:,} messages, {path.stat().st_size / 1e6:.0f} MB; distinct normalised replies {history.distinct_share(history.history(said.rows)):.1%}",
        end=" ",
    )
    print(f"(original {history.distinct_share(history.source()):.1%})")
    audits, loads, peak = [], [], 0
    for _ in range(said.runs):
        with tempfile.TemporaryDirectory() as folder:
            seconds, _ = timed([sys.executable, "-c", LOAD, str(path), str(Path(folder) / "load.duckdb")])
            loads.append(seconds)
            seconds, memory = timed([sys.executable, "-m", "audit", "run", str(path), "-o", str(Path(folder) / "out.html"), "--quiet"])
            audits.append(seconds)
            peak = max(peak, memory)
    ratio = statistics.median(audits) / statistics.median(loads)
    print(f"audit {statistics.median(audits):.2f} s, bare load {statistics.median(loads):.2f} s (medians of {said.runs})")
    print(f"ratio {ratio:.1f} (limit {MOST_RATIO:g}), peak memory {peak / 1024**3:.2f} GiB (limit {MOST_MEMORY / 1024**3:g})")
    return int(ratio > MOST_RATIO or peak > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
