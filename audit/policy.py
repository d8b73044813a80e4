"""One profile file: what it may hold, and every fault of it at once, with file, line, key and a hint."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, ValidationError, model_validator

from audit.errors import AuditError, SeveralErrors
from audit.rule import Level, key_lines

Bound = NonNegativeFloat | dict[str, NonNegativeFloat]


class Campaign(BaseModel):
    """Days whose praise is explained."""

    model_config = ConfigDict(strict=True)

    since: date
    until: date
    account: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Campaign:
        if self.since > self.until:
            raise ValueError(f"since {self.since} is after until {self.until}")
        return self


class Published(BaseModel):
    """A figure of somebody's, shown beside one's own."""

    model_config = ConfigDict(strict=True, extra="allow")

    source: str
    share: float | None = Field(None, ge=0, le=1)
    place: str | None = None
    date: str | None = None


class Expectation(Published):
    minutes: float = Field(gt=0)
    short: str


class Answered(Published):
    share: float = Field(ge=0, le=1)
    of: str


class File(BaseModel):
    """The keys of a profile file; what is not said is taken from the profile that it extends."""

    model_config = ConfigDict(strict=True, extra="forbid")

    extends: str | None = None
    weights: dict[Level, NonNegativeFloat] = {}
    bounds: dict[str, dict[str, Bound]] = {}
    rules: dict[str, Literal["error", "warning", "note", "none", "off"]] = {}
    minimum: dict[str, NonNegativeInt] = {}
    critical: list[str] = []
    excused: dict[str, str] = {}
    preview: list[str] = []
    expectations: list[Expectation] = []
    answered: list[Answered] = []
    campaigns: list[Campaign] = []


@dataclass
class Policy:
    """A profile file and those that it extends: `data` merged, `places` of the keys (dotted -> file:line), `faults` so far."""

    data: dict[str, Any]
    places: dict[str, str]
    path: Path
    faults: list[AuditError] = field(default_factory=list)

    def fault(self, key: str, message: str, hint: str | None = None, place: str | None = None) -> None:
        self.faults.append(AuditError(f"{key}: {message}", place=place or self.place(key), hint=hint))

    def place(self, key: str) -> str:
        """The file and line of a key, of what holds it where it is not said itself."""
        while key and key not in self.places:
            key = key.rpartition(".")[0]
        return self.places.get(key, str(self.path))

    def check_rules(self, ids: Collection[str]) -> None:
        """Every rule that the profile names is one of `ids`."""
        named = [(f"rules.{id}", id) for id in self.table("rules")]
        named += [(key, id) for key in ("critical", "preview") if isinstance(listed := self.data.get(key), list) for id in listed]
        named += [(f"excused.{id}", name) for id, other in self.table("excused").items() for name in (id, other)]
        for key, id in named:
            if isinstance(id, str) and id not in ids:
                self.fault(key, f"there is no rule {id!r}", _near(id, ids) or "reply-audit rules list shows them all")

    def check_keys(self, known: Mapping[str, Mapping[str, Any]]) -> None:
        """Bounds and minimums are those of the default profile (`known`), none misspelt and none lacking. A rule of one's own may have a
        bound of another name."""
        for table in ("bounds", "minimum"):
            given = self.table(table)
            for key in given:
                near = _near(key, known[table], 0.8)
                if key not in known[table] and (near or table == "minimum"):
                    self.fault(f"{table}.{key}", "unknown key", near or f"known: {', '.join(known[table])}")
            unread = any(fault.message.startswith("extends") for fault in self.faults)
            if not unread and (lacking := [key for key in known[table] if key not in given]):
                self.fault(table, f"lacks {', '.join(lacking)}", 'extends = "default" fills in what is not said')
        for name, usual in known["bounds"].items():
            for key in self.table("bounds", name):
                if key not in usual:
                    self.fault(f"bounds.{name}.{key}", "unknown key", _near(key, usual) or f"known: {', '.join(usual)}")

    def table(self, *keys: str) -> dict[str, Any]:
        """The table under some keys, an empty one where none is."""
        found: Any = self.data
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    def refused(self) -> NoReturn:
        """Raise all faults, those of one file by line."""
        self.faults.sort(key=lambda fault: _by_line(str(fault.place)))
        raise self.faults[0] if len(self.faults) == 1 else SeveralErrors(self.faults)


def opened(path: Path) -> Policy:
    """Read one file. Raises AuditError when it is no TOML; all that is wrong in it stands in `faults`."""
    try:
        source = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise AuditError(f"is no valid TOML: {error}", place=f"{path}:{line[1]}" if line else str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"cannot be read: {error}", place=str(path), hint="a profile is a UTF-8 text file") from None
    policy = Policy(data, {key: f"{path}:{line}" for key, line in key_lines(source).items()}, path)
    try:
        File.model_validate(data)
    except ValidationError as error:
        for fault in _distinct(error.errors()):
            _explain(policy, fault)
    return policy


def _distinct(errors: list[Any]) -> list[dict[str, Any]]:
    """One fault a place: a bound that fits neither of two kinds is told once."""
    by_place: dict[tuple[str, ...], dict[str, Any]] = {}
    for error in errors:
        by_place.setdefault(tuple(str(part) for part in error["loc"][:3]), dict(error))
    return list(by_place.values())


def _explain(policy: Policy, error: dict[str, Any]) -> None:
    parts = [str(part) for part in error["loc"] if part not in ("[key]", "float", "constrained-float")]
    key, kind, message, hint = ".".join(parts), error["type"], str(error["msg"]).removeprefix("Value error, "), None
    if kind == "extra_forbidden":
        message, hint = "unknown key", _near(parts[0], File.model_fields) or f"known: {', '.join(File.model_fields)}"
    elif kind == "literal_error":
        key = ".".join(parts[:2])
        levels = f"error, warning, note, none{', off' if parts[0] == 'rules' else ''}"
        message, hint = f"{error['input']!r} is no level", _near(str(error["input"]), levels.split(", ")) or f"write one of {levels}"
    elif parts[0] == "campaigns" and parts[-1] in ("since", "until"):
        message, hint = "missing" if kind == "missing" else "is no day", f"write {parts[-1]} = 2026-03-07, without quotes"
    elif kind == "missing":
        message, hint = "missing", f"add {parts[-1]} = ..."
    elif parts[0] in ("weights", "minimum", "bounds"):
        example = "[bounds.late-reply], public = 60" if parts[0] == "bounds" else f"{parts[-1]} = 3"
        message, hint = f"cannot be {error['input']!r}", f"write a number of 0 or more without quotes, such as {example}"
    elif kind == "list_type":
        hint = f'write {parts[0]} = ["a-rule"]' if parts[0] in ("critical", "preview") else f"write [[{parts[0]}]] and its keys below"
    policy.fault(key, message, hint)


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        result[key] = merged(result[key], value) if isinstance(value, dict) and isinstance(result.get(key), dict) else value
    return result


def _near(name: str, known: Collection[str], likeness: float = 0.6) -> str | None:
    near = difflib.get_close_matches(name, known, 1, likeness)
    return f"did you mean {near[0]!r}?" if near else None


def _by_line(place: str) -> tuple[str, int]:
    file, _, line = place.rpartition(":")
    return (file, int(line)) if line.isdigit() else (place, 0)
