"""The stages in order, on one screen: exports -> messages -> exchanges -> verdicts -> result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs

from audit import agents, changes, check, exchange, finding, hours, ingest, period, record, score, tables, worklist
from audit.detectors import resembles
from audit.errors import AuditError, NothingToJudge, SeveralErrors, near
from audit.ingest.reader import ReadOptions
from audit.profile import Profile, as_described
from audit.report import result
from audit.rulebook import Rulebook, open_rulebook
from audit.standard import Standard, open_standard, told_first
from audit.store import Store, sha256
from audit.thread import posts, threaded
from audit.typer import open_typer

LONG = 5_000_000
"""Bytes of exports from which a history is so long that patterns are searched by their anchors."""

Stage = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class AuditOptions:
    """What a user may say about an audit. Times are UTC."""

    db: Path | None = None
    read: ReadOptions = field(default_factory=ReadOptions)
    since: datetime | None = None
    until: datetime | None = None
    period: str = "month"
    profile: str = "default"
    rules: Path | None = None
    """A folder of own rules beside those of the package."""
    lang: str = "en"
    hours: str | None = None
    teams: dict[str, str] = field(default_factory=dict)
    title: str | None = None
    look: dict[str, str] = field(default_factory=dict)
    """`logo` (a data URI) and `accent` (a colour) of the page, as audit.report.look checks them."""
    redact: bool = True
    pseudonyms: bool = False
    """Agents under stable names instead of their own."""
    pseudonym_key: str | None = None
    """The secret that the names are made with; without one, a key kept in the database."""
    accounts: tuple[str, ...] = ()
    """The accounts to report on; all where none is named."""
    typer: str = "auto"
    """By what messages are typed (audit.typer)."""
    second_opinion: str | bool = "auto"
    """By what subtle rules are weighed besides (audit.detectors.resembles.CHOICES)."""


@dataclass(frozen=True)
class Audit:
    """The result, and the judged exchanges that it was made from (columns: audit.exchange, plus one a rule)."""

    result: dict[str, Any]
    rows: pl.DataFrame
    rulebook: Rulebook
    profile: Profile
    redact: bool
    mappings: dict[str, dict[str, str]]
    """How the columns of each newly read export were understood: field -> column."""
    posts: int = 0
    """Turns of the brand that answer nobody known."""

    def findings(self) -> pl.DataFrame:
        """Every finding, as `--csv` writes them (the result holds the worst of each rule)."""
        found = finding.broken(self.rows, self.rulebook, self.profile)
        brands = [str(account["account"]) for account in self.result["accounts"] if account["account"]]
        return finding.table(found, self.rulebook, redact=self.redact, keep=brands)

    def work_lists(self) -> pl.DataFrame:
        """The whole work lists (columns: audit.worklist.SCHEMA), of which the result holds the newest rows."""
        brands = [str(account["account"]) for account in self.result["accounts"] if account["account"]]
        return worklist.table(self.rows, self.rulebook, redact=self.redact, keep=brands)


@contextmanager
def _silent(_: str) -> Iterator[None]:
    yield


def audit_history(paths: Sequence[str | Path], options: AuditOptions | None = None, *, stage: Stage = _silent) -> Audit:
    """Read exports into the database and judge all that it holds.

    `paths` are files or folders; with none, what the database already holds is judged. `stage` is entered with each stage's name.
    Raises AuditError when an input cannot be judged, NothingToJudge when nothing is there to judge.
    """
    options = options or AuditOptions()
    if options.since and options.until and options.since > options.until:
        raise AuditError(f"--since {options.since:%Y-%m-%d} is after --until {options.until:%Y-%m-%d}", hint="exchange them")
    week = (options.hours, hours.parsed(options.hours)) if options.hours else None
    files = ingest.expand([Path(path) for path in paths])
    long = sum(path.stat().st_size for path in files) > LONG
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(open_standard, options.rules, options.profile, long=long)
        with told_first(opening, wait=not long):
            return _audited(files, options, week, opening, stage)


def _audited(
    files: Sequence[Path],
    options: AuditOptions,
    week: tuple[str, hours.Week] | None,
    opening: Future[Standard],
    stage: Stage,
) -> Audit:
    mappings: dict[str, dict[str, str]] = {}
    with _kept_if_done(options.db), Store(options.db) as store:
        given: dict[str, str] = {}
        for path in files:
            with stage(f"reading {path.name}"):
                digest = sha256(path)
                twin, given[digest] = given.get(digest, ""), str(path)
                read = _import(store, path, digest, options.read, alone=len(files) == 1, ready=opening.result)
                if (read := mappings.get(twin) if read is None else read) is not None:
                    mappings[str(path)] = read
        rulebook, profile = opening.result()
        with stage("threading"), store.transaction():
            record.begin(store)
            threaded(store, until=options.until, history_hours=profile.bounds["history"]["hours"])
        with stage("judging"):
            asked, replies = _distinct(store)
            typer, opinion = open_typer(options.typer, asked), resembles.chosen(options.second_opinion, max(asked, replies))
            rows = exchange.exchanges(store, rulebook, profile, text_lang=options.read.text_lang, typer=typer, opinion=opinion)
            rows = _of(_between(rows, options.since, options.until), options.accounts)
            rows = rows.hstack(check.verdicts(rows, rulebook, profile.bounds, opinion=opinion)).drop(cs.starts_with(resembles.PREFIX))
        if not rows.height and not _messages(store):
            raise _nothing_stored(store.inputs(given))
        if not rows.height:
            raise NothingToJudge("no message of a customer and no reply of the brand was found", hint="check --brand, --since and --until")
        judged_rows, every = rows, rulebook
        rulebook = rulebook.without(profile.off)
        key = agents.key(store, options.pseudonym_key) if options.pseudonyms else None
        teams = options.teams
        if key is not None:
            rows, teams = agents.hidden(rows, key), agents.hidden_names(teams, key)
        messages, inputs, unprompted = _messages(store), store.inputs(given), posts(store)
        with stage("scoring"), ThreadPoolExecutor(1) as beside:
            keeping = beside.submit(_keep, store, judged_rows, every, profile)
            built = result.built(
                rows,
                inputs,
                messages,
                rulebook,
                profile,
                title=options.title,
                lang=options.lang,
                since=options.since,
                until=options.until,
                unit=options.period,
                tz=options.read.tz,
                hours=week,
                teams=teams,
                redact=options.redact,
                look=options.look,
                pseudonyms=None if key is None else agents.sign_of(key),
                typer={"name": typer.name, "hash": typer.hash},
                second_opinion=resembles.described(opinion),
            )
            keeping.result()
        with stage("keeping the result"), store.transaction():
            record.sign(store, built)
    return Audit(built, rows, rulebook, profile, options.redact, mappings, unprompted)


def _keep(store: Store, rows: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> None:
    with store.transaction():
        record.keep(store, rows, score.scored(rows, rulebook, profile), [rule.id for rule in rulebook.of("reply", "asked")])


def remembered(result: dict[str, Any], db: Path, *, rules: Path | None = None, pseudonym_key: str | None = None) -> Audit:
    """The audit of a result as its database remembers it, nothing judged anew.

    Raises AuditError when the database was judged anew since, or when the rules at hand are not those of the result.
    """
    rulebook = open_rulebook(rules)
    if rulebook.hash != result["rulebook"]["hash"]:
        raise AuditError(
            "the result was judged by other rules than those at hand",
            hint="name the folder of your own rules with --rules, run the audit again, or render without --db",
        )
    with Store(db) as store:
        rows = record.rows(store, result, str(db))
        key = agents.key_of(store, pseudonym_key, result["pseudonyms"])
    rows = rows if key is None else agents.hidden(rows, key)
    described = result["rulebook"]["rules"]
    rulebook = rulebook.without([id for id in rulebook.ids if id not in described])
    return Audit(result, rows, rulebook, as_described(result["rulebook"]["profile"], described), bool(result["redacted"]), {})


def periods_compared(db: Path, first: str, second: str, *, pseudonym_key: str | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two periods of the last audit of a database (names as of audit.period.span), compared as audit.changes does, nothing judged anew.

    Gives the comparison, and the rules as a result describes them.
    """
    spans = [period.span(name) for name in (first, second)]
    if spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1]:
        raise AuditError(f"{first} and {second} share days", hint="compare periods that do not overlap")
    with Store(db) as store:
        said = record.judged_by(store, str(db))
        rows = record.scored(store)
        key = agents.key_of(store, pseudonym_key, said["pseudonyms"])
    rows = rows if key is None else agents.hidden_columns(rows, key)
    sides = []
    for name, (start, end) in zip((first, second), spans, strict=True):
        part = rows.filter((pl.col("at") >= start) & (pl.col("at") < end))
        if part.is_empty():
            held = rows.select(pl.col("at").min().alias("a"), pl.col("at").max().alias("b")).row(0)
            raise NothingToJudge(f"the last audit judged nothing in {name}", place=str(db), hint=f"it judged {held[0]} to {held[1]}")
        sides.append(changes.of_rows(part, said["rulebook"], name, said["seed"]))
    return changes.compared(*sides), said["rulebook"]["rules"]


