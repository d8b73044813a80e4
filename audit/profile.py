"""Measure apart from policy: weights, bounds and minimums, which a user may change without touching a rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from audit import policy
from audit.errors import AuditError, near
from audit.policy import Policy
from audit.rulebook import home


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


@cache
def _needed() -> dict[str, dict[str, Any]]:
    """The bounds and minimums of the default profile, which rules and statistics ask for."""
    data = policy.opened(home() / "profiles" / "default.toml", trusted=True).data
    return {name: data[name] for name in ("bounds", "minimum")}


def open_profile(name: str, folder: Path | None = None, *, ids: Collection[str] | None = None, checked: bool = False) -> Profile:
    """The profile of that name, or of that file when `name` ends in .toml.

    Raises AuditError when there is none, SeveralErrors with every fault of its file and of those that it extends. With the rulebook's `ids`
    the rules that it names must be among them. `checked`: the package's own files were checked before.
    """
    found = _read(name, folder or home() / "profiles", (), checked=checked)
    found.check_keys(_needed())
    if ids is not None:
        found.check_rules(ids)
    if found.faults:
        found.refused()
    return Profile(Path(name).stem, found.data)


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


def _read(name: str, folder: Path, seen: tuple[str, ...], *, checked: bool) -> Policy:
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in folder.glob("*.toml"))
        raise AuditError(f"there is no profile {name!r}", hint=near(name, known) or f"known: {', '.join(known)}, or a .toml file")
    own = policy.opened(path, trusted=checked and path.parent == home() / "profiles")
    parent = own.data.pop("extends", None)
    if not isinstance(parent, str):  # none, or no text, which is a fault already
        return own
    if parent.endswith(".toml"):
        parent = str(path.parent / parent)
    if parent in (*seen, name):
        own.fault("extends", f"{parent!r} extends itself")
        return own
    try:
        base = _read(parent, folder, (*seen, name), checked=checked)
    except AuditError as error:
        own.fault("extends", error.message, error.hint, place=error.place)
        return own
    return Policy(policy.merged(base.data, own.data), base.places | own.places, path, [*base.faults, *own.faults])
