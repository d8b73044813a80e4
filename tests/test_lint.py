"""`reply-audit lint`: what is judged, where it is found, and how a run ends."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.lint_fixtures import BLANK, CLEAN, LEAKY, code, lint, written


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPLY_AUDIT_CACHE", "")
    for name in ("GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def found(*arguments: str | Path, config: bool = False) -> list[dict[str, Any]]:
    result = lint(*arguments, "--format", "json", config=config)
    findings: list[dict[str, Any]] = json.loads(result.stdout)["findings"]
    return findings


def rules(*arguments: str | Path, config: bool = False) -> list[str]:
    return [finding["rule"] for finding in found(*arguments, config=config)]


def test_every_finding_has_its_place_in_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, CLEAN, LEAKY)
    (finding,) = [each for each in found("macros.json") if each["rule"] == "stock-phrase"]
    line = path.read_text(encoding="utf-8").split("\n")[finding["line"] - 1]
    assert line[finding["column"] - 1 : finding["end_column"] - 1] == finding["words"] == "apologise for any inconvenience caused"
    assert (finding["path"], finding["template"], finding["lang"], finding["level"]) == (
        "macros.json",
        "/Leaking kettle/text",
        "en",
        "note",
    )


def test_columns_are_code_points_behind_escapes_and_emoji(tmp_path: Path) -> None:
    text = 'Oh no 🙂 "\u044f" — we apologise for any inconvenience caused, Ola.'
    path = tmp_path / "macros.json"
    path.write_text(json.dumps([{"title": "A", "text": text, "lang": "en"}]), encoding="utf-8")
    (finding,) = [each for each in found(path.name) if each["rule"] == "stock-phrase"]
    assert path.read_text(encoding="utf-8")[finding["column"] - 1 :].startswith("apologise for any inconvenience caused")


def test_what_is_asked_comes_from_the_declared_reaction_and_is_null_without_one(tmp_path: Path) -> None:
    bare = {"title": "Lids", "lang": "en", "text": "Hello, the lid is blue and made of steel."}
    written(tmp_path, {**bare, "reaction": "complaint"}, name="a.json")
    written(tmp_path, bare, name="b.json")
    told = {path: {each["rule"] for each in found(path)} for path in ("a.json", "b.json")}
    assert "missing-patience-thanks" in told["a.json"]
    assert told["b.json"] == set()


def test_rules_about_reuse_time_and_thread_judge_no_template(tmp_path: Path) -> None:
    written(tmp_path, *({**LEAKY, "title": f"t{i}"} for i in range(12)))
    assert not {"copy-paste", "late-reply", "broken-promise", "ignored-complaint"} & set(rules("macros.json"))


def test_a_declared_placeholder_is_no_blank_and_a_blank_is(tmp_path: Path) -> None:
    written(tmp_path, CLEAN, BLANK)
    leaked = [each["words"] for each in found("macros.json") if each["rule"] == "leaked-placeholder"]
    assert leaked == ["[your address]"]


def test_templates_of_a_help_desk_are_private(tmp_path: Path) -> None:
    text = "Hello! Please post your order number and phone number here."
    macros = {"macros": [{"title": "Order", "actions": [{"field": "comment_value", "value": text}]}]}
    Path("zendesk.json").write_text(json.dumps(macros), encoding="utf-8")
    written(tmp_path, {"title": "Order", "lang": "en", "text": text}, name="social.json")
    assert "exposed-personal-data" in rules("social.json")
    assert "exposed-personal-data" not in rules("zendesk.json")
    Path("reply-audit.toml").write_text("private = false\n", encoding="utf-8")
    assert "exposed-personal-data" in rules("zendesk.json", config=True)


def test_a_preview_is_a_note_that_fails_nothing_unless_it_is_named(tmp_path: Path) -> None:
    written(
        tmp_path, {**CLEAN, "reaction": "complaint", "text": "Our kettles do not leak, whatever you think. Thank you for your patience."}
    )
    (finding,) = [each for each in found(".") if each["rule"] == "denial"]
    assert (finding["level"], finding["preview"], finding["fails"]) == ("note", True, False)
    assert code(lint(".", "--fail-on", "note", "--select", "composure")) == 0
    named = lint(".", "--select", "denial", "--format", "json")
    (finding,) = json.loads(named.stdout)["findings"]
    assert (finding["level"], finding["preview"], finding["fails"], named.exit_code) == ("error", False, True, 1)


@pytest.mark.parametrize(
    ("records", "options", "expected"),
    [
        ([CLEAN], [], 0),
        ([LEAKY], [], 0),
        ([LEAKY], ["--fail-on", "note"], 1),
        ([BLANK], [], 1),
        ([BLANK], ["--exit-zero"], 0),
        ([BLANK], ["--ignore", "readiness"], 0),
        ([BLANK], ["--select", "care"], 0),
    ],
)
def test_exit_codes(tmp_path: Path, records: list[dict[str, str]], options: list[str], expected: int) -> None:
    written(tmp_path, *records)
    assert code(lint("macros.json", *options)) == expected


def test_nothing_to_judge_and_what_could_not_be_judged(tmp_path: Path) -> None:
    Path("empty").mkdir()
    assert code(lint("empty")) == 3
    Path("empty/notes.md").write_text("# Notes\n", encoding="utf-8")
    walked = lint("empty", "--format", "json")
    assert code(walked) == 3
    assert [each["path"] for each in json.loads(walked.stdout)["skipped"]] == ["empty/notes.md"]
    assert code(lint("empty/notes.md")) == 2
    assert code(lint("nowhere")) == 2
    Path("broken.json").write_text('{"text": ', encoding="utf-8")
    assert code(lint("broken.json")) == 2
    assert code(lint("broken.json", "--exit-zero")) == 2


def test_a_finding_about_the_set_stands_on_the_first_line_of_its_first_file(tmp_path: Path) -> None:
    written(tmp_path, LEAKY, name="b/macros.json")
    written(tmp_path, CLEAN, name="a/macros.json")
    missing = [each for each in found(".") if each["rule"] == "uncovered-reaction"]
    assert {(each["path"], each["line"], each["column"]) for each in missing} == {("a/macros.json", 1, 1)}
    assert sorted(each["message"].rpartition(" ")[2] for each in missing) == ["criticism", "question"]
    assert "uncovered-reaction" not in rules("a/macros.json", "b/macros.json")


def test_unknown_names_of_rules_are_told_with_the_one_meant(tmp_path: Path) -> None:
    written(tmp_path, CLEAN)
    result = lint(".", "--select", "stock-phrases")
    assert code(result) == 2
    assert "did you mean 'stock-phrase'?" in str(result.exception)


def test_settings_select_override_and_map(tmp_path: Path) -> None:
    written(tmp_path, {**LEAKY, "reaction": "returns"}, name="mail/macros.json")
    written(tmp_path, {**LEAKY, "reaction": "returns", "text": "Hello, the lid is blue and made of steel."}, name="social/macros.json")
    Path("reply-audit.toml").write_text(
        'select = ["care"]\nignore = ["missing-assurance"]\nreactions = { returns = "complaint" }\n[[overrides]]\npaths = ["mail/"]\nignore = ["stock-phrase"]\n',
        encoding="utf-8",
    )
    assert [(each["path"], each["rule"]) for each in found(".", config=True)] == [("social/macros.json", "missing-patience-thanks")]


def test_settings_are_found_upward_and_their_paths_start_from_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, BLANK, name="team/mail/macros.json")
    Path("pyproject.toml").write_text(
        '[tool.reply-audit]\noverrides = [{ paths = ["/team/mail/"], select = ["care"] }]\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path / "team")
    assert rules("mail", config=True) == []
    Path("../pyproject.toml").write_text('[tool.reply-audit]\nselct = ["care"]\n', encoding="utf-8")
    result = lint("mail", config=True)
    assert code(result) == 2
    assert "did you mean 'select'?" in str(result.exception)


def test_own_rules_and_profiles_judge_too(tmp_path: Path) -> None:
    written(tmp_path, LEAKY)
    assert [each["level"] for each in found(".", "--profile", "strict") if each["rule"] == "stock-phrase"] == ["warning"]
    assert "stock-phrase" not in rules(".", "--profile", "minimal")


def git(*arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments], check=True, capture_output=True)


def test_changed_since_shows_findings_on_changed_lines_only(tmp_path: Path) -> None:
    git("init", "-q")
    written(tmp_path, LEAKY, CLEAN)
    git("add", "-A")
    git("commit", "-qm", "a")
    assert rules(".", "--changed-since", "HEAD") == []
    written(tmp_path, LEAKY, {**CLEAN, "text": "We apologise for any inconvenience caused. Thank you!"})
    written(tmp_path, LEAKY, name="new.json")
    changed = [(each["path"], each["line"]) for each in found(".", "--changed-since", "HEAD") if each["rule"] == "stock-phrase"]
    assert changed == [("macros.json", 12), ("new.json", 6)]
    assert code(lint(".", "--changed-since", "nowhere")) == 2
    assert code(lint(".", "--changed-since", "--output=x")) == 2
    assert not Path("x").exists()
