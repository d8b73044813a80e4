"""Lines that changed since a revision, as git tells."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from audit.errors import AuditError

Ranges = list[tuple[int, int]]
"""First and last line of each change."""
WHOLE: Ranges = [(1, 1 << 60)]

_FILE = re.compile(r'^\+\+\+ (?:"?b/(?P<path>.*?)"?|/dev/null)\t?$')
_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(?P<start>\d+)(?:,(?P<count>\d+))? @@")


def since(revision: str, folder: Path) -> dict[str, Ranges]:
    """Path relative to `folder` -> the lines that are new or changed in the working tree; files git does not know are new as a whole.

    Raises AuditError where git, a repository or the revision is missing.
    """
    if revision.startswith("-"):
        raise AuditError(f"--changed-since: {revision!r} is no revision", hint="write for example origin/main")
    _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", revision=revision)
    diff = _git(folder, "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--relative", "--text", revision, "--", ".")
    changed: dict[str, Ranges] = {}
    ranges: Ranges = []
    for line in diff.split("\n"):
        if file := _FILE.match(line):
            ranges = changed.setdefault(file["path"], []) if file["path"] else []
        elif hunk := _HUNK.match(line):
            start, count = int(hunk["start"]), int(hunk["count"] or 1)
            ranges.append((start, start + count - 1) if count else (start, start + 1))  # a deletion touches its neighbours
    for path in _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".").split("\0"):
        if path:
            changed[path] = WHOLE
    return changed


def touches(ranges: Ranges, first: int, last: int) -> bool:
    return any(start <= last and first <= end for start, end in ranges)


def _git(folder: Path, *arguments: str, revision: str | None = None) -> str:
    command: Sequence[str] = ("git", "-c", "core.quotepath=off", *arguments)
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    except OSError:
        raise AuditError("--changed-since: git is not installed", hint="without it, lint everything") from None
    if done.returncode == 0:
        return done.stdout.decode("utf-8", errors="surrogateescape")
    said = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
    if revision is not None and not said:
        raise AuditError(f"--changed-since: there is no revision {revision!r}", hint="a shallow clone lacks it: fetch with depth 0")
    raise AuditError(f"--changed-since: git says: {said[-1] if said else 'nothing'}", hint="run it inside a repository")
