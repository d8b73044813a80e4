"""The guides that rules are drawn from, clause by clause."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Clause:
    """One piece of advice of a guide: the rules that judge it, the figure that shows it, or why an export cannot show it."""

    id: str
    advises: str
    covered_by: tuple[str, ...] = ()
    figure: str | None = None
    not_observable: str | None = None


@dataclass(frozen=True)
class Guide:
    """One article that rules are drawn from, and its clauses by id."""

    id: str
    author: str
    title: str
    date: str
    clauses: Mapping[str, Clause]


def read(path: Path, known: Mapping[str, Any] | None = None) -> Guide:
    """One file of rules/guides. `known`: what it holds, where it was read before."""
    data = tomllib.loads(path.read_text(encoding="utf-8")) if known is None else known
    clauses = [Clause(**{**clause, "covered_by": tuple(clause.get("covered_by", ()))}) for clause in data["clause"]]
    return Guide(path.stem, data["author"], data["title"], str(data["date"]), {clause.id: clause for clause in clauses})
