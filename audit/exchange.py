"""Exchanges with languages, types, marks and facts: all that the kernel needs, one row an exchange."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from audit import check, classify, facts, language
from audit.detectors import resembles
from audit.excuse import excused
from audit.profile import Profile
from audit.rulebook import Rulebook
from audit.store import Store
from audit.typer import Typer, open_typer

TYPED = (
    "asked_type",
    "asked_upset",
    "asked_addressed",
    "asked_insulting",
    "asked_confidence",
    "asked_why",
    "asked_words",
    "confident",
)


def exchanges(
    store: Store,
    rulebook: Rulebook,
    profile: Profile,
    *,
    text_lang: str | None = None,
    typer: Typer | None = None,
    opinion: str | None = None,
) -> pl.DataFrame:
    """Every exchange of the store in a fixed order: languages, types, marks and facts beside the columns of the view `conversations`,
    and what a second opinion (audit.detectors.resembles) makes of the replies."""
    rows = store.frame("SELECT * FROM conversations").sort("exchange_id")
    rows = rows.with_columns((~pl.col("edited_after_reply")).alias("asked_trusted"))
    rows = _languages(rows, text_lang)
    spoken, consulted = pl.col("reply").is_not_null(), (*facts.CONSULTED, *profile.excused.values())
    heard = opinion is not None
    with ThreadPoolExecutor(1) as pool:
        replies = rows.filter(spoken).select("reply", lang="reply_lang")
        texts = pool.submit(check.read, replies, rulebook, profile.bounds, consulted, heard=heard)
        rows = _typed(rows, rulebook, typer or open_typer("fast", 0))
    replies = rows.filter(spoken).select("reply", "asked_type", "dialogue", lang="reply_lang")
    marks = check.marks(replies, rulebook, profile.bounds, consulted, known=texts.result(), heard=heard)
    told = rows.select("reply", lang="reply_lang").join(marks, on=["reply", "lang"], how="left", maintain_order="left")
    rows = rows.hstack(told.drop("reply", "lang"))
    rows = rows.with_columns(pl.coalesce("agent", "signed").alias("agent")).drop("signed")
    if opinion is not None:
        rows = resembles.opinions(rows.with_columns(lang="reply_lang"), opinion).drop("lang")
    return facts.known(excused(rows, rulebook), rulebook, profile)


def _languages(rows: pl.DataFrame, forced: str | None) -> pl.DataFrame:
    """asked_lang and reply_lang: as forced, as read, else the other side's, else the account's commonest, else as declared."""
    if forced:
        return rows.with_columns(pl.lit(forced).alias("asked_lang"), pl.lit(forced).alias("reply_lang"))
    with ThreadPoolExecutor(2) as pool:
        asked, reply = pool.map(language.detect, (rows["asked"], rows["reply"]))
    own = rows.select(
        asked.alias("asked_lang"),
        reply.alias("reply_lang"),
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


def _typed(rows: pl.DataFrame, rulebook: Rulebook, typer: Typer) -> pl.DataFrame:
    """Types each customer turn once, however many replies it had; what its dialogue said before counts."""
    asked = rows.filter("asked_first").select(
        "asked_id",
        "asked",
        "rating",
        "channel_kind",
        "dialogue",
        "asked_at",
        pl.col("asked_lang").alias("lang"),
        asked_type=pl.lit(None, pl.String),
        asked_upset=pl.lit(None, pl.Boolean),
    )
    typed = classify.continued(classify.typed(asked, rulebook, typer)).select("asked_id", *TYPED)
    return rows.hstack(rows.select("asked_id").join(typed, on="asked_id", how="left", maintain_order="left").drop("asked_id"))
