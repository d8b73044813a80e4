"""Small histories in the shape of Kaggle's twcs.csv, for tests of whole audits."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from audit.cli import group

HEADER = ["tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id"]
PERSONAL = {
    "e-mail": ["jan.kowal@mail.example", "ivan_petrov@pochta.example", "j.smith@mail.example"],
    "phone": ["+48 601 234 567", "8 (912) 345-67-89", "212-555-0164"],
    "card": ["4111 1111 1111 1111", "5500-0000-0000-0004", "2200 1234 5678 9012"],
    "order": ["ZX-778899", "№ 5567781", "#9988771"],
    "handle": ["@olakowal", "@ivan_p", "@jsmith77"],
    "name": ["Katarzyna Zielińska", "Сергей Кузнецов", "Jennifer Holloway"],
}
"""What identifies a person, planted in Polish, Russian and English."""
INNOCENT = ["12.05.2026", "1 200 zł", "v11.0.3", "2026-03-31", "15 990 руб", "$1,234.50", "10:00-18:00"]
"""What looks like it and identifies nobody."""


def exchange(number: int, at: datetime, asked: str, reply: str | None, *, minutes: int = 9, brand: str = "Kettlewell") -> list[list[Any]]:
    """A message to the brand, and the reply if there is one."""
    customer, stamp = f"7{number:05}", "%a %b %d %H:%M:%S +0000 %Y"
    rows: list[list[Any]] = [[10 * number, customer, True, f"{at:{stamp}}", f"@{brand} {asked}", "", ""]]
    if reply is not None:
        rows.append([10 * number + 1, brand, False, f"{at + timedelta(minutes=minutes):{stamp}}", f"@{customer} {reply}", "", 10 * number])
    return rows


def written(path: Path, rows: Iterable[list[Any]]) -> Path:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([HEADER, *rows])
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def planted(path: Path) -> Path:
    """Complaints and poor replies in three languages that hold all of PERSONAL and INNOCENT."""
    asked = [
        "mój czajnik cieknie i nie działa, oddajcie pieniądze!!!",
        "чайник протёк и не работает, верните деньги!!!",
        "my kettle leaks, this is awful!!!",
    ]
    replies = ["Proszę napisać do nas w wiadomości prywatnej.", "Напишите нам в личные сообщения.", "Please DM us your details."]
    rows: list[list[Any]] = []
    for n, values in enumerate(PERSONAL.values()):
        for lang, value in enumerate(values):
            number = 3 * n + lang + 1
            at = datetime(2026, 3, 1 + number, 10)
            plain = INNOCENT[number % len(INNOCENT)]
            rows += exchange(number, at, f"{asked[lang]} ({value}) {plain}", f"{replies[lang]} ({value}) {plain} ^AB")
    return written(path, rows)


def months(path: Path, shares: Iterable[tuple[int, float]], *, brands: Iterable[str] = ("Kettlewell",), each: int = 24) -> Path:
    """A history of some months (number, share of replies by KM that send the customer elsewhere and come late); AB always answers well."""
    rows: list[list[Any]] = []
    number = 0
    for b, brand in enumerate(brands):
        for month, share in shares:
            for i in range(each):
                number += 1
                at = datetime(2026, month, 1 + i % 27, 9 + b, i % 60)
                asked = f"my kettle number {number} leaks, this is awful!!!"
                if i % 2:
                    rows += exchange(
                        number,
                        at,
                        asked,
                        f"We're sorry that kettle {number} leaks. A new one left for you today, no need to send it back. ^AB",
                        brand=brand,
                    )
                elif (i // 2 + 0.5) / (each / 2) < share:
                    rows += exchange(
                        number,
                        at,
                        asked,
                        f"Kettle {number} noted, please DM us your order number and details. ^KM",
                        minutes=400,
                        brand=brand,
                    )
                else:
                    rows += exchange(
                        number, at, asked, f"Sorry about kettle {number}. A new lid left for you today, keep the old one. ^KM", brand=brand
                    )
    return written(path, rows)


def audit(folder: Path, *arguments: str | Path) -> Result:
    """`reply-audit ARGUMENTS` in `folder`."""
    with contextlib.chdir(folder):
        return CliRunner().invoke(group, [str(argument) for argument in arguments])
