"""What the settings file may hold, and every fault of one at once, with file, line, key and a hint."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from audit.errors import AuditError, SeveralErrors, near
from audit.rule import key_lines

Day = Annotated[str, BeforeValidator(lambda day: day.isoformat() if isinstance(day, date) else day)]
"""TOML knows dates: `since = 2026-01-01` says the same as `since = "2026-01-01"`."""


Opinion = Annotated[
    Literal["auto", "fast", "accurate", "none"],
    BeforeValidator(lambda said: ("accurate" if said else "none") if isinstance(said, bool) else said),
]


class Table(BaseModel):
    """A table of the settings file: no key but those named."""

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.replace("_", "-"), strict=True)


class Override(Table):
    """What `lint` does otherwise for the files that match `paths` (patterns as in .gitignore)."""

    paths: list[str] = Field(min_length=1)
    select: list[str] | None = None
    ignore: list[str] = []
    variables: list[str] = []
    reaction: str | None = None
    lang: Literal["en", "ru", "pl"] | None = None
    private: bool | None = None


class Settings(Table):
    """Options of `run` and `lint` by their long names; relative paths are relative to the file that says them."""

    out: str | None = None
    db: str | None = None
    brand: str | None = None
    agent_column: str | None = None
    teams: str | None = None
    map: str | None = None
    tz: str | None = None
    hours: str | None = None
    since: Day | None = None
    until: Day | None = None
    period: Literal["week", "month", "quarter", "year"] | None = None
    profile: str | None = None
    typer: str | None = None
    second_opinion: Opinion | None = None
    rules: str | None = None
    lang: Literal["en", "ru", "pl"] | None = None
    text_lang: Literal["en", "ru", "pl"] | None = None
    account: list[str] | None = None
    title: str | None = None
    logo: str | None = None
    accent: str | None = None
    json_file: str | None = Field(None, alias="json")
    csv: str | None = None
    xlsx: str | None = None
    parquet: str | None = None
    jsonl: str | None = None
    fail_under: float | None = Field(None, ge=0, le=100)
    fail_on: Literal["error", "warning", "note"] | None = None
    redact: bool | None = None
    pseudonyms: bool | None = None
    pseudonym_key: str | None = None
    quiet: bool | None = None
    include: list[str] | None = None
    exclude: list[str] | None = None
    select: list[str] | None = None
    ignore: list[str] | None = None
    variables: list[str] | None = None
    reactions: dict[str, str] | None = None
    replacements: dict[str, str] | None = None
    private: bool | None = None
    baseline: str | None = None
    overrides: list[Override] | None = None


def checked(table: Any, prefix: str, path: Path) -> Settings:
    """The settings that `table` of a file holds, the table of the name `prefix` in it. Raises SeveralErrors with every fault."""
    lines = key_lines(path.read_text(encoding="utf-8"))
    if not isinstance(table, dict):
        raise AuditError(f"{prefix}: is no table", place=f"{path}:{lines.get(prefix, 1)}", hint=f"write [{prefix}] and a key a line")
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        faults = [(_line(lines, prefix, fault["loc"]), dict(fault)) for fault in error.errors()]
        raise SeveralErrors([_explained(path, line, fault) for line, fault in sorted(faults, key=lambda pair: pair[0])]) from None


def _line(lines: dict[str, int], prefix: str, place: tuple[int | str, ...]) -> int:
    """The line of a key, or of the nearest table around it."""
    while place:
        if line := lines.get(".".join(str(part) for part in (prefix, *place) if part != "")):
            return line
        place = place[:-1]
    return 1


def _explained(path: Path, line: int, fault: dict[str, Any]) -> AuditError:
    place = [part for part in fault["loc"] if isinstance(part, str)]
    key = place[-1]
    table = Override if place[0] == "overrides" and len(place) > 1 else Settings
    known = [field.alias or name.replace("_", "-") for name, field in table.model_fields.items()]
    message = str(fault["msg"])
    hint = None
    if fault["type"] == "extra_forbidden":
        message, hint = "unknown key", near(key.replace("_", "-"), known) or f"known: {', '.join(known)}"
    elif fault["type"] == "literal_error":
        hint = near(str(fault["input"]), _choices(table, key))
    elif fault["type"] == "list_type":
        hint = f'write {key} = ["...", "..."]'
    elif fault["type"] == "string_type":
        hint = f'write {key} = "..."'
    elif fault["type"] == "bool_type":
        hint = f"write {key} = true or {key} = false, without quotes"
    elif fault["type"] == "float_type":
        hint = f"write {key} = 70, without quotes"
    return AuditError(f"{'.'.join(place)}: {message}", place=f"{path}:{line}", hint=hint)


def _choices(table: type[Table], key: str) -> list[str]:
    (kind, _) = get_args(table.model_fields[key.replace("-", "_")].annotation)
    return list(get_args(kind))
