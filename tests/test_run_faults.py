"""`reply-audit run` on bad input: exit codes, one clear message each, nothing dropped and nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.cli import group
from audit.errors import AuditError, NothingToJudge
from tests.run_fixtures import HEADER, run, tweets


def test_exit_codes(tmp_path: Path, export: Path) -> None:
    out = ["-o", str(tmp_path / "card.html"), "--quiet"]
    assert run(tmp_path, str(export), *out).exit_code == 0
    assert run(tmp_path, str(export), *out, "--fail-under", "100").exit_code == 1
    assert run(tmp_path, str(export), *out, "--fail-under", "0").exit_code == 0
    assert run(tmp_path, str(export), *out, "--fail-on", "error").exit_code == 1
    assert isinstance(run(tmp_path, str(tmp_path / "none.csv"), *out).exception, AuditError)


@pytest.mark.parametrize(
    ("name", "data", "kind", "message"),
    [
        ("empty.csv", b"", NothingToJudge, "empty"),
        ("header.csv", HEADER.encode() + b"\n", NothingToJudge, "no"),
        ("odd.csv", b"a,b\n1,2\n", AuditError, "column"),
        ("bytes.csv", b"text,author\n\x81\x8d\x90\xff\x00\x01,x\n", AuditError, ""),
    ],
)
def test_bad_input_is_one_clear_message(tmp_path: Path, name: str, data: bytes, kind: type[AuditError], message: str) -> None:
    (tmp_path / name).write_bytes(data)
    result = run(tmp_path, str(tmp_path / name), "-o", str(tmp_path / "card.html"))
    assert isinstance(result.exception, kind), result.output
    assert name in str(result.exception)
    assert message in str(result.exception)
    assert not (tmp_path / "card.html").exists()
    assert not (tmp_path / "card.duckdb").exists()


def test_a_folder_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    assert isinstance(run(tmp_path, str(tmp_path / "nothing")).exception, NothingToJudge)


def test_bad_rows_are_rejected_kept_and_counted(tmp_path: Path) -> None:
    bad = tweets() + "901,5,True,Sun Foo 99 10:00:00 +0000 2026,hello,,\n902,6,True,Sun Mar 01 10:00:00 +0000 2026,,,\n903,6\n"
    (tmp_path / "tweets.csv").write_text(bad, encoding="utf-8")
    result = run(tmp_path, str(tmp_path / "tweets.csv"), "-o", str(tmp_path / "card.html"), "--json", str(tmp_path / "r.json"))
    (source,) = json.loads((tmp_path / "r.json").read_text())["inputs"]
    assert (source["read"], source["stored"], source["rejected"]) == (36, 33, 3)
    assert source["reasons"] == {"impossible date": 1, "malformed row": 1, "no text": 1}
    assert "3 rejected" in result.output


def test_an_export_of_which_every_row_is_rejected_could_not_be_judged(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text,date,reply\n1,Why?,31.02.2026,So\n2,,1.2.2026,\n", encoding="utf-8")
    result = run(tmp_path, "a.csv")
    assert isinstance(result.exception, AuditError)
    assert (result.exception.exit_code, result.exception.place) == (2, "a.csv")
    assert "every record was rejected: 1 impossible date, 1 no text" in str(result.exception)
    assert not (tmp_path / "scorecard.duckdb").exists()


def test_an_empty_file_beside_others_is_an_input_of_no_records(tmp_path: Path, export: Path) -> None:
    (tmp_path / "folder").mkdir()
    export.rename(tmp_path / "folder" / "tweets.csv")
    (tmp_path / "folder" / "april.csv").write_text("", encoding="utf-8")
    (tmp_path / "folder" / "may.csv").write_text(HEADER + "\n", encoding="utf-8")
    for name in ("a.json", "b.json"):
        result = run(tmp_path, "folder", "--json", name)
        assert result.exit_code == 0, result.output
        inputs = json.loads((tmp_path / name).read_text())["inputs"]
        assert [(i["path"], i["reader"], i["read"]) for i in inputs] == [
            ("folder/april.csv", "empty", 0), ("folder/may.csv", "empty", 0), ("folder/tweets.csv", "twcs", 33)
        ]  # fmt: skip
    (tmp_path / "folder" / "tweets.csv").unlink()
    assert isinstance(run(tmp_path, "folder", "--db", "other.duckdb").exception, NothingToJudge)


def test_a_message_of_a_day_to_come_is_noted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text,date,reply\n1,Why?,2080-02-01 10:00,So\n", encoding="utf-8")
    result = run(tmp_path, "a.csv")
    assert result.exit_code == 0
    assert "the last message is of 2080-02-01" in result.stderr


@pytest.mark.parametrize("option", ["-o", "--db", "--json"])
def test_no_output_takes_an_export_s_place(tmp_path: Path, export: Path, option: str) -> None:
    before = export.read_bytes()
    result = run(tmp_path, "tweets.csv", option, str(export))
    assert "names an export, which it would overwrite" in str(result.exception)
    assert export.read_bytes() == before


def test_no_output_of_another_command_takes_an_input_s_place(tmp_path: Path, export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "teams.csv").write_text("agent,team\nAB,North\n", encoding="utf-8")
    (tmp_path / "hi.md").write_text("Hi Ola, thank you for the remark! We answer today.\n", encoding="utf-8")
    assert run(tmp_path, "tweets.csv", "-o", "a.html", "--json", "a.json", "--quiet").exit_code == 0
    (tmp_path / "key").write_text("0123456789abcdef\n", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for arguments, message in (
        (["render", "a.json", "-o", "a.json"], "--out names the result, which it would overwrite"),
        (["render", "a.json", "--xlsx", "./a.json"], "--xlsx names the result"),
        (["render", "a.json", "-o", "b.html", "--json", "b.html"], "--out and --json name the same file"),
        (["render", "a.json", "--db", "a.duckdb", "-o", "a.duckdb"], "--out names the database"),
        (["compare", "a.json", "a.json", "--json", "a.json"], "--json names a result"),
        (["compare", "2026-02", "2026-03", "--db", "a.duckdb", "-o", "a.duckdb"], "--out names the database"),
        (["render", "a.json", "--pseudonym-key", "key", "-o", "key"], "--out names the file of --pseudonym-key"),
        (["compare", "a.json", "a.json", "--pseudonym-key", "key", "-o", "key"], "--out names the file of --pseudonym-key"),
        (["lint", "hi.md", "-o", "hi.md"], "--output names a file of templates"),
        (["run", "tweets.csv", "--teams", "teams.csv", "-o", "teams.csv"], "--out names the file of --teams"),
        (["run", "tweets.csv", "-o", "."], "--out names no file"),
        (["lint", "hi.md", "-o", "/"], "--output names no file"),
    ):
        result = CliRunner().invoke(group, arguments)
        assert isinstance(result.exception, AuditError), arguments
        assert message in str(result.exception)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert CliRunner().invoke(group, ["render", "a.json", "--title", "March", "--json", "a.json"]).exit_code == 0


def test_outputs_that_cannot_be_written_are_told_before_the_work(tmp_path: Path, export: Path) -> None:
    (tmp_path / "folder").mkdir()
    for arguments, message in (
        (["-o", "folder"], "folder: --out cannot be written: is a folder"),
        (["-o", "tweets.csv/x.html"], "is a file, not a folder"),
        (["--csv", "tweets.csv"], "tweets.csv/findings.csv: --csv cannot be written"),
        (["-o", "a.html", "--json", "./a.html"], "--out and --json name the same file"),
    ):
        result = run(tmp_path, "tweets.csv", *arguments)
        assert isinstance(result.exception, AuditError)
        assert message in str(result.exception)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "tweets.csv"]


def test_what_a_run_writes_into_the_folder_that_it_reads_is_no_export(tmp_path: Path, export: Path) -> None:
    (tmp_path / "teams.csv").write_text("agent,team\nAB,North\n", encoding="utf-8")
    for _ in range(2):
        result = run(tmp_path, ".", "--json", "result.json", "--csv", ".", "--teams", "teams.csv")
        assert result.exit_code == 0, result.output
    assert [i["path"] for i in json.loads((tmp_path / "result.json").read_text())["inputs"]] == ["tweets.csv"]


def test_names_with_spaces_and_cyrillic(tmp_path: Path, export: Path) -> None:
    export.rename(tmp_path / "отзывы «март» 1.csv")
    result = run(tmp_path, "отзывы «март» 1.csv", "-o", "отчёт за март/карта 1.html", "--db", "отчёт за март/база 'а'.duckdb")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "отчёт за март" / "карта 1.html").is_file()


def test_days_and_bounds_at_their_ends(tmp_path: Path, export: Path) -> None:
    assert run(tmp_path, "tweets.csv", "--since", "0001-01-01", "--until", "9999-12-31").exit_code == 0
    nan = run(tmp_path, "tweets.csv", "--fail-under", "nan")
    assert "nan is no score" in str(nan.exception)
    run(tmp_path, "tweets.csv", "--since", "2026-03-02T12:00:00+03:00", "--json", "r.json")
    assert json.loads((tmp_path / "r.json").read_text())["period"]["since"] == "2026-03-02T09:00:00Z"
