"""The scorecard: one file, offline, hostile texts stay texts."""

from __future__ import annotations

import copy
import csv
import io
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import html5lib
import polars as pl
import pytest

from audit.pipeline import AuditOptions, audit_history
from audit.report import files, html, result_json, tables_csv
from audit.report.tables import tables
from audit.report.wording import LANGUAGES, Numbers, words

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


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_valid_html_and_asks_nothing_of_anybody(result: dict[str, Any], lang: str) -> None:
    page = html.render(result, lang)
    html5lib.HTMLParser(strict=True).parse(page)
    assert f'<html lang="{lang}">' in page
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|iframe|object|embed)\b", page)
    assert not re.search(r"""\b(src|srcset|xlink:href)=["']?(?!#|data:)""", page)
    assert not re.search(r"url\((?!#)", page)
    assert len(page) < 1_000_000
    assert page == html.render(result, lang)


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
    assert "<script" not in page
    assert "<img" not in page
    assert "<svg onload" not in page
    assert "javascript:" not in page
    assert "data:text" not in page
    assert "{{ 7*7 }}" in page
    assert not any(mark in page for mark in "\u202e\x1b")


def test_offending_words_are_marked_by_code_points() -> None:
    text = "🙂🙂 please DM us <now>"
    start = text.index("DM")
    assert str(html.marked(text, [[start, start + 5]])) == "🙂🙂 please <mark>DM us</mark> &lt;now&gt;"
    assert str(html.marked("a b c", [[0, 3], [2, 5]])) == "<mark>a b</mark><mark> c</mark>"
    long = "x" * 5000 + " DM us " + "y" * 5000
    cut = str(html.marked(long, [[5001, 5006]]))
    assert "<mark>DM us</mark>" in cut
    assert len(cut) < 600


def test_a_result_with_nothing_judged_still_renders(result: dict[str, Any]) -> None:
    empty = copy.deepcopy(result)
    empty["agents"], empty["findings"], empty["periods"] = [], [], []
    empty["scores"]["overall"] = {"score": None, "low": None, "high": None, "n": 0}
    for rule in empty["scores"]["rules"].values():
        rule |= {"judged": 0, "broken": 0, "score": None, "low": None, "high": None}
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


def test_numbers_are_written_as_the_language_writes_them() -> None:
    english, polish = Numbers("en", words("en")), Numbers("pl", words("pl"))
    assert (english.count(1234567), polish.count(1234567)) == ("1,234,567", "1\u00a0234\u00a0567")
    assert (english.score(71.25), polish.score(71.25)) == ("71.2", "71,2")
    assert (english.duration(5), english.duration(90), english.duration(2880)) == ("5\u00a0min", "1.5\u00a0h", "2\u00a0d")
    assert english.change(-3.04) == "−3.0"


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
