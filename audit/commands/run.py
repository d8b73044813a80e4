"""`reply-audit run EXPORT... [-o scorecard.html]`"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit.commands.outputs import FILE, key_of, look, output_options
from audit.commands.outputs import outputs as asked_for
from audit.errors import FAILED, AuditError, SeveralErrors

if TYPE_CHECKING:
    from audit.pipeline import Audit, AuditOptions

LEVELS = ("error", "warning", "note")
SECOND_OPINION = click.option(
    "--second-opinion",
    type=click.Choice(["auto", "fast", "accurate", "none"]),
    is_flag=False,
    flag_value="accurate",
    help="What weighs subtle rules beside the patterns: fast, accurate (needs the extra), auto, or none.  [default: auto]",
)
TYPER = click.option("--typer", help="What types messages: fast, accurate, auto, or the name of your own.  [default: auto]")


@click.command()
@click.argument("exports", nargs=-1, type=FILE)
@click.option("-o", "--out", type=FILE, help="The scorecard to write.  [default: scorecard.html]")
@click.option("--db", type=FILE, help="The DuckDB file to keep.  [default: beside the scorecard]")
@click.option("--brand", help="The brand: the author whose messages are replies.")
@click.option("--agent-column", help="The export's column that names the agent.")
@click.option("--teams", type=FILE, help="A CSV of agent,team.")
@click.option("--map", "map_file", type=FILE, help="A TOML file that maps the export's columns.")
@click.option("--explain-map", is_flag=True, help="Show the recognised mapping and stop.")
@click.option("--tz", help="Time zone of times without an offset, for example Europe/Warsaw.  [default: UTC]")
@click.option("--hours", help='Business hours for a second column of response times, for example "Mon-Fri 9-18".')
@click.option("--since", help="Judge from this day on (YYYY-MM-DD).")
@click.option("--until", help="Judge up to this day, which is also the end of history (YYYY-MM-DD).")
@click.option("--period", type=click.Choice(["week", "month", "quarter", "year"]), help='What "last period" means.  [default: month]')
@click.option("--profile", help="A profile of weights and bounds, or a .toml file.  [default: default]")
@TYPER
@SECOND_OPINION
@click.option("--rules", type=FILE, help="A folder of your own rules, judged beside those of this package.")
@click.option("--lang", type=click.Choice(["en", "ru", "pl"]), help="The report's language.  [default: en]")
@click.option("--text-lang", type=click.Choice(["en", "ru", "pl"]), help="Take all texts to be in this language.")
@click.option("--account", "accounts", multiple=True, help="Report on this account only; may be given several times.")
@output_options
@click.option("--fail-under", type=click.FloatRange(0, 100), help="Exit with 1 when the overall score is below this.")
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit with 1 at a finding of this level or above.")
@click.option("--no-redact/--redact", default=None, help="Leave customers' personal data unmasked, or mask it.  [default: redact]")
@click.option("--pseudonyms", is_flag=True, default=None, help="Agents under stable other names, made with a key that the database keeps.")
@click.option("--pseudonym-key", type=FILE, help="A file whose first line is that key: the same names from every database.")
@click.option("--quiet", is_flag=True, default=None, help="Print nothing but errors.")
@click.option("--config", type=FILE, help="Read settings from this file.  [default: reply-audit.toml or pyproject.toml, found upward]")
def command(exports: tuple[Path, ...], explain_map: bool, config: Path | None, **given: Any) -> None:
    """Audit EXPORTS (files or folders): read, thread, judge, score, and write the scorecard.

    Options not given are taken from [tool.reply-audit] in pyproject.toml or from reply-audit.toml.
    """
    from audit.settings import found, settled, told_where

    given = {name: value for name, value in given.items() if value is not None and value != ()}
    said = settled(given, config)
    with told_where(given, config):
        if explain_map:
            _explain(exports, said)
        else:
            _run(exports, said, config or found(Path.cwd()))


def _run(exports: tuple[Path, ...], said: dict[str, Any], settings: Path | None) -> None:
    if isnan(said.get("fail_under") or 0):
        raise AuditError("--fail-under: nan is no score", hint="write a number of 0 to 100")
    from audit.commands import places

    out = places.named(Path(said.get("out", "scorecard.html")))
    options = _options(said, out)
    from audit.pipeline import audit_history
    from audit.report import outputs
    from audit.terminal import stages

    files = places.exports(exports, said, out, options.db or out, settings)

    quiet = bool(said.get("quiet"))
    with stages(quiet) as stage:
        audit = audit_history(files, options, stage=stage)
        with stage("writing"):
            written = outputs.write(audit.result, asked_for(said, out), audit.findings, audit.work_lists)
    if not quiet:
        _print(audit, written, said)
    if (reason := _failed(audit, said)) is not None:
        click.echo(f"reply-audit: {reason}", err=True)
        sys.exit(FAILED)


def _options(said: dict[str, Any], out: Path) -> AuditOptions:
    from audit.ingest.reader import ReadOptions
    from audit.pipeline import AuditOptions

    return AuditOptions(
        db=Path(said.get("db") or out.with_suffix(".duckdb")),
        read=ReadOptions(
            brand=said.get("brand"),
            agent_column=said.get("agent_column"),
            map_file=said.get("map_file"),
            tz=_zone(said.get("tz")),
            text_lang=said.get("text_lang"),
        ),
        since=_day(said.get("since"), "--since"),
        until=_end_of(_day(said.get("until"), "--until")),
        period=said.get("period") or "month",
        profile=str(said.get("profile") or "default"),
        rules=Path(said["rules"]) if said.get("rules") else None,
        lang=said.get("lang") or "en",
        hours=said.get("hours"),
        teams=_teams(said.get("teams")),
        title=said.get("title"),
        look=look(said),
        redact=not said.get("no_redact"),
        pseudonyms=bool(said.get("pseudonyms") or said.get("pseudonym_key")),
        pseudonym_key=key_of(Path(said["pseudonym_key"])) if said.get("pseudonym_key") else None,
        accounts=tuple(said.get("accounts") or ()),
        typer=said.get("typer") or "auto",
        second_opinion=said.get("second_opinion") or "auto",
    )


def _zone(name: str | None) -> str | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return name and ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise AuditError(f"--tz: {name!r} is no time zone", hint="write for example Europe/Warsaw or Europe/Moscow") from None


def _day(text: Any, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        day = datetime.fromisoformat(str(text))
        return day.astimezone(UTC).replace(tzinfo=None) if day.tzinfo else day
    except (ValueError, OverflowError):
        raise AuditError(f"{option}: {text!r} is no day", hint="write for example 2026-03-31") from None


def _end_of(day: datetime | None) -> datetime | None:
    """The last moment of a day that was given without an hour."""
    if day is None or day != day.replace(hour=0, minute=0, second=0, microsecond=0):
        return day
    return day.replace(hour=23, minute=59, second=59, microsecond=999_999)


def _teams(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.reader(file) if line]
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"cannot be read: {error}", place=str(path), hint="a CSV of agent,team in UTF-8") from None
    bad = next((number for number, line in enumerate(lines, 1) if len(line) != 2), None)
    if bad is not None:
        raise AuditError("is no pair of agent,team", place=f"{path}:{bad}")
    return {agent.strip(): team.strip() for agent, team in lines if [agent.lower(), team.lower()] != ["agent", "team"]}


def _explain(exports: tuple[Path, ...], said: dict[str, Any]) -> None:
    """Show how each export is read. Raises what stands against reading them, after all are shown."""
    from audit import ingest
    from audit.terminal import plain

    options = _options(said, Path("scorecard.html")).read
    faults: list[AuditError] = []
    for path in ingest.expand(list(exports)):
        try:
            found = ingest.explain(path, options)
        except AuditError as fault:
            faults.append(fault)
            continue
        click.echo(plain(f"{path}: " + "\n".join(found.lines())))
        if found.fault:
            faults.append(found.fault)
    if faults:
        raise faults[0] if len(faults) == 1 else SeveralErrors(faults)


def _print(audit: Audit, written: list[Path], said: dict[str, Any]) -> None:
    from audit.terminal import counted, plain

    result = audit.result
    for source in result["inputs"]:
        reasons = ", ".join(f"{count} {reason}" for reason, count in source["reasons"].items())
        rejected = f", {source['rejected']} rejected ({reasons})" if source["rejected"] else ""
        unusual = source["encoding"] not in (None, "utf-8", "utf-8-sig")
        kind = f"{source['reader']}, {source['encoding']}" if unusual else source["reader"]
        mapping = audit.mappings.get(source["path"])
        again = ", read before" if mapping is None else ""
        click.echo(
            plain(
                f"{source['path']}: {counted(source['read'], 'record')}, {source['stored']} stored, {source['duplicate']} known"
                f"{rejected}{again} [{kind}]"
            )
        )
        if mapping:
            click.echo(plain("  columns: " + ", ".join(f"{field} <- {column}" for field, column in mapping.items())))
    totals, overall = result["totals"], result["scores"]["overall"]
    click.echo(
        ", ".join(counted(totals[name], noun) for name, noun in (("messages", "message"), ("exchanges", "exchange"), ("replies", "reply")))
    )
    for note in _notes(audit, said):
        click.echo(plain(f"note: {note}"), err=True)
    if overall["score"] is None:
        click.echo("score: too few judged")
    else:
        click.echo(f"score: {overall['score']:.1f} of 100 (95 % interval {overall['low']:.1f} to {overall['high']:.1f})")
    for path in written:
        click.echo(path)


def _notes(audit: Audit, said: dict[str, Any]) -> Iterator[str]:
    """What a user may not have meant."""
    from audit.score import preview
    from audit.terminal import counted

    result, profile = audit.result, audit.profile
    if (last := result["period"]["last"]) and last > datetime.now(UTC).isoformat():
        yield f"the last message is of {last[:10]}, a day to come; silence is counted up to then unless --until ends it"
    whole = not any(said.get(name) for name in ("since", "until", "accounts"))
    if whole and audit.posts > max(5, result["totals"]["replies"]):
        yield (
            f"{counted(audit.posts, 'message')} of the brand answer nobody known; if they are replies, --map FILE names the column of the"
            " message answered, or of the conversation (--explain-map shows what was understood)"
        )
    accounts = {str(account["account"]).lower() for account in result["accounts"]}
    if said.get("brand") and not said.get("accounts") and str(said["brand"]).lower() not in accounts:
        yield f"--brand: no account is called {said['brand']!r}; the exports say themselves who replies"
    agents = {agent["agent"] for agent in result["agents"]}
    if said.get("teams") and not said.get("pseudonyms") and not said.get("pseudonym_key") and not any(t["n"] for t in result["teams"]):
        yield f"--teams: none of its agents replied; those who did: {', '.join(sorted(agents)[:10]) or 'nobody signed'}"
    wished = {*profile.critical, *(id for id, level in profile.levels.items() if level in ("error", "warning"))}
    own = Path(said["profile"]).read_text(encoding="utf-8") if str(said.get("profile", "")).endswith(".toml") else ""
    if vain := sorted(rule.id for rule in audit.rulebook.rules if rule.id in wished and rule.id in own and preview(rule, profile)):
        yield f"previews weigh nothing and are not critical, whatever the profile says: {', '.join(vain)}"


def _failed(audit: Audit, said: dict[str, Any]) -> str | None:
    """Why the audit fails as the user asked; a preview fails nothing."""
    from audit.score import preview

    score = audit.result["scores"]["overall"]["score"]
    least = said.get("fail_under")
    if least is not None and score is not None and score < float(least):
        return f"the score {score:.1f} is below --fail-under {float(least):g}"
    if level := said.get("fail_on"):
        levels = LEVELS[: LEVELS.index(level) + 1]
        previews = {rule.id for rule in audit.rulebook.rules if preview(rule, audit.profile)}
        scores = audit.result["scores"]["rules"].items()
        rules = [id for id, rule in scores if rule["level"] in levels and rule["broken"] and id not in previews]
        if rules:
            return f"findings of level {level} or above: {', '.join(rules)}"
    return None
