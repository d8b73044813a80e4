"""`reply-audit judge FILE`"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from audit.commands.rules import FOLDER
from audit.commands.run import SECOND_OPINION, TYPER


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@SECOND_OPINION
@click.option("--profile", default="default", show_default=True, help="Bounds to judge by.")
@TYPER
@FOLDER
def command(file: Path, second_opinion: str | None, profile: str, typer: str | None, folder: Path | None) -> None:
    """Judge the rows of FILE (JSONL or CSV; - reads JSONL from standard input). One JSON line out per row, in order.

    A row is {id?, asked?, reply?, lang?, asked_type?, asked_upset?, private?}. Verdicts do not change the exit code.
    """
    from audit.judge import judge
    from audit.rows import read

    for answer in judge(read(file), profile=profile, rules=folder, typer=typer or "auto", second_opinion=second_opinion or "auto"):
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
