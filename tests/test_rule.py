"""A rule file is one file; a wrong one is told with file, line, key and a hint, all faults at once."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from audit import check, proofs, rule
from audit.pattern import PatternError, expanded
from audit.profile import open_profile
from audit.rule import RuleErrors, key_lines
from audit.rulebook import open_rulebook

SOUND = """\
id = "bare-apology"
subject = "reply"
level = "warning"
detector = "pattern"
clauses = ["s3b"]

[kept]
en = "k"
ru = "k"
pl = "k"

[broken]
en = "b"
ru = "b"
pl = "b"

[why]
en = "w"
ru = "w"
pl = "w"

[fix]
en = "f"
ru = "f"
pl = "f"

[patterns]
en = ['oops~']

[[unless]]
lang = "en"
pattern = 'no oops'
example = "no oops here"

[[bad]]
lang = "en"
reply = "Oopsie!"
better = "A seal leaves today."

[[good]]
lang = "en"
reply = "A seal leaves today."
"""


def folder(tmp_path: Path, text: str, name: str = "bare-apology") -> Path:
    (tmp_path / "help").mkdir()
    (tmp_path / "guides").mkdir()
    (tmp_path / "vocabulary" / "en").mkdir(parents=True)
    (tmp_path / "help" / f"{name}.toml").write_text(text, encoding="utf-8")
    guide = 'author = "A"\ntitle = "T"\ndate = "2016"\n[[clause]]\nid = "s3b"\nadvises = "x"\n'
    (tmp_path / "guides" / "g.toml").write_text(guide, encoding="utf-8")
    return tmp_path


def faults(tmp_path: Path, text: str, name: str = "bare-apology") -> list[str]:
    with pytest.raises(RuleErrors) as caught:
        open_rulebook(folder(tmp_path, text, name))
    return [str(error) for error in caught.value.errors]


def test_a_sound_rule_loads_and_its_proofs_hold(tmp_path: Path) -> None:
    rulebook = open_rulebook(folder(tmp_path, SOUND))
    one = rulebook.rule("bare-apology")
    profile = open_profile("default")
    assert (one.id, one.category) == ("bare-apology", "help")
    assert proofs.failures(one, rulebook, profile) == []
    assert [f.kind for f in proofs.idle_exceptions(one, rulebook, profile)] == []


def test_an_unknown_key_is_named_with_line_and_suggestion(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SOUND.replace('level = "warning"', 'level = "warning"\nclausse = ["s3b"]'))
    assert "bare-apology.toml:4: clausse: unknown key" in fault
    assert "did you mean 'clauses'?" in fault


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = SOUND.replace('"warning"', '"huge"').replace('subject = "reply"\n', "").replace('[[good]]\nlang = "en"', '[[good]]\nlang = "de"')
    told = faults(tmp_path, text)
    assert len(told) == 3
    assert any("level" in fault and ":2:" in fault for fault in told)
    assert any("subject: missing" in fault for fault in told)
    assert any("good.0.lang" in fault for fault in told)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('[[good]]\nlang = "en"\nreply = "A seal leaves today."\n', ""), "no example in 'en'"),
        (('better = "A seal leaves today."\n', ""), "better wording"),
        (('example = "no oops here"\n', ""), "unless.0.example: missing"),
        (("['oops~']", "['oops(']"), "no valid expression"),
        (("['oops~']", "['{opps}']"), "names {opps}"),
        (("['oops~']", "['(?=x)oops']"), "no valid expression"),
        (('["s3b"]', '["z9"]'), "'z9' is in no guide"),
        (('"bare-apology"', '"other"'), "not the file's name"),
        (('id = "bare-apology"', "id = "), "no valid TOML"),
    ],
)
def test_a_rule_with_a_fault_cannot_be_loaded(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    assert any(expected in fault for fault in faults(tmp_path, SOUND.replace(*change, 1)))


def test_the_rules_of_the_package_are_sound() -> None:
    rulebook = open_rulebook()
    assert rulebook.proved() is rulebook


@pytest.mark.parametrize(("expression", "expected"), [("oops(", "no valid expression"), ("{opps}", "names {opps}")])
def test_an_expression_that_was_not_looked_at_before_is_told_with_its_place_when_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expression: str, expected: str
) -> None:
    monkeypatch.setattr("audit.rulebook.home", lambda: tmp_path)
    rulebook = open_rulebook(folder(tmp_path, SOUND.replace("oops~", expression)))
    with pytest.raises(RuleErrors) as caught:
        check.marks(pl.DataFrame({"reply": ["Oopsie!"], "lang": ["en"]}), rulebook, {})
    (fault,) = caught.value.errors
    assert "bare-apology.toml:" in str(fault)
    assert expected in str(fault)
    with pytest.raises(RuleErrors):
        check.read(pl.DataFrame({"reply": ["Oopsie!"], "lang": ["en"]}), rulebook, {})


def test_failing_proofs_are_found(tmp_path: Path) -> None:
    text = SOUND.replace('reply = "Oopsie!"', 'reply = "Fine."').replace("no oops here", "yes oops here")
    rulebook = open_rulebook(folder(tmp_path, text))
    found = proofs.failures(rulebook.rule("bare-apology"), rulebook, open_profile("default"))
    assert [(f.kind, f.number, f.found) for f in found] == [("bad", 1, "kept"), ("unless", 1, "broken")]


def test_an_exception_that_excuses_nothing_is_found(tmp_path: Path) -> None:
    rulebook = open_rulebook(folder(tmp_path, SOUND.replace("no oops here", "nothing here")))
    assert len(proofs.idle_exceptions(rulebook.rule("bare-apology"), rulebook, open_profile("default"))) == 1


def test_lines_of_keys_pass_over_long_strings() -> None:
    text = "a = 1\nb = '''\nc = 2\n[d]\n'''\n[e]\nf = 3\n[[g]]\nh = 1\n[[g]]\nh = 2\n"
    assert key_lines(text) == {"a": 1, "b": 2, "e": 6, "e.f": 7, "g": 8, "g.0": 8, "g.0.h": 9, "g.1": 10, "g.1.h": 11}


@pytest.mark.parametrize(
    ("pattern", "regex"),
    [
        ("sorry", " (?:sorry) "),
        ("извин~ нас", r" (?:извин\S* нас) "),
        ("call <2> now", r" (?:call (?:[^ .!?]\S* ){0,2}now) "),
        ("{who} came", " (?:(?:ola|jan) came) "),
        ("^hi .*$", "^ (?:hi .*) $"),
    ],
)
def test_the_shorthands_of_patterns(pattern: str, regex: str) -> None:
    assert expanded(pattern, {"who": ("ola", "jan")}) == regex


def test_a_name_that_names_itself_is_refused() -> None:
    with pytest.raises(PatternError, match="name themselves"):
        expanded("{a}", {"a": ("{b}",), "b": ("{a}",)})


def test_rule_files_and_their_categories() -> None:
    assert rule.load(next(Path(__file__).parent.parent.glob("rules/openness/private-redirect.toml"))).category == "openness"
