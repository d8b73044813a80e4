"""The result as JSON: a contract that changes only by adding, with `schema_version` raised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from audit.errors import AuditError
from audit.report.result import SCHEMA_VERSION

_KEYS = (
    *("rulebook", "period", "inputs", "totals", "scores", "periods", "changes", "agents", "tallies", "accounts", "findings"),
    *("findings_left_out", "work_lists", "charts", "look", "redacted", "pseudonyms", "title", "lang"),
)
_AGAIN = "run the audit again with --json"


def dumps(result: dict[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def read(path: Path) -> dict[str, Any]:
    """A result that `dumps` wrote. Raises AuditError for anything else, and for the result of another version."""
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AuditError(f"cannot be read: {error.strerror}", place=str(path), hint="a result is what run --json writes") from None
    except (ValueError, RecursionError) as error:
        raise AuditError(f"is no JSON: {error}", place=str(path), hint="a result is what run --json writes") from None
    if not isinstance(result, dict) or "schema_version" not in result:
        raise AuditError("is no result of an audit", place=str(path), hint="a result is what run --json writes")
    if result["schema_version"] != SCHEMA_VERSION:
        raise AuditError(
            f"is a result of schema_version {result['schema_version']}, this is reply-audit of {SCHEMA_VERSION}",
            place=str(path),
            hint=_AGAIN,
        )
    if missing := [key for key in _KEYS if key not in result]:
        raise AuditError(f"is no whole result: {missing[0]} is missing", place=str(path), hint=_AGAIN)
    return result
