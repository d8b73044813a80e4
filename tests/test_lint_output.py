"""What the linter writes: each format well-formed, complete, and within the limits of those who read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from audit.lint.finding import Card, Edit, Finding, Suppression
from audit.lint.output import FORMATS, github, sarif, statistics, written
from audit.lint.output.lines import shown
from audit.lint.report import Report
from audit.template.template import Failed, Skipped, Template
from tests.lint_fixtures import BLANK, LEAKY, code, lint
from tests.lint_fixtures import written as placed

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
CARDS = {
    "stock-phrase": Card("stock-phrase", "care", "note", "Office formula", "Nobody believes it.", "Say it in your own words."),
    "leaked-placeholder": Card("leaked-placeholder", "readiness", "error", "A blank", "It shows.", "Fill it in."),
    "customer-effort": Card("customer-effort", "help", "warning", "Work for the customer", "It tires.", "Do it yourself."),
}


def finding(rule: str = "stock-phrase", line: int = 1, **more: Any) -> Finding:
    place = {
        "path": "a b/mäcros, 1.md",
        "line": line,
        "column": 3,
        "end_line": line,
        "end_column": 9,
        "words": "f\x1bo <&> %\n:o",
        "key": "k",
    }
    said: dict[str, Any] = {"fingerprint": f"{line:016x}", "message": 'said "<&>" %\n\x1b[31m::', "level": CARDS[rule].level}
    return Finding(rule=rule, **(said | place | more))


def report(*findings: Finding, **more: Any) -> Report:
    template = Template("a b/mäcros, 1.md", "markdown", "k", "Näme <&>", "text", "en", (), (0, 1, 2, 3, 4), 1, 1)
    quiet = finding(line=7, suppression=Suppression("inSource", "a legal duty"))
    held: dict[str, Any] = {
        "suppressed": (quiet, finding(line=8, suppression=Suppression("external", "since 2025", "2027-01-31"))),
        "templates": (template,),
        "skipped": (Skipped("x.md", "holds no text"),),
        "failed": (Failed("broken.json", 3, "is no valid JSON"),),
        "texts": {template.path: "one line\nof 🙂 text\n"},
        "cards": CARDS,
    }
    return Report(findings=findings, **(held | more))


ALL = report(
    finding(),
    finding("leaked-placeholder", 2, edit=Edit(3, 5, "x"), better="“a” rather than “b”"),
    finding("customer-effort", 3, end_line=4),
)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_ends_its_last_line_and_holds_no_escape_of_a_terminal(form: str) -> None:
    for each in (ALL, report(), report(templates=(), failed=())):
        text = written(each, form)
        assert text.endswith("\n")
        assert "\x1b" not in text
        assert (
            "\x1b" not in json.dumps(json.loads(text), ensure_ascii=False) or form in ("json", "sarif", "gitlab")
            if text[0] in "[{"
            else True
        )


def test_sarif_is_valid_and_keeps_what_is_suppressed() -> None:
    for each in (ALL, report(), report(templates=(), failed=())):
        jsonschema.validate(json.loads(sarif.written(each)), SCHEMA, cls=jsonschema.Draft4Validator)
    run = json.loads(sarif.written(ALL))["runs"][0]
    assert [result["ruleId"] for result in run["results"]] == ["leaked-placeholder", "customer-effort", *["stock-phrase"] * 3]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/m%C3%A4cros%2C%201.md"
    assert [result.get("suppressions", [{}])[0].get("kind") for result in run["results"]] == [None, None, None, "inSource", "external"]
    assert "Better: “a”" in run["results"][0]["message"]["text"]
    assert run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"] == {"charOffset": 3, "charLength": 2}
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"][0]["executionSuccessful"] is False


def test_a_schema_that_takes_everything_would_prove_nothing() -> None:
    data = json.loads(sarif.written(ALL))
    data["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft4Validator)


def test_sarif_stays_below_the_limits_and_tells_how_many_it_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    many = report(*(finding(line=line) for line in range(1, 6)), finding("leaked-placeholder", 6), suppressed=())
    monkeypatch.setattr(sarif, "MOST_RESULTS", 4)
    run = json.loads(sarif.written(many))["runs"][0]
    assert [result["ruleId"] for result in run["results"]] == ["leaked-placeholder", *["stock-phrase"] * 3]
    assert run["properties"]["resultsLeftOut"] == 2
    assert "2 results were left out" in run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    monkeypatch.setattr(sarif, "MOST_BYTES", 300)
    assert len(json.loads(sarif.written(many))["runs"][0]["results"]) < 4


def test_junit_has_a_case_for_each_template_and_fails_those_that_fail_the_run() -> None:
    root = ElementTree.fromstring(written(ALL, "junit"))
    assert root.attrib == {"name": "reply-audit", "tests": "2", "failures": "1", "errors": "1"}
    case, unreadable = root.iter("testcase")
    assert (case.attrib["classname"], case.attrib["name"]) == ("a b/mäcros, 1.md", "Näme <&>")
    assert case.find("failure").attrib["type"] == "leaked-placeholder, customer-effort"  # type: ignore[union-attr]
    assert "(suppressed: a legal duty)" in case.find("system-out").text  # type: ignore[union-attr, operator]
    assert unreadable.find("error") is not None
    lenient = ElementTree.fromstring(written(report(finding(), failed=()), "junit"))
    assert (lenient.attrib["failures"], lenient.attrib["errors"]) == ("0", "0")


def test_checkstyle_lists_findings_by_file() -> None:
    root = ElementTree.fromstring(written(ALL, "checkstyle"))
    assert [file.attrib["name"] for file in root] == ["a b/mäcros, 1.md", "broken.json"]
    assert [error.attrib["severity"] for error in root[0]] == ["info", "error", "warning"]
    assert root[0][0].attrib["source"] == "reply-audit.stock-phrase"


def test_gitlab_issues_have_fingerprints_of_their_own() -> None:
    twice = report(finding(fingerprint="same"), finding(fingerprint="same", line=2))
    issues = json.loads(written(twice, "gitlab"))
    assert len({issue["fingerprint"] for issue in issues}) == 2
    assert issues[0]["location"] == {"path": "a b/mäcros, 1.md", "lines": {"begin": 1, "end": 1}}
    assert {issue["severity"] for issue in json.loads(written(ALL, "gitlab"))} == {"info", "critical", "major"}
    moved = report(finding(fingerprint="same", line=40))
    assert json.loads(written(moved, "gitlab"))[0]["fingerprint"] == issues[0]["fingerprint"]


def test_github_annotations_are_escaped() -> None:
    lines = written(ALL, "github").splitlines()
    assert lines[0] == "::error title=reply-audit::broken.json:3: is no valid JSON"
    assert lines[1].startswith(
        '::error file=a b/mäcros%2C 1.md,line=2,endLine=2,col=3,endColumn=9,title=reply-audit (leaked-placeholder)::said "<&>" %25%0A'
    )
    assert "col=" not in next(line for line in lines if "customer-effort" in line)


def test_github_keeps_ten_annotations_of_a_kind_and_tells_of_the_rest() -> None:
    many = report(
        *(finding("leaked-placeholder", line) for line in range(1, 15)), *(finding(line=line) for line in range(20, 40)), failed=()
    )
    lines = github.written(many).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == github.MOST
    notices = [line for line in lines if line.startswith("::notice ")]
    assert len(notices) == github.MOST
    assert "15 more findings are not shown" in notices[-1]
    assert sum(": error[leaked-placeholder]" in line for line in lines) == 14


def test_json_says_all(tmp_path: Path) -> None:
    data = json.loads(written(ALL, "json"))
    assert data["schema_version"] == 1
    assert data["summary"] == {
        "templates": 1,
        "files": 1,
        "error": 1,
        "warning": 1,
        "note": 1,
        "suppressed": 2,
        "fixable": 1,
        "fixed": 0,
        "outside": 0,
        "exit_code": 2,
    }
    assert data["suppressed"][1]["suppression"] == {"kind": "external", "reason": "since 2025", "until": "2027-01-31"}
    assert data["findings"][1]["fix"] == {"start": 3, "end": 5, "text": "x"}
    assert [each["fails"] for each in data["findings"]] == [False, True, True]


def test_statistics_count_by_rule() -> None:
    many = report(*(finding(line=line) for line in range(1, 12)), finding("leaked-placeholder", 12, edit=Edit(0, 1, "")))
    assert statistics.written(many).splitlines()[:2] == [
        "11  stock-phrase        [ ]  Office formula",
        " 1  leaked-placeholder  [*]  A blank",
    ]
    assert [row["count"] for row in json.loads(statistics.written_json(many))] == [11, 1]


@pytest.mark.parametrize(
    ("line", "column", "end", "under"),
    [
        ("plain words here", 7, 12, "words"),
        ("🙂 wide 日本 words", 11, 16, "words"),
        ("\ttabbed words", 9, 14, "words"),
        (f"{'x ' * 300}words{' y' * 300}", 601, 606, "words"),
        ("cafe\u0301 words", 7, 12, "words"),
    ],
)
def test_carets_stand_under_the_words(line: str, column: int, end: int, under: str) -> None:
    from audit.lint.output.lines import WIDEST, _width

    place = shown(finding(column=column, end_column=end, path="p", words=under), {"p": f"{line}\nmore\n"})
    assert place is not None
    source, carets = place
    assert _width(source) <= WIDEST + 2
    start = next(i for i in range(len(source) + 1) if _width(source[:i]) == len(carets) - len(carets.lstrip()))
    assert source[start : start + len(under)] == under
    assert carets.strip() == "^" * len(under)


def test_in_actions_annotations_come_by_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPLY_AUDIT_CACHE", "")
    placed(tmp_path, BLANK)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "::error file=macros.json" in lint(".").stdout
    assert "::error" not in lint(".", "--format", "text").stdout
    both = lint(".", "--format", "sarif", "--output", "out/lint.sarif")
    assert "::error file=macros.json" in both.stdout
    jsonschema.validate(json.loads(Path("out/lint.sarif").read_text(encoding="utf-8")), SCHEMA, cls=jsonschema.Draft4Validator)
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert "::error" not in lint(".").stdout


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_of_a_real_run(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPLY_AUDIT_CACHE", "")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    placed(tmp_path, BLANK, LEAKY)
    result = lint(".", "--format", form)
    assert (code(result), result.exception is None or isinstance(result.exception, SystemExit)) == (1, True)
    assert "stock-phrase" in result.stdout
    if form == "sarif":
        jsonschema.validate(json.loads(result.stdout), SCHEMA, cls=jsonschema.Draft4Validator)
    if form in ("junit", "checkstyle"):
        ElementTree.fromstring(result.stdout)


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_in_the_folder_that_is_judged_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.chdir(tmp_path)
    placed(Path("set"), LEAKY)
    report = Path("set", {"junit": "r.xml", "checkstyle": "r.xml", "text": "r.md", "concise": "r.md", "github": "r.md"}.get(form, "r.json"))
    texts = []
    for _ in range(3):
        assert code(lint("set", "--format", form, "-o", report, "--exit-zero")) == 0
        texts.append(report.read_text(encoding="utf-8"))
    assert texts[1] == texts[2]
