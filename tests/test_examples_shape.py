"""The example exports have the shapes that users bring, and texts varied enough to be worth reading."""

from __future__ import annotations

import csv
import json
import runpy
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from audit import ingest
from audit.ingest.reader import ReadOptions
from audit.pipeline import AuditOptions, audit_history
from audit.rows import read
from audit.rulebook import open_rulebook
from audit.settings import settled
from audit.tables import ASKED_TYPES

EXAMPLES = Path(__file__).parent.parent / "examples"
EXPORTS = EXAMPLES / "kettlewell" / "exports"


def rows(name: str) -> list[dict[str, str]]:
    with (EXPORTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("name", "reader", "langs"),
    [
        ("tweets.csv", "twcs", "en"),
        ("reviews_console.csv", "play-console", "en"),
        ("obrashcheniya.csv", "table", "ru"),
        ("opinie.csv", "table", "pl"),
    ],
)
def test_every_row_is_read(name: str, reader: str, langs: str) -> None:
    found, batch = ingest.read_export(EXPORTS / name, ReadOptions(brand="Kettlewell", tz="Europe/Warsaw"))
    assert found == reader
    assert batch.rejects.is_empty()
    assert batch.records == len(rows(name))
    assert batch.messages.get_column("message_id").is_unique().all()


def test_links_between_tweets_hold_both_ways() -> None:
    tweets = {row["tweet_id"]: row for row in rows("tweets.csv")}
    for id, row in tweets.items():
        if parent := row["in_response_to_tweet_id"]:
            assert id in tweets[parent]["response_tweet_id"].split(",")
            assert int(parent) < int(id)
        for answer in filter(None, row["response_tweet_id"].split(",")):
            assert tweets[answer]["in_response_to_tweet_id"] == id


def test_no_answer_comes_before_its_question() -> None:
    for row in rows("reviews_console.csv"):
        if row["Developer Reply Text"]:
            assert row["Developer Reply Millis Since Epoch"] > row["Review Submit Millis Since Epoch"]
    for row in rows("opinie.csv"):
        assert bool(row["Odpowiedź"]) == bool(row["Konsultant"]) == bool(row["Data odpowiedzi"])
        assert not row["Odpowiedź"] or row["Data odpowiedzi"] > row["Data"]


def test_happy_reviews_of_the_app_burst_in_two_days_of_a_steady_history() -> None:
    happy = Counter(row["Review Submit Date and Time"][:10] for row in rows("reviews_console.csv") if row["Star Rating"] == "5")
    days = sorted(happy, key=lambda day: -happy[day])
    assert sum(happy[day] for day in days[:2]) == 25
    assert max(happy[day] for day in days[2:]) <= 3
    first, last = (datetime.fromisoformat(day) for day in (min(happy), max(happy)))
    assert last - first >= timedelta(days=60)


def test_every_agent_of_a_team_answers_and_every_agent_has_a_team() -> None:
    with (EXAMPLES / "kettlewell" / "teams.csv").open(encoding="utf-8", newline="") as file:
        teams = {row["agent"]: row["team"] for row in csv.DictReader(file)}
    signed = [row["text"].rpartition("^")[2] for row in rows("tweets.csv") if row["inbound"] == "False"]
    signed += [row["Developer Reply Text"].rpartition("^")[2].upper() for row in rows("reviews_console.csv") if row["Developer Reply Text"]]
    signed += [row["Оператор"] for row in rows("obrashcheniya.csv") if row["Оператор"]]
    signed += [row["Konsultant"] for row in rows("opinie.csv") if row["Konsultant"]]
    replies = Counter(signed)
    assert set(replies) == set(teams)
    made = runpy.run_path(str(EXAMPLES / "make_examples.py"))["TEAMS"]
    assert {agent: team for team, agents in made.items() for agent in agents} == teams
    assert sum(count >= 12 for count in replies.values()) >= 8
    assert 0 < replies["TL"] < 10  # too few to rank


def test_replies_are_not_all_the_same() -> None:
    texts = [row["text"].partition(" ")[2].rpartition(" ^")[0] for row in rows("tweets.csv") if row["inbound"] == "False"]
    copied = [text for text in texts if "looking into what happened with your kettle" in text]
    assert len(copied) == 14
    others = Counter(text for text in texts if text not in copied)
    assert len(others) > 60
    assert max(others.values()) <= 8


def test_the_settings_of_the_example_are_sound() -> None:
    said = settled({}, EXAMPLES / "kettlewell" / "reply-audit.toml")
    assert said["brand"] == "Kettlewell"
    assert said["teams"].is_file()


def test_rows_to_judge_come_with_and_without_a_type() -> None:
    path = EXAMPLES / "judge" / "rows.jsonl"
    assert [row.error for row in read(path) if row.error] == []
    given = [json.loads(line).get("asked_type") for line in path.read_text(encoding="utf-8").splitlines()]
    assert None in given
    assert set(filter(None, given)) <= set(ASKED_TYPES)
    assert len(set(filter(None, given))) >= 3


def test_every_rule_about_replies_and_messages_is_broken_here_and_kept_there() -> None:
    rules = audit_history([EXPORTS], AuditOptions(read=ReadOptions(brand="Kettlewell", tz="Europe/Warsaw"))).result["scores"]["rules"]
    account = {rule.id for rule in open_rulebook().of("account")}
    judged = {id: (rule["broken"], rule["judged"] - rule["broken"]) for id, rule in rules.items() if id not in account}
    assert {id: counts for id, counts in judged.items() if not all(counts)} == {}
