"""The stages in order, on one screen: exports -> messages -> exchanges -> verdicts -> result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from audit import check, exchange, finding, hours, ingest
from audit.errors import AuditError, NothingToJudge
from audit.ingest.reader import ReadOptions
from audit.profile import Profile, open_profile
from audit.report import result
from audit.rulebook import Rulebook, open_rulebook
from audit.store import Store, sha256
from audit.thread import threaded
from audit.typer import open_typer

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
    redact: bool = True
    typer: str = "auto"
    """By what messages are typed (audit.typer)."""


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

    def findings(self) -> pl.DataFrame:
        """Every finding, as `--csv` writes them (the result holds the worst of each rule)."""
        found = finding.broken(self.rows, self.rulebook, self.profile)
        brands = [str(account["account"]) for account in self.result["accounts"] if account["account"]]
        return finding.table(found, self.rulebook, redact=self.redact, keep=brands)


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
    rulebook = open_rulebook(options.rules)
    profile = open_profile(options.profile).checked(rulebook.ids)
    week = (options.hours, hours.parsed(options.hours)) if options.hours else None
    files = ingest.expand([Path(path) for path in paths])
    mappings: dict[str, dict[str, str]] = {}
    with _kept_if_done(options.db), Store(options.db) as store:
        given = {}
        for path in files:
            with stage(f"reading {path.name}"):
                digest = sha256(path)
                given[digest] = str(path)
                mappings[str(path)] = _import(store, path, digest, options.read)
        with stage("threading"), store.transaction():
            threaded(store, until=options.until, history_hours=profile.bounds["history"]["hours"])
        with stage("judging"):
            typer = open_typer(options.typer, _to_type(store))
            rows = exchange.exchanges(store, rulebook, profile, text_lang=options.read.text_lang, typer=typer)
            rows = _between(rows, options.since, options.until)
            rows = rows.hstack(check.verdicts(rows, rulebook, profile.bounds))
        if not rows.height and not _messages(store):
            raise NothingToJudge("there is no message to judge", hint="name an export, or a --db that holds one")
        if not rows.height:
            raise NothingToJudge("no message of a customer and no reply of the brand was found", hint="check --brand, --since and --until")
        with stage("keeping verdicts"), store.transaction():
            store.replace("verdicts", rows.select("exchange_id", *(rule.id for rule in rulebook.of("reply", "asked"))))
        rulebook = rulebook.without(profile.off)
        with stage("scoring"):
            messages = _messages(store)
            built = result.built(
                rows,
                store.inputs(given),
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
                teams=options.teams,
                redact=options.redact,
                typer={"name": typer.name, "hash": typer.hash},
            )
    return Audit(built, rows, rulebook, profile, options.redact, mappings)


def _to_type(store: Store) -> int:
    """Distinct messages of customers."""
    return int(store.rows("SELECT count(DISTINCT text) FROM messages WHERE NOT from_brand")[0][0])


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


def _import(store: Store, path: Path, digest: str, options: ReadOptions) -> dict[str, str]:
    """Read one export unless the database holds it already, read with the same options. Gives back how its columns were understood."""
    if options.map_file and not options.map_file.is_file():
        raise AuditError(
            "no such file", place=str(options.map_file), hint="--map names a TOML file; --explain-map shows the mapping without one"
        )
    said = asdict(options) | {"map_file": sha256(options.map_file) if options.map_file else None}
    key = json.dumps({name: value for name, value in said.items() if value is not None}, sort_keys=True)
    if store.known_input(digest, key):
        return {}
    reader, batch = ingest.read_export(path, options)
    if not batch.messages.height and not batch.rejects.height:
        raise NothingToJudge("holds no message", place=str(path))
    space = f"{reader}|{options.brand or ''}"
    store.add(str(path), digest, key, space, reader, batch.messages, batch.rejects, batch.records)
    return dict(batch.mapping)


def _between(rows: pl.DataFrame, since: datetime | None, until: datetime | None) -> pl.DataFrame:
    """Exchanges that began in the period; one without a time stays when no period was asked for."""
    at = pl.coalesce("asked_at", "replied_at")
    if since is not None:
        rows = rows.filter(at >= since)
    if until is not None:
        rows = rows.filter(at <= until)
    return rows


__all__ = ["Audit", "AuditError", "AuditOptions", "audit_history"]
