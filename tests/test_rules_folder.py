"""Own rules beside those of the package, profiles, guides, and the pages about rules."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from audit import figures, profile_file, score, templates
from audit.cli import group
from audit.errors import AuditError, SeveralErrors
from audit.pipeline import AuditOptions, audit_history
from audit.profile import Profile, known, open_profile
from audit.report import rule_page
from audit.rulebook import home, open_rulebook

EXPORTS = Path(__file__).parent.parent / "examples" / "kettlewell" / "exports"
OWN = """
id = "shop-talk"
subject = "reply"
level = "note"
detector = "pattern"
clauses = ["s3b"]
[kept]
en = "Plain words"
ru = "Простые слова"
pl = "Proste słowa"
[broken]
en = "Shop talk"
ru = "Жаргон"
pl = "Żargon"
[why]
en = "w"
ru = "w"
pl = "w"
[fix]
en = "f"
ru = "f"
pl = "f"
[patterns]
en = ["{jargon}"]
[[bad]]
lang = "en"
reply = "The SKU is on its way."
better = "The kettle is on its way."
[[good]]
lang = "en"
reply = "The kettle is on its way."
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    (folder / "help").mkdir(parents=True)
    (folder / "vocabulary" / "en").mkdir(parents=True)
    (folder / "help" / "shop-talk.toml").write_text(OWN, encoding="utf-8")
    (folder / "vocabulary" / "en" / "own.toml").write_text('jargon = ["sku", "rma"]', encoding="utf-8")
    return folder


def test_own_rules_stand_beside_those_of_the_package(own: Path) -> None:
    rulebook = open_rulebook(own)
    assert set(rulebook.ids) == {*open_rulebook().ids, "shop-talk"}
    assert rulebook.hash != open_rulebook().hash
    said = CliRunner().invoke(group, ["judge", "-", "--rules", str(own)], input='{"reply": "Your RMA is ready", "lang": "en"}')
    assert "shop-talk" in json.loads(said.stdout)["broken"]
    tested = CliRunner().invoke(group, ["rules", "test", "shop-talk", "--rules", str(own)])
    assert "1 rule, 2 examples, 0 failures" in tested.stdout
    result = audit_history([EXPORTS], AuditOptions(rules=own)).result
    assert result["scores"]["rules"]["shop-talk"]["judged"] > 0


def test_an_own_rule_of_the_same_name_takes_the_place_of_the_packages(own: Path) -> None:
    text = OWN.replace('id = "shop-talk"', 'id = "stock-phrase"')
    (own / "help" / "stock-phrase.toml").write_text(text, encoding="utf-8")
    assert open_rulebook(own).rule("stock-phrase").category == "help"
    with pytest.raises(AuditError, match="no such folder"):
        open_rulebook(own / "nowhere")


