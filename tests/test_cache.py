"""What is kept between runs: used where it is sound, done without where it is not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import jinja2
import pytest

from audit import cache, rule_folder
from audit.report import html
from audit.rulebook import home, open_rulebook


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REPLY_AUDIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def kept(place: Path) -> Path:
    (found,) = place.glob("rules-*.json")
    return found


def test_rules_are_the_same_from_the_cache(place: Path) -> None:
    first = open_rulebook()
    assert kept(place).is_file()
    again = open_rulebook()
    assert again.rules == first.rules
    assert again.vocabulary == first.vocabulary
    assert again.guides == first.guides


def test_rules_that_were_checked_before_need_no_checking(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_rulebook()
    monkeypatch.setattr("audit.rule.validated", pytest.fail)
    assert open_rulebook().rules == first.rules


def test_rules_that_were_overridden_are_not_kept(place: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    (own / "help").mkdir(parents=True)
    text = (home() / "help" / "empty-answer.toml").read_text(encoding="utf-8")
    (own / "help" / "empty-answer.toml").write_text(text.replace('level = "', 'level = "none" #'), encoding="utf-8")
    assert open_rulebook(own).rule("empty-answer").level == "none"
    assert open_rulebook().rule("empty-answer").level != "none"
    assert open_rulebook(own).rule("empty-answer").level == "none"


def test_other_code_checks_the_same_files_anew(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_rulebook()
    first = kept(place)
    monkeypatch.setattr(rule_folder, "__file__", str(copied(place.parent)))
    assert not open_rulebook().checked
    assert kept(place) != first


def copied(folder: Path) -> Path:
    """The modules that check rules, one of them another."""
    for name in ("rule.py", "schema.py", "profile_file.py"):
        (folder / name).write_bytes(Path(rule_folder.__file__).with_name(name).read_bytes() + b"# another\n")
    return folder / "rule_folder.py"


def test_a_broken_file_that_nothing_needs_stops_nothing(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(home(), rules)
    (rules / "profiles" / "chat.toml").write_text("extends = \n", encoding="utf-8")
    monkeypatch.setattr("audit.rulebook.home", lambda: rules)
    assert not open_rulebook().checked
    assert not list(place.glob("rules-*.json"))


@pytest.mark.parametrize("damage", ["[]", "5", '{"help/empty-answer.toml": 3}', '{"help/empty-answer.toml": {}}', "{", "\x00"])
def test_a_damaged_cache_of_rules_is_done_without(place: Path, damage: str) -> None:
    whole = open_rulebook()
    kept(place).write_text(damage, encoding="utf-8")
    assert open_rulebook().rules == whole.rules


def test_compiled_pages_are_kept_and_damaged_ones_made_anew(place: Path) -> None:
    environment = jinja2.Environment(bytecode_cache=html._compiled(), loader=jinja2.DictLoader({"a": "{{ 6 * 7 }}"}))
    assert environment.get_template("a").render() == "42"
    (file,) = (place / "pages").iterdir()
    file.write_bytes(file.read_bytes()[:20])
    again = jinja2.Environment(bytecode_cache=html._compiled(), loader=jinja2.DictLoader({"a": "{{ 6 * 7 }}"}))
    assert again.get_template("a").render() == "42"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions of POSIX")
def test_a_folder_that_others_can_write_to_holds_no_compiled_pages(place: Path) -> None:
    assert cache.made("pages") == place / "pages"
    (place / "pages").chmod(0o777)
    assert cache.made("pages") is None
    assert html._compiled() is None


def test_without_a_cache_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REPLY_AUDIT_CACHE", "")
    assert open_rulebook().rules
    assert cache.made("pages") is None
    assert not list(tmp_path.iterdir())
