"""`reply-audit judge`: rows in, one JSON line out per row, in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from audit import rows
from audit.cli import group
from audit.errors import AuditError, NothingToJudge
from audit.judge import judge

KEYS = {
    "id",
    "lang",
    "asked_type",
    "asked_upset",
    "asked_addressed",
    "asked_insulting",
    "asked_confidence",
    "asked_why",
    "broken",
    "kept",
    "findings",
    "promises_return",
}


def run(text: str, name: str = "rows.jsonl", tmp_path: Path | None = None) -> Result:
    if tmp_path is None:
        return CliRunner().invoke(group, ["judge", "-"], input=text)
    (tmp_path / name).write_text(text, encoding="utf-8")
    return CliRunner().invoke(group, ["judge", str(tmp_path / name)])


def answers(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    result = run("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_answer_has_the_promised_keys_and_echoes_the_id() -> None:
    said = answers(
        {"id": 7, "asked": "It leaks", "reply": "A new seal leaves today."}, {"id": "b", "asked": "It leaks"}, {"reply": "Hello"}
    )
    assert [set(answer) for answer in said] == [KEYS] * 3
    assert [answer["id"] for answer in said] == [7, "b", None]


def test_words_are_code_points_of_the_reply_as_given() -> None:
    reply = "🙂 Sorry! Please DM us your order number ^AB"
    (answer,) = answers({"asked": "It leaks!", "reply": reply, "lang": "en", "asked_type": "complaint", "asked_upset": False})
    (finding,) = [f for f in answer["findings"] if f["rule"] == "private-redirect"]
    assert reply[finding["start"] : finding["end"]] == finding["words"]
    assert "DM us" in finding["words"]


def test_what_is_missing_has_no_place() -> None:
    (answer,) = answers(
        {
            "asked": "It leaks, I am furious!!!",
            "reply": "A new seal leaves today.",
            "lang": "en",
            "asked_type": "complaint",
            "asked_upset": True,
        }
    )
    assert {"rule": "missing-empathy", "words": None, "start": None, "end": None} in answer["findings"]


def test_given_types_are_used_and_rules_outside_their_scope_are_in_neither_list() -> None:
    row = {"asked": "Thanks a lot!", "reply": "Please DM us.", "lang": "en"}
    first, second, third = answers(
        {**row, "asked_type": "praise"}, {**row, "asked_type": "complaint"}, {**row, "asked_type": "complaint", "private": True}
    )
    assert "private-redirect" not in first["broken"] + first["kept"]
    assert "private-redirect" in second["broken"]
    assert "private-redirect" not in third["broken"] + third["kept"]
    assert [answer["asked_type"] for answer in (first, second, third)] == ["praise", "complaint", "complaint"]


def test_rules_that_need_time_or_thread_are_null() -> None:
    (answer,) = answers(
        {"asked": "It leaks", "reply": "A new seal leaves today.", "lang": "en", "asked_type": "complaint", "asked_upset": False}
    )
    said = set(answer["broken"] + answer["kept"])
    assert not said & {"late-reply", "ignored-complaint", "abandoned-dialogue", "copy-paste", "broken-promise", "praise-burst"}


def test_other_languages_are_judged_by_language_free_rules_only() -> None:
    (answer,) = answers(
        {"asked": "Es geht nicht", "reply": "Bitte schreiben Sie uns eine Nachricht", "lang": "de", "asked_type": "complaint"}
    )
    assert (answer["lang"], answer["broken"]) == ("other", [])


@pytest.mark.parametrize(
    ("given", "lang"),
    [("RU", "ru"), ("rus", "ru"), ("en-US", "en"), ("en_GB", "en"), ("pl-PL", "pl"), ("POL", "pl"), ("uk", "other"), ("zh-Hans", "other"),
     ("other", "other"), (" ru ", "ru"), ("", None)],
)  # fmt: skip
def test_codes_of_languages_are_read_as_people_write_them(given: str, lang: str | None) -> None:
    row = rows.checked(1, {"reply": "Dziękujemy", "lang": given})
    assert (row.fields["lang"], row.error) == (lang, None)


def test_only_the_asked_side_without_a_reply() -> None:
    (answer,) = answers({"asked": "My kettle leaks and nobody answers me", "lang": "en"})
    assert answer["asked_type"] == "complaint"
    assert answer["findings"] == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{nonsense", "malformed row"),
        ("[1]", "not an object"),
        ('{"id": 3, "reply": 5}', "reply: not a text"),
        ('{"id": 3}', "neither asked nor reply"),
        ('{"asked": "x", "asked_type": "rant"}', "asked_type"),
        ('{"asked": "x", "asked_upset": "maybe"}', "asked_upset"),
        ('{"asked": "x", "lang": "klingon"}', "lang: 'klingon' is no language code, write ru, pl, en or other"),
        ('{"asked": "x", "lang": "xx"}', "lang: 'xx' is no language code"),
        ('{"asked": "\\ud83d"}', "surrogate"),
        ('{"id": NaN, "reply": "x"}', "malformed row: NaN is not JSON"),
        ('{"id": 1e999, "reply": "x"}', "malformed row: 1e999 is not JSON"),
        ('{"id": ' + "9" * 5000 + ', "reply": "x"}', "malformed row: a number too long to read"),
        ('{"reply": ' + "[" * 100_000, "malformed row: nested too deep"),
        ('{"reply": "cut o', "malformed row: Unterminated string"),
    ],
)
def test_a_bad_row_is_an_answer_of_its_own(line: str, reason: str) -> None:
    result = run(f'{line}\n{{"id": 2, "reply": "Hello"}}\n')
    first, second = (json.loads(text) for text in result.stdout.splitlines())
    assert result.exit_code == 0
    assert reason in first["error"]
    assert "error" not in second


def test_csv_rows(tmp_path: Path) -> None:
    text = "id,asked,reply,asked_type,asked_upset\n1,It leaks,Please DM us,complaint,FALSE\n2,too,many,cells,in,here\n"
    result = run(text, "rows.csv", tmp_path)
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert "private-redirect" in first["broken"]
    assert "malformed row" in second["error"]


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("", "a.jsonl", NothingToJudge),
        ("id,asked,reply\n", "a.csv", NothingToJudge),
        ("x,y\n1,2\n", "a.csv", AuditError),
        ('[{"reply": "x"}]', "a.json", AuditError),
    ],
)
def test_a_file_that_cannot_be_judged(tmp_path: Path, text: str, name: str, kind: type[Exception]) -> None:
    result = run(text, name, tmp_path)
    assert isinstance(result.exception, kind)
    assert result.stdout == ""


def test_a_quote_that_is_not_closed_is_a_bad_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,reply\n1,"Thanks, fixed."\n2,"Thanks\n3,x\n', encoding="utf-8")
    assert [(row.id, row.error) for row in rows.read(tmp_path / "a.csv")] == [("1", None), (None, "malformed row: a quote is not closed")]


def test_utf_16_rows(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "reply": "Спасибо"}\n', encoding="utf-16")
    assert [row.fields["reply"] for row in rows.read(tmp_path / "a.jsonl")] == ["Спасибо"]


def test_a_row_of_other_bytes_is_refused_alone(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"id": 1, "reply": "caf\xe9"}\n{"id": 2, "reply": "Thanks!"}\n{"id": 3, "reply": "Thanks!"}\n')
    first, second, third = rows.read(path)
    assert first.error is not None
    assert "not UTF-8" in first.error
    assert (second.error, third.error) == (None, None)


def test_a_word_or_two_answer_a_question() -> None:
    given = [
        rows.checked(i, {"lang": "en", "asked": "Where is your shop?", "asked_type": kind, "reply": "In York."})
        for i, kind in enumerate(("question", "complaint"))
    ]
    question, complaint = judge(given)
    assert "empty-answer" in question["kept"]
    assert "empty-answer" in complaint["broken"]
