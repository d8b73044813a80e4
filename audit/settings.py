"""What a project says once and for all: `[tool.reply-audit]` in pyproject.toml, or reply-audit.toml, found upward."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.errors import AuditError
from audit.rule import key_lines

if TYPE_CHECKING:
    from audit.settings_file import Settings

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


@contextmanager
def told_where(given: Collection[str], config: Path | None = None, start: Path | None = None) -> Iterator[None]:
    """What is wrong with an option (`--tz: ...`) that is not among those `given` is told with its place in the settings file."""
    try:
        yield
    except AuditError as error:
        option = re.match(r"--([a-z-]+):", error.message)
        path = config or found(start or Path.cwd())
        if type(error) is not AuditError or error.place or not option or option[1].replace("-", "_") in given or path is None:
            raise
        prefix = "tool.reply-audit." if path.name == "pyproject.toml" else ""
        line = key_lines(path.read_text(encoding="utf-8")).get(prefix + option[1])
        raise AuditError(error.message, place=f"{path}:{line}" if line else None, hint=error.hint) from None


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
    from audit.settings_file import checked

    return checked(table, prefix, path)


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
# second-opinion = "auto"      # what weighs subtle rules beside the patterns: fast, accurate (needs the extra), auto or none (lint hears fast)
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
