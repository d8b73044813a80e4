"""Chromium through Selenium, for tests and benchmarks of the page; Debian's packages chromium and chromium-driver."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP, PHONE = (1280, 900), (390, 844)


def missing() -> str | None:
    """Why there is no browser to test in, or None where there is one."""
    if not any(shutil.which(name) for name in BROWSERS):
        return "no browser: apt-get install chromium"
    return None if shutil.which("chromedriver") else "no chromedriver: apt-get install chromium-driver"


def shown(driver: Any, page: Path) -> None:
    """Load the page anew, and wait until its script has run."""
    driver.get("about:blank")
    driver.get(page.as_uri())
    WebDriverWait(driver, 60).until(lambda each: each.execute_script("return document.documentElement.dataset.ready") is not None)


@contextmanager
def opened(page: Path, size: tuple[int, int] = DESKTOP) -> Iterator[Any]:
    """A driver that shows the page."""
    options = webdriver.ChromeOptions()
    options.binary_location = next(path for name in BROWSERS if (path := shutil.which(name)))
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        shown(driver, page)
        yield driver
    finally:
        driver.quit()
