"""Small sets of templates for tests of the linter: an invented brand's, with faults that are named beside them."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from audit.cli import group

LEAKY = {
    "title": "Leaking kettle",
    "reaction": "complaint",
    "lang": "en",
    "text": "We apologise for any inconvenience caused. Thank you for your patience: a new kettle leaves today.",
}
"""stock-phrase at “apologise for any inconvenience caused”."""

BLANK = {
    "title": "Where is it",
    "reaction": "question",
    "lang": "en",
    "text": "Hello {{customer.name}, your parcel is at [your address] today.",
}
"""unbalanced-placeholder (fixable) and leaked-placeholder, both errors."""

CLEAN = {
    "title": "Kind words",
    "reaction": "praise",
    "lang": "en",
    "text": "Thank you so much, {{customer.name}}! We told Anna, she smiled all day.",
}


def written(folder: Path, *records: dict[str, str], name: str = "macros.json") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(list(records), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def lint(*arguments: str | Path, config: bool = False) -> Result:
    """`reply-audit lint` in the working directory, by itself without a settings file."""
    isolated = () if config else ("--isolated",)
    return CliRunner().invoke(group, ["lint", *isolated, *map(str, arguments)])


def code(result: Result) -> int:
    """The exit code of the command as the entry point gives it."""
    return getattr(result.exception, "exit_code", result.exit_code)
