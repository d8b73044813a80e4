"""What the heads of the detector `resembles` learn from, and which rows must stay together when they are measured.

Labelled: benchmarks/corpus, the rules' own examples and, where the material is there, its labelled replies (those of sources marked
non-commercial are measured on only). Unlabelled: replies of real brands, nearly none of which is hostile, denying, superior or beside the point.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit import language
from audit.judge import ROW, judged
from audit.profile import open_profile
from audit.rulebook import Rulebook
from audit.tables import LANGUAGES
from benchmarks import history

CORPUS = history.ROOT / "benchmarks" / "corpus"
COMPOSURE = ("denial", "superiority", "hostility")
RULES = (
    *COMPOSURE,
    "customer-effort",
    "off-topic",
    "empty-answer",
    "missing-assurance",
    "private-redirect",
    "shut-discussion",
)
HELD = (*COMPOSURE, "off-topic", "shut-discussion")
"""What replies of real brands are taken to keep."""
OF_STOCK = (*HELD, "private-redirect")
"""What the corpus' `stock` are labelled for: formulas and plain facts, which keep all of these."""
SIX = (*COMPOSURE, "shut-discussion", "off-topic", "customer-effort")
"""What the corpus' `replies` are labelled for."""
SCHEMA: dict[str, Any] = {
    **ROW,
    "source": pl.String,
    "place": pl.String,
    "broken": pl.List(pl.String),
    "rules": pl.List(pl.String),
    "trained": pl.Boolean,
}


def read(rulebook: Rulebook) -> pl.DataFrame:
    """Columns of ROW, and `source`, `place` (in its file), `broken`, `rules` (those that were labelled), `trained` (false: measured only)."""
    rows: list[dict[str, Any]] = []
    for file in sorted(
        (
            *CORPUS.glob("exchanges-*.jsonl"),
            *CORPUS.glob("replies-*.jsonl"),
            *CORPUS.glob("short-*.jsonl"),
            *CORPUS.glob("stock-*.jsonl"),
            *(history.material() / "labels").glob("*-replies.jsonl"),
        )
    ):
        source = file.stem.split("-")[0] if file.parent == CORPUS else "labels"
        for place, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            where = f"{file.stem}:{place if source == 'labels' else place // 20}"
            own = not str(row.get("source") or "").startswith("twcs")
            lang = row.get("lang", file.stem[-2:])
            rows.append(_row(row, lang, source, where, row["broken"], {"replies": SIX, "stock": OF_STOCK}.get(source, RULES), own))
    for rule in (rulebook.rule(id) for id in RULES):
        for number, example in enumerate((*rule.bad, *rule.good)):
            given = asdict(example)
            given["asked_type"] = given["asked_type"] or "complaint"
            rows.append(_row(given, example.lang, "rules", f"{rule.id}:{number}", [rule.id] * (number < len(rule.bad)), (rule.id,), True))
    return _framed(rows)


def real(rulebook: Rulebook) -> pl.DataFrame:
    """Replies of real brands in the columns of `read`, taken to keep the rules HELD; `trained` is false for the brands that stay
    unseen. Those that patterns accuse are left out where they would be learnt from. No row where the material is absent."""
    rows = [
        _row({"asked": asked, "reply": reply, "asked_type": "complaint"}, lang, name, name, [], HELD, name != "unseen")
        for name, lang, asked, reply in (*_console(), *_seller(), *_support(), *_tweets())
    ]
    frame = _framed(rows).unique("reply", keep="first", maintain_order=True)
    if not frame.height:
        return frame
    found = judged(frame.select(list(ROW)), rulebook, open_profile("default"))
    accused = found.select(pl.any_horizontal((~pl.col(id)).fill_null(False) for id in HELD)).to_series()
    return frame.filter(~(accused & pl.col("trained")))


def _console() -> list[tuple[str, str, str | None, str]]:
    file = history.material() / "formats" / "google_play_console" / "mozilla_firefox_experiment2_1407_replies.csv"
    if not file.is_file():
        return []
    frame = pl.read_csv(file, infer_schema=False, encoding="utf8-lossy").select("Review Text", "Developer Reply Text", "Reviewer Language")
    return [("console", lang, asked, reply) for asked, reply, lang in frame.iter_rows() if reply and lang in LANGUAGES]


def _seller() -> list[tuple[str, str, str | None, str]]:
    file = history.material() / "data" / "reviews_with_replies" / "wb_seller_ru.json"
    if not file.is_file():
        return []
    return [
        ("seller", "ru", " ".join(filter(None, (row["fb_text"], row["advantages"], row["disadvantages"]))), row["answer_text"])
        for seller in json.loads(file.read_text(encoding="utf-8"))
        for row in seller["feedbacks"]
        if row["answer_text"]
    ]


def _support() -> list[tuple[str, str, str | None, str]]:
    file = history.material() / "data" / "reviews_with_replies" / "ibm_twitter_care_en_dev.json"
    if not file.is_file():
        return []
    rows: list[tuple[str, str, str | None, str]] = []
    for dialogue in json.loads(file.read_text(encoding="utf-8")):
        asked = None
        for turn in dialogue["dialogContent"]:
            if "agent" in turn:
                rows.append(("support", "en", asked, turn["message"]))
            else:
                asked = turn["message"]
        rows.append(("support", "en", asked, dialogue["agentURL"]["url_utterance"]))
    return rows


def _tweets() -> list[tuple[str, str, str | None, str]]:
    """Measured on only: the set is marked non-commercial."""
    if not (history.material() / history.SOURCE).is_file():
        return []
    number = pl.col("tweet_id", "in_response_to_tweet_id").cast(pl.Float64, strict=False).cast(pl.Int64)
    frame = history.source().with_columns(number)
    asked = dict(frame.select("tweet_id", "text").iter_rows())
    replies = frame.filter(pl.col("inbound") == "False", pl.col("in_response_to_tweet_id").is_not_null())
    english = replies.filter(language.detect(replies["text"]) == "en")
    return [("unseen", "en", asked.get(to), text) for text, to in english.select("text", "in_response_to_tweet_id").iter_rows()]


def _row(
    given: dict[str, Any], lang: str, source: str, place: str, broken: list[str], rules: tuple[str, ...], trained: bool
) -> dict[str, Any]:
    fields = {name: given.get(name) for name in ("asked", "reply", "asked_type", "asked_upset", "private")}
    return {**fields, "lang": lang, "source": source, "place": place, "broken": broken, "rules": list(rules), "trained": trained}


def _framed(rows: list[dict[str, Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=SCHEMA).filter(pl.col("reply").is_not_null(), pl.col("lang").is_in(LANGUAGES))
    return frame.with_columns(pl.col("private").fill_null(False))


def groups(rows: pl.DataFrame) -> NDArray[Any]:
    """A number for each row, the same where replies stand close together, answer the same message or share seven words in a row."""
    parent = list(range(rows.height))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[str, int] = {}
    for i, (place, asked, reply) in enumerate(rows.select("place", "asked", "reply").iter_rows()):
        words = re.findall(r"\w+", reply.lower())
        keys = [
            place,
            *([f"asked {asked.lower()}"] if asked and len(asked) > 12 else []),
            *(" ".join(words[j : j + 7]) for j in range(len(words) - 6)),
        ]
        for key in keys:
            parent[root(i)] = root(first.setdefault(key, i))
    return np.unique([root(i) for i in range(rows.height)], return_inverse=True)[1]
