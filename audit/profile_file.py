"""What a profile file may hold, and what is told of each fault in one."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, ValidationError, model_validator

from audit.errors import near
from audit.rule import Level

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


def faults(data: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Dotted key, message and hint of each fault in what a file holds."""
    try:
        File.model_validate(data)
    except ValidationError as error:
        return [_explained(fault) for fault in _distinct(error.errors())]
    return []


def _distinct(errors: list[Any]) -> list[dict[str, Any]]:
    """One fault a place: a bound that fits neither of two kinds is told once."""
    by_place: dict[tuple[str, ...], dict[str, Any]] = {}
    for error in errors:
        by_place.setdefault(tuple(str(part) for part in error["loc"][:3]), dict(error))
    return list(by_place.values())


def _explained(error: dict[str, Any]) -> tuple[str, str, str | None]:
    parts = [str(part) for part in error["loc"] if part not in ("[key]", "float", "constrained-float")]
    key, kind, message, hint = ".".join(parts), error["type"], str(error["msg"]).removeprefix("Value error, "), None
    if kind == "extra_forbidden":
        message, hint = "unknown key", near(parts[0], File.model_fields) or f"known: {', '.join(File.model_fields)}"
    elif kind == "literal_error":
        key = ".".join(parts[:2])
        levels = f"error, warning, note, none{', off' if parts[0] == 'rules' else ''}"
        message, hint = f"{error['input']!r} is no level", near(str(error["input"]), levels.split(", ")) or f"write one of {levels}"
    elif parts[0] == "campaigns" and parts[-1] in ("since", "until"):
        message, hint = "missing" if kind == "missing" else "is no day", f"write {parts[-1]} = 2026-03-07, without quotes"
    elif kind == "missing":
        message, hint = "missing", f"add {parts[-1]} = ..."
    elif parts[0] in ("weights", "minimum", "bounds"):
        example = "[bounds.late-reply], public = 60" if parts[0] == "bounds" else f"{parts[-1]} = 3"
        message, hint = f"cannot be {error['input']!r}", f"write a number of 0 or more without quotes, such as {example}"
    elif kind == "list_type":
        hint = f'write {parts[0]} = ["a-rule"]' if parts[0] in ("critical", "preview") else f"write [[{parts[0]}]] and its keys below"
    return key, message, hint
