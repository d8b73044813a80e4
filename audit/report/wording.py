"""The report's own words, one TOML file a language, and numbers, days and durations as that language writes them.

Whatever the page says is made in all its languages at once (`Said`), so that switching needs no grammar in the browser.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LANGUAGES = ("en", "ru", "pl")
_PAGES = Path(__file__).parent / "pages"

Form = str | Mapping[str, str]
"""A sentence with `{name}` places, or one for each plural category (one, few, many, other) of its place `n`."""


@cache
def words(lang: str) -> Mapping[str, Form]:
    return tomllib.loads((_PAGES / f"wording.{lang}.toml").read_text(encoding="utf-8"))


def plural(lang: str, n: int) -> str:
    """The plural category of a whole number (Unicode CLDR, cardinal rules)."""
    if lang == "en":
        return "one" if n == 1 else "other"
    ten, hundred = n % 10, n % 100
    if n == 1 or (lang == "ru" and ten == 1 and hundred != 11):
        return "one"
    return "few" if 2 <= ten <= 4 and not 12 <= hundred <= 14 else "many"


class Said(tuple[str, ...]):
    """One text in each of LANGUAGES."""

    __slots__ = ()

    @property
    def same(self) -> bool:
        return len(set(self)) == 1


class Speech:
    """Everything the page can say. `tz` is the zone in which hours are written."""

    def __init__(self, tz: str | None = None, unit: str = "month") -> None:
        self.numbers = {lang: Numbers(lang, words(lang), tz, unit) for lang in LANGUAGES}

    def __call__(self, key: str, **values: Any) -> Said:
        """The sentence of that key. Values may be numbers, texts or what is said already; `n` chooses the plural. Raises KeyError for a key that is not there."""
        return Said(self._in(lang, key, values) for lang in LANGUAGES)

    def _in(self, lang: str, key: str, values: Mapping[str, Any]) -> str:
        form = words(lang)[key]
        text = form if isinstance(form, str) else form[plural(lang, int(values["n"]))]
        place = LANGUAGES.index(lang)
        shown = {name: value[place] if isinstance(value, Said) else self.numbers[lang].plain(value) for name, value in values.items()}
        return re.sub(r"\{(\w+)\}", lambda match: shown[match[1]], text)

    def knows(self, key: str) -> bool:
        return key in words(LANGUAGES[0])

    def of(self, texts: Mapping[str, str]) -> Said:
        """A text that a rule gives in each language."""
        return Said(texts[lang] for lang in LANGUAGES)

    def each(self, write: Callable[[Numbers], str]) -> Said:
        return Said(write(self.numbers[lang]) for lang in LANGUAGES)

    def filled_in(self, templates: Mapping[str, str], row: Mapping[str, Any]) -> Said:
        """A rule's evidence in words, filled from a row of it."""
        return Said(self.numbers[lang].filled(templates[lang], row) for lang in LANGUAGES)

    def weekday(self, day: int) -> Said:
        """Short name, 0 for Monday."""
        return Said(str(words(lang)["weekdays"]).split()[day] for lang in LANGUAGES)

    def listed(self, parts: Sequence[Any], between: str = ", ") -> Said:
        """Several texts as one."""
        spread = [part if isinstance(part, Said) else Said([str(part)] * len(LANGUAGES)) for part in parts]
        return Said(between.join(part[place] for part in spread) for place in range(len(LANGUAGES)))

    def __getattr__(self, name: str) -> Callable[..., Said]:
        """The methods of Numbers, said in every language."""
        if name not in _SPOKEN:
            raise AttributeError(name)
        return lambda *arguments: self.each(lambda numbers: str(getattr(numbers, name)(*arguments)))


_SPOKEN = frozenset(
    {"count", "score", "points", "share", "percent", "duration", "brief", "filled", "change", "time", "day", "days", "period", "tick"}
)