def _distinct(store: Store) -> tuple[int, int]:
    """Distinct texts of customers, and of the brand."""
    counted = dict(store.rows("SELECT from_brand, count(DISTINCT text) FROM messages GROUP BY from_brand"))
    return int(counted.get(False, 0)), int(counted.get(True, 0))


def _messages(store: Store) -> int:
    return int(store.rows("SELECT count(*) FROM messages")[0][0])


@contextmanager
def _kept_if_done(db: Path | None) -> Iterator[None]:
    """A database that this audit made is taken away again when the audit fails; one that stood before stays."""
    made = db is not None and not db.exists()
    try:
        yield
    except BaseException:
        if made and db is not None:
            with suppress(OSError):
                db.unlink(missing_ok=True)
                db.with_name(f"{db.name}.wal").unlink(missing_ok=True)
        raise


def _nothing_stored(inputs: list[dict[str, Any]]) -> AuditError:
    """Why no message is there: every record was rejected, or there was none."""
    rejected = [source for source in inputs if source["rejected"]]
    if not rejected:
        return NothingToJudge("there is no message to judge", hint="name an export, or a --db that holds one")
    faults = [
        AuditError(
            f"every record was rejected: {', '.join(f'{count} {reason}' for reason, count in source['reasons'].items())}",
            place=source["path"],
            hint="--explain-map shows how its columns are read; --map names others",
        )
        for source in rejected
    ]
    return faults[0] if len(faults) == 1 else SeveralErrors(faults)


