"""Facts of follow-ups, redirects, removals and insiders, through the verdicts that rest on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from audit import check, exchange
from audit.profile import open_profile
from audit.rulebook import open_rulebook
from audit.store import Store
from audit.thread import threaded
from tests.rows import START, message, stored

DAY = 24 * 60
RULEBOOK, PROFILE = open_rulebook(), open_profile("default")


def verdicts(*messages: dict[str, Any]) -> pl.DataFrame:
    with Store(None) as store:
        stored(store, *messages)
        return judged(store)


def judged(store: Store) -> pl.DataFrame:
    threaded(store, until=None, history_hours=72)
    rows = exchange.exchanges(store, RULEBOOK, PROFILE)
    return rows.hstack(check.verdicts(rows, RULEBOOK, PROFILE.bounds))


def test_a_later_reply_is_timed_from_the_message_it_answers() -> None:
    rows = verdicts(
        message("1", "My kettle leaks"),
        message("2", "Which one is it?", brand=True, minute=5, parent_id="1"),
        message("3", "The K5, it still leaks", minute=10, parent_id="2"),
        message("4", "A new seal leaves today", brand=True, minute=80, parent_id="3"),
        message("5", "It came and leaks again", minute=100, parent_id="4"),
        message("6", "A new kettle leaves today", brand=True, minute=130, parent_id="5"),
    )
    assert rows.get_column("late-follow-up").to_list() == [None, False, True]
    assert rows.get_column("late-reply").to_list() == [True, None, None]


def test_a_redirect_is_closed_by_a_later_reply_that_is_none_itself() -> None:
    sent_away = "Please send us a direct message"
    opening = (message("1", "My kettle leaks"), message("2", sent_away, brand=True, minute=5, parent_id="1"))
    late = message("9", "Hello", author="max", minute=20 * DAY)
    assert verdicts(*opening, late).get_column("unclosed-redirect").to_list() == [False, None]
    back = message("3", "The new lid has arrived, all is well again", brand=True, minute=2 * DAY, parent_id="4")
    asked = message("4", "Sent", minute=DAY, parent_id="2")
    assert True in verdicts(*opening, asked, back, late).get_column("unclosed-redirect").to_list()
    again = message("3", sent_away, brand=True, minute=2 * DAY, parent_id="4")
    assert verdicts(*opening, asked, again, late).get_column("unclosed-redirect").drop_nulls().to_list() == [False, False]


def test_a_redirect_that_had_no_time_yet_is_not_judged() -> None:
    rows = verdicts(
        message("1", "My kettle leaks"),
        message("2", "Please send us a direct message", brand=True, minute=5, parent_id="1"),
        message("9", "Hello", author="max", minute=10 * DAY),
    )
    assert rows.get_column("unclosed-redirect").to_list() == [None, None]


def test_a_complaint_about_the_brand_is_a_mention_where_it_is_not_addressed() -> None:
    late = message("9", "Hello", author="max", minute=9 * DAY)
    about = verdicts(message("1", "Has anyone else got a kettle from Kettlewell that leaks? They never answer."), late)
    to = verdicts(message("1", "@Kettlewell your kettle leaks again, the worst I ever had"), late)
    assert about.get_column("ignored-mention").to_list()[0] is False
    assert to.get_column("ignored-mention").to_list()[0] is None


def test_a_removed_complaint_is_found_only_where_the_export_marks_removals() -> None:
    rows = verdicts(
        message("1", "My kettle leaks", removed=True),
        message("2", "My kettle is broken too, they never answer", author="max", removed=False),
        message("3", "My kettle broke as well, nobody answers", author="ivy"),
    )
    assert rows.get_column("deleted-message").to_list() == [False, True, None]


def test_praise_by_an_author_of_the_brand_is_an_insiders() -> None:
    rows = verdicts(
        message("1", "It leaks"),
        message(
            "2", "A seal leaves today", brand=True, minute=5, parent_id="1", author="kettlewell_help", author_name="Anna", agent="Anna Berg"
        ),
        message("3", "Best kettle ever, love it!", author="Kettlewell_Help", minute=9),
        message("4", "Best kettle ever, love it!", author="anna", author_name="Anna Berg", minute=9),
        message("5", "Best kettle ever, love it!", author="max", author_name="Anna", minute=9),
    )
    assert rows.filter(pl.col("asked_type") == "praise").get_column("insider-praise").to_list() == [False, False, True]


def test_what_a_newer_export_of_the_same_time_no_longer_holds_is_gone_and_not_scored() -> None:
    with Store(None) as store:
        old = (message("1", "My kettle leaks"), message("2", "Mine is broken", author="max", minute=60), message("3", "Nice", minute=90))
        stored(store, *old, name="march.csv")
        stored(store, old[0], old[2], message("4", "Where is the shop?", author="ivy", minute=DAY), name="april.csv")
        rows = judged(store)
        assert rows.filter("asked_gone").get_column("asked").to_list() == ["Mine is broken"]
        assert rows.get_column("deleted-message").to_list() == [None] * rows.height
        stored(store, *old, name="march-again.csv")
        assert not judged(store).get_column("asked_gone").any()


def test_an_export_of_another_time_or_channel_makes_nothing_gone() -> None:
    with Store(None) as store:
        stored(store, message("1", "My kettle leaks"), name="march.csv")
        stored(store, message("2", "Mine too", author="max", minute=DAY), message("3", "Ok", minute=2 * DAY), name="april.csv")
        stored(store, message("4", "And mine", channel="vk", minute=-5), message("5", "Ok", channel="vk", minute=5), name="vk.csv")
        assert not judged(store).get_column("asked_gone").any()
        assert START + timedelta(days=2) == judged(store).get_column("history_end").max()