def test_rules_that_lie_where_nobody_looks_are_told(own: Path) -> None:
    with pytest.raises(AuditError, match="is a rule in no category's folder") as above:
        open_rulebook(own / "help")
    assert str(above.value).endswith(f"--rules names the folder above: {own}")
    (own / "hepl").mkdir()
    (own / "hepl" / "shop-talk.toml").write_text(OWN, encoding="utf-8")
    (own / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    with pytest.raises(AuditError, match="did you mean help") as stray:
        open_rulebook(own)
    assert "pyproject" not in str(stray.value)
    (own / "empty").mkdir()
    with pytest.raises(AuditError, match="holds no rules"):
        open_rulebook(own / "empty")


def test_an_own_rule_may_be_named_as_a_column(own: Path) -> None:
    for name in ("heavy", "row"):
        (own / "help" / f"{name}.toml").write_text(OWN.replace('"shop-talk"', f'"{name}"'), encoding="utf-8")
    assert {"heavy", "row"} <= audit_history([EXPORTS], AuditOptions(rules=own)).result["scores"]["rules"].keys()


def test_every_profile_names_known_rules_and_weighs_something() -> None:
    rulebook = open_rulebook()
    names = [profile.name for profile in known()]
    assert names[0] == "default"
    assert {"minimal", "strict", "regulated", "reviews", "chat"} <= set(names)
    for profile in known():
        open_profile(profile.name, ids=rulebook.ids)
        assert sum(score.weight(rule, profile) for rule in rulebook.rules) > 0


@pytest.mark.parametrize("path", sorted((home() / "profiles").glob("*.toml")), ids=lambda path: path.stem)
def test_profiles_of_the_package_are_sound(path: Path) -> None:
    assert profile_file.faults(tomllib.loads(path.read_text(encoding="utf-8"))) == []


def test_a_profile_that_names_an_unknown_rule_says_which_is_near(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "default"\ncritical = ["hostilty"]\n', encoding="utf-8")
    with pytest.raises(AuditError, match="did you mean 'hostility'"):
        open_profile(str(path), ids=[*open_rulebook().ids, "hostility"])


def test_a_rule_that_is_off_is_neither_scored_nor_shown(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "default"\n[rules]\nprivate-redirect = "off"\n', encoding="utf-8")
    audit = audit_history([EXPORTS], AuditOptions(profile=str(path)))
    assert "private-redirect" not in audit.result["scores"]["rules"]
    assert "private-redirect" not in set(audit.findings().get_column("rule"))


def test_a_critical_rule_breaks_the_whole_reply_and_an_excuse_takes_a_break_away() -> None:
    rulebook = open_rulebook()
    data = {"weights": {}, "bounds": {}, "minimum": {}, "critical": ["stock-phrase"], "excused": {"private-redirect": "stock-phrase"}}
    profile = Profile("p", data)
    ids = [rule.id for rule in rulebook.of("reply")]
    verdicts = pl.DataFrame({id: [True, True] for id in ids}).with_columns(pl.Series("stock-phrase", [False, True]))
    hit = score.after_critical(verdicts, rulebook, profile)
    assert all(hit.row(0)[ids.index(id)] is False for id in ids)
    assert all(hit.row(1))
    tried = Profile("p", {**data, "preview": ["stock-phrase"]})
    assert score.after_critical(verdicts, rulebook, tried).equals(verdicts), "a preview is not critical"
    rows = pl.DataFrame({"mark:stock-phrase": [True, False]})
    broken = pl.DataFrame({"private-redirect": [False, False]})
    assert score.after_excuses(broken, rows, profile).get_column("private-redirect").to_list() == [None, False]


def test_every_clause_is_accounted_for() -> None:
    rulebook = open_rulebook()
    cited = {id: tuple(rule.id for rule in rulebook.rules if id in rule.clauses) for guide in rulebook.guides for id in guide.clauses}
    for guide in rulebook.guides:
        for clause in guide.clauses.values():
            assert clause.covered_by == cited[clause.id], clause.id
            assert clause.covered_by or clause.figure or clause.not_observable, f"{clause.id} is unaccounted for"
            assert not (clause.covered_by and clause.not_observable), clause.id


def test_the_overview_is_what_the_files_say() -> None:
    written = (home() / "README.md").read_text(encoding="utf-8")
    assert written == rule_page.overview(open_rulebook(), figures.read(home()), known()), "make figures writes it anew"


def test_a_rule_below_its_target_is_a_preview_and_one_above_is_not() -> None:
    held_out = figures.read(home())[figures.DEFAULT]
    assert held_out["rules"]
    for rule in open_rulebook().rules:
        if rule.id in held_out["rules"]:
            assert (rule.status == "preview") == figures.below_target(rule.id, held_out), rule.id


def test_every_rule_has_a_full_page_in_each_language() -> None:
    rulebook, measured = open_rulebook(), figures.read(home())
    for rule in rulebook.rules:
        for lang in ("en", "ru", "pl"):
            page = rule_page.page(rule, rulebook, measured, known(), lang)
            assert f"{rule.category}/{rule.id}" in page
            assert all(word in page for word in ("Judged:", "Why:", "Drawn from", "Measured on", "default "))
            assert "\\S" not in page or rule.on == "original"


def test_a_set_of_templates_is_ready_for_each_reaction_in_each_language() -> None:
    rows = [("praise", "en"), ("complaint", "en"), ("criticism", "en"), ("question", "en"), ("praise", "pl"), (None, "pl")]
    found = templates.readiness(pl.DataFrame(rows, schema=["reaction", "lang"], orient="row"), open_rulebook(), open_profile("default"))
    missing = found.filter(~pl.col("uncovered-reaction")).select("lang", "reaction").rows()
    assert missing == [("pl", "complaint"), ("pl", "criticism"), ("pl", "question")]
    bare = pl.DataFrame({"reaction": [None], "lang": ["en"]}, schema={"reaction": pl.String, "lang": pl.String})
    assert templates.readiness(bare, open_rulebook(), open_profile("default")).is_empty()


def test_a_profile_that_lacks_what_is_asked_for_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[weights]\nerror = 3\n[bounds]\n[minimum]\n", encoding="utf-8")
    with pytest.raises(AuditError, match=r"mine\.toml:3: bounds: lacks late-reply, .*\n  hint: extends"):
        open_profile(str(path), ids=open_rulebook().ids)
    path.write_text('extends = "default"\n[[campaigns]]\nsince = "2026-03-07"\nuntil = "2026-03-08"\n', encoding="utf-8")
    with pytest.raises(AuditError, match=r"mine\.toml:3: campaigns\.0\.since: is no day\n  hint: write since = 2026-03-07, without quotes"):
        open_profile(str(path), ids=open_rulebook().ids)


FAULTY = """\
extends = "default"
critical = ["hostilty"]
minimums = 3

[weights]
eror = 3
warning = "2"

[bounds.late-reply]
publik = 30
review = -1

[bounds.late-repli]
public = 3

[rules]
private-redirect = "of"
late-replay = "note"

[minimum]
shares = 5

[[campaigns]]
since = 2026-03-09
until = 2026-03-08
"""


def test_all_faults_of_a_profile_are_told_at_once_with_line_key_and_hint(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(FAULTY, encoding="utf-8")
    with pytest.raises(SeveralErrors) as error:
        open_profile(str(path), ids=[*open_rulebook().ids, "hostility"])
    told = [(str(fault.place).rpartition(":")[2], fault.message) for fault in error.value.errors]
    assert told == [
        ("2", "critical: there is no rule 'hostilty'"),
        ("3", "minimums: unknown key"),
        ("6", "weights.eror: 'eror' is no level"),
        ("7", "weights.warning: cannot be '2'"),
        ("10", "bounds.late-reply.publik: unknown key"),
        ("11", "bounds.late-reply.review: cannot be -1"),
        ("13", "bounds.late-repli: unknown key"),
        ("17", "rules.private-redirect: 'of' is no level"),
        ("18", "rules.late-replay: there is no rule 'late-replay'"),
        ("21", "minimum.shares: unknown key"),
        ("23", "campaigns.0: since 2026-03-09 is after until 2026-03-08"),
    ]
    assert all(fault.hint for fault in error.value.errors[:-1])
    assert error.value.errors[2].hint == "did you mean 'error'?"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[weights\n", r"mine\.toml:1: is no valid TOML"),
        ('extends = "defualt"\n', r"mine\.toml:1: extends: there is no profile 'defualt'\n  hint: did you mean 'default'"),
        ('extends = "mine.toml"\n', r"mine\.toml:1: extends: .* extends itself"),
        ('extends = "default"\ncritical = "hostility"\n', r"mine\.toml:2: critical: .* list\n  hint: write critical = \["),
        ("extends = 3\n", r"mine\.toml:1: extends: "),
        ('extends = "default"\nrules = "x"\n', r"mine\.toml:2: rules: "),
        ("", r"mine\.toml: bounds: lacks late-reply"),
    ],
)
def test_a_profile_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AuditError, match=message):
        open_profile(str(path))


def test_a_profile_may_extend_another_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('extends = "strict"\n[bounds.late-reply]\npublic = 7\n', encoding="utf-8")
    (tmp_path / "mine.toml").write_text('extends = "ours.toml"\n[bounds.late-reply]\nprivate = 3\n', encoding="utf-8")
    bound = open_profile(str(tmp_path / "mine.toml")).bounds["late-reply"]
    assert (bound["public"], bound["private"], bound["review"]) == (7, 3, 720)


@pytest.mark.parametrize("name", ["help/../../x", "help/Bad Name", "help/", "nowhere/x", "help/под"])
def test_a_new_rule_has_a_plain_id_in_a_known_category(tmp_path: Path, name: str) -> None:
    with pytest.raises(AuditError, match="is no "):
        CliRunner().invoke(group, ["rules", "new", name, "--rules", str(tmp_path / "r")], catch_exceptions=False)
    assert list(tmp_path.iterdir()) == []


def test_an_own_remainder_needs_no_other_rules_and_any_id_will_do(own: Path) -> None:
    subtracting = OWN.replace('id = "shop-talk"', 'id = "url"').replace(
        'detector = "pattern"', 'detector = "remainder"\nbound = "empty-answer"'
    )
    subtracting = subtracting.replace('en = ["{jargon}"]', 'en = ["kettle"]\n[subtract]\nen = ["the sku", "is on its way"]')
    (own / "help" / "url.toml").write_text(subtracting, encoding="utf-8")
    rows = [
        {"reply": reply, "lang": "en"}
        for reply in ("The SKU is on its way.", "The kettle is on its way.", "The lid and the cord follow on Monday morning.")
    ]
    said = CliRunner().invoke(group, ["judge", "-", "--rules", str(own)], input="\n".join(map(json.dumps, rows)))
    assert ["url" in json.loads(line)["broken"] for line in said.stdout.splitlines()] == [True, False, False]
    result = audit_history([EXPORTS], AuditOptions(rules=own)).result
    assert result["scores"]["rules"]["url"]["judged"] > 0
