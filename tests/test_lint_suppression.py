"""Findings that do not count: comments with reasons and days, and a baseline that follows what moves and only shrinks."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from audit.cli import group
from audit.errors import AuditError
from tests.lint_fixtures import CLEAN, LEAKY, code, lint, written

STOCKS = ("--select", "stock-phrase,suppression")
STOCK = "We apologise for any inconvenience caused."


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPLY_AUDIT_CACHE", "")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def markdown(*templates: tuple[str, str], name: str = "macros.md") -> Path:
    """Templates as blockquotes, each with what stands before it."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    sections = (f"## {number}. Delay\n\n{before}\n\n> Hi {{name}},\n>\n> {text}\n" for number, (before, text) in enumerate(templates, 1))
    path.write_text("# Macros\n\n" + "\n".join(sections), encoding="utf-8")
    return path


def judged(*arguments: str | Path) -> tuple[list[tuple[str, int]], list[tuple[str, str]]]:
    """(rule, line) of what counts, and (rule, reason) of what does not."""
    data = json.loads(lint(*arguments, "--select", "stock-phrase,suppression", "--format", "json").stdout)
    return (
        [(each["rule"], each["line"]) for each in data["findings"]],
        [(each["rule"], each["suppression"]["reason"]) for each in data["suppressed"]],
    )


def test_a_comment_covers_the_template_behind_it_and_no_other() -> None:
    markdown(("<!-- reply-audit: allow stock-phrase: a legal duty -->", STOCK), ("", STOCK))
    assert judged(".") == ([("stock-phrase", 17)], [("stock-phrase", "a legal duty")])


@pytest.mark.parametrize("name", ["late.md", "late.txt"])
@pytest.mark.parametrize(
    "text",
    ["<!-- reply-audit: allow stock-phrase: a duty -->\n{}", "<!-- a note -->\n\n<!-- reply-audit: allow stock-phrase: a duty -->\n\n{}"],
)
def test_a_comment_before_a_plain_template(name: str, text: str) -> None:
    Path(name).write_text(text.format(f"Hi {{{{name}}}}, {STOCK}\n"), encoding="utf-8")
    assert judged(name) == ([], [("stock-phrase", "a duty")])


def test_a_note_in_a_plain_template_is_no_text_of_it() -> None:
    Path("late.md").write_text(
        f"# Delay\n\n<!-- for {{x}} only -->\n\nHi {{{{name}}}}, {STOCK}\n\n<!-- checked in May -->\n", encoding="utf-8"
    )
    assert judged("late.md") == ([("stock-phrase", 5)], [])


def test_notes_between_and_above_templates_hide_nothing() -> None:
    Path("templates").mkdir()
    Path("templates/a.md").write_text("Hi {name},\n<!-- for us: TODO_AMOUNT\nno more -->\nthank you. We ship it today.\n", encoding="utf-8")
    assert json.loads(lint("templates", "--select", "leaked-placeholder", "--format", "json").stdout)["findings"] == []
    note = "<!-- reply-audit: allow-file stock-phrase: agreed -->\n"
    Path("b.md").write_text(
        f"{note}# Reply templates\n\n## Late\n\nHi {{name}}, {STOCK}\n\n## Early\n\nHi {{name}}, {STOCK}\n", encoding="utf-8"
    )
    assert judged("b.md") == ([], [("stock-phrase", "agreed")] * 2)


def test_a_comment_for_the_whole_file() -> None:
    markdown(("<!-- reply-audit: allow-file care/stock-phrase: a legal duty -->", STOCK), ("", STOCK))
    assert judged(".") == ([], [("stock-phrase", "a legal duty")] * 2)


def test_comments_of_yaml() -> None:
    Path("macros.yaml").write_text(
        f"# reply-audit: allow stock-phrase until 2030-01-01: a legal duty\n- title: A\n  text: {STOCK}\n- title: B\n  text: {STOCK}\n",
        encoding="utf-8",
    )
    assert judged(".") == ([("stock-phrase", 5)], [("stock-phrase", "a legal duty")])


