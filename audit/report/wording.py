"""The report's own words, one TOML file a language, and numbers as that language writes them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "ru", "pl")
_PAGES = Path(__file__).parent / "pages"


def words(lang: str) -> dict[str, str]:
    return {key: str(value) for key, value in tomllib.loads((_PAGES / f"wording.{lang}.toml").read_text(encoding="utf-8")).items()}


class Numbers:
    """Numbers, shares and durations in one language: decimal comma and spaced thousands in Russian and Polish."""

    def __init__(self, lang: str, words: dict[str, str]) -> None:
        self._point = "." if lang == "en" else ","
        self._thousands = "," if lang == "en" else "\u00a0"
        self._words = words

    def count(self, value: int | None) -> str:
        return "–" if value is None else f"{value:,}".replace(",", self._thousands)

    def score(self, value: float | None) -> str:
        return "–" if value is None else f"{value:.1f}".replace(".", self._point)

    def share(self, value: float | None) -> str:
        """A share of 0..1."""
        return "–" if value is None else f"{100 * value:.0f}\u00a0%"

    def duration(self, minutes: float | None) -> str:
        if minutes is None:
            return "–"
        if minutes < 90:
            value, unit = minutes, "minutes_short"
        elif minutes < 36 * 60:
            value, unit = minutes / 60, "hours_short"
        else:
            value, unit = minutes / 1440, "days_short"
        text = f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
        return f"{text}\u00a0{self._words[unit]}".replace(".", self._point)

    def filled(self, template: str, row: Mapping[str, Any]) -> str:
        """`{name}` and `{name.part}` of a rule's evidence filled from `row`: names that end in _share are shares, in minutes durations."""

        def said(match: re.Match[str]) -> str:
            value: Any = row
            for part in match[1].split("."):
                value = value[int(part)] if isinstance(value, Sequence) and not isinstance(value, str) else value.get(part)
            if match[1].endswith("_share"):
                return self.share(value)
            if match[1].endswith("minutes"):
                return self.duration(value)
            if isinstance(value, bool | int):
                return self.count(value)
            return self.score(value) if isinstance(value, float) else "–" if value is None else str(value)

        return re.sub(r"\{([a-z_]+(?:\.\w+)*)\}", said, template)

    def change(self, value: float) -> str:
        return ("+" if value >= 0 else "−") + f"{abs(value):.1f}".replace(".", self._point)

    def time(self, iso: str | None) -> str:
        return "" if iso is None else iso[:16].replace("T", " ")
