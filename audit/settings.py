"""What a project says once and for all: `[tool.reply-audit]` in pyproject.toml, or reply-audit.toml, found upward."""

from __future__ import annotations

import difflib
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from audit.errors import AuditError, SeveralErrors
from audit.rule import key_lines

Day = Annotated[str, BeforeValidator(lambda day: day.isoformat() if isinstance(day, date) else day)]
"""TOML knows dates: `since = 2026-01-01` says the same as `since = "2026-01-01"`."""


class Settings(BaseModel):
    """Options of `run` by their long names; relative paths are relative to the file that says them."""

    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.replace("_", "-"), strict=True)

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
    rules: str | None = None
    lang: Literal["en", "ru", "pl"] | None = None
    text_lang: Literal["en", "ru", "pl"] | None = None
    title: str | None = None
    json_file: str | None = Field(None, alias="json")
    csv: str | None = None
    fail_under: float | None = Field(None, ge=0, le=100)
    fail_on: Literal["error", "warning", "note"] | None = None
    redact: bool | None = None
    quiet: bool | None = None


_PATHS = ("out", "db", "teams", "rules", "map_file", "json_file", "csv_folder")
_PARAMETERS = {"map": "map_file", "csv": "csv_folder"}


def settled(given: dict[str, Any], config: Path | None = None, start: Path | None = None) -> dict[str, Any]:
    """The options of the command line over those of the settings file, by the names of `run`'s parameters.

    Raises SeveralErrors with every fault of the file: file:line, key, and a hint.
    """
    path = config or found(start or Path.cwd())
    if path is None:
        return given
    said = {_PARAMETERS.get(name, name): value for name, value in read(path).model_dump().items() if value is not None}
    if "redact" in said:
        said["no_redact"] = not said.pop("redact")
    for name in _PATHS:
        if name in said:
            said[name] = path.parent / said[name]
    if str(said.get("profile", "")).endswith(".toml"):
        said["profile"] = str(path.parent / said["profile"])
    return said | given


def found(start: Path) -> Path | None:
    """The nearest settings file from `start` upward; in one folder reply-audit.toml goes before pyproject.toml."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (own := folder / "reply-audit.toml").is_file():
            return own
        if (project := folder / "pyproject.toml").is_file() and _own(_table(project)) is not None:
            return project
    return None


def read(path: Path) -> Settings:
    """The settings of one file."""
    table: Any = _table(path)
    prefix = ""
    if path.name == "pyproject.toml":
        table, prefix = _own(table) or {}, "tool.reply-audit"
    lines = key_lines(path.read_text(encoding="utf-8"))
    if not isinstance(table, dict):
        raise AuditError(f"{prefix}: is no table", place=f"{path}:{lines.get(prefix, 1)}", hint=f"write [{prefix}] and a key a line")
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        faults = [(lines.get(f"{prefix}.{fault['loc'][0]}".lstrip("."), 1), dict(fault)) for fault in error.errors()]
        raise SeveralErrors([_explained(path, line, fault) for line, fault in sorted(faults, key=lambda pair: pair[0])]) from None


def _own(project: dict[str, Any]) -> Any:
    """What a pyproject.toml says under tool.reply-audit, None where it says nothing."""
    tool = project.get("tool")
    return tool.get("reply-audit") if isinstance(tool, dict) else None


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AuditError(
            f"cannot be read: {error.strerror}", place=str(path), hint="--config names a TOML file; reply-audit init writes one"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AuditError(f"is no valid TOML: {error}", place=str(path)) from None


def _explained(path: Path, line: int, fault: dict[str, Any]) -> AuditError:
    key = str(fault["loc"][0])
    known = [field.alias or name.replace("_", "-") for name, field in Settings.model_fields.items()]
    message = str(fault["msg"])
    hint = None
    if fault["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key.replace("_", "-"), known, 1)
        message, hint = "unknown key", f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    elif fault["type"] == "literal_error" and (near := difflib.get_close_matches(str(fault["input"]), _choices(key), 1)):
        hint = f"did you mean {near[0]!r}?"
    elif fault["type"] == "string_type":
        hint = f'write {key} = "..."'
    elif fault["type"] == "bool_type":
        hint = f"write {key} = true or {key} = false, without quotes"
    elif fault["type"] == "float_type":
        hint = f"write {key} = 70, without quotes"
    return AuditError(f"{key}: {message}", place=f"{path}:{line}", hint=hint)


def _choices(key: str) -> list[str]:
    (kind, _) = get_args(Settings.model_fields[key.replace("-", "_")].annotation)
    return list(get_args(kind))


TEMPLATE = """\
# Settings of reply-audit. An option of the command line goes before what stands here; relative paths start from this file.

# out = "scorecard.html"       # the scorecard to write
# db = "scorecard.duckdb"      # the database to keep; default: beside the scorecard
# brand = "Kettlewell"         # the author whose messages are replies
# agent-column = "assignee"    # the export's column that names the agent
# teams = "teams.csv"          # a CSV of agent,team
# map = "map.toml"             # how an export's columns map to fields
# tz = "Europe/Warsaw"         # time zone of times without an offset; default: UTC
# hours = "Mon-Fri 9-18"       # business hours for a second column of response times
# since = "2026-01-01"         # judge from this day on
# until = "2026-03-31"         # judge up to this day, which is also the end of history
# period = "month"             # what "last period" means: week, month, quarter, year
# profile = "default"          # weights and bounds: a name or a .toml file
# typer = "auto"               # what types messages: fast, accurate, auto, or the name of your own
# rules = "rules"              # a folder of your own rules, judged beside those of the package
# lang = "en"                  # the report's language: en, ru, pl
# text-lang = "pl"             # take all texts to be in this language; default: found per text
# title = "Care audit"         # the report's title
# json = "result.json"         # write the result as JSON
# csv = "tables"               # write findings.csv, scores.csv and agents.csv into this folder
# fail-under = 70              # exit with 1 when the overall score is below this
# fail-on = "error"            # exit with 1 at a finding of this level or above
# redact = true                # mask customers' personal data in everything that is written
# quiet = false                # print nothing but errors
"""
