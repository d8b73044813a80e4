"""Files that are no export of a kind that is read, told by their first bytes."""

from __future__ import annotations

import re
from pathlib import Path

from audit.errors import AuditError

_KINDS = {
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"SQLite format 3": "a database",
    b"{\\rtf": "a rich text document",
    b"\x7fELF": "a program",
}
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f\x7f]")
_LOOKED_AT, _MOST = 4096, 0.02


def refused(head: bytes, path: Path) -> None:
    """Raises AuditError where `head` is the beginning of an archive, a picture or another known kind that holds no messages."""
    kind = next((kind for mark, kind in _KINDS.items() if head.startswith(mark)), "a DuckDB database" if head[8:12] == b"DUCK" else None)
    if kind:
        hint = "unpack it and name what is in it" if "archive" in kind else "export the messages as CSV, JSON, Parquet or XLSX"
        raise AuditError(f"is {kind}, not an export", place=str(path), hint="name it with --db" if "DuckDB" in kind else hint)


def checked(text: str, path: Path) -> str:
    """`text` itself. Raises AuditError where so many control characters stand in it that it is none."""
    looked_at = text[:_LOOKED_AT]
    if len(_CONTROL.findall(looked_at)) > max(1, _MOST * len(looked_at)):
        raise AuditError("is not a text file, nor of another kind that is read", place=str(path), hint="give CSV, JSON, Parquet or XLSX")
    return text
