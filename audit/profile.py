"""Measure apart from policy: weights, bounds and minimums, which a user may change without touching a rule."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from audit.errors import AuditError
from audit.rulebook import home

_KEYS = {"extends", "weights", "bounds", "rules", "minimum", "critical", "excused", "preview", "expectations", "answered", "campaigns"}


class Profile:
    """A named policy.

    `weights` by level; `bounds` by name (minutes, hours, people, words: the key says which); `rules` sets the level of single
    rules (`off` leaves one out of the score); `critical` rules break a reply as a whole; `excused` maps a rule to the one whose text, present in the reply, takes its weight away;
    `minimum` is the fewest judged for a share,
    and for an agent, to be shown; `expectations` are published response times, `answered` published shares of answered messages.
    """

    def __init__(self, name: str, data: dict[str, Any]) -> None:
        self.name = name
        self.weights: dict[str, float] = data["weights"]
        self.bounds: dict[str, dict[str, Any]] = data["bounds"]
        self.levels: dict[str, str] = data.get("rules", {})
        self.critical: tuple[str, ...] = tuple(data.get("critical", ()))
        self.excused: dict[str, str] = data.get("excused", {})
        self.preview: tuple[str, ...] = tuple(data.get("preview", ()))
        self.off: frozenset[str] = frozenset(id for id, level in self.levels.items() if level == "off")
        self.minimum: dict[str, int] = data["minimum"]
        self.expectations: list[dict[str, Any]] = data.get("expectations", [])
        self.answered: list[dict[str, Any]] = data.get("answered", [])
        self.campaigns: list[dict[str, Any]] = data.get("campaigns", [])

    def checked(self, ids: Collection[str]) -> Profile:
        """The profile itself. Raises AuditError when it names a rule that is not among `ids`, lacks a bound or has a campaign without days."""
        for id in (*self.levels, *self.critical, *self.preview, *self.excused, *self.excused.values()):
            if id not in ids:
                near = difflib.get_close_matches(id, ids, 1)
                raise AuditError(
                    f"profile {self.name}: there is no rule {id!r}",
                    hint=f"did you mean {near[0]!r}?" if near else "reply-audit rules list shows them all",
                )
        for name, table in _needed().items():
            if lacking := sorted(table - getattr(self, name).keys()):
                raise AuditError(
                    f"profile {self.name}: {name}.{lacking[0]} is missing", hint='extends = "default" fills in what is not said'
                )
        for campaign in self.campaigns:
            if not all(type(campaign.get(key)) is date for key in ("since", "until")):
                raise AuditError(
                    f"profile {self.name}: campaigns: since and until are days", hint="write since = 2026-03-07, without quotes"
                )
        return self


@cache
def _needed() -> dict[str, frozenset[str]]:
    """The bounds and minimums of the default profile, which rules and statistics ask for."""
    data = _read("default", home() / "profiles", ())
    return {name: frozenset(data[name]) for name in ("bounds", "minimum")}


def open_profile(name: str, folder: Path | None = None) -> Profile:
    """The profile of that name, or of that file when `name` ends in .toml. Raises AuditError when there is none."""
    return Profile(Path(name).stem, _read(name, folder or home() / "profiles", ()))


def as_described(name: str, rules: Mapping[str, Mapping[str, Any]]) -> Profile:
    """The weights and levels of a result, whose rules are described by `level`, `weight` and `status` (audit.report.result)."""
    weights = {rule["level"]: rule["weight"] for rule in rules.values() if rule["weight"]}
    levels = {id: rule["level"] for id, rule in rules.items()}
    previews = [id for id, rule in rules.items() if rule["status"] == "preview"]
    return Profile(name, {"weights": weights, "bounds": {}, "rules": levels, "preview": previews, "minimum": {}})


def known() -> list[Profile]:
    """The profiles of this package, `default` first."""
    names = sorted((path.stem for path in (home() / "profiles").glob("*.toml")), key=lambda name: (name != "default", name))
    return [open_profile(name) for name in names]


def _read(name: str, folder: Path, seen: tuple[str, ...]) -> dict[str, Any]:
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in folder.glob("*.toml"))
        near = difflib.get_close_matches(name, known, 1)
        raise AuditError(
            f"there is no profile {name!r}", hint=f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}, or a .toml file"
        )
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AuditError(f"is no valid TOML: {error}", place=str(path)) from None
    for key in data:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            raise AuditError(
                f"{key}: unknown key", place=str(path), hint=f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(_KEYS))}"
            )
    if parent := data.pop("extends", None):
        if parent in seen or parent == name:
            raise AuditError(f"extends: {parent!r} extends itself", place=str(path))
        data = _merged(_read(parent, folder, (*seen, name)), data)
    return data


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        result[key] = _merged(result[key], value) if isinstance(value, dict) and isinstance(result.get(key), dict) else value
    return result
