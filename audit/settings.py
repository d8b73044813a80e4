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
    second_opinion: bool | None = None
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


LINT_ONLY = ("include", "exclude", "select", "ignore", "variables", "reactions", "replacements", "private", "baseline", "overrides")
"""Settings of `lint` that `run` has no option for."""

_FILES = {"map": "map_file", "csv": "csv_folder", "xlsx": "xlsx_file", "parquet": "parquet_folder", "jsonl": "jsonl_folder"}
_PARAMETERS = {"account": "accounts", **_FILES}
_PATHS = ("out", "db", "teams", "rules", "logo", "pseudonym_key", "json_file", *_FILES.values())


def settled(given: dict[str, Any], config: Path | None = None, start: Path | None = None) -> dict[str, Any]:
    """The options of the command line over those of the settings file, by the names of `run`'s parameters.

    Raises SeveralErrors with every fault of the file: file:line, key, and a hint.
    """
    path = config or found(start or Path.cwd())
    if path is None:
        return given
    said = {
        _PARAMETERS.get(name, name): value for name, value in read(path).model_dump(exclude=set(LINT_ONLY)).items() if value is not None
    }
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
        faults = [(_line(lines, prefix, fault["loc"]), dict(fault)) for fault in error.errors()]
        raise SeveralErrors([_explained(path, line, fault) for line, fault in sorted(faults, key=lambda pair: pair[0])]) from None


def _line(lines: dict[str, int], prefix: str, place: tuple[int | str, ...]) -> int:
    """The line of a key, or of the nearest table around it."""
    while place:
        if line := lines.get(".".join(str(part) for part in (prefix, *place) if part != "")):
            return line
        place = place[:-1]
    return 1


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
    place = [part for part in fault["loc"] if isinstance(part, str)]
    key = place[-1]
    table = Override if place[0] == "overrides" and len(place) > 1 else Settings
    known = [field.alias or name.replace("_", "-") for name, field in table.model_fields.items()]
    message = str(fault["msg"])
    hint = None
    if fault["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key.replace("_", "-"), known, 1)
        message, hint = "unknown key", f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    elif fault["type"] == "literal_error" and (near := difflib.get_close_matches(str(fault["input"]), _choices(table, key), 1)):
        hint = f"did you mean {near[0]!r}?"
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
# second-opinion = true        # weigh subtle rules with the sentence encoder too (needs the extra accurate)
# rules = "rules"              # a folder of your own rules, judged beside those of the package
# lang = "en"                  # the report's language: en, ru, pl
# text-lang = "pl"             # take all texts to be in this language; default: found per text
# account = ["Kettlewell"]     # report on these accounts only
# title = "Care audit"         # the report's title
# logo = "logo.png"            # a PNG, JPEG, GIF or WebP for the head of the page
# accent = "#0a7d5c"           # a colour in place of the page's blue
# json = "result.json"         # write the result as JSON
# csv = "tables"               # write findings, worklists, scores, agents and accounts as CSV into this folder
# xlsx = "tables.xlsx"         # write the same tables as one Excel workbook
# parquet = "tables"           # write the same tables as Parquet into this folder
# jsonl = "tables"             # write the same tables as JSON lines into this folder
# fail-under = 70              # exit with 1 when the overall score is below this
# fail-on = "error"            # exit with 1 at a finding of this level or above
# include = ["macros/**/*.yaml"]  # lint: files to look for in folders; default: every kind that is known
# exclude = ["drafts/"]        # lint: files and folders to leave out, as in .gitignore
# select = ["all"]             # lint: rules or categories to judge by; a preview named here counts in full
# ignore = ["hard-to-read"]    # lint: rules or categories to leave out
# variables = ["customer_name"]  # lint: placeholders that your tool fills in; others are unknown
# reactions = { "returns" = "complaint" }  # lint: what names of yours stand for: complaint, criticism, praise, question, ...
# replacements = { "shall" = "will" }  # lint: words of yours that --fix replaces
# private = false              # lint: true where templates are for mail and tickets, which nobody else reads
# baseline = "baseline.json"   # lint: known findings, written by reply-audit baseline update
# overrides = [{ paths = ["mail/"], private = true }]  # lint: what differs for some files
# redact = true                # mask customers' personal data in everything that is written
# pseudonyms = false           # agents under stable other names, made with a key that the database keeps
# pseudonym-key = "agent.key"  # a file whose first line is that key: the same names from every database
# quiet = false                # print nothing but errors
"""