class Numbers:
    """Numbers, shares, durations and days in one language: decimal comma and spaced thousands in Russian and Polish."""

    def __init__(self, lang: str, words: Mapping[str, Form], tz: str | None = None, unit: str = "month") -> None:
        self._lang = lang
        self._point = "." if lang == "en" else ","
        self._thousands = "," if lang == "en" else "\u00a0"
        self._percent = "%" if lang == "en" else "\u00a0%"
        self._words = words
        self._zone = ZoneInfo(tz or "UTC")
        self._unit = unit

    def plain(self, value: Any) -> str:
        if isinstance(value, bool) or value is None or isinstance(value, str):
            return "–" if value is None else str(value)
        return self.count(value) if isinstance(value, int) else self.score(value)

    def count(self, value: int | None) -> str:
        return "–" if value is None else f"{value:,}".replace(",", self._thousands)

    def score(self, value: float | None) -> str:
        return "–" if value is None else f"{value:.1f}".replace(".", self._point)

    def points(self, value: float) -> str:
        return f"+{value:.1f}".replace(".", self._point)

    def share(self, value: float | None) -> str:
        """A share of 0..1."""
        return "–" if value is None else f"{100 * value:.0f}{self._percent}"

    def percent(self, value: float | None) -> str:
        """A share of 0..100."""
        return "–" if value is None else f"{value:.0f}{self._percent}"

    def duration(self, minutes: float | None) -> str:
        if minutes is None:
            return "–"
        value, unit = _scaled(minutes)
        text = f"{value:.0f}" if value >= 10 or round(value, 1) == int(value) else f"{value:.1f}"
        return f"{text.replace('.', self._point)}\u00a0{self._words[unit]}"

    def brief(self, minutes: float | None) -> str:
        """A duration as short as a cell of a table asks for."""
        if minutes is None:
            return ""
        value, unit = _scaled(minutes)
        text = f"{value:.0f}" if value >= 10 or unit == "minutes_short" else f"{value:.1f}".removesuffix(".0").replace(".", self._point)
        return f"{text}{self._words[unit.replace('short', 'brief')]}"

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
            if match[1] == "theme":
                return str(self._words.get(f"theme_{value}", value))
            return self.plain(value)

        return re.sub(r"\{([a-z_]+(?:\.\w+)*)\}", said, template)

    def change(self, value: float) -> str:
        return ("+" if value >= 0 else "−") + f"{abs(value):.1f}".replace(".", self._point)

    def time(self, iso: str | None) -> str:
        """Day, hour and minute in the report's zone."""
        if iso is None:
            return ""
        local = self._local(iso)
        return f"{self._day(local)}, {local:%H:%M}"

    def day(self, iso: str | None) -> str:
        return "" if iso is None else self._day(self._local(iso))

    def days(self, first: str | None, last: str | None) -> str:
        """From day to day, the year of the first left out where it is the same."""
        if first is None or last is None:
            return self.day(first or last)
        start, end = self._local(first), self._local(last)
        if start.date() == end.date():
            return self._day(start)
        return f"{self._day(start, year=start.year != end.year)} – {self._day(end)}"

    def period(self, label: str) -> str:
        """The label of a period as audit.period gives it."""
        if week := re.fullmatch(r"(\d{4})-W(\d\d)", label):
            return f"{self._words['week_from']} {self._day(datetime.fromisocalendar(int(week[1]), int(week[2]), 1))}"
        if not (month := re.fullmatch(r"(\d{4})-(\d\d)", label)):
            return label
        if self._unit == "quarter":
            return f"{self._words['quarter_short']}{(int(month[2]) + 2) // 3} {month[1]}"
        return f"{self._months('months_alone')[int(month[2]) - 1]} {month[1]}"

    def tick(self, label: str) -> str:
        """The label of a period as short as an axis asks for."""
        week = re.fullmatch(r"(\d{4})-W(\d\d)", label)
        return self._day(datetime.fromisocalendar(int(week[1]), int(week[2]), 1)) if week else self.period(label)

    def _months(self, key: str) -> list[str]:
        return str(self._words[key]).split()

    def _day(self, day: datetime, year: bool = True) -> str:
        return f"{day.day} {self._months('months')[day.month - 1]}" + (f" {day.year}" if year else "")

    def _local(self, iso: str) -> datetime:
        moment = datetime.fromisoformat(iso.replace("Z", "+00:00"))
        return moment.astimezone(self._zone) if moment.tzinfo else moment


def _scaled(minutes: float) -> tuple[float, str]:
    if minutes < 90:
        return minutes, "minutes_short"
    return (minutes / 60, "hours_short") if minutes < 36 * 60 else (minutes / 1440, "days_short")
