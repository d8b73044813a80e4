"""`reply-audit baseline update | prune`"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit.commands.lint import PATH, judging
from audit.errors import FAILED, AuditError

if TYPE_CHECKING:
    from audit.lint.baseline import Entry
    from audit.lint.finding import Finding

DEFAULT = Path("reply-audit-baseline.json")
FILE = click.option("--baseline", type=PATH, metavar="FILE", help=f"The baseline.  [default: that of the settings, else {DEFAULT}]")


@click.group()
def command() -> None:
    """Keep known findings of lint apart from new ones: with reasons, by content, and never growing by itself."""


@command.command()
@click.argument("paths", nargs=-1, type=PATH)
@judging
@FILE
@click.option("--reason", metavar="TEXT", help="Why the findings that are added are left as they are.")
@click.option("--until", metavar="DAY", help="The last day of what is added.")
@click.option("--grow", is_flag=True, help="Add new findings to a baseline that exists.")
def update(paths: tuple[Path, ...], reason: str | None, until: str | None, grow: bool, **given: Any) -> None:
    """Write the baseline anew: what was put right goes, what moved is followed. A first baseline takes all findings.

    Later it only shrinks: new findings are added with --grow, and never without --reason.
    """
    path, entries, findings, exists = _met(paths, given)
    from audit.lint import baseline
    from audit.report import files
    from audit.terminal import counted

    today = given["today"] or date.today()
    if until is not None:
        _day(until, today)
    pairs = baseline.matched(findings, entries)
    expired = [entry for entry in pairs.covers.values() if entry.expired(today)]
    kept = [
        baseline.entry_of(findings[index], reason, until)
        if reason and entry.expired(today)
        else baseline.entry_of(findings[index], entry.reason, entry.until)
        for index, entry in pairs.covers.items()
    ]
    new = [finding for index, finding in enumerate(findings) if index not in pairs.covers]
    if new and (grow or not exists):
        if not reason:
            raise AuditError(f"{counted(len(new), 'finding')} to add, and no reason", hint='say why they stay: --reason "..."')
        kept += [baseline.entry_of(finding, reason, until) for finding in new]
        added, refused = len(new), 0
    else:
        added, refused = 0, len(new)
    idle = _elsewhere(pairs.idle, given, paths)
    files.replace(path, baseline.written([*kept, *idle]))
    renewed = f", {len(expired)} renewed" if reason and expired else ""
    click.echo(f"{path}: {counted(len(kept) + len(idle), 'entry')}, {added} added, {len(pairs.idle) - len(idle)} removed{renewed}")
    if expired and not reason:
        click.echo(f"reply-audit: {counted(len(expired), 'entry')} expired: --reason and --until renew them", err=True)
    if refused:
        are = "is" if refused == 1 else "are"
        click.echo(f"reply-audit: {counted(refused, 'new finding')} {are} not added: a baseline only shrinks (--grow adds them)", err=True)
        sys.exit(FAILED)


@command.command()
@click.argument("paths", nargs=-1, type=PATH)
@judging
@FILE
def prune(paths: tuple[Path, ...], **given: Any) -> None:
    """Remove what was put right, and nothing else."""
    path, entries, findings, exists = _met(paths, given)
    from audit.lint import baseline
    from audit.report import files
    from audit.terminal import counted

    if not exists:
        raise AuditError("there is no baseline", place=str(path), hint="reply-audit baseline update writes one")
    pairs = baseline.matched(findings, entries)
    elsewhere = _elsewhere(pairs.idle, given, paths)
    files.replace(path, baseline.written([*pairs.covers.values(), *elsewhere]))
    click.echo(f"{path}: {counted(len(pairs.covers) + len(elsewhere), 'entry')}, {len(pairs.idle) - len(elsewhere)} removed")


def _met(paths: tuple[Path, ...], given: dict[str, Any]) -> tuple[Path, list[Entry], list[Finding], bool]:
    """The baseline's path, its entries, all findings that no comment suppresses, and whether the baseline exists."""
    from audit.lint import baseline
    from audit.lint.cards import SUPPRESSION
    from audit.lint.linting import lint, shown
    from audit.lint.policy import around, settled

    policy = settled(given, given["config"], around(paths), isolated=given["isolated"])
    path = Path(shown(policy.baseline)) if policy.baseline else DEFAULT
    exists = path.exists()
    entries = baseline.read(path) if exists else []
    report = lint(list(paths) or [Path()], policy.without_baseline(), given["today"] or date.today())
    if report.failed:
        raise AuditError(report.failed[0].message, place=report.failed[0].path, hint="put the file right, or exclude it")
    found = [finding for finding in report.findings if report.cards[finding.rule].category != SUPPRESSION]
    given["read"] = {template.path for template in report.templates} | {each.path for each in report.skipped}
    given["taken"] = {id for id, card in report.cards.items() if policy.selection.takes(card)}
    return path, entries, found, exists


def _elsewhere(idle: tuple[Entry, ...], given: dict[str, Any], paths: tuple[Path, ...]) -> list[Entry]:
    """Entries that this run did not look at: of other files that exist, or of other rules."""
    roots = [path.absolute() for path in paths or (Path(),)]

    def looked_at(entry: Entry) -> bool:
        there = Path(entry.path).absolute()
        gone = not there.exists() and any(there.is_relative_to(root) for root in roots)
        return entry.rule in given["taken"] and (entry.path in given["read"] or gone)

    return [entry for entry in idle if not looked_at(entry)]


def _day(text: str, today: date) -> None:
    try:
        if date.fromisoformat(text) < today:
            raise AuditError(f"--until: {text} is past", hint="the last day on which the findings may stay")
    except ValueError:
        raise AuditError(f"--until: {text!r} is no day", hint="write for example 2027-01-31") from None
