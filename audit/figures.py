"""The last measured accuracy of the rules, kept beside them in figures.json by `reply-audit evaluate --write`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from audit.errors import AuditError

NAME = "figures.json"
KEPT = ("n", "true_positive", "false_positive", "false_negative", "precision", "recall", "f1", "kappa")


def write(folder: Path, measured: dict[str, Any], date: str) -> None:
    """Keep what `audit.evaluation.evaluated` measured, without the texts."""
    data = {"date": date, "n": measured["n"], "rules": measured["rules"]}
    (folder / NAME).write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(folder: Path) -> dict[str, Any]:
    """date, n (by language) and rules {id: {language: figures}}; empty where nothing was measured. Raises AuditError for a damaged file."""
    path = folder / NAME
    if not path.is_file():
        return {"date": None, "n": {}, "rules": {}}
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AuditError(f"is no valid JSON: {error}", place=str(path), hint="reply-audit evaluate LABELS --write makes it anew") from None
    return data
