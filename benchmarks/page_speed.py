"""The page of a long audit in Chromium: its size, and how long until it can be used.

    python -m benchmarks.page_speed [--rows 1000000] [--runs 5] [--result FILE]

Interactive means that the browser has read the page and run its script (domContentLoadedEventEnd of the navigation timing); the medians of
the runs count. Exits 1 when the page is beyond its limits.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from audit.pipeline import AuditOptions, audit_history
from audit.report import html
from benchmarks import history
from tests import browser

MOST_BYTES = 2 * 1024 * 1024
MOST_MILLISECONDS = 1000
SIZES = {"desktop": browser.DESKTOP, "phone": browser.PHONE}
READY = "return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
SWITCH = """const start = performance.now(); document.querySelector(`button[data-lang=${arguments[0]}]`).click();
document.body.offsetHeight; return performance.now() - start"""
FILTER = """const start = performance.now(); const select = document.querySelector('select[data-filter]'); select.selectedIndex = 1;
select.dispatchEvent(new Event('change', {bubbles: true})); document.body.offsetHeight; return performance.now() - start"""


def measured(page: Path, size: tuple[int, int], runs: int) -> dict[str, float]:
    """Medians in milliseconds: ready, language (switched to Russian), filter (first value of the first facet)."""
    found: dict[str, list[float]] = {"ready": [], "language": [], "filter": []}
    with browser.opened(page, size) as driver:
        for _ in range(runs):
            browser.shown(driver, page)
            found["ready"].append(driver.execute_script(READY))
            found["language"].append(driver.execute_script(SWITCH, "ru"))
            found["filter"].append(driver.execute_script(FILTER))
    return {name: statistics.median(times) for name, times in found.items()}


def audited(rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return audit_history([history.written(rows)], AuditOptions(db=Path(folder) / "audit.duckdb")).result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--result", type=Path, help="a result of `run --json` to render instead of auditing")
    said = parser.parse_args()
    if reason := browser.missing():
        print(f"skipped: {reason}")
        return 0
    if said.result is None and not (history.material() / history.SOURCE).exists():
        print(f"skipped: {history.material() / history.SOURCE} is not there (set AUDIT_MATERIAL)")
        return 0
    result = json.loads(said.result.read_text(encoding="utf-8")) if said.result else audited(said.rows)
    page = html.render(result)
    size = len(page.encode())
    print(f"{result['totals']['messages']:,} messages, page of {size / 1e6:.2f} MB (limit {MOST_BYTES / 1e6:.2f})")
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scorecard.html"
        path.write_text(page, encoding="utf-8")
        for name, window in SIZES.items():
            times = measured(path, window, said.runs)
            worst = max(worst, times["ready"])
            print(f"{name}: usable after {times['ready']:.0f} ms (limit {MOST_MILLISECONDS}), ", end="")
            print(f"language switched in {times['language']:.0f} ms, filtered in {times['filter']:.0f} ms (medians of {said.runs})")
    return int(size > MOST_BYTES or worst > MOST_MILLISECONDS)


if __name__ == "__main__":
    sys.exit(main())
