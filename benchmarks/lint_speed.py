"""`reply-audit lint` beside other linters of prose on the same 1,000 templates, in one run, as ratios of medians.

    python -m benchmarks.lint_speed [--runs 3] [--node FOLDER]

The templates are Markdown files made of the replies in benchmarks/corpus. proselint is run where it is installed beside this Python, textlint
(with textlint-rule-max-comma) and alex where FOLDER/node_modules holds them (`npm install --prefix FOLDER textlint textlint-rule-max-comma
alex`). The first run of the linter, whose cache is empty, is told apart; what it takes to judge a single reply is its start-up. The others
know English only, or no language; what they find is another matter, so the ratios compare waiting, not worth.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEMPLATES = 1_000
PER_FILE = 20


def written(folder: Path) -> list[str]:
    """The templates, some in a file, in three languages; gives the files' names."""
    names = []
    for lang in ("en", "pl", "ru"):
        lines = (ROOT / "benchmarks" / "corpus" / f"replies-{lang}.jsonl").read_text(encoding="utf-8").splitlines()
        replies = [reply for line in lines if (reply := json.loads(line).get("reply"))]
        chosen = replies[:: max(1, len(replies) // (TEMPLATES // 3))][: TEMPLATES // 3 + 1]
        for start in range(0, len(chosen), PER_FILE):
            path = folder / f"macros-{start}.{lang}.md"
            sections = (f"## {lang} {start + i}\n\n> {' '.join(text.split())}\n" for i, text in enumerate(chosen[start : start + PER_FILE]))
            path.write_text("# Macros\n\n" + "\n".join(sections), encoding="utf-8")
            names.append(path.name)
    return names


def timed(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Wall and processor seconds. Exit codes tell findings and are let pass, but for those of a command that did not start."""
    before = os.times()
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    wall = time.perf_counter() - start
    after = os.times()
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def others(names: list[str], node: Path | None, folder: Path) -> dict[str, list[str]]:
    """The commands of the linters that are installed."""
    commands = {}
    proselint = Path(sys.executable).parent / "proselint"
    if proselint.exists():
        commands["proselint"] = [str(proselint), "check", *names]
    if node is not None:
        binaries = node / "node_modules" / ".bin"
        if (binaries / "textlint").exists():
            (folder / ".textlintrc.json").write_text('{"rules": {"max-comma": true}}', encoding="utf-8")
            commands["textlint"] = [str(binaries / "textlint"), "--rules-base-directory", str(node / "node_modules"), *names]
        if (binaries / "alex").exists():
            commands["alex"] = [str(binaries / "alex"), "--quiet", *names]
    return commands


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--node", type=Path, help="a folder with node_modules")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "templates"
        folder.mkdir()
        names = written(folder)
        one = Path(place) / "one"
        one.mkdir()
        shutil.copy(folder / names[0], one / "one.md")
        single = Path(place) / "single"
        single.mkdir()
        (single / "single.txt").write_text(
            "Dear customer, thank you for your patience, we will answer within two hours.\n", encoding="utf-8"
        )
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "REPLY_AUDIT_CACHE": str(Path(place) / "cache")}
        lint = [sys.executable, "-m", "audit", "lint", "--isolated", "--exit-zero", "--format", "concise", "."]
        commands = {
            "reply-audit --help": ([sys.executable, "-m", "audit", "lint", "--help"], folder),
            "reply-audit, one reply": (lint, single),
            "reply-audit, one file": (lint, one),
            "reply-audit": (lint, folder),
            **{name: (command, folder) for name, command in others(names, said.node and said.node.resolve(), folder).items()},
        }
        first = timed(lint, folder, environment)
        print(
            f"{TEMPLATES:,} templates in {len(names)} files; first run, without a cache: {first[0]:.2f} s ({first[1]:.2f} s of processor)"
        )
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(said.runs):
            for name, (command, where) in commands.items():
                found[name].append(timed(command, where, environment))
        base = statistics.median(wall for wall, _ in found["reply-audit"])
        for name, runs in found.items():
            wall, processor = (statistics.median(each) for each in zip(*runs, strict=True))
            print(f"{name:24} {wall:6.2f} s  processor {processor:6.2f} s  {wall / base:5.2f} of reply-audit's")
        start = statistics.median(wall for wall, _ in found["reply-audit, one reply"])
        print(f"start-up (one reply) {start:.2f} s, {base - start:.2f} s more for the templates (medians of {said.runs})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
