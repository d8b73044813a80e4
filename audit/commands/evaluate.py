"""`reply-audit evaluate LABELS...`"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from audit.commands.rules import FOLDER
from audit.commands.run import SECOND_OPINION, TYPER
from audit.errors import AuditError
from audit.figures import SAMPLES


@click.command()
@click.argument("labels", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--asked", is_flag=True, help="Types and flags of customers' messages in place of rules; LABELS then hold text, lang and type."
)
@click.option("--rule", help="One rule's figures only.")
@click.option("--misses", is_flag=True, help="The disagreements to read, grouped by rule: what was missed and what was wrongly flagged.")
@click.option("--json", "as_json", is_flag=True, help="Figures and disagreements as JSON.")
@click.option(
    "--write",
    type=click.Choice(SAMPLES),
    help="Keep the figures in the rules folder as those of this sample, where rules show and rules document find them.",
)
@SECOND_OPINION
@click.option("--profile", default="default", show_default=True, help="Bounds to judge by.")
@click.option("--no-redact/--redact", help="Leave personal data of the shown texts unmasked, or mask it.  [default: redact]")
@TYPER
@FOLDER
def command(
    labels: tuple[Path, ...],
    asked: bool,
    rule: str | None,
    misses: bool,
    as_json: bool,
    write: str | None,
    second_opinion: str | None,
    profile: str,
    no_redact: bool,
    typer: str | None,
    folder: Path | None,
) -> None:
    """Compare verdicts with people's, rule by rule and language by language.

    LABELS are files (or folders of files) of labelled replies, JSONL or CSV: rows to judge with `broken` and `na`, lists of rule ids.
    """
    from audit import figures
    from audit.detectors import resembles
    from audit.evaluation import PROMISE, evaluated
    from audit.labels import read
    from audit.profile import open_profile
    from audit.rulebook import home, open_rulebook
    from audit.typer import open_typer

    if asked:
        if rule or write:
            raise AuditError("--asked measures what was asked, not rules", hint="leave out --rule and --write")
        _asked(labels, misses, as_json, profile, typer or "auto", folder)
        return
    if write and rule:
        raise AuditError("--write keeps the figures of all rules", hint="leave out --rule")
    usual = {None: "auto", figures.HELD_OUT: "fast", figures.LABELS: "none"}[write]
    given = read(list(labels))
    opinion = resembles.chosen(second_opinion or usual, len(given))
    if write and opinion and write != figures.HELD_OUT:
        hint = "the heads learnt from labels: only held-out says what to expect; add --second-opinion none"
        raise AuditError(f"--write {write} keeps no second opinion", hint=hint)
    kept = folder or home()
    if write and kept.name == "_rules":
        raise AuditError("--write would change the installed package", hint="name your own folder of rules with --rules")
    rulebook = open_rulebook(folder)
    if rule and rule != PROMISE:
        rule = rulebook.rule(rule.rpartition("/")[2]).id
    chosen = open_typer(typer or "auto", len(given))
    measured = evaluated(given, rulebook, open_profile(profile, ids=rulebook.ids), rule, chosen, opinion=opinion)
    if write:
        figures.write(kept, figures.OPINIONS[opinion] if opinion else write, measured, datetime.now(UTC).date().isoformat())
    if not no_redact:
        measured["disagreements"] = [_masked(row) for row in measured["disagreements"]]
    measured["second_opinion"] = resembles.described(opinion)
    if as_json:
        click.echo(json.dumps(measured, ensure_ascii=False, indent=2))
    elif misses:
        _misses(measured)
    else:
        _table(measured, opinion)


def _masked(row: dict[str, Any]) -> dict[str, Any]:
    from audit.privacy import mask_with_spans

    texts = {side: mask_with_spans(row[side], [])[0] for side in ("asked", "reply") if row[side] is not None}
    return row | texts | {"words": [mask_with_spans(words, [])[0] for words in row["words"]]}


def _asked(labels: tuple[Path, ...], misses: bool, as_json: bool, profile: str, typer: str, folder: Path | None) -> None:
    from audit.confusion import confused
    from audit.labels import read_asked
    from audit.profile import open_profile
    from audit.rulebook import open_rulebook
    from audit.typer import open_typer

    given = read_asked(list(labels))
    measured = confused(given, open_rulebook(folder), open_profile(profile), open_typer(typer, len(given)))
    if as_json:
        click.echo(json.dumps(measured, ensure_ascii=False, indent=2))
    elif misses:
        _missed(measured)
    else:
        _matrices(measured)


def _missed(measured: dict[str, Any]) -> None:
    from audit.terminal import plain

    if not measured["misses"]:
        click.echo("no misses")
    for row in measured["misses"]:
        sure = ", confident" if row["confident"] else ""
        click.echo(plain(f"{row['lang']} {row['id']}: {row['truth']}, said {row['said']} ({row['confidence']:.2f}, {row['why']}{sure})"))
        click.echo(plain(f"     {_line(row['text'])}"))


def _matrices(measured: dict[str, Any]) -> None:
    from audit.confusion import SAID
    from audit.terminal import plain

    click.echo(f"{measured['n']} labelled messages, typer {measured['typer']['name']}; 95 % intervals in brackets")
    for title, names in (("language", measured["languages"]), ("source", measured["sources"])):
        for name, figures in names.items():
            macro = "-" if figures["macro_f1"] is None else f"{figures['macro_f1']:.2f}"
            click.echo(plain(f"\n{title} {name}: {figures['n']} messages, macro F1 {macro}"))
            click.echo(f"  {'given / said':14}" + "".join(f"{kind[:9]:>10}" for kind in SAID) + "  precision          recall")
            for kind, row in figures["matrix"].items():
                scores = figures["types"][kind]
                cells = "".join(f"{row[said]:10}" for said in SAID)
                click.echo(f"  {kind:14}{cells}  {_said(scores['precision']):18} {_said(scores['recall'])}")
            for flag, scores in figures["flags"].items():
                f1 = "-" if scores["f1"] is None else f"{scores['f1']:.2f}"
                click.echo(
                    f"  {flag:14}F1 {f1}, precision {_said(scores['precision'])}, recall {_said(scores['recall'])} ({scores['n']} given)"
                )
    found = measured["calibration"]
    click.echo(f"\ncalibration: expected error {found['error']:.3f}")
    for row in found["curve"]:
        click.echo(
            f"  confidence {row['from']:.1f}-{row['to']:.1f}: {row['n']:5} messages, mean {row['confidence']:.2f}, right {row['right']:.2f}"
        )
    click.echo(f"\n{len(measured['misses'])} misses; --misses shows them")


def _table(measured: dict[str, Any], opinion: str | None) -> None:
    from audit.terminal import counted, plain

    sizes = ", ".join(f"{lang} {n}" for lang, n in measured["n"].items())
    click.echo(
        f"{counted(sum(measured['n'].values()), 'labelled reply')} ({sizes}), second opinion {opinion or 'none'}; 95 % intervals in brackets\n"
    )
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

    if not measured["disagreements"]:
        click.echo("no disagreements")
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
