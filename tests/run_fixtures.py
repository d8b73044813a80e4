"""A small history for tests of `reply-audit run`, and the command called in its folder."""

from __future__ import annotations

import contextlib
import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from audit.cli import group

HEADER = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"


def tweets(copies: int = 8) -> str:
    """A small history of Kettlewell's in the shape of Kaggle's twcs.csv."""
    rows: list[list[Any]] = []
    for i in range(copies):
        day, base = i + 1, i * 10
        at = f"{datetime(2026, 3, day):%a %b %d} 10:{{:02d}}:00 +0000 2026"
        rows += [
            [base + 1, f"70{i}", True, at.format(0), f"@Kettlewell my kettle leaks since day {i}, this is awful!!!", "", ""],
            [base + 2, "Kettlewell", False, at.format(9), f"@70{i} Hi Ola{i}, please DM us your order number. ^AB", "", base + 1],
            [base + 3, f"80{i}", True, at.format(20), f"@Kettlewell is the shop open on day {i}?", "", ""],
            [base + 4, "Kettlewell", False, at.format(25), f"@80{i} Yes, from 9 to 17 on day {i}. ^CD", "", base + 3],
        ]
    rows.append(
        [
            900,
            "901",
            True,
            "Sun Mar 01 08:00:00 +0000 2026",
            "@Kettlewell my parcel never came, where is my refund? ola@mail.example",
            "",
            "",
        ]
    )
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([HEADER.split(","), *rows])
    return out.getvalue()


def run(folder: Path, *arguments: str) -> Result:
    with contextlib.chdir(folder):
        return CliRunner().invoke(group, ["run", *arguments])
