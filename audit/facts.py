"""Facts: what a rule needs of other rows, computed before the kernel, so that it arrives as an ordinary column."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from audit.profile import Profile
from audit.rulebook import Rulebook

SPLIT = timedelta(minutes=10)
"""A brand turn that goes on later than this came back to the customer; sooner, one reply was sent in pieces."""

CONSULTED = ("private-redirect",)
"""Rules whose marks facts ask for, whatever was asked."""

_YOU = r" (?:you|your|yours|yourself|you'\S+|u|ur|вы|вам|вас|вами|ваш\S*|ты|тебе|тебя|твой|твоя|твое|твои|wy|wam|was|wami|wasz\S*|państw\S*|panstw\S*) "
"""Words of the second person in the three languages."""

CONSTRUCTIVE = ("complaint", "criticism", "question", "praise")


def known(rows: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> pl.DataFrame:
    """Exchanges of the view `conversations`, typed and marked, with every fact: had:<rule>, follow_up, unaddressed, turned, next_type,
    promise_kept, next_reply_at, redirect_ripe, redirect_closed, not_removed, not_insider, same_text_people."""
    rows = _once(rows, rulebook).with_columns(
        follow_up=~pl.col("first_reply") & pl.col("asked_id").is_not_null(),
        unaddressed=(~pl.col("asked_addressed") & ~_handled()) | _spoken_of(),
        not_removed=~pl.col("removed"),
        not_insider=~pl.col("insider"),
    )
    rows = _turned(rows)
    rows = _promise(rows, profile)
    rows = _redirect(rows, profile)
    return _same_text(rows, profile)


def _handled() -> pl.Expr:
    """Whether a message holds the account's handle: whatever it says, it is sent to the account."""
    handle = pl.concat_str(pl.lit("@"), pl.col("account").str.to_lowercase())
    return pl.col("asked").str.to_lowercase().str.contains(handle, literal=True).fill_null(False)


def _spoken_of() -> pl.Expr:
    """Whether a public message names the account as a third party: the bare name, not at the head as one calls somebody, and nobody is called you."""
    words, name = pl.col("asked_words"), pl.col("account").str.to_lowercase()
    named = words.str.contains(pl.concat_str(pl.lit(" "), name, pl.lit(" ")), literal=True)
    called = words.str.starts_with(pl.concat_str(pl.lit(" "), name, pl.lit(" , ")))
    at_brand = pl.col("channel_kind").is_in(("review", "private"))
    return (named & ~called & ~words.str.contains(_YOU) & ~at_brand).fill_null(False)


