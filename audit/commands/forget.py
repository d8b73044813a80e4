"""`reply-audit forget AUTHOR --db FILE`"""

from __future__ import annotations

from pathlib import Path

import click

from audit.errors import NothingToJudge


@click.command()
@click.argument("author")
@click.option("--db", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The database to erase from.")
def command(author: str, db: Path) -> None:
    """Erase one person, by author id or name, from a database. Run the audit again for reports without them."""
    from audit.store import Store
    from audit.terminal import counted

    with Store(db) as store:
        count = store.forget(author)
    if not count:
        raise NothingToJudge(f"the database holds no message of {author!r}", place=str(db))
    click.echo(f"{counted(count, 'message')} erased from {db}; derived tables are made again by the next run")
