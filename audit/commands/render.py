"""`reply-audit render RESULT.json [--db FILE]`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from audit.commands.outputs import FILE, key_of, look, output_options, outputs
from audit.commands.rules import FOLDER
from audit.errors import AuditError


@click.command()
@click.argument("result_file", metavar="RESULT", type=FILE)
@click.option(
    "--db", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The database of the audit, for tables of all findings."
)
@click.option("-o", "--out", type=FILE, help="The scorecard to write.")
@click.option("--lang", type=click.Choice(["en", "ru", "pl"]), help="The report's language.  [default: as in the result]")
@click.option("--pseudonym-key", type=FILE, help="The file of the key that agents' names were hidden with, if not the database's own.")
@FOLDER
@output_options
def command(result_file: Path, db: Path | None, out: Path | None, folder: Path | None, pseudonym_key: Path | None, **said: Any) -> None:
    """Write the outputs of an audit again from its RESULT (`run --json`), without judging again.

    The tables hold every finding where the database is given; without it those that the result holds, and a column `left_out` says how
    many more of the rule there are.
    """
    from audit.commands import places
    from audit.report import outputs as writers
    from audit.report import result_json

    read = [(db, "the database")] if db else []
    if not (said["json_file"] and said["json_file"].resolve() == result_file.resolve()):  # a result may be written anew in its place
        read.append((result_file, "the result"))
    places.written_again({**said, "pseudonym_key": pseudonym_key}, out, read)
    result = result_json.read(result_file)
    result |= {name: said[name] for name in ("title", "lang") if said[name] is not None}
    result["look"] = {**result["look"], **look(said)}
    wanted = outputs(said, out)
    if not (wanted.html or wanted.json or wanted.tables):
        raise AuditError("nothing to write", hint="name an output: -o, --json, --csv, --xlsx, --parquet or --jsonl")
    if db and wanted.tables:
        from audit.pipeline import remembered

        audit = remembered(result, db, rules=folder, pseudonym_key=key_of(pseudonym_key))
        written = writers.write(result, wanted, audit.findings, audit.work_lists)
    else:
        written = writers.write(result, wanted)
        if left := sum(result["findings_left_out"].values()) if wanted.tables else 0:
            click.echo(f"the tables hold {len(result['findings'])} findings of the result, {left} are left out; --db FILE gives them all")
    for path in written:
        click.echo(path)
