"""`reply-audit evaluate LABELS...`"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from audit.commands.rules import FOLDER
from audit.errors import AuditError
from audit.figures import SAMPLES


@click.command()
@click.argument("labels", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--rule", help="One rule's figures only.")
@click.option("--misses", is_flag=True, help="The disagreements to read, grouped by rule: what was missed and what was wrongly flagged.")
@click.option("--json", "as_json", is_flag=True, help="Figures and disagreements as JSON.")
@click.option(
    "--write",
    type=click.Choice(SAMPLES),
    help="Keep the figures in the rules folder as those of this sample, where rules show and rules document find them.",
)
@click.option("--second-opinion", is_flag=True, help="Weigh subtle rules with the sentence encoder (needs the extra accurate).")
@click.option("--profile", default="default", show_default=True, help="Bounds to judge by.")
@click.option("--no-redact/--redact", help="Leave personal data of the shown texts unmasked, or mask it.  [default: redact]")
@FOLDER
def command(
    labels: tuple[Path, ...],
    rule: str | None,
    misses: bool,
    as_json: bool,
    write: str | None,
    second_opinion: bool,
    profile: str,
    no_redact: bool,
    folder: Path | None,
) -> None:
    """Compare verdicts with people's, rule by rule and language by language.

    LABELS are files (or folders of files) of labelled replies, JSONL or CSV: rows to judge with `broken` and `na`, lists of rule ids.
    """
    from audit import figures
    from audit.evaluation import PROMISE, evaluated
    from audit.labels import read
    from audit.profile import open_profile
    from audit.rulebook import home, open_rulebook

    if write and rule:
        raise AuditError("--write keeps the figures of all rules", hint="leave out --rule")
    if write and second_opinion and write != figures.HELD_OUT:
        raise AuditError(f"--write {write} keeps no second opinion", hint="the heads learnt from labels: only held-out says what to expect")
    kept = folder or home()
    if write and kept.name == "_rules":
        raise AuditError("--write would change the installed package", hint="name your own folder of rules with --rules")
    rulebook = open_rulebook(folder)
    if rule and rule != PROMISE:
        rule = rulebook.rule(rule.rpartition("/")[2]).id
    measured = evaluated(read(list(labels)), rulebook, open_profile(profile, ids=rulebook.ids), rule, second_opinion=second_opinion)
    if write:
        figures.write(kept, figures.SECOND_OPINION if second_opinion else write, measured, datetime.now(UTC).date().isoformat())
    if not no_redact:
        measured["disagreements"] = [_masked(row) for row in measured["disagreements"]]
    if as_json:
        click.echo(json.dumps(measured, ensure_ascii=False, indent=2))
    elif misses:
        _misses(measured)
    else:
        _table(measured)


def _masked(row: dict[str, Any]) -> dict[str, Any]:
    from audit.privacy import mask_with_spans

    texts = {side: mask_with_spans(row[side], [])[0] for side in ("asked", "reply") if row[side] is not None}
    return row | texts | {"words": [mask_with_spans(words, [])[0] for words in row["words"]]}


def _table(measured: dict[str, Any]) -> None:
    from audit.terminal import counted, plain

    sizes = ", ".join(f"{lang} {n}" for lang, n in measured["n"].items())
    click.echo(f"{counted(sum(measured['n'].values()), 'labelled reply')} ({sizes}); 95 % intervals in brackets\n")
    click.echo(f"{'rule':24} {'lang':5} {'n':>5} {'broken':>6}  {'precision':18} {'recall':18} {'F1':18} kappa")
    for id, by_language in measured["rules"].items():
        for lang, row in by_language.items():
            broken = row["true_positive"] + row["false_negative"]
            cells = " ".join(f"{_said(row[name]):18}" for name in ("precision", "recall", "f1", "kappa"))
            click.echo(plain(f"{id:24} {lang:5} {row['n']:5} {broken:6}  {cells}".rstrip()))
    click.echo(f"\n{counted(len(measured['disagreements']), 'disagreement')}; --misses shows which")


def _said(value: dict[str, float] | None) -> str:
    return "-" if value is None else f"{value['value']:.2f} ({value['low']:.2f}-{value['high']:.2f})"


def _misses(measured: dict[str, Any]) -> None:
    from audit.terminal import plain

    for id in measured["rules"]:
        for kind in ("missed", "wrongly flagged"):
            rows = [row for row in measured["disagreements"] if row["rule"] == id and row["kind"] == kind]
            if rows:
                click.echo(f"\n{id}: {kind} {len(rows)}")
            for row in rows:
                found = f" [{' | '.join(row['words'])}]" if row["words"] else ""
                click.echo(plain(f"  {row['lang']} {row['id']} ({row['asked_type'] or '?'}){found}"))
                if row["asked"]:
                    click.echo(plain(f"     asked: {_line(row['asked'])}"))
                click.echo(plain(f"     reply: {_line(row['reply'])}"))


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 300 else flat[:299] + "…"
