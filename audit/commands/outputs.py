"""The options that say what is written, which `run` and `render` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit.errors import AuditError

if TYPE_CHECKING:
    from audit.report.outputs import Outputs

FILE = click.Path(path_type=Path)
_OPTIONS = (
    click.option("--json", "json_file", type=FILE, help="Write the result as JSON."),
    click.option("--csv", "csv_folder", type=FILE, help="Write findings, worklists, scores, agents and accounts as CSV into this folder."),
    click.option("--xlsx", "xlsx_file", type=FILE, help="Write the same tables as one Excel workbook."),
    click.option("--parquet", "parquet_folder", type=FILE, help="Write the same tables as Parquet into this folder."),
    click.option("--jsonl", "jsonl_folder", type=FILE, help="Write the same tables as JSON lines into this folder."),
    click.option("--title", help="The report's title."),
    click.option("--logo", type=FILE, help="A PNG, JPEG, GIF or WebP for the head of the page, kept inside it."),
    click.option("--accent", help="A colour (#rrggbb) in place of the page's blue, made legible where it is not."),
)


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def outputs(said: dict[str, Any], html: Path | None) -> Outputs:
    """Where the options say to write."""
    from audit.report.outputs import Outputs

    folders = {name: said.get(key) for name, key in NAMES.items()}
    return Outputs(html=html, **{name: Path(path) if path else None for name, path in folders.items()})


NAMES = {"json": "json_file", "csv": "csv_folder", "xlsx": "xlsx_file", "parquet": "parquet_folder", "jsonl": "jsonl_folder"}
"""An output -> the option's parameter."""


def look(said: dict[str, Any]) -> dict[str, str]:
    """Logo and accent as the options say them, checked."""
    from audit.report import look

    chosen = {}
    if said.get("logo"):
        chosen["logo"] = look.logo(Path(said["logo"]))
    if said.get("accent"):
        chosen["accent"] = look.accent(said["accent"])
    return chosen


def key_of(path: Path | None) -> str | None:
    """The first line of a file that holds a key."""
    if path is None:
        return None
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"cannot be read: {error}", place=str(path), hint="a file whose first line is the key") from None
    if len(lines[0].strip()) < 16:
        raise AuditError("holds no key of 16 characters or more", place=f"{path}:1", hint="openssl rand -hex 16 makes one")
    return lines[0].strip()
