"""`reply-audit compare`: two results, two periods of one database, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audit.errors import AuditError, NothingToJudge
from tests.histories import audit, months


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of two months, the second much worse, and a result of each month."""
    folder = tmp_path_factory.mktemp("compare")
    export = months(folder / "tweets.csv", [(1, 0.1), (2, 0.9)])
    for name, days in (("both", []), ("jan", ["--until", "2026-01-31"]), ("feb", ["--since", "2026-02-01"])):
        done = audit(folder, "run", export, "-o", f"{name}.html", "--json", f"{name}.json", "--quiet", *days)
        assert done.exit_code == 0, done.output
    return folder


def said(folder: Path, *arguments: str) -> dict[str, Any]:
    done = audit(folder, "compare", *arguments, "--json", "c.json")
    assert done.exit_code == 0, done.output
    return dict(json.loads((folder / "c.json").read_text(encoding="utf-8")))


def test_two_periods_of_one_database(folder: Path) -> None:
    found = said(folder, "2026-01", "2026-02", "--db", "both.duckdb")
    worse = {(row["rule"], row["agent"]) for row in found["moved"]["items"] if row["direction"] == "worse"}
    assert {("late-reply", None), ("late-reply", "KM"), ("missing-empathy", "KM")} <= worse
    assert not any(row["agent"] == "AB" for row in found["moved"]["items"])
    assert found["score"]["high"] < 0
    assert found["flags"] == []


def test_the_page_of_an_audit_holds_its_last_two_periods(folder: Path) -> None:
    result = json.loads((folder / "both.json").read_text(encoding="utf-8"))
    assert result["changes"] == said(folder, "2026-01", "2026-02", "--db", "both.duckdb")
    assert json.loads((folder / "jan.json").read_text(encoding="utf-8"))["changes"] is None


def test_two_results(folder: Path) -> None:
    found = said(folder, "jan.json", "feb.json")
    assert ("late-reply", "KM") in {(row["rule"], row["agent"]) for row in found["moved"]["items"]}
    assert (found["before"]["label"], found["after"]["label"]) == ("jan", "feb")
    assert found["findings"] is None
    same = said(folder, "jan.json", "jan.json")
    assert (same["moved"]["n"], same["new"]["n"], same["fixed"]["n"], same["score"]["difference"]) == (0, 0, 0, 0)
    assert same["overlap"]
    assert (same["findings"]["new"]["n"], same["findings"]["fixed"]["n"]) == (0, 0)
    assert same["findings"]["stay"] > 0


def test_it_fails_only_when_asked_to_and_only_for_the_worse(folder: Path) -> None:
    periods = ["compare", "2026-01", "2026-02", "--db", "both.duckdb"]
    assert audit(folder, *periods).exit_code == 0
    failed = audit(folder, *periods, "--fail-on-worse")
    assert failed.exit_code == 1
    assert "late-reply (KM)" in failed.stderr
    assert audit(folder, "compare", "2026-02", "2026-01", "--db", "both.duckdb", "--fail-on-worse").exit_code == 0
    assert audit(folder, "compare", "feb.json", "jan.json", "--fail-on-worse").exit_code == 0


def test_other_rules_are_flagged_and_fail_nothing(folder: Path) -> None:
    result = json.loads((folder / "jan.json").read_text(encoding="utf-8"))
    result["rulebook"] |= {"hash": "0", "typer": "another"}
    for rule in result["rulebook"]["rules"].values():
        rule["hash"] = "0"
    (folder / "other.json").write_text(json.dumps(result), encoding="utf-8")
    done = audit(folder, "compare", "other.json", "feb.json", "--fail-on-worse")
    assert done.exit_code == 0, done.output
    assert "! not judged alike: hash 0" in done.output
    assert "! not judged alike: typer another" in done.output
    assert "another rule, another typer]" in done.output


def test_comparing_changes_nothing(folder: Path) -> None:
    before = (folder / "both.duckdb").read_bytes()
    audit(folder, "compare", "2026-01", "2026-02", "--db", "both.duckdb")
    assert (folder / "both.duckdb").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (["none.json", "jan.json"], AuditError, "no such file"),
        (["2026-01", "2026-02"], AuditError, "--db"),
        (["tweets.csv", "jan.json"], AuditError, "no JSON"),
        (["2026-01", "2026-13", "--db", "both.duckdb"], AuditError, "no period"),
        (["2026-01", "2026-01-15..2026-02", "--db", "both.duckdb"], AuditError, "share days"),
        (["2025-01", "2026-01", "--db", "both.duckdb"], NothingToJudge, "judged nothing in 2025-01"),
    ],
)
def test_what_cannot_be_compared_is_one_clear_message(folder: Path, arguments: list[str], kind: type[AuditError], message: str) -> None:
    done = audit(folder, "compare", *arguments)
    assert type(done.exception) is kind
    assert message in str(done.exception)


def test_a_result_of_another_version_is_refused(folder: Path) -> None:
    (folder / "old.json").write_text('{"schema_version": 1}', encoding="utf-8")
    assert "schema_version 1" in str(audit(folder, "compare", "old.json", "jan.json").exception)
    (folder / "part.json").write_text('{"schema_version": 4, "rulebook": {}}', encoding="utf-8")
    assert "no whole result: period is missing" in str(audit(folder, "compare", "part.json", "jan.json").exception)
    (folder / "list.json").write_text("[1]", encoding="utf-8")
    assert "no result" in str(audit(folder, "compare", "list.json", "jan.json").exception)


def test_a_database_that_another_audit_began_in_remembers_nothing(folder: Path, tmp_path: Path) -> None:
    export = months(tmp_path / "t.csv", [(1, 0.5), (2, 0.5)], each=12)
    audit(tmp_path, "run", export, "-o", "t.html", "--quiet")
    assert audit(tmp_path, "compare", "2026-01", "2026-02", "--db", "t.duckdb").exit_code == 0
    assert audit(tmp_path, "forget", "700001", "--db", "t.duckdb").exit_code == 0
    assert "remembers no audit" in str(audit(tmp_path, "compare", "2026-01", "2026-02", "--db", "t.duckdb").exception)