@pytest.mark.parametrize(
    ("comment", "rule", "said"),
    [
        ("allow stock-phrase", "allow-without-reason", "it gives no reason"),
        ("allow stock-phrase:", "allow-without-reason", "it gives no reason"),
        ("allow: because", "allow-without-reason", "it names no rule"),
        ("allow stock-fraze: because", "allow-without-reason", "there is no rule 'stock-fraze'"),
        ("ignore stock-phrase: because", "allow-without-reason", "'ignore' is neither allow nor allow-file"),
        ("allow stock-phrase until May: because", "allow-without-reason", "'May' is no day"),
        ("allow stock-phrase until 2020-01-31: because", "expired-allow", "expired on 2020-01-31"),
    ],
)
def test_a_comment_that_does_not_count_is_a_finding_and_covers_nothing(comment: str, rule: str, said: str) -> None:
    markdown((f"<!-- reply-audit: {comment} -->", STOCK))
    found, suppressed = judged(".")
    assert (found, suppressed) == ([(rule, 5), ("stock-phrase", 9)], [])
    result = lint(".", *STOCKS, "--format", "concise")
    assert said in result.stdout
    assert code(result) == 1


def test_the_last_day_still_counts() -> None:
    markdown(("<!-- reply-audit: allow stock-phrase until 2026-05-31: a legal duty -->", STOCK))
    assert judged(".", "--today", "2026-05-31")[0] == []
    assert judged(".", "--today", "2026-06-01")[0] == [("expired-allow", 5), ("stock-phrase", 9)]


def test_a_comment_without_use_is_a_finding() -> None:
    markdown(("<!-- reply-audit: allow stock-phrase: a legal duty -->", "The lid leaves today."))
    assert judged(".")[0] == [("unused-allow", 5)]
    assert code(lint(".", "--ignore", "suppression")) == 0
    assert "unused-allow" not in lint(".", "--select", "help", "--format", "concise").stdout


def baseline(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["baseline", *arguments[:1], "--isolated", *arguments[1:]])


def entries() -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = json.loads(Path("reply-audit-baseline.json").read_text(encoding="utf-8"))["entries"]
    return held


BASELINE = ("--baseline", "reply-audit-baseline.json")


def kept(*arguments: str) -> list[tuple[str, int]]:
    return judged(".", *BASELINE, *arguments)[0]


def test_a_first_baseline_takes_all_with_a_reason() -> None:
    written(Path(), LEAKY, CLEAN)
    assert code(baseline("update", *STOCKS)) == 2
    assert not Path("reply-audit-baseline.json").exists()
    done = baseline("update", *STOCKS, "--reason", "written before the guide", "--until", "2030-01-01")
    assert (code(done), done.stdout) == (0, "reply-audit-baseline.json: 1 entry, 1 added, 0 removed\n")
    (entry,) = entries()
    assert (entry["rule"], entry["reason"], entry["until"]) == ("stock-phrase", "written before the guide", "2030-01-01")
    assert kept() == []
    assert kept("--today", "2030-01-02") == [("stock-phrase", 6), ("expired-baseline", 4)]


def test_an_expired_entry_is_renewed_with_a_reason() -> None:
    written(Path(), LEAKY)
    baseline("update", *STOCKS, "--reason", "old", "--until", "2030-01-01")
    late = (*STOCKS, "--today", "2030-02-01")
    assert "1 entry expired: --reason and --until renew them" in baseline("update", *late).stderr
    assert entries()[0]["until"] == "2030-01-01"
    assert isinstance(baseline("update", *late, "--reason", "longer", "--until", "2030-01-31").exception, AuditError)
    done = baseline("update", *late, "--reason", "longer", "--until", "2030-06-30")
    assert done.stdout == "reply-audit-baseline.json: 1 entry, 0 added, 0 removed, 1 renewed\n"
    assert [(entry["reason"], entry["until"]) for entry in entries()] == [("longer", "2030-06-30")]
    assert kept("--today", "2030-02-01") == []


