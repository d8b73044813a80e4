"""`reply-audit run`: exports in, scorecard out; the same export again changes nothing; exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.cli import group
from audit.errors import AuditError, NothingToJudge, SeveralErrors
from tests.run_fixtures import run, tweets

TABLES = ["accounts", "agents", "findings", "scores", "worklists"]


def test_a_scorecard_a_database_and_a_result(tmp_path: Path, export: Path) -> None:
    out = tmp_path / "out" / "card.html"
    result = run(tmp_path, str(export), "-o", str(out), "--json", str(tmp_path / "r.json"), "--csv", str(tmp_path / "csv"))
    assert result.exit_code == 0, result.output
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert stat.S_IMODE(out.with_suffix(".duckdb").stat().st_mode) == 0o600
    said = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    (source,) = said["inputs"]
    assert (source["read"], source["stored"], source["duplicate"], source["rejected"], source["reasons"]) == (33, 33, 0, 0, {})
    assert said["totals"]["messages"] == 33
    assert {"private-redirect", "ignored-complaint"} <= {finding["rule"] for finding in said["findings"]}
    assert sorted(path.name for path in (tmp_path / "csv").iterdir()) == [f"{name}.csv" for name in TABLES]
    findings = list(csv.DictReader(io.StringIO((tmp_path / "csv" / "findings.csv").read_text(encoding="utf-8-sig"))))
    columns = [
        "rule",
        "level",
        "category",
        "subject",
        "account",
        "channel",
        "agent",
        "conversation_id",
        "message_id",
        "sent_at",
        "words",
        "asked",
        "reply",
        "second_opinion",
    ]
    assert list(findings[0]) == columns
    redirects = [row for row in findings if row["rule"] == "private-redirect"]
    assert len(redirects) == 8
    assert {row["agent"] for row in redirects} == {"AB"}
    assert {row["message_id"] for row in redirects} == {str(i * 10 + 2) for i in range(8)}
    (ignored,) = [row for row in findings if row["rule"] == "ignored-complaint"]
    assert ignored["message_id"] == "900"


def test_the_same_again_is_byte_identical(tmp_path: Path, export: Path) -> None:
    for name in ("a", "b"):
        run(tmp_path, str(export), "-o", str(tmp_path / "card.html"), "--json", str(tmp_path / f"{name}.json"), "--quiet")
        (tmp_path / "card.html").rename(tmp_path / f"{name}.html")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_fresh_database_gives_the_same_result_as_a_kept_one(tmp_path: Path, export: Path) -> None:
    for name in ("a", "b"):
        run(tmp_path, str(export), "-o", str(tmp_path / f"{name}.html"), "--json", str(tmp_path / f"{name}.json"), "--quiet")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_newer_export_adds_only_what_is_new(tmp_path: Path, export: Path) -> None:
    newer = tmp_path / "newer.csv"
    newer.write_text(tweets(9), encoding="utf-8")
    run(tmp_path, str(export), "-o", str(tmp_path / "card.html"))
    run(tmp_path, str(newer), "-o", str(tmp_path / "card.html"), "--json", str(tmp_path / "r.json"))
    counts = [(i["read"], i["stored"], i["duplicate"]) for i in json.loads((tmp_path / "r.json").read_text())["inputs"]]
    assert counts == [(33, 33, 0), (37, 4, 33)]


def test_personal_data_is_masked_unless_told_otherwise(tmp_path: Path, export: Path) -> None:
    for flags, seen in (([], False), (["--no-redact"], True)):
        run(
            tmp_path,
            str(export),
            "-o",
            str(tmp_path / "card.html"),
            "--json",
            str(tmp_path / "r.json"),
            "--csv",
            str(tmp_path / "csv"),
            *flags,
        )
        for path in ("card.html", "r.json", "csv/findings.csv"):
            assert ("ola@mail.example" in (tmp_path / path).read_text(encoding="utf-8")) is seen


def test_the_recognised_mapping_is_shown_and_explained(tmp_path: Path) -> None:
    (tmp_path / "opinie.csv").write_text(
        "ID,Autor,Data,Treść,Odpowiedź\n1,ola,2026-03-01 10:00,Czajnik cieknie,Przepraszamy\n", encoding="utf-8"
    )
    out = tmp_path / "card.html"
    explained = run(tmp_path, str(tmp_path / "opinie.csv"), "--explain-map", "-o", str(out))
    assert "text" in explained.output
    assert "Treść" in explained.output
    assert not out.exists()
    assert "sent_at" in explained.output
    assert "text <- Treść" in run(tmp_path, str(tmp_path / "opinie.csv"), "-o", str(out)).output


def test_an_explanation_shows_what_is_ignored_and_missing_whatever_stands_against_the_export(tmp_path: Path) -> None:
    (tmp_path / "roles.csv").write_text("ID,Autor,Data,Treść,Wydźwięk\n1,ola,2026-03-01,Czajnik cieknie,-1\n", encoding="utf-8")
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    (tmp_path / "whole.csv").write_text("ID,Data,Treść,Odpowiedź,Kolor\n1,2026-03-01,Cieknie,Wymienimy,x\n", encoding="utf-8")
    result = run(tmp_path, "roles.csv", "odd.csv", "empty.csv", "whole.csv", "--explain-map")
    roles, odd, whole = result.stdout.split("csv: table")[1:]
    assert [part in roles for part in ("text", "<- Treść", "ignored: Wydźwięk", "missing: from_brand (whose message a row is)")] == [
        True
    ] * 4
    assert '--map FILE.toml: [columns] direction = "..."' in roles
    assert [part in odd for part in ("no column is recognised", "ignored: a, b", "missing: text")] == [True] * 3
    assert "from_brand" not in whole
    assert "ignored: Kolor" in whole
    assert "conversation_id" not in whole
    assert isinstance(result.exception, SeveralErrors)
    told = str(result.exception)
    assert [part in told for part in ("roles.csv: cannot tell", "odd.csv: no column of messages", "empty.csv: the file is empty")] == [
        True
    ] * 3


def test_options_that_are_not_understood(tmp_path: Path, export: Path) -> None:
    for option, value in (
        ("--tz", "Mars/Olympus"),
        ("--since", "yesterday"),
        ("--hours", "always"),
        ("--profile", "defualt"),
        ("--map", "none.toml"),
        ("--teams", "none.csv"),
        ("--config", "none.toml"),
    ):
        error = run(tmp_path, str(export), option, value).exception
        assert isinstance(error, AuditError), option
        assert "hint" in str(error)


def test_since_and_until_bound_what_is_judged(tmp_path: Path, export: Path) -> None:
    run(
        tmp_path,
        str(export),
        "--since",
        "2026-03-03",
        "--until",
        "2026-03-04",
        "-o",
        str(tmp_path / "a.html"),
        "--json",
        str(tmp_path / "r.json"),
    )
    said = json.loads((tmp_path / "r.json").read_text())
    assert said["totals"]["exchanges"] == 4
    assert said["period"]["since"] == "2026-03-03T00:00:00Z"
    assert said["totals"]["answered_share"] is None or said["totals"]["answered_share"] == 1


def test_teams_and_business_hours(tmp_path: Path, export: Path) -> None:
    (tmp_path / "teams.csv").write_text("agent,team\nAB,North\nCD,South\n", encoding="utf-8")
    options = ["--teams", str(tmp_path / "teams.csv"), "--hours", "Mon-Sun 10-11", "--tz", "UTC", "--json", str(tmp_path / "r.json")]
    run(tmp_path, str(export), "-o", str(tmp_path / "a.html"), *options)
    said = json.loads((tmp_path / "r.json").read_text())
    assert {agent["agent"]: agent["team"] for agent in said["agents"]} == {"AB": "North", "CD": "South"}
    assert said["totals"]["business_hours"]["n"] == 16


@pytest.mark.slow
def test_the_installed_command_speaks_plainly(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}

    def reply_audit(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "audit", *arguments], capture_output=True, text=True, cwd=tmp_path, check=False, env=environment
        )

    (tmp_path / "empty.csv").write_text("")
    missing = reply_audit("run", "none.csv")
    assert (missing.returncode, "Traceback" in missing.stderr) == (2, False)
    assert reply_audit("run", "empty.csv").returncode == 3
    assert reply_audit("run", "--nonsense").returncode == 2
    assert reply_audit("nonsense").returncode == 2
    assert reply_audit("--version").stdout.startswith("reply-audit, version")
    (tmp_path / "tweets.csv").write_text(tweets(), encoding="utf-8")
    done = reply_audit("run", "tweets.csv", "--fail-under", "100")
    assert done.returncode == 1
    assert "nanobind" not in done.stderr
    assert done.stdout.splitlines()[-1] == "scorecard.html"


def test_previews_fail_no_check(tmp_path: Path) -> None:
    from audit.pipeline import AuditOptions, audit_history
    from audit.score import preview

    export = Path(__file__).parent.parent / "examples" / "kettlewell" / "exports" / "tweets.csv"
    audit = audit_history([export], AuditOptions())
    failing = {id for id, rule in audit.result["scores"]["rules"].items() if rule["level"] == "error" and rule["broken"]}
    previews = {rule.id for rule in audit.rulebook.rules if preview(rule, audit.profile)}
    assert failing & previews
    done = CliRunner().invoke(group, ["run", str(export), "-o", str(tmp_path / "a.html"), "--fail-on", "error", "--quiet"])
    assert done.exit_code == 1
    assert all(id in done.stderr for id in failing - previews)
    assert not any(f" {id}," in done.stderr for id in previews)
    assert "preview, no weight" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_days_the_wrong_way_round_and_no_message_at_all_are_told(tmp_path: Path) -> None:
    export = Path(__file__).parent.parent / "examples" / "kettlewell" / "exports" / "tweets.csv"
    days = ["--since", "2026-03-01", "--until", "2026-02-01"]
    wrong = CliRunner().invoke(group, ["run", str(export), "-o", str(tmp_path / "a.html"), *days])
    assert isinstance(wrong.exception, AuditError)
    assert "is after --until" in str(wrong.exception)
    empty = CliRunner().invoke(group, ["run", "-o", str(tmp_path / "b.html")])
    assert isinstance(empty.exception, NothingToJudge)
    assert "name an export" in str(empty.exception)


def test_what_a_user_may_not_have_meant_is_noted(tmp_path: Path, export: Path) -> None:
    (tmp_path / "teams.csv").write_text("agent,team\nZZ,North\n", encoding="utf-8")
    (tmp_path / "mine.toml").write_text('extends = "default"\ncritical = ["denial"]\n', encoding="utf-8")
    said = run(tmp_path, str(export), "--teams", "teams.csv", "--brand", "Ketlewell", "--profile", "mine.toml")
    assert said.exit_code == 0, said.output
    assert [line.partition(":")[2].strip() for line in said.stderr.splitlines() if line.startswith("note:")] == [
        "--brand: no account is called 'Ketlewell'; the exports say themselves who replies",
        "--teams: none of its agents replied; those who did: AB, CD",
        "previews weigh nothing and are not critical, whatever the profile says: denial",
    ]
    assert "read before" in run(tmp_path, str(export), "--brand", "Ketlewell").stdout


def test_replies_that_cannot_be_threaded_are_noted(tmp_path: Path) -> None:
    rows = [
        f"{n},user,2026-02-0{n} 09:00,Why does it leak?,\n{n}0,Kettlewell,2026-02-0{n} 10:00,The seal was loose.,{n}" for n in range(1, 9)
    ]
    for column, replies in (("parent_id", 8), ("ref", 0)):
        (tmp_path / "talk.csv").write_text("\n".join([f"id,author,date,text,{column}", *rows]) + "\n", encoding="utf-8")
        said = run(tmp_path, "talk.csv", "--brand", "Kettlewell", "--json", "talk.json")
        assert json.loads((tmp_path / "talk.json").read_text(encoding="utf-8"))["totals"]["replies"] == replies
        assert ("8 messages of the brand answer nobody known" in said.stderr) == (replies == 0)
        (tmp_path / "scorecard.duckdb").unlink()
