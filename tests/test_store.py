from __future__ import annotations

import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from audit import tables
from audit.errors import AuditError
from audit.store import Store
from tests.rows import START, frame, message, stored


def test_the_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    with Store(tmp_path / "a.duckdb") as store:
        stored(store, message("1", "Where is my kettle?"))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}


def test_the_same_export_again_adds_nothing() -> None:
    with Store(None) as store:
        stored(store, message("1", "Hi"), message("2", "Hello", brand=True, minute=5), name="a.csv")
        stored(store, message("1", "Hi"), message("2", "Hello", brand=True, minute=5), message("3", "Thanks", minute=9), name="b.csv")
        assert [(i["read"], i["stored"], i["duplicate"]) for i in store.inputs({})] == [(2, 2, 0), (3, 1, 2)]
        assert store.rows("SELECT count(*) FROM messages") == [(3,)]


def test_the_same_file_read_with_other_options_replaces_what_it_gave() -> None:
    with Store(None) as store:
        batch = frame(message("1", "Hi"))
        rejects = pl.DataFrame(schema=tables.REJECTS)
        store.add("a.csv", "sha", "{}", "test|", "test", batch, rejects, 1)
        store.add("a.csv", "sha", '{"brand": "Kettlewell"}', "test|Kettlewell", "test", batch, rejects, 1)
        assert len(store.inputs({})) == 1
        assert store.rows("SELECT count(*) FROM messages") == [(1,)]


def test_a_newer_edit_replaces_the_stored_text_and_counts_as_known() -> None:
    edited = message("r1", "It broke again", edited_at=START + timedelta(days=3))
    with Store(None) as store:
        stored(store, message("r1", "It broke"), name="march.csv")
        stored(store, edited, name="april.csv")
        stored(store, message("r1", "It broke"), name="march-again.csv")
        assert store.rows("SELECT text FROM messages") == [("It broke again",)]
        assert [(i["stored"], i["duplicate"]) for i in store.inputs({})] == [(1, 0), (0, 1), (0, 1)]


def test_a_re_dated_reply_of_a_review_is_still_one_reply() -> None:
    review = message("r1", "Leaks")
    with Store(None) as store:
        stored(store, review, message("r1/reply", "Sorry", brand=True, minute=10, parent_id="r1"), name="a.csv")
        stored(store, review, message("r1/reply", "Sorry, a new seal is on its way", brand=True, minute=90, parent_id="r1"), name="b.csv")
        assert store.rows("SELECT text FROM messages WHERE from_brand") == [("Sorry, a new seal is on its way",)]


def test_equal_ids_at_different_times_are_different_messages() -> None:
    with Store(None) as store:
        stored(store, message("1", "From one desk"), name="a.csv")
        stored(store, message("1", "From another desk", minute=600), name="b.csv")
        assert store.rows("SELECT count(*) FROM messages") == [(2,)]


def test_a_failed_import_leaves_the_database_as_it_was() -> None:
    with Store(None) as store:
        stored(store, message("1", "Hi"))
        with pytest.raises(Exception, match=r"(?i)binder|catalog|column"):
            store.add("b.csv", "b", "{}", "test|", "test", pl.DataFrame({"message_id": ["9"]}), pl.DataFrame(schema=tables.REJECTS), 1)
        assert len(store.inputs({})) == 1
        assert store.rows("SELECT count(*) FROM messages") == [(1,)]


def test_forget_erases_one_person_and_what_was_derived() -> None:
    with Store(None) as store:
        stored(store, message("1", "I am Ola"), message("2", "I am Piotr", author="piotr"))
        store.execute("CREATE TABLE exchanges (x INTEGER)")
        store.execute("CREATE VIEW conversations AS SELECT * FROM exchanges")
        assert store.forget("ola") == 1
        assert store.rows("SELECT author FROM messages") == [("piotr",)]
        assert ("exchanges",) not in store.rows("SELECT table_name FROM information_schema.tables")


def test_what_the_brand_wrote_to_the_forgotten_names_nobody() -> None:
    with Store(None) as store:
        stored(
            store,
            message("1", "It leaks", conversation_id="a"),
            message("2", "Hi Ola, we call 501 234 567 today.", brand=True, minute=5, parent_id="1"),
            message("3", "Dear Ola, it is done.", brand=True, minute=9, conversation_id="a"),
            message("4", "Mine too", author="piotr", conversation_id="b"),
            message("5", "Hi Piotr, yours as well.", brand=True, minute=9, parent_id="4", conversation_id="b"),
        )
        assert store.forget("ola") == 1
        assert store.rows("SELECT text FROM messages WHERE from_brand ORDER BY message_id") == [
            ("Hi [name], we call [phone] today.",),
            ("Dear [name], it is done.",),
            ("Hi Piotr, yours as well.",),
        ]


def test_a_message_that_takes_the_place_of_a_forgotten_one_is_not_gone() -> None:
    with Store(None) as store:
        stored(store, message("1", "I am Ola"), message("3", "I am Max", author="max"))
        store.execute("INSERT INTO gone SELECT max(uid) FROM messages")
        assert store.forget("max") == 1
        assert store.rows("SELECT count(*) FROM gone") == [(0,)]


def test_the_forgotten_are_gone_from_the_file_and_stay_out(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    secret = message("1", "My secret is Xylophonequartz", author="ola99")
    with Store(path) as store:
        stored(
            store,
            secret,
            message("2", "@ola99 we see it, @ola990 too", brand=True, minute=5, parent_id="1"),
            message("3", "Other", author="piotr"),
        )
    with Store(path) as store:
        assert store.forget("ola") == 0
        assert store.forget("ola99") == 1
    data = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"Xylophonequartz" not in data
    assert b"@ola99 " not in data
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with Store(path) as store:
        stored(store, secret, message("4", "New", author="piotr", minute=9), name="b.csv")
        assert store.rows("SELECT DISTINCT author FROM messages WHERE NOT from_brand") == [("piotr",)]
        assert store.rows("SELECT text FROM messages WHERE from_brand") == [("[@user] we see it, [@user] too",)]


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    with Store(other) as store:
        store.execute("DROP TABLE inputs")
    with pytest.raises(AuditError, match="something else"):
        Store(other)
    text = tmp_path / "text.duckdb"
    text.write_text("not a database")
    with pytest.raises(AuditError, match="is no DuckDB database"):
        Store(text)


def test_a_file_of_another_kind_is_refused_and_nothing_is_fetched(tmp_path: Path) -> None:
    for name, head in (("a.sqlite", b"SQLite format 3\0" + bytes(5000)), ("b.csv", b"id,text\n1,x\n"), ("c.duckdb", b"")):
        (tmp_path / name).write_bytes(head)
        with pytest.raises(AuditError, match="is no DuckDB database"):
            Store(tmp_path / name)
        assert (tmp_path / name).read_bytes() == head
    with Store(tmp_path / "md:service") as store:
        assert store.rows("SELECT current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')") == [
            (False, False)
        ]
    assert (tmp_path / "md:service").is_file()


def test_a_database_in_use_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdin
        other.stdout.readline()
        with pytest.raises(AuditError, match=rf"is in use by another process \(number {other.pid}\)"):
            Store(path)
        other.stdin.close()
