"""The DuckDB file that the user keeps. The only module that imports duckdb."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from audit import privacy, tables
from audit.errors import AuditError

_SQL = Path(__file__).parent / "sql"
_TYPES = {
    pl.String: "VARCHAR",
    pl.Boolean: "BOOLEAN",
    pl.Int8: "TINYINT",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Datetime: "TIMESTAMP",
}
_PLAIN = {"text": " USING COMPRESSION uncompressed"}
"""Texts are nearly all different: trying to compress them costs more time than it saves space."""
VERSION = "2"


class _Arrow:
    """Hands a frame on as an Arrow stream, or a relation's rows to polars, with no reference to either kept by the other."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._source.__arrow_c_stream__(requested_schema)


class Store:
    """One open database. All writing happens inside `transaction()`, so that a failure leaves the file as it was."""

    def __init__(self, path: Path | None) -> None:
        """Open or create `path` (mode 0600; None: in memory). Raises AuditError when it is no database of ours."""
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                _checked(path)
            with _private_files():
                self._connection = _connected(path)
        except (duckdb.Error, OSError) as error:
            raise _unopened(str(error).splitlines()[0], path) from None
        self._path = path
        self._connection.execute("SET TimeZone = 'UTC'").fetchall()
        self._connection.execute("SET preserve_insertion_order = false").fetchall()
        self._create(path)

    def _create(self, path: Path | None) -> None:
        held = {name for (name,) in self.rows("SELECT table_name FROM information_schema.tables")}
        if held and "inputs" not in held:
            raise AuditError("is a database of something else", place=str(path), hint="name another file with --db")
        if not held:
            columns = ", ".join(f"{name} {_TYPES[type(kind)]}{_PLAIN.get(name, '')}" for name, kind in tables.MESSAGES.items())
            rejects = ", ".join(f"{name} {_TYPES[type(kind)]}" for name, kind in tables.REJECTS.items())
            with self.transaction():
                self.execute("CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR)")
                self.execute("INSERT INTO meta VALUES ('version', $version)", version=VERSION)
                self.execute(
                    "CREATE TABLE inputs (input_id INTEGER, path VARCHAR, sha256 VARCHAR, options VARCHAR, reader VARCHAR,"
                    " read BIGINT, stored BIGINT, duplicate BIGINT, rejected BIGINT, reasons VARCHAR)"
                )
                self.execute(f"CREATE TABLE messages (uid BIGINT, input_id INTEGER, space VARCHAR, {columns})")
                self.execute(f"CREATE TABLE rejects (input_id INTEGER, {rejects})")
                self.execute("CREATE TABLE forgotten (hash VARCHAR)")
                self.execute("CREATE TABLE gone (uid BIGINT)")
        version = self.rows("SELECT value FROM meta WHERE key = 'version'")
        if version != [(VERSION,)]:
            raise AuditError(f"was written by another version ({version})", place=str(path), hint="start a new file with --db")
        self.execute("ALTER TABLE inputs ADD COLUMN IF NOT EXISTS encoding VARCHAR")

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.begin()
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        with _private_files():
            self._connection.commit()

    def note(self, key: str, value: str) -> None:
        """Remember a value under a name of its own."""
        self.execute("INSERT OR REPLACE INTO meta VALUES ($key, $value)", key=key, value=value)

    def noted(self, key: str) -> str | None:
        """What `note` remembered, None where nothing is."""
        found = self.rows("SELECT value FROM meta WHERE key = $key", key=key)
        return str(found[0][0]) if found else None

    def forget_notes(self, *keys: str) -> None:
        for key in keys:
            self.execute("DELETE FROM meta WHERE key = $key", key=key)

    def execute(self, sql: str, /, **parameters: Any) -> None:
        self._connection.execute(sql, parameters or None).fetchall()

    def rows(self, sql: str, /, **parameters: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, parameters or None).fetchall()

    def frame(self, sql: str) -> pl.DataFrame:
        """The rows of a query as a frame."""
        relation = self._connection.sql(sql)
        frame = pl.DataFrame(_Arrow(relation))
        relation.close()
        return frame

    def script(self, name: str, **parameters: Any) -> None:
        """Run `audit/sql/NAME.sql`, statement by statement; `$name` takes the parameter of that name."""
        for statement in (_SQL / f"{name}.sql").read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                used = {key: value for key, value in parameters.items() if f"${key}" in statement}
                self.execute(statement, **used)

    @contextmanager
    def lent(self, name: str, frame: pl.DataFrame) -> Iterator[None]:
        """`frame` readable as table `name` meanwhile."""
        self._connection.register(name, _Arrow(frame))
        try:
            yield
        finally:
            self._connection.unregister(name)

    def replace(self, name: str, frame: pl.DataFrame) -> None:
        """Write `frame` as table `name`, in place of what stood there."""
        with self.lent("incoming_frame", frame):
            self.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM incoming_frame")

    def known_input(self, sha256: str, options: str) -> bool:
        return bool(self.rows("SELECT 1 FROM inputs WHERE sha256 = $sha AND options = $options", sha=sha256, options=options))

    def add(
        self,
        path: str,
        sha256: str,
        options: str,
        space: str,
        reader: str,
        messages: pl.DataFrame,
        rejects: pl.DataFrame,
        records: int,
        encoding: str | None = None,
    ) -> None:
        """Store one export: what is new is added, a newer edit replaces what it edits, the rest is counted as duplicate.

        The same file read with other options replaces what it gave before.
        """
        with self.lent("incoming", messages.with_row_index("seq")), self.lent("incoming_rejects", rejects), self.transaction():
            self.execute("DELETE FROM messages WHERE input_id IN (SELECT input_id FROM inputs WHERE sha256 = $sha)", sha=sha256)
            self.execute("DELETE FROM rejects WHERE input_id IN (SELECT input_id FROM inputs WHERE sha256 = $sha)", sha=sha256)
            self.execute("DELETE FROM inputs WHERE sha256 = $sha", sha=sha256)
            (input_id,) = self.rows("SELECT coalesce(max(input_id), 0) + 1 FROM inputs")[0]
            all_fresh = not self.rows("SELECT 1 FROM messages LIMIT 1") and messages.get_column("message_id").n_unique() == messages.height
            self.script("import", input=input_id, space=space, all_fresh=all_fresh)
            self._leave_out_forgotten()
            (stored, duplicate) = self.rows("SELECT stored, duplicate FROM import_counts")[0]
            reasons = dict(
                self.rows("SELECT reason, count(DISTINCT source_row) FROM rejects WHERE input_id = $id GROUP BY 1 ORDER BY 1", id=input_id)
            )
            self.execute(
                "INSERT INTO inputs BY NAME SELECT $id AS input_id, $path AS path, $sha AS sha256, $options AS options, $reader AS reader,"
                " $read AS read, $stored AS stored, $duplicate AS duplicate, $rejected AS rejected, $reasons AS reasons, $encoding AS encoding",
                id=input_id,
                path=path,
                sha=sha256,
                options=options,
                reader=reader,
                read=records,
                stored=stored,
                duplicate=duplicate,
                rejected=records - stored - duplicate,
                reasons=json.dumps(reasons, ensure_ascii=False),
                encoding=encoding,
            )
            self.execute("DROP TABLE import_counts")

    def inputs(self, given: Mapping[str, str]) -> list[dict[str, Any]]:
        """Every input of the file in the order of import; `given` maps sha256 to the path as given now."""
        return [
            {
                "path": given.get(sha, path),
                "sha256": sha,
                "reader": reader,
                "encoding": encoding,
                "read": read,
                "stored": stored,
                "duplicate": duplicate,
                "rejected": rejected,
                "reasons": json.loads(reasons),
            }
            for path, sha, reader, encoding, read, stored, duplicate, rejected, reasons in self.rows(
                "SELECT path, sha256, reader, encoding, read, stored, duplicate, rejected, reasons FROM inputs ORDER BY input_id"
            )
        ]

    def forget(self, author: str) -> int:
        """Erase one person for good: their messages, what names them in the brand's replies, what was derived, and rejected rows that hold it.

        Later imports leave the person out: a hash of the name is kept for that. The file is written anew, so that no freed block
        holds the texts any longer. Returns the number of messages erased.
        """
        with self.transaction():
            (count,) = self.rows("SELECT count(*) FROM messages WHERE NOT from_brand AND (author = $a OR author_name = $a)", a=author)[0]
            if not count:
                return 0
            self._mask_replies_to(author)
            self.execute("INSERT INTO forgotten SELECT sha256($a) WHERE sha256($a) NOT IN (SELECT hash FROM forgotten)", a=author)
            self._leave_out_forgotten()
            self.execute("DELETE FROM gone WHERE uid NOT IN (SELECT uid FROM messages)")
            handle = r"@" + re.escape(author) + r"(\W|$)"
            self.execute(
                r"UPDATE messages SET text = regexp_replace(text, $h, '@erased\1', 'gi') WHERE regexp_matches(text, $h, 'i')", h=handle
            )
            self.execute("DELETE FROM rejects WHERE contains(coalesce(value, ''), $a)", a=author)
            self.forget_notes("result", "audit")
            for table, kind in self.rows("SELECT table_name, table_type FROM information_schema.tables ORDER BY table_type DESC"):
                if table not in ("meta", "inputs", "messages", "rejects", "forgotten", "gone"):
                    self.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {table}")
        self._rewrite()
        return int(count)

    def _mask_replies_to(self, author: str) -> None:
        """Masks (audit.privacy) what the brand wrote to a person: linked to their messages, or in conversations of theirs."""
        theirs = "SELECT space, message_id, conversation_id FROM messages WHERE NOT from_brand AND (author = $a OR author_name = $a)"
        written = self.rows(
            f"WITH theirs AS ({theirs}) SELECT uid, text, account FROM messages m WHERE from_brand AND text IS NOT NULL AND EXISTS (FROM theirs t"
            " WHERE t.space = m.space AND (t.message_id = m.parent_id OR t.conversation_id = m.conversation_id))",
            a=author,
        )
        replies = pl.DataFrame(written, schema={"uid": pl.Int64, "text": pl.String, "account": pl.String}, orient="row")
        masked = privacy.masked(replies.get_column("text"), keep=replies.get_column("account").drop_nulls().unique().sort().to_list())
        with self.lent("masked_replies", replies.select("uid", masked)):
            self.execute("UPDATE messages SET text = r.text FROM masked_replies r WHERE messages.uid = r.uid")

    def _leave_out_forgotten(self) -> None:
        hashes = "SELECT hash FROM forgotten"
        self.execute(f"DELETE FROM messages WHERE NOT from_brand AND (sha256(author) IN ({hashes}) OR sha256(author_name) IN ({hashes}))")

    def _rewrite(self) -> None:
        """Copy what is left into a fresh file and put it in the old one's place."""
        if self._path is None:
            return
        (name,) = self.rows("SELECT current_database()")[0]
        fresh = self._path.with_name(f".{self._path.name}.fresh")
        fresh.unlink(missing_ok=True)
        with _private_files():
            self.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS fresh")
            self.execute(f'COPY FROM DATABASE "{name}" TO fresh')
            self.execute("DETACH fresh")
            self.close()
            os.replace(fresh, self._path)
            self._path.with_name(f"{self._path.name}.wal").unlink(missing_ok=True)
            self._connection = _connected(self._path)


def _checked(path: Path) -> None:
    """Raises AuditError for a file of another kind: DuckDB would try to read it, or to fetch what can."""
    if path.is_file():
        with path.open("rb") as file:
            if file.read(12)[8:] != b"DUCK":
                raise AuditError("is no DuckDB database", place=str(path), hint="name another file with --db")


def _connected(path: Path | None) -> duckdb.DuckDBPyConnection:
    """A connection that never looks beyond the file: no extension is fetched, and no name means a service."""
    offline: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    return duckdb.connect(str(path.absolute()) if path else ":memory:", config=offline)


def _unopened(why: str, path: Path | None) -> AuditError:
    if "lock" in why:
        holder = re.search(r"PID (\d+)", why)
        return AuditError(
            f"is in use by another process{f' (number {holder[1]})' if holder else ''}",
            place=str(path),
            hint="wait until it is done, or name another file with --db",
        )
    return AuditError(f"cannot be opened as a database: {why}", place=str(path), hint="name another file with --db")


@contextmanager
def _private_files() -> Iterator[None]:
    """Files made meanwhile (database, write-ahead log) are for their owner alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