def _once(rows: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """had:<rule>: an earlier brand turn of the dialogue had what the rule asks for once."""
    rules = [rule.id for rule in rulebook.rules if rule.once]
    has = {id: pl.col(f"mark:{id}").fill_null(False) for id in rules}
    if not rules:
        return rows
    first = (
        rows.lazy()
        .filter(pl.any_horizontal(has.values()))
        .group_by("dialogue")
        .agg(pl.col("reply_turn").filter(mark).min().alias(f"first:{id}") for id, mark in has.items())
        .collect()
    )
    rows = _joined(rows, first, "dialogue")
    had = [(pl.col(f"first:{id}") < pl.col("reply_turn")).fill_null(False).alias(f"had:{id}") for id in rules]
    return rows.with_columns(had).drop(f"first:{id}" for id in rules)


def _joined(rows: pl.DataFrame, found: pl.DataFrame, key: str) -> pl.DataFrame:
    """`rows` with what was `found` of each value of `key`, without a copy of their many columns."""
    return rows.hstack(rows.select(key).join(found, on=key, how="left", maintain_order="left").drop(key))


def _following(value: str) -> pl.Expr:
    """The value of the next row of the dialogue; takes rows sorted by dialogue."""
    return pl.when(pl.col("dialogue").shift(-1) == pl.col("dialogue")).then(pl.col(value).shift(-1))


def _turned(rows: pl.DataFrame) -> pl.DataFrame:
    """turned: the customer's next turn after the reply reports, reasons, asks or thanks; next_type, its type."""
    asked = rows.lazy().filter("asked_first").select("dialogue", "asked_turn", "asked_id", "asked_type").sort("dialogue", "asked_turn")
    rows = _joined(rows, asked.select("asked_id", next_type=_following("asked_type")).collect(), "asked_id")
    return rows.with_columns(pl.col("next_type").is_in(CONSTRUCTIVE).fill_null(False).alias("turned"))


def _promise(rows: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """promise_kept: a later brand turn of the dialogue within the profile's hours; null while the time has not run out.

    A reply that also sends the customer elsewhere may have kept its word there, where the export does not look: null.
    """
    hours = profile.bounds.get("promise", profile.bounds["history"])["hours"]
    replied = rows.lazy().filter(pl.col("reply").is_not_null()).select("dialogue", "reply_turn", "exchange_id", "replied_at")
    later = replied.sort("dialogue", "reply_turn").select("exchange_id", next_reply_at=_following("replied_at"))
    rows = _joined(rows, later.collect(), "exchange_id")
    within = (pl.col("next_reply_at") - pl.col("replied_at")) <= timedelta(hours=hours)
    within = within.fill_null(False) | ((pl.col("reply_ended_at") - pl.col("replied_at")) >= SPLIT)
    run_out = pl.col("replied_at") + timedelta(hours=hours) <= pl.col("history_end")
    elsewhere = pl.col("mark:private-redirect").fill_null(False)
    kept = pl.when(within).then(True).when(run_out & ~elsewhere & pl.col("answers_known").fill_null(True)).then(False)
    return rows.with_columns(pl.when(pl.col("reply").is_not_null()).then(kept).alias("promise_kept"))


def _redirect(rows: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """redirect_closed: a later brand turn of the dialogue that is no redirect itself; redirect_ripe: enough history has followed to tell."""
    days = timedelta(days=profile.bounds["unclosed-redirect"]["days"])
    sends_away = pl.col("mark:private-redirect").fill_null(False) & ~pl.col("private").fill_null(False)
    answering = rows.lazy().filter(pl.col("reply").is_not_null() & ~sends_away)
    back = answering.group_by("dialogue").agg(last_back=pl.col("reply_turn").max()).collect()
    ripe = sends_away & pl.col("answers_known").fill_null(True) & (pl.col("replied_at") + days <= pl.col("history_end"))
    rows = _joined(rows, back, "dialogue")
    closed = (pl.col("last_back") >= pl.col("reply_turn")).fill_null(False)
    return rows.with_columns(redirect_ripe=ripe, redirect_closed=closed).drop("last_back")


def _same_text(rows: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """same_text_people: most people whom the same text reached within any window of the profile's days around the reply."""
    bound = profile.bounds["copy-paste"]
    days = f"{bound['days']}d"
    key = ["account", "skeleton"]
    person = pl.coalesce("customer", pl.col("dialogue").cast(pl.String)).alias("customer")
    replied = rows.lazy().filter(pl.col("reply").is_not_null() & pl.col("replied_at").is_not_null())
    sent = replied.select(*key, "exchange_id", "replied_at", person).collect()
    common = sent.group_by(key).agg(pl.col("customer").n_unique().alias("people")).filter(pl.col("people") > bound["most"])
    sent = sent.join(common, on=key, how="semi", nulls_equal=True).sort("replied_at", "exchange_id")
    if sent.is_empty():
        return rows.with_columns(pl.when(pl.col("reply").is_not_null()).then(1).cast(pl.Int64).alias("same_text_people"))
    first = sent.unique([*key, "customer"], keep="first", maintain_order=True)
    behind = first.rolling("replied_at", period=days, closed="both", group_by=key).agg(pl.len().alias("people")).sort("replied_at")
    most = (
        behind.rolling("replied_at", period=days, offset="0d", closed="both", group_by=key).agg(pl.col("people").max()).sort("replied_at")
    )
    reach = sent.join_asof(most, on="replied_at", by=key, strategy="backward", check_sortedness=False)
    rows = _joined(rows, reach.select("exchange_id", same_text_people=pl.col("people").cast(pl.Int64)), "exchange_id")
    return rows.with_columns(pl.when(pl.col("reply").is_not_null()).then(pl.col("same_text_people").fill_null(1)))
