"""`reply-audit lint [PATH...]`"""

from __future__ import annotations

import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit.errors import AuditError

if TYPE_CHECKING:
    from audit.lint.policy import Policy
    from audit.lint.report import Report

FORMATS = ("text", "concise", "json", "sarif", "junit", "github", "gitlab", "checkstyle")
PATH = click.Path(path_type=Path)


def _day(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day; write for example 2027-01-31") from None


def _names(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Options that may be given again and again, or once with commas."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def judging(function: Any) -> Any:
    """The options that say what is judged, for `lint` and `baseline`."""
    for option in reversed(
        (
            click.option(
                "--select",
                multiple=True,
                callback=_names,
                metavar="NAMES",
                help="Rules or categories to judge by; a preview named here counts in full.",
            ),
            click.option("--ignore", multiple=True, callback=_names, metavar="NAMES", help="Rules or categories to leave out."),
            click.option("--include", multiple=True, metavar="PATTERN", help="Files to look for in folders, as in .gitignore."),
            click.option("--exclude", multiple=True, metavar="PATTERN", help="Files and folders to leave out, as in .gitignore."),
            click.option("--profile", metavar="NAME", help="minimal, default, strict, or a .toml file.  [default: default]"),
            click.option("--rules", type=PATH, metavar="DIR", help="A folder of your own rules, judged beside those of this package."),
            click.option("--lang", type=click.Choice(["en", "ru", "pl"]), help="Take all templates to be in this language."),
            click.option("--config", type=PATH, metavar="FILE", help="Read settings from this file.  [default: found upward]"),
            click.option("--isolated", is_flag=True, help="Read no settings file."),
            click.option("--today", callback=_day, metavar="DAY", help="The day on which suppressions expire or not.  [default: today]"),
        )
    ):
        function = option(function)
    return function


@click.command()
@click.argument("paths", nargs=-1, type=PATH)
@judging
@click.option("--format", "form", type=click.Choice(FORMATS), help="How findings are written.  [default: text; github in GitHub Actions]")
@click.option("-o", "--output", type=PATH, metavar="FILE", help="Write to this file in place of standard output.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note"]),
    help="Exit with 1 at a finding of this level or above.  [default: warning]",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--baseline", type=PATH, metavar="FILE", help="Known findings that do not count (see reply-audit baseline).")
@click.option("--changed-since", metavar="REV", help="Only findings on lines that changed since this git revision.")
@click.option("--fix", is_flag=True, help="Put right what is safe to put right; the diff is shown first.")
@click.option("--diff", is_flag=True, help="Show what --fix would do, and change nothing.")
@click.option("-y", "--yes", is_flag=True, help="With --fix: do not ask.")
@click.option("--statistics", is_flag=True, help="Count findings by rule in place of listing them.")
@click.option("-v", "--verbose", is_flag=True, help="Name the files that were skipped, and why.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors; the exit code tells.")
def command(paths: tuple[Path, ...], **given: Any) -> None:
    """Judge the reply templates in PATHS (files or folders; default: the working directory).

    Exit codes: 0 clean, 1 findings of level warning or above, 2 could not judge, 3 no templates found.
    """
    from audit.lint.linting import lint
    from audit.lint.policy import around, settled
    from audit.settings import found

    if given["statistics"] and given["form"] not in (None, "text", "json"):
        raise AuditError("--statistics goes with --format text or json")
    policy = settled(given, given["config"], around(paths), isolated=given["isolated"])
    today = given["today"] or date.today()
    chosen = list(paths) or [Path()]
    if given["output"] is not None:
        policy = _without_report(given["output"], policy)
    report = lint(chosen, policy, today, given["changed_since"])
    if given["output"] is not None:
        _apart(given["output"], report, policy, None if given["isolated"] else given["config"] or found(around(paths)))
    if given["diff"]:
        sys.exit(_differs(report))
    if given["fix"]:
        report = _fixed(report, chosen, policy, today, given)
    _print(report, given)
    if given["verbose"]:
        _skipped(report)
    sys.exit(0 if given["exit_zero"] and report.exit_code == 1 else report.exit_code)


_REPORT = re.compile(
    r'^(?:All checks passed: |Found \d+ findings? )|"(?:name|tool)": ?"reply-audit"|"check_name"|<testsuites? |<checkstyle', re.MULTILINE
)
"""What stands in a report of the linter."""


def _without_report(output: Path, policy: Policy) -> Policy:
    """The policy that leaves out the report of an earlier run, which this one writes anew."""
    from dataclasses import replace

    if not (output.is_file() and output.resolve().is_relative_to(policy.root.resolve())):
        return policy
    if not _REPORT.search(output.read_text(encoding="utf-8", errors="replace")):
        return policy
    own = f"/{output.resolve().relative_to(policy.root.resolve()).as_posix()}"
    return replace(policy, read=replace(policy.read, exclude=(*policy.read.exclude, own)))


def _apart(output: Path, report: Report, policy: Policy, settings: Path | None) -> None:
    """Raises AuditError where the report would take the place of what was read."""
    from audit.commands import places

    read = [(Path(path), "a file of templates") for path in report.texts]
    read += [(path, what) for path, what in ((policy.baseline, "the baseline"), (settings, "the settings file")) if path]
    places.apart([(places.named(output, "--output"), "--output")], read)


def _skipped(report: Report) -> None:
    from audit.terminal import plain

    for each in report.skipped:
        click.echo(plain(f"skipped {each.path}: {each.why}"), err=True)


def _changes(report: Report) -> tuple[dict[str, str], int]:
    """Path -> the text that the fixes make, after their diff was shown; and how many fixes there are."""
    from audit.lint import repair
    from audit.terminal import plain

    edits = repair.chosen(report.findings)
    changes = {path: repair.repaired(report.texts[path], found) for path, found in edits.items()}
    for path, new in changes.items():
        click.echo(plain(repair.diff(path, report.texts[path], new)), nl=False)
    return changes, sum(map(len, edits.values()))


def _differs(report: Report) -> int:
    from audit.terminal import counted

    changes, count = _changes(report)
    click.echo(f"Would fix {counted(count, 'finding')} in {counted(len(changes), 'file')}." if changes else "Nothing to fix.", err=True)
    return max(report.exit_code if report.exit_code > 1 else 0, int(bool(changes)))


def _fixed(report: Report, paths: list[Path], policy: Policy, today: date, given: dict[str, Any]) -> Report:
    """Shows the diff, writes it (after asking on a terminal), and judges again."""
    from dataclasses import replace

    from audit.lint.linting import lint
    from audit.report import files
    from audit.terminal import counted

    changes, count = _changes(report)
    if not changes:
        return report
    question = f"Change {counted(count, 'place')} in {counted(len(changes), 'file')}?"
    if not given["yes"] and sys.stdin.isatty() and not click.confirm(question, default=True):
        return report
    for path, new in changes.items():
        files.rewrite(Path(path), report.texts[path], new)
    return replace(lint(paths, policy, today, given["changed_since"]), fixed=count)


def _print(report: Report, given: dict[str, Any]) -> None:
    from audit.lint import output
    from audit.lint.output import statistics
    from audit.report import files

    in_actions = os.environ.get("GITHUB_ACTIONS") == "true"
    form = given["form"] or ("github" if in_actions and given["output"] is None else "text")
    if given["statistics"]:
        text = statistics.written_json(report) if form == "json" else statistics.written(report)
    else:
        text = output.written(report, form)
    if given["output"] is not None:
        files.replace(given["output"], text)
        if not given["quiet"]:
            click.echo(output.written(report, "github"), nl=False) if in_actions else click.echo(given["output"])
    elif not given["quiet"] or form not in ("text", "concise", "github"):
        click.echo(text, nl=False)
