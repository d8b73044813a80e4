"""Facts: what needs other rows, computed before the kernel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from audit import exchange
from audit.profile import open_profile
from audit.rulebook import open_rulebook
from audit.store import Store
from audit.thread import threaded
from tests.rows import START, message, stored

DAY = 24 * 60
RULEBOOK, PROFILE = open_rulebook(), open_profile("default")


def facts(*messages: dict[str, Any]) -> pl.DataFrame:
    with Store(None) as store:
        stored(store, *messages)
        threaded(store, until=None, history_hours=72)
        return exchange.exchanges(store, RULEBOOK, PROFILE)


def test_languages_are_filled_from_the_other_side_and_the_account() -> None:
    rows = facts(
        message("1", "Чайник течёт, помогите", conversation_id="a"),
        message("2", "Ok 👍", brand=True, minute=5, conversation_id="a"),
        message("3", "👍👍", minute=9, author="jan", conversation_id="b"),
        message("4", "Скоро привезём новый чайник", brand=True, minute=12, conversation_id="c", parent_id="zz"),
    )
    assert rows.get_column("reply_lang").to_list()[0] == "ru"
    assert rows.filter(pl.col("asked") == "👍👍").get_column("asked_lang").to_list() == ["ru"]


def test_agents_are_those_of_the_column_else_of_the_signature() -> None:
    rows = facts(
        message("1", "It leaks"),
        message("2", "A seal leaves today ^ab", brand=True, minute=5, parent_id="1", agent="Anna B."),
        message("3", "Thanks", minute=6, parent_id="2"),
        message("4", "You are welcome ^ab", brand=True, minute=7, parent_id="3"),
    )
    assert rows.get_column("agent").to_list() == ["Anna B.", "AB"]


def test_the_same_text_to_many_people_within_the_days() -> None:
    history = []
    for i in range(12):
        at = i * DAY * 2
        history += [
            message(f"c{i}", f"Mine leaks too {i}", author=f"a{i}", minute=at),
            message(
                f"b{i}",
                f"@a{i} Hi Name{i}! Your parcel number {1000 + i} will leave our store soon, promise",
                brand=True,
                minute=at + 9,
                parent_id=f"c{i}",
            ),
        ]
    people = facts(*history).get_column("same_text_people").to_list()
    assert people == [12] * 12
    spread = [{**row, "sent_at": START + (row["sent_at"] - START) * 10} for row in history]
    assert max(facts(*spread).get_column("same_text_people")) < 10


def test_the_same_text_to_one_person_is_no_copy() -> None:
    history = []
    for i in range(12):
        history += [
            message(f"c{i}", f"Mine leaks {i}", minute=i * DAY, conversation_id=f"k{i}"),
            message(f"b{i}", "Your parcel will leave our store soon, promise", brand=True, minute=i * DAY + 9, conversation_id=f"k{i}"),
        ]
    assert set(facts(*history).get_column("same_text_people")) == {1}


def test_a_promise_is_kept_by_a_later_turn_in_time() -> None:
    def kept(after_minutes: float | None) -> list[bool | None]:
        rows = [
            message("1", "It leaks"),
            message("2", "We will look and let you know", brand=True, minute=10, parent_id="1"),
            message("3", "Well?", minute=20, parent_id="2"),
            message("9", "Another", author="eva", minute=30 * DAY),
        ]
        if after_minutes is not None:
            rows.append(message("4", "A seal leaves today", brand=True, minute=after_minutes, parent_id="3"))
        return facts(*rows).sort("exchange_id").get_column("promise_kept").to_list()[:1]

    assert kept(60) == [True]
    assert kept(20 * DAY) == [False]
    assert kept(None) == [False]


def test_coming_back_before_the_customer_writes_again_keeps_the_promise() -> None:
    rows = facts(
        message("1", "It leaks"),
        message("2", "We will look and let you know", brand=True, minute=10, parent_id="1"),
        message("3", "A seal leaves today", brand=True, minute=10 + 20 * 60, parent_id="1"),
        message("9", "Another", author="eva", minute=30 * DAY),
    )
    assert rows.filter(pl.col("reply").is_not_null()).get_column("promise_kept").to_list() == [True]


def test_a_promise_whose_time_has_not_run_out_is_unknown() -> None:
    rows = facts(message("1", "It leaks"), message("2", "We will let you know", brand=True, minute=10, parent_id="1"))
    assert rows.get_column("promise_kept").to_list() == [None]


def test_what_an_earlier_turn_had_is_not_asked_again() -> None:
    rows = facts(
        message("1", "It leaks!!! I am furious", conversation_id="k"),
        message("2", "We are so sorry about the leak.", brand=True, minute=5, conversation_id="k"),
        message("3", "And now?!", minute=8, conversation_id="k"),
        message("4", "A seal leaves today.", brand=True, minute=9, conversation_id="k"),
    )
    assert rows.get_column("had:missing-empathy").to_list() == [False, True]


def test_a_text_that_was_edited_after_the_reply_is_not_trusted() -> None:
    rows = facts(
        message("r1", "Works now", edited_at=START + timedelta(days=2)),
        message("r1/reply", "Sorry, please write to us", brand=True, minute=60, parent_id="r1"),
    )
    assert rows.get_column("asked_trusted").to_list() == [False]


def test_customers_without_a_name_are_told_apart_by_their_dialogue() -> None:
    history = []
    for i in range(11):
        history += [
            message(f"r{i}", f"It leaks {i}", minute=i * DAY) | {"author": None},
            message(f"r{i}/reply", "Your parcel will leave our store soon, promise", brand=True, minute=i * DAY + 9, parent_id=f"r{i}"),
        ]
    assert set(facts(*history).get_column("same_text_people")) == {11}


def test_a_promise_made_with_a_redirect_may_be_kept_elsewhere() -> None:
    rows = facts(
        message("1", "It leaks"),
        message("2", "Please DM us and we will let you know", brand=True, minute=10, parent_id="1"),
        message("9", "Another", author="eva", minute=30 * DAY),
    )
    assert rows.filter(pl.col("reply").is_not_null()).get_column("promise_kept").to_list() == [None]
