"""`--fix` and `--diff`: only what is safe, shown first, in the file's own encoding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.lint.repair import sentence
from tests.lint_fixtures import BLANK, CLEAN, code, lint, written


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPLY_AUDIT_CACHE", "")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def text(record: int = 0) -> str:
    return str(json.loads(Path("macros.json").read_text(encoding="utf-8"))[record]["text"])


def test_what_is_safe_is_put_right_and_the_rest_stays() -> None:
    written(
        Path(),
        BLANK,
        {"title": "Late", "lang": "pl", "text": "Dzień dobry, w chwili obecnej paczka jest w Łodzi. PROSZĘ JESZCZE CHWILĘ POCZEKAĆ!"},
    )
    result = lint(".", "--fix")
    assert code(result) == 1
    assert text() == "Hello {{customer.name}}, your parcel is at [your address] today."
    assert text(1) == "Dzień dobry, teraz paczka jest w Łodzi. Proszę jeszcze chwilę poczekać!"
    assert "-  " in result.stdout
    assert "Fixed 3 findings." in result.stdout
    assert "leaked-placeholder" in result.stdout
    assert "Fixed" not in lint(".", "--fix").stdout


def test_a_diff_changes_nothing_and_its_exit_code_tells() -> None:
    path = written(Path(), BLANK)
    before = path.read_bytes()
    result = lint(".", "--diff")
    assert result.exit_code == 1
    assert result.stdout.startswith("--- a/macros.json\n+++ b/macros.json\n")
    assert "Would fix 1 finding in 1 file." in result.stderr
    assert path.read_bytes() == before
    written(Path(), CLEAN)
    assert (lint(".", "--diff").exit_code, lint(".", "--diff").stdout) == (0, "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_file_keeps_its_encoding_its_line_ends_and_its_mode(encoding: str) -> None:
    path = Path("ответ.md")
    said = "# Ответы\r\n\r\n> Здравствуйте! На данный момент посылка в Твери, привезём её в пятницу.\r\n"
    path.write_bytes(said.encode(encoding))
    path.chmod(0o640)
    assert "Fixed 1 finding." in lint(".", "--fix").stdout
    assert path.read_bytes() == said.replace("На данный момент", "Сейчас").encode(encoding)
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_an_escape_or_markup_stands_in_is_left_alone() -> None:
    Path("macros.json").write_text(
        '[{"title": "A", "lang": "en", "text": "We ship in o\\u0072der to please, and at\\nthe present time."}]', encoding="utf-8"
    )
    Path("macros.md").write_text("# A\n\n> Hello Ola, we do this in **order** to please you.\n", encoding="utf-8")
    found = json.loads(lint(".", "--select", "wordy-phrase", "--format", "json").stdout)["findings"]
    assert {each["path"] for each in found} >= {"macros.json"}
    assert all(each["fix"] is None for each in found)
    before = {path: path.read_bytes() for path in Path().iterdir()}
    lint(".", "--fix")
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


def test_words_of_the_users_own_are_replaced_and_unsafe_ones_only_told() -> None:
    written(Path(), {"title": "A", "lang": "en", "text": "Kindly note that the lid shall fit. You shall see."})
    Path("reply-audit.toml").write_text('replacements = { kindly = "please", shall = "will", note = "\\"see\\"" }\n', encoding="utf-8")
    lint(".", "--fix", config=True)
    assert text() == "Please note that the lid will fit. You will see."


def test_a_suppressed_finding_is_not_fixed() -> None:
    Path("macros.md").write_text(
        "# A\n\n<!-- reply-audit: allow wordy-phrase: quoted from the law -->\n\n> Hello Ola, prior to May the lid was red.\n",
        encoding="utf-8",
    )
    assert lint(".", "--diff").stdout == ""


@pytest.mark.parametrize(
    ("words", "before", "calm"),
    [
        ("PLEASE DO NOT SHOUT!!!", "", "Please do not shout!"),
        ("LOOK HERE", "now ", "look here"),
        ("ПИШИТЕ НАМ. МЫ ТУТ", "Да. ", "Пишите нам. Мы тут"),
        ("SEND IT BY EMAIL TO USA", "", "Send it by email to USA"),
        ("HERE I AM", "", "Here I am"),
        ("Not SHOUTED", "", None),
        ("USA", "", None),
    ],
)
def test_shouted_words_are_said(words: str, before: str, calm: str | None) -> None:
    assert sentence(words, before, {"USA"}) == calm
