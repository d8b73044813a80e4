"""Exchanges with their facts: what needs other rows is computed here, before the kernel, and arrives as an ordinary column."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from audit import check, classify, language
from audit.profile import Profile
from audit.rulebook import Rulebook
from audit.store import Store

SPLIT = timedelta(minutes=10)
"""A brand turn that goes on later than this came back to the customer; sooner, one reply was sent in pieces."""

CONSTRUCTIVE = ("complaint", "criticism", "question", "praise")


def exchanges(store: Store, rulebook: Rulebook, profile: Profile, *, text_lang: str | None = None) -> pl.DataFrame:
    """Every exchange of the store in a fixed order: languages, types, marks and facts beside the columns of the view `conversations`."""
    rows = store.frame("SELECT * FROM conversations ORDER BY exchange_id")
    rows = rows.with_columns((~pl.col("edited_after_reply")).alias("asked_trusted"))
    rows = _languages(rows, text_lang)
    rows = _typed(rows, rulebook)
    marks = check.marks(
        rows.filter(pl.col("reply").is_not_null()).select("reply", "asked_type", lang="reply_lang"), rulebook, profile.bounds
    )
    rows = rows.join(marks, left_on=["reply", "reply_lang"], right_on=["reply", "lang"], how="left", maintain_order="left")
    rows = rows.with_columns(pl.coalesce("agent", "signed").alias("agent")).drop("signed")
    rows = check.excused(rows, rulebook)
    rows = _once(rows, rulebook)
    rows = _turned(rows)
    rows = _promise(rows, profile)
    return _same_text(rows, profile)


def _languages(rows: pl.DataFrame, forced: str | None) -> pl.DataFrame:
    """asked_lang and reply_lang: as forced, as read, else the other side's, else the account's commonest, else as declared."""
    if forced:
        return rows.with_columns(pl.lit(forced).alias("asked_lang"), pl.lit(forced).alias("reply_lang"))
    own = rows.select(
        language.detect(rows["asked"]).alias("asked_lang"),
        language.detect(rows["reply"]).alias("reply_lang"),
        "account",
        declared=pl.col("asked_declared_lang")
        .str.slice(0, 2)
        .str.to_lowercase()
        .replace_strict({k: k for k in ("ru", "pl", "en")}, default=None, return_dtype=pl.String),
    )
    usual = (
        own.select("account", lang=pl.coalesce("reply_lang", "asked_lang"))
        .drop_nulls("lang")
        .group_by("account", "lang")
        .len()
        .sort("len", "lang", descending=[True, False])
        .unique("account", keep="first", maintain_order=True)
        .select("account", usual="lang")
    )
    own = own.join(usual, on="account", how="left", maintain_order="left", nulls_equal=True)
    return rows.with_columns(
        own.select(pl.coalesce("asked_lang", "declared", "reply_lang", "usual", pl.lit("other"))).to_series().alias("asked_lang"),
        own.select(pl.coalesce("reply_lang", "asked_lang", "declared", "usual", pl.lit("other"))).to_series().alias("reply_lang"),
    )


def _typed(rows: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Types each customer turn once, however many replies it had."""
    asked = rows.filter("asked_first").select(
        "asked_id",
        "asked",
        "rating",
        "channel_kind",
        pl.col("asked_lang").alias("lang"),
        asked_type=pl.lit(None, pl.String),
        asked_upset=pl.lit(None, pl.Boolean),
    )
    typed = classify.typed(asked, rulebook).select(
        "asked_id", "asked_type", "asked_upset", "asked_addressed", "asked_confidence", "asked_why", "asked_words", "confident"
    )
    return rows.join(typed, on="asked_id", how="left", maintain_order="left")


def _once(rows: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """had:<rule>: an earlier brand turn of the dialogue had what the rule asks for once."""
    rules = [rule.id for rule in rulebook.rules if rule.once]
    earlier = [
        pl.col(f"mark:{id}")
        .fill_null(False)
        .cum_max()
        .shift(1, fill_value=False)
        .over("dialogue", order_by="reply_turn")
        .alias(f"had:{id}")
        for id in rules
    ]
    return rows.with_columns(earlier) if rules else rows


def _turned(rows: pl.DataFrame) -> pl.DataFrame:
    """turned: the customer's next turn after the reply reports, reasons, asks or thanks; next_type, its type."""
    turns = rows.filter("asked_first").select("asked_id", next_type=pl.col("asked_type").shift(-1).over("dialogue", order_by="asked_turn"))
    rows = rows.join(turns, on="asked_id", how="left", maintain_order="left")
    return rows.with_columns(pl.col("next_type").is_in(CONSTRUCTIVE).fill_null(False).alias("turned"))


def _promise(rows: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """promise_kept: a later brand turn of the dialogue within the profile's hours; null while the time has not run out.

    A reply that also sends the customer elsewhere may have kept its word there, where the export does not look: null.
    """
    hours = profile.bounds.get("promise", profile.bounds["history"])["hours"]
    later = rows.filter(pl.col("reply").is_not_null()).select(
        "exchange_id", next_reply_at=pl.col("replied_at").shift(-1).over("dialogue", order_by="reply_turn")
    )
    rows = rows.join(later, on="exchange_id", how="left", maintain_order="left")
    within = (pl.col("next_reply_at") - pl.col("replied_at")) <= timedelta(hours=hours)
    within = within.fill_null(False) | ((pl.col("reply_ended_at") - pl.col("replied_at")) >= SPLIT)
    run_out = pl.col("replied_at") + timedelta(hours=hours) <= pl.col("history_end")
    elsewhere = pl.col("mark:private-redirect").fill_null(False)
    kept = pl.when(within).then(True).when(run_out & ~elsewhere & pl.col("answers_known").fill_null(True)).then(False)
    return rows.with_columns(pl.when(pl.col("reply").is_not_null()).then(kept).alias("promise_kept"))


def _same_text(rows: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """same_text_people: most people whom the same text reached within any window of the profile's days around the reply."""
    bound = profile.bounds["copy-paste"]
    days = f"{bound['days']}d"
    key = ["account", "skeleton"]
    sent = rows.filter(pl.col("reply").is_not_null() & pl.col("replied_at").is_not_null()).select(
        *key, "exchange_id", "replied_at", pl.coalesce("customer", pl.col("dialogue").cast(pl.String)).alias("customer")
    )
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
    return rows.join(
        reach.select("exchange_id", same_text_people=pl.col("people").cast(pl.Int64)), on="exchange_id", how="left", maintain_order="left"
    ).with_columns(pl.when(pl.col("reply").is_not_null()).then(pl.col("same_text_people").fill_null(1)))
