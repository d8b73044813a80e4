"""`reply-audit init`"""

from __future__ import annotations

from pathlib import Path

import click

from audit.errors import AuditError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("."))
def command(folder: Path) -> None:
    """Write a commented reply-audit.toml into FOLDER (default: here). An existing one is left alone."""
    from audit.settings import TEMPLATE

    path = folder / "reply-audit.toml"
    if path.exists():
        raise AuditError("stands already", place=str(path), hint="delete it first to get a new one")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(TEMPLATE, encoding="utf-8")
    except OSError as error:
        raise AuditError(f"cannot be written: {error.strerror}", place=str(path), hint="name another folder") from None
    click.echo(path)
