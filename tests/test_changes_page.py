"""What changed and the overview of accounts on the page: valid, legible, hostile names stay names; and in a real browser."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import html5lib
import pytest
from selenium.webdriver.common.by import By

from audit import changes
from audit.pipeline import AuditOptions, audit_history
from audit.report import html
from tests import browser
from tests.histories import months

HOSTILE = "</script><script>document.title='owned'</script>{{ 7*7 }}\u202e"
LOOK = {"logo": "data:image/png;base64,iVBORw0KGgo=", "accent": "#ffee00"}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two accounts over two months, the second much worse."""
    export = months(tmp_path_factory.mktemp("page") / "tweets.csv", [(1, 0.1), (2, 0.9)], brands=("Kettlewell", "Brackwell"))
    return audit_history([export], AuditOptions(look=LOOK)).result


def comparison(result: dict[str, Any], lang: str = "en") -> str:
    one, other = changes.side(result, "a"), changes.side(result | {"rulebook": {**result["rulebook"], "typer": "other"}}, "b")
    return html.comparison(changes.compared(one, other), result["rulebook"]["rules"], lang, title=None, look=LOOK)


@pytest.mark.parametrize("lang", ["en", "ru", "pl"])
def test_both_pages_are_valid(result: dict[str, Any], lang: str) -> None:
    for page in (html.render(result, lang), comparison(result, lang)):
        html5lib.HTMLParser(strict=True).parse(page)
        assert 'id="changes"' in page
        assert 'src="data:image/png;base64,iVBORw0KGgo="' in page
        assert "--accent:light-dark(#" in page


def test_the_overview_has_a_row_an_account(result: dict[str, Any]) -> None:
    page = html.render(result)
    table = page[page.index('<section id="accounts">') : page.index('<section id="rules"')]
    assert table.count("<tr><th scope=") == 3
    assert table.index("Brackwell") > 0
    assert table.count("▼") == 2
    alone = copy.deepcopy(result)
    alone["accounts"] = alone["accounts"][:1]
    assert '<section id="accounts">' not in html.render(alone)


def test_hostile_names_stay_names(result: dict[str, Any]) -> None:
    hostile = copy.deepcopy(result)
    for key in ("before", "after"):
        hostile["changes"][key]["label"] = HOSTILE
    for rows in ("moved", "new", "fixed"):
        for row in hostile["changes"][rows]["items"]:
            row |= {"agent": HOSTILE, "account": HOSTILE}
    hostile["changes"]["flags"] = [{"what": HOSTILE, "before": HOSTILE, "after": None, "typer": True}]
    for account in hostile["accounts"]:
        account["account"] = HOSTILE
    hostile["look"] = {"logo": '"><script>', "accent": "</style><script>"}
    plain, page = html.render(result), html.render(hostile)
    other = html.comparison(hostile["changes"], result["rulebook"]["rules"], "en", title=HOSTILE, look=hostile["look"])
    for text in (page, other):
        html5lib.HTMLParser(strict=True).parse(text)
        assert text.count("<script") == plain.count("<script") == 2
        assert "\u202e" not in text
        assert "<img" not in text
        assert "{{ 7*7 }}" in text


@pytest.fixture(scope="module", params=["scorecard", "comparison"])
def opened(request: pytest.FixtureRequest, result: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(html.render(result) if request.param == "scorecard" else comparison(result), encoding="utf-8")
    with browser.opened(path) as driver:
        yield driver


@pytest.mark.slow
@pytest.mark.skipif(browser.missing() is not None, reason=browser.missing() or "")
@pytest.mark.xdist_group("browser")
def test_it_opens_switches_and_asks_nothing(opened: Any) -> None:
    assert [e for e in opened.get_log("browser") if e["level"] in ("SEVERE", "WARNING")] == []
    sent = [json.loads(entry["message"])["message"] for entry in opened.get_log("performance")]
    urls = [m["params"]["request"]["url"] for m in sent if m["method"] == "Network.requestWillBeSent"]
    assert [url for url in urls if not url.startswith(("file:", "data:"))] == []
    opened.find_element(By.CSS_SELECTOR, "button[data-lang=pl]").click()
    assert "Co się zmieniło" in opened.find_element(By.CSS_SELECTOR, "#changes h2").text
    for look in ("light", "dark"):
        opened.execute_script("document.documentElement.dataset.look = arguments[0]", look)
        opened.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
        opened.execute_script((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
        opened.set_script_timeout(120)
        found = opened.execute_async_script("axe.run(document, {resultTypes: ['violations']}).then(arguments[0])")
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == [], look
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": False})
    assert opened.execute_script("return document.documentElement.scrollWidth") <= 390
