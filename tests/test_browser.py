"""The page in a real browser: it opens, speaks three languages, filters, prints, asks nothing of the network, and everybody can use it."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from audit.ingest.reader import ReadOptions
from audit.pipeline import AuditOptions, audit_history
from audit.report import html
from tests import browser

EXAMPLES = Path(__file__).parent.parent / "examples" / "kettlewell" / "exports"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(browser.missing() is not None, reason=browser.missing() or ""),
]
NOISE = "\n".join(f"line {i}: the kettle <b>leaks</b> & hisses" for i in range(25_000))
HOSTILE = {
    "script": "<script>document.title='owned'</script>",
    "closing": "</script></style></template><img src=x onerror=\"document.title='owned'\">",
    "template": "{{ 7*7 }} ${7*7} {% raise %} @@DATA@@",
    "override": "\u202egnirts desrever \u2066isolated",
    "attribute": '"><svg onload="document.title=\'owned\'">',
    "formula": '=HYPERLINK("https://evil.example","click")',
    "long": NOISE,
}


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    teams = {"AB": "Social", "EF": "Social", "KM": "Night", "GH": "Night", "Ola": "Warsaw", "Jan": "Warsaw"}
    return audit_history([EXAMPLES], AuditOptions(read=ReadOptions(brand="Kettlewell", tz="Europe/Warsaw"), teams=teams)).result


@pytest.fixture(scope="module")
def page(result: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "scorecard.html"
    path.write_text(html.render(result), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def desktop(page: Path) -> Iterator[Any]:
    with browser.opened(page) as driver:
        yield driver


@pytest.fixture(autouse=True)
def fresh(request: pytest.FixtureRequest, page: Path) -> None:
    if "desktop" in request.fixturenames:
        browser.shown(request.getfixturevalue("desktop"), page)


def errors(driver: Any) -> list[dict[str, Any]]:
    return [entry for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def requests(driver: Any) -> list[str]:
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    sent = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [url for url in sent if not url.startswith(("file:", "data:", "about:"))]


def text(driver: Any, selector: str) -> str:
    return str(driver.find_element(By.CSS_SELECTOR, selector).text)


def test_it_opens_without_errors_or_requests(desktop: Any) -> None:
    assert desktop.execute_script("return document.documentElement.dataset.ready") == ""
    assert errors(desktop) == []
    assert requests(desktop) == []
    assert desktop.find_element(By.CSS_SELECTOR, ".controls").is_displayed()


def test_the_policy_forbids_what_the_page_does_not_need(desktop: Any) -> None:
    script = """const done = arguments[0]; const image = new Image(); image.onload = () => done('loaded'); image.onerror = () => done('refused');
        image.src = 'https://example.invalid/x.png'; const s = document.createElement('script'); s.textContent = 'window.owned = 1'; document.body.append(s);"""
    assert desktop.execute_async_script(script) == "refused"
    assert desktop.execute_script("return window.owned") is None
    desktop.get_log("browser")


def test_languages_are_switched_in_the_page(desktop: Any) -> None:
    words = {"en": "What to fix first", "ru": "Что исправить сначала", "pl": "Co poprawić najpierw"}
    for lang in ("ru", "pl", "en"):
        desktop.find_element(By.CSS_SELECTOR, f"button[data-lang={lang}]").click()
        assert text(desktop, ".fixes h2") == words[lang]
        assert desktop.find_element(By.TAG_NAME, "html").get_attribute("lang") == lang
        pressed = [b.text for b in desktop.find_elements(By.CSS_SELECTOR, "button[data-lang][aria-pressed=true]")]
        assert pressed == [lang.upper()]
    assert errors(desktop) == []


@pytest.mark.parametrize("lang", ["ru", "pl"])
def test_a_switched_page_says_what_a_page_of_that_language_says(desktop: Any, result: dict[str, Any], tmp_path: Path, lang: str) -> None:
    desktop.find_element(By.CSS_SELECTOR, f"button[data-lang={lang}]").click()
    switched = desktop.execute_script("return document.body.innerText")
    other = tmp_path / f"{lang}.html"
    other.write_text(html.render(result, lang), encoding="utf-8")
    browser.shown(desktop, other)
    assert desktop.execute_script("return document.body.innerText") == switched


def test_the_theme_is_switched_and_kept(desktop: Any, page: Path) -> None:
    paper = "return getComputedStyle(document.body).backgroundColor"
    seen = {}
    for look in ("dark", "light"):
        desktop.execute_script(
            "const s = document.getElementById('look'); s.value = arguments[0]; s.dispatchEvent(new Event('change'))", look
        )
        browser.shown(desktop, page)
        seen[look] = desktop.execute_script(paper)
    assert seen["light"] == "rgb(255, 255, 255)"
    assert seen["dark"] != seen["light"]
    desktop.execute_script("localStorage.clear()")


def choose(driver: Any, key: str, value: str) -> None:
    script = "const s = document.querySelector(`select[data-filter=${arguments[0]}]`); s.value = arguments[1]; s.dispatchEvent(new Event('change', {bubbles: true}))"
    driver.execute_script(script, key, value)


def test_filters_count_rules_anew_and_hide_other_examples(desktop: Any, result: dict[str, Any]) -> None:
    rule = "private-redirect"
    before = text(desktop, f"#rule-{rule} > summary")
    choose(desktop, "agent", "Jan")
    cells = [cell for cell in result["facets"]["cells"] if cell["agent"] == "Jan"]
    place = result["facets"]["rules"].index(rule)
    judged, kept = (sum(cell[key][place] for cell in cells) for key in ("judged", "kept"))
    assert f"{judged - kept} of {judged} broken" in text(desktop, f"#rule-{rule} > summary")
    assert f"{sum(cell['n'] for cell in cells)} of {result['totals']['exchanges']}" in text(desktop, "#filtered")
    shown = desktop.execute_script(
        "return [...document.querySelectorAll('.examples blockquote:not([hidden])')].map((e) => e.dataset.agent)"
    )
    assert set(shown) == {"Jan"}
    choose(desktop, "lang", "ru")
    assert "nothing judged" in text(desktop, f"#rule-{rule} > summary")
    desktop.find_element(By.CSS_SELECTOR, "#filters button[type=reset]").click()
    desktop.execute_async_script("setTimeout(arguments[0], 50)")
    assert text(desktop, f"#rule-{rule} > summary") == before
    assert text(desktop, "#filtered") == ""


def test_a_guide_shows_its_rules_only(desktop: Any, result: dict[str, Any]) -> None:
    choose(desktop, "guide", "copiny-2011")
    shown = desktop.execute_script(
        "return [...document.querySelectorAll('details.rule')].filter((e) => e.offsetParent).map((e) => e.dataset.rule)"
    )
    book = result["rulebook"]["rules"]
    assert shown
    assert all("copiny-2011" in [guide["id"] for guide in book[id]["guides"]] for id in shown)
    assert len(shown) < len(book)


def test_a_fix_leads_to_its_evidence(desktop: Any) -> None:
    link = desktop.find_element(By.CSS_SELECTOR, ".fixes li a")
    target = link.get_attribute("href").split("#")[1]
    assert desktop.find_element(By.ID, target).get_attribute("open") is None
    link.click()
    assert desktop.find_element(By.ID, target).get_attribute("open") is not None
    assert desktop.find_element(By.CSS_SELECTOR, f"#{target} .body").is_displayed()


def test_the_keyboard_suffices(desktop: Any) -> None:
    body = desktop.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert desktop.switch_to.active_element.get_attribute("class") == "skip"
    assert desktop.switch_to.active_element.is_displayed()
    summary = desktop.find_element(By.CSS_SELECTOR, "details.rule > summary")
    desktop.execute_script("arguments[0].focus()", summary)
    desktop.switch_to.active_element.send_keys(Keys.ENTER)
    assert desktop.find_element(By.CSS_SELECTOR, "details.rule").get_attribute("open") is not None
    outline = desktop.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "pl"])
def test_axe_finds_nothing(desktop: Any, look: str, lang: str) -> None:
    desktop.execute_script("document.documentElement.dataset.look = arguments[0]", look)
    desktop.find_element(By.CSS_SELECTOR, f"button[data-lang={lang}]").click()
    desktop.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
    desktop.execute_script((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    desktop.set_script_timeout(120)
    found = desktop.execute_async_script("axe.run(document, {resultTypes: ['violations']}).then(arguments[0])")
    assert [(v["id"], v["impact"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == []


@pytest.mark.parametrize("lang", ["en", "ru", "pl"])
def test_a_phone_is_wide_enough(page: Path, lang: str) -> None:
    with browser.opened(page, browser.PHONE) as phone:
        phone.find_element(By.CSS_SELECTOR, f"button[data-lang={lang}]").click()
        phone.execute_script("for (const each of document.querySelectorAll('details')) each.open = true")
        assert phone.execute_script("return document.documentElement.scrollWidth") <= browser.PHONE[0]
        beyond = "!e.closest('.wide, .unseen, svg, [hidden]') && e.getBoundingClientRect().right > innerWidth + 1"
        script = f"return [...document.querySelectorAll('main *')].filter((e) => {beyond}).map((e) => e.outerHTML.slice(0, 120))"
        cut = phone.execute_script(script)
        assert cut == []
        bars = phone.execute_script(
            "return [...document.querySelectorAll('details.rule > summary .bar')].map((e) => e.getBoundingClientRect().width)"
        )
        assert min(bars) > 100


def pages_of(pdf: str) -> int:
    return base64.b64decode(pdf).count(b"/Type /Page\n")


def test_it_prints_with_rules_open_and_coaching_pages_apart(desktop: Any) -> None:
    whole = desktop.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
    desktop.execute_script(
        "const page = document.querySelector('details.coach'); page.open = true; page.dataset.printed = ''; document.documentElement.dataset.printed = ''"
    )
    one = desktop.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
    assert base64.b64decode(whole).startswith(b"%PDF")
    assert pages_of(whole) > 5
    assert 1 <= pages_of(one) <= 4


def test_hostile_texts_stay_texts(result: dict[str, Any], tmp_path: Path) -> None:
    hostile = copy.deepcopy(result)
    texts = list(HOSTILE.values())
    for number, finding in enumerate(hostile["findings"]):
        said = texts[number % len(texts)]
        finding |= {
            "reply": said,
            "asked": said,
            "agent": said[:200],
            "account": said[:200],
            "channel": said[:200],
            "spans": [[0, len(said)]],
            "url": "javascript:alert(1)",
        }
    for work_list in hostile["work_lists"].values():
        for number, item in enumerate(work_list["items"]):
            item |= {"asked": texts[number % len(texts)], "reply": texts[-1 - number % len(texts)], "spans": [], "url": "data:text/html,x"}
    for number, cell in enumerate(hostile["facets"]["cells"]):
        cell |= {"agent": texts[number % 6], "channel": texts[number % 6]}
    for number, agent in enumerate(hostile["agents"]):
        agent["team"] = texts[number % 6]
    hostile["title"] = hostile["inputs"][0]["path"] = HOSTILE["closing"]
    path = tmp_path / "hostile.html"
    path.write_text(html.render(hostile), encoding="utf-8")
    assert path.stat().st_size < 2_000_000
    with browser.opened(path) as driver:
        assert errors(driver) == []
        assert requests(driver) == []
        assert driver.title == HOSTILE["closing"]
        assert (
            driver.execute_script(
                "return document.querySelectorAll('img, iframe, object, body script:not(#data):not(:last-of-type)').length"
            )
            == 0
        )
        driver.find_element(By.CSS_SELECTOR, "button[data-lang=ru]").click()
        choose(driver, "agent", HOSTILE["script"])
        said = driver.execute_script("return document.body.textContent")
        assert HOSTILE["script"] in said
        assert "{{ 7*7 }} ${7*7}" in said
        assert not any(mark in said for mark in "\u202e\u2066")
        assert driver.title == HOSTILE["closing"]
        links = driver.execute_script("return [...document.querySelectorAll('a')].map((a) => a.protocol)")
        assert set(links) <= {"file:", "https:"}
        assert errors(driver) == []


def test_without_scripts_the_page_still_says_everything(page: Path) -> None:
    with browser.opened(page) as driver:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        driver.get(page.as_uri())
        assert not driver.find_element(By.CSS_SELECTOR, ".controls").is_displayed()
        assert text(driver, ".fixes h2") == "What to fix first"
