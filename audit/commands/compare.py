"""`reply-audit compare A.json B.json` and `reply-audit compare 2026-01 2026-02 --db FILE`"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from audit.commands.outputs import FILE, key_of, look
from audit.errors import FAILED, AuditError

MOST = 15
"""Lines of a list that are printed."""


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--db", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="BEFORE and AFTER are periods of this database.")
@click.option("-o", "--out", type=FILE, help="Write the comparison as a page.")
@click.option("--json", "json_file", type=FILE, help="Write the comparison as JSON.")
@click.option("--lang", type=click.Choice(["en", "ru", "pl"]), default="en", show_default=True, help="The page's language.")
@click.option("--title", help="The page's title.")
@click.option("--logo", type=FILE, help="A PNG, JPEG, GIF or WebP for the head of the page.")
@click.option("--accent", help="A colour (#rrggbb) in place of the page's blue.")
@click.option("--pseudonym-key", type=FILE, help="The file of the key that agents' names were hidden with, if not the database's own.")
@click.option("--fail-on-worse", is_flag=True, help="Exit with 1 when the score or a rule with weight became worse beyond chance.")
def command(
    before: str,
    after: str,
    db: Path | None,
    out: Path | None,
    json_file: Path | None,
    lang: str,
    pseudonym_key: Path | None,
    fail_on_worse: bool,
    **said: Any,
) -> None:
    """Compare two results (`run --json`), or with --db two periods of one database, such as 2026-01, 2026-Q1 or 2026-01-05..2026-01-31.

    Tells which shares moved beyond chance, by rule, account and agent (false-discovery rate 5 %), which faults are new and which are gone.
    What the two judged by other rules, profiles or typers is flagged, and fails nothing.
    """
    from audit import changes
    from audit.commands import places

    read = [(db, "the database")] if db else [(Path(name), "a result") for name in (before, after)]
    places.written_again({**said, "json_file": json_file, "pseudonym_key": pseudonym_key}, out, read)
    if db:
        from audit.pipeline import periods_compared

        compared, rules = periods_compared(db, before, after, pseudonym_key=key_of(pseudonym_key))
    else:
        from audit.report import result_json

        sides = [changes.side(result_json.read(_result(name)), Path(name).stem) for name in (before, after)]
        compared = changes.compared(*sides)
        rules = {**sides[0].rulebook["rules"], **sides[1].rulebook["rules"]}
    written = []
    if out:
        from audit.report import files, html

        written.append(files.replace(out, html.comparison(compared, rules, lang, title=said["title"], look=look(said))))
    if json_file:
        from audit.report import files

        written.append(files.replace(json_file, json.dumps(compared, ensure_ascii=False, indent=1) + "\n"))
    _print(compared)
    for path in written:
        click.echo(path)
    if fail_on_worse and (faults := changes.worse(compared)):
        click.echo(f"reply-audit: worse beyond chance: {', '.join(faults)}", err=True)
        sys.exit(FAILED)


def _result(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise AuditError("no such file", place=name, hint="name two results of run --json, or two periods and --db")
    return path


def _print(compared: dict[str, Any]) -> None:
    from audit.terminal import plain

    for line in _lines(compared):
        click.echo(plain(line))


def _lines(compared: dict[str, Any]) -> list[str]:
    sides = [compared["before"], compared["after"]]
    lines = [f"{side['label']}: {_day(side['first'])} to {_day(side['last'])}, score {_score(side)}" for side in sides]
    if score := compared["score"]:
        chance = "" if score["low"] > 0 or score["high"] < 0 else ", within chance"
        lines.append(f"change: {score['difference']:+.1f} (95 % interval {score['low']:+.1f} to {score['high']:+.1f}){chance}")
    lines += [f"! not judged alike: {flag['what']} {_short(flag['before'])}, then {_short(flag['after'])}" for flag in compared["flags"]]
    if compared["overlap"]:
        lines.append("! the two share days: what both hold weighs on both sides, so that less moves than did")
    moved, several = compared["moved"], compared["accounts"] > 1
    lines.append(f"{moved['n']} of {compared['tested']} shares moved beyond chance (false-discovery rate {100 * compared['rate']:.0f} %)")
    lines += _listed(
        moved, lambda row: f"{row['direction']:6} {_unit(row, several)}: broken {_broken(row)}, {row['difference']:+.0f} points kept"
    )
    for name, told in (("new", "broken by nobody before"), ("fixed", "broken by nobody now")):
        lines.append(f"{name} faults ({told}; * beyond chance): {compared[name]['n']}")
        lines += _listed(compared[name], lambda row: f"{'*' if row['beyond_chance'] else ' '} {_unit(row, several)}: broken {_broken(row)}")
    if (found := compared["findings"]) and (found["new"]["n"] or found["fixed"]["n"]):
        lines.append(f"of the messages that both hold: {found['new']['n']} findings new, {found['fixed']['n']} fixed, {found['stay']} stay")
        if found["rules_left_out"]:
            lines.append(f"  not looked at, since the results do not hold all their findings: {', '.join(found['rules_left_out'])}")
    return lines


def _listed(held: dict[str, Any], said: Any) -> list[str]:
    lines = [f"  {said(row)}" for row in held["items"][:MOST]]
    return [*lines, f"  and {held['n'] - MOST} more"] if held["n"] > MOST else lines


def _unit(row: dict[str, Any], several: bool) -> str:
    """Rule, account where there are several, and agent."""
    names = [row["rule"], *(name for name in (row["account"] if several else None, row["agent"]) if name)]
    notes = [*(["no weight"] if not row["weight"] else []), *(f"another {flag}" for flag in row["flags"])]
    return " / ".join(names) + (f" [{', '.join(notes)}]" if notes else "")


def _broken(row: dict[str, Any]) -> str:
    return " -> ".join(f"{row[side]['broken']} of {row[side]['judged']}" for side in ("before", "after"))


def _score(side: dict[str, Any]) -> str:
    return "too few judged" if side["score"] is None else f"{side['score']:.1f} ({side['low']:.1f} to {side['high']:.1f})"


def _day(iso: str | None) -> str:
    return "?" if iso is None else iso[:10]


def _short(value: Any) -> str:
    return "none" if value is None else str(value)
