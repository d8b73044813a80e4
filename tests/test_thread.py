"""Threading on small histories of the shapes that real exports hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from audit.store import Store
from audit.thread import threaded
from tests.rows import START, message, stored


def exchanges(*messages: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    with Store(None) as store:
        stored(store, *messages)
        threaded(store, until=options.get("until"), history_hours=72)
        return store.frame("SELECT * FROM conversations ORDER BY exchange_id").to_dicts()


def pairs(rows: list[dict[str, Any]]) -> list[tuple[str | None, str | None]]:
    return [(row["asked"], row["reply"]) for row in rows]


def test_reply_links_make_a_dialogue() -> None:
    rows = exchanges(
        message("1", "It leaks"),
        message("2", "Where does it leak?", brand=True, minute=5, parent_id="1"),
        message("3", "At the base", minute=9, parent_id="2"),
        message("4", "A new seal leaves today", brand=True, minute=12, parent_id="3"),
    )
    assert pairs(rows) == [("It leaks", "Where does it leak?"), ("At the base", "A new seal leaves today")]
    assert [row["minutes_waited"] for row in rows] == [5, 3]
    assert [row["first_reply"] for row in rows] == [True, False]
    assert [row["opens_dialogue"] for row in rows] == [True, False]
    assert [row["after_reply"] for row in rows] == [False, True]
    assert {row["parent_state"] for row in rows} == {"linked"}
    assert {row["account"] for row in rows} == {"Kettlewell"}


def test_a_reply_split_in_two_is_one_turn() -> None:
    rows = exchanges(
        message("1", "It leaks"),
        message("2", "Sorry! 1/2", brand=True, minute=5, parent_id="1"),
        message("3", "A seal leaves today 2/2", brand=True, minute=6, parent_id="2"),
    )
    assert pairs(rows) == [("It leaks", "Sorry! 1/2\nA seal leaves today 2/2")]


def test_consecutive_messages_of_one_customer_are_one_turn() -> None:
    rows = exchanges(
        message("1", "It leaks"),
        message("2", "Hello?", minute=30, parent_id="1"),
        message("3", "A seal leaves today", brand=True, minute=40, parent_id="2"),
    )
    assert pairs(rows) == [("It leaks\nHello?", "A seal leaves today")]
    assert rows[0]["minutes_waited"] == 40


def test_two_customers_in_one_thread_have_a_dialogue_each() -> None:
    rows = exchanges(
        message("1", "It leaks"),
        message("2", "Mine too", author="piotr", minute=3, parent_id="1"),
        message("3", "Ola, a seal leaves today", brand=True, minute=5, parent_id="1"),
    )
    assert pairs(rows) == [("It leaks", "Ola, a seal leaves today"), ("Mine too", None)]
    assert [row["answered"] for row in rows] == [True, False]


def test_without_links_time_within_the_conversation_decides() -> None:
    rows = exchanges(
        message("1", "It leaks", conversation_id="c1"),
        message("2", "A seal leaves today", brand=True, minute=5, conversation_id="c1"),
        message("3", "Thanks", minute=8, conversation_id="c1"),
        message("4", "Broken lid", minute=6, conversation_id="c2", author="piotr"),
    )
    assert pairs(rows) == [("It leaks", "A seal leaves today"), ("Thanks", None), ("Broken lid", None)]


def test_in_a_thread_of_many_authors_only_a_naming_turn_answers() -> None:
    common: Any = {"conversation_id": "post 7"}
    rows = exchanges(
        message("1", "It leaks", **common),
        message("2", "Lid broke", author="piotr", minute=1, **common),
        message("3", "@piotr a lid leaves today", brand=True, minute=5, **common),
        message("4", "Nice kettles, everyone", brand=True, minute=6, **common),
    )
    assert pairs(rows) == [("It leaks", None), ("Lid broke", "@piotr a lid leaves today")]


def test_automatic_acknowledgements_are_no_first_response() -> None:
    rows = exchanges(
        message("1", "It leaks"),
        message("2", "We have received your message", brand=True, minute=0.1, parent_id="1", automatic=True),
        message("3", "A seal leaves today", brand=True, minute=50, parent_id="1"),
    )
    assert pairs(rows) == [("It leaks", "A seal leaves today")]
    assert rows[0]["minutes_waited"] == 50


def test_a_post_of_the_brand_is_no_reply() -> None:
    rows = exchanges(message("1", "New colours!", brand=True), message("2", "Ugly", minute=9, parent_id="1"))
    assert pairs(rows) == [("Ugly", None)]


def test_a_parent_that_the_export_does_not_hold_is_known_as_such() -> None:
    rows = exchanges(message("2", "A seal leaves today", brand=True, minute=5, parent_id="1"))
    assert pairs(rows) == [(None, "A seal leaves today")]
    assert rows[0]["parent_state"] == "text absent"
    assert rows[0]["answered"] is None


def test_an_answer_that_the_export_names_but_does_not_hold() -> None:
    rows = exchanges(message("1", "It leaks", answer_ids="8,9"), message("5", "Later", minute=9000, author="piotr"))
    assert rows[0]["answers_known"] is False
    assert rows[1]["answers_known"] is True


def test_silence_counts_only_after_enough_history() -> None:
    rows = exchanges(
        message("1", "It leaks"), message("2", "Lid broke", author="piotr", minute=60 * 71), message("3", "x", author="eva", minute=60 * 72)
    )
    assert [row["history_after"] for row in rows] == [True, False, False]
    rows = exchanges(message("1", "It leaks"), until=START + timedelta(hours=80))
    assert rows[0]["history_after"] is True


def test_an_export_of_answered_reviews_only_says_nothing_about_silence() -> None:
    reviews = [message(f"r{i}", "Leaks", author=f"a{i}", channel="google-play", channel_kind="review") for i in range(6)]
    replies = [
        message(f"r{i}/reply", "Sorry", brand=True, minute=9, channel="google-play", channel_kind="review", parent_id=f"r{i}")
        for i in range(6)
    ]
    assert {row["answers_known"] for row in exchanges(*reviews, *replies)} == {False}
    assert {row["answers_known"] for row in exchanges(*reviews, *replies[:5])} == {True}


def test_a_review_edited_after_the_reply_is_flagged() -> None:
    rows = exchanges(
        message("r1", "Now it works", edited_at=START + timedelta(days=2)),
        message("r1/reply", "Sorry", brand=True, minute=60, parent_id="r1"),
    )
    assert rows[0]["edited_after_reply"] is True


@pytest.mark.parametrize("quality", ["date only", "last edit", "none"])
def test_times_that_are_not_exact_give_no_wait(quality: str) -> None:
    rows = exchanges(message("1", "It leaks", time_quality=quality), message("2", "Sorry", brand=True, minute=5, parent_id="1"))
    assert rows[0]["minutes_waited"] is None
    assert rows[0]["answered"] is True


def test_replies_without_a_date_still_follow_their_review() -> None:
    rows = exchanges(message("r1", "Leaks"), message("r1/reply", "Sorry", brand=True, minute=None, parent_id="r1"))
    assert pairs(rows) == [("Leaks", "Sorry")]


def test_a_circle_of_links_does_not_hang() -> None:
    rows = exchanges(message("1", "a", parent_id="2"), message("2", "b", author="piotr", parent_id="1"))
    assert sorted(str(row["asked"]) for row in rows) == ["a", "b"]


def test_an_unanswered_message_belongs_to_the_brand_that_it_names() -> None:
    rows = exchanges(
        message("1", "@Otherbrand @kettlewell it leaks"),
        message("2", "Hi there", brand=True, author="Kettlewell"),
        message("3", "Hi there", brand=True, author="Potwell", account="Potwell"),
    )
    assert rows[0]["account"] == "Kettlewell"