def _import(store: Store, path: Path, digest: str, options: ReadOptions, *, alone: bool, ready: Callable[[], Any]) -> dict[str, str] | None:
    """Read one export unless the database holds it already, read with the same options (None). Gives back how its columns were understood.

    `ready` is called before anything is stored. One that is empty raises NothingToJudge where it stands alone, and counts as an input of no records beside others.
    """
    if options.map_file and not options.map_file.is_file():
        raise AuditError(
            "no such file", place=str(options.map_file), hint="--map names a TOML file; --explain-map shows the mapping without one"
        )
    said = asdict(options) | {"map_file": sha256(options.map_file) if options.map_file else None}
    key = json.dumps({name: value for name, value in said.items() if value is not None}, sort_keys=True)
    if store.known_input(digest, key):
        return None
    try:
        reader, batch = ingest.read_export(path, options)
        if not batch.messages.height and not batch.rejects.height:
            raise NothingToJudge("holds no message", place=str(path), hint="export it again")
    except NothingToJudge:
        if alone:
            raise
        reader, batch = "empty", ingest.Batch(pl.DataFrame(schema=tables.MESSAGES), pl.DataFrame(schema=tables.REJECTS), 0)
    ready()
    space = f"{reader}|{options.brand or ''}"
    store.add(str(path), digest, key, space, reader, batch.messages, batch.rejects, batch.records, batch.encoding)
    return dict(batch.mapping)


def _between(rows: pl.DataFrame, since: datetime | None, until: datetime | None) -> pl.DataFrame:
    """Exchanges that began in the period; one without a time stays when no period was asked for."""
    at = pl.coalesce("asked_at", "replied_at")
    if since is not None:
        rows = rows.filter(at >= since)
    if until is not None:
        rows = rows.filter(at <= until)
    return rows


def _of(rows: pl.DataFrame, accounts: Sequence[str]) -> pl.DataFrame:
    """The exchanges of some accounts. Raises AuditError for an account that has none."""
    if not accounts:
        return rows
    held = rows.get_column("account").drop_nulls().unique().sort().to_list()
    if strangers := [name for name in accounts if name not in held]:
        raise AuditError(
            f"--account: there is no account {strangers[0]!r}",
            hint=near(strangers[0], held) or f"known: {', '.join(held[:20]) or 'none'}",
        )
    return rows.filter(pl.col("account").is_in(accounts))


__all__ = ["Audit", "AuditError", "AuditOptions", "audit_history"]