def test_it_follows_moved_lines_moved_files_and_edited_texts() -> None:
    written(Path(), LEAKY)
    baseline("update", *STOCKS, "--reason", "old")
    written(Path(), CLEAN, CLEAN | {"title": "x"}, LEAKY)
    assert kept() == []
    Path("macros.json").rename("moved.json")
    assert kept() == []
    Path("moved.json").unlink()
    written(Path(), LEAKY | {"text": f"Hello Ola! {LEAKY['text']} It is blue."})
    assert kept() == []
    written(
        Path(), LEAKY | {"text": "So sorry about the leak: we apologise for any inconvenience caused, Ola. Thank you for your patience."}
    )
    assert kept() == []


def test_an_entry_covers_one_finding_only() -> None:
    written(Path(), LEAKY)
    baseline("update", *STOCKS, "--reason", "old")
    written(Path(), LEAKY, LEAKY | {"title": "Another"})
    assert kept() == [("stock-phrase", 12)]


def test_it_only_shrinks() -> None:
    written(Path(), LEAKY, LEAKY | {"title": "B", "text": "Your call is very important to us. Thank you for your patience."})
    baseline("update", *STOCKS, "--reason", "old")
    assert len(entries()) == 2
    written(Path(), LEAKY)
    assert kept() == [("stale-baseline", 4)]
    assert code(lint(".", *BASELINE, *STOCKS)) == 1
    assert baseline("prune", *STOCKS).stdout == "reply-audit-baseline.json: 1 entry, 1 removed\n"
    assert kept() == []
    written(Path(), LEAKY, LEAKY | {"title": "C", "text": "Your call is very important to us. Thank you for your patience."})
    refused = baseline("update", *STOCKS, "--reason", "new")
    assert code(refused) == 1
    assert len(entries()) == 1
    assert code(baseline("update", *STOCKS, "--reason", "new", "--grow")) == 0
    assert [entry["reason"] for entry in entries()] == ["new", "old"]


def test_what_a_run_did_not_look_at_is_not_stale() -> None:
    written(Path(), LEAKY, name="a/macros.json")
    written(Path(), LEAKY, name="b/macros.json")
    baseline("update", *STOCKS, "--reason", "old")
    written(Path(), CLEAN, name="b/macros.json")
    assert judged("a", *BASELINE)[0] == []
    assert json.loads(lint("b", *BASELINE, "--select", "help,suppression", "--format", "json").stdout)["findings"] == []
    baseline("prune", "a", *STOCKS)
    assert len(entries()) == 2
    baseline("prune", *STOCKS)
    assert len(entries()) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no valid JSON"),
        ('{"version": 9}', "no baseline of version 1"),
        ('{"version": 1, "entries": [{"rule": "a", "path": "b", "fingerprint": "c", "reason": " "}]}', "lacks its reason"),
        ('{"version": 1, "entries": [{"rule": "a", "path": "b", "fingerprint": "c", "reason": "d", "until": "May"}]}', "'May' is no day"),
    ],
)
def test_a_baseline_that_cannot_be_read(text: str, said: str) -> None:
    written(Path(), LEAKY)
    Path("reply-audit-baseline.json").write_text(text, encoding="utf-8")
    result = lint(".", *BASELINE)
    assert code(result) == 2
    assert said in str(result.exception)


def test_the_same_findings_give_the_same_bytes() -> None:
    written(Path(), LEAKY, LEAKY | {"title": "B"})
    baseline("update", *STOCKS, "--reason", "old")
    first = Path("reply-audit-baseline.json").read_bytes()
    baseline("update", *STOCKS)
    assert Path("reply-audit-baseline.json").read_bytes() == first
    assert date.today().isoformat() not in first.decode()
