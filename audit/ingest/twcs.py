"""Kaggle's "Customer Support on Twitter": one tweet a row, the brand's author a screen name, the customer's a number.

Columns: tweet_id, author_id, inbound (True = a customer's), created_at (`Tue Oct 31 22:10:47 +0000 2017`, or ISO with an offset in the
labelled subsets), text, response_tweet_id, in_response_to_tweet_id. A leading index column and ids as floats ("3.0"), as pandas
leaves them, are met. Every brand author is an account.

Rejected: no text, an impossible date, an `inbound` that is neither True nor False, no tweet_id.
"""

from __future__ import annotations

import polars as pl

from audit.ingest import source, values
from audit.ingest.columns import agent_cell
from audit.ingest.reader import Batch, ReadOptions, Sample

NAME = "twcs"

_COLUMNS = ("tweet_id", "author_id", "inbound", "created_at", "text", "in_response_to_tweet_id")
_MAPPING = {
    "message_id": "tweet_id",
    "author": "author_id",
    "from_brand": "inbound",
    "sent_at": "created_at",
    "text": "text",
    "answer_ids": "response_tweet_id",
    "parent_id": "in_response_to_tweet_id",
}


def recognises(sample: Sample) -> bool:
    return set(_COLUMNS) <= set(sample.columns_as_given)


def read(sample: Sample, options: ReadOptions) -> Batch:
    """Read the tweets. Times are exact, channel "twitter", kind "public"; HTML entities in the text are resolved."""
    frame, malformed = source.table(sample)
    records = frame.height + malformed.height
    if "response_tweet_id" not in frame.columns:
        frame = frame.with_columns(response_tweet_id=pl.lit(None, dtype=pl.String))
    inbound = values.filled(pl.col("inbound")).str.to_lowercase()
    frame = frame.with_columns(
        id=values.whole_id(pl.col("tweet_id")),
        brand=pl.when(inbound == "false").then(True).when(inbound == "true").then(False),
        at=_time(pl.col("created_at")),
        body=values.plain_text(pl.col("text")),
    )
    unread = [
        (pl.col("id").is_null(), "tweet_id", "malformed row"),
        (pl.col("brand").is_null(), "inbound", "neither the brand's nor a customer's"),
        (~values.possible(pl.col("at")).fill_null(False), "created_at", "impossible date"),
        (pl.col("body").is_null(), "text", "no text"),
    ]
    faults = frame.with_columns(fault=pl.coalesce(pl.when(wrong).then(pl.lit(place)) for place, (wrong, _, _) in enumerate(unread)))
    good = faults.filter(pl.col("fault").is_null())
    rejected = [
        values.rejects(faults.filter(pl.col("fault") == place), column, pl.col(column), reason)
        for place, (_, column, reason) in enumerate(unread)
    ]
    author = values.whole_id(pl.col("author_id"))
    messages = values.messages(
        good,
        {
            "message_id": pl.col("id"),
            "account": pl.when("brand").then(author),
            "from_brand": pl.col("brand"),
            "automatic": pl.lit(False),
            "author": author,
            "agent": pl.when("brand").then(agent_cell(frame.columns, sample, options)),
            "channel": pl.lit("twitter"),
            "channel_kind": pl.lit("public"),
            "private": pl.lit(False),
            "parent_id": values.whole_id(pl.col("in_response_to_tweet_id")),
            "answer_ids": values.whole_id(pl.col("response_tweet_id")),
            "sent_at": pl.col("at"),
            "time_quality": pl.lit("exact"),
            "text": pl.col("body"),
            "declared_lang": pl.lit(options.text_lang),
        },
    )
    return Batch(messages, values.all_rejects([malformed, *rejected]), records, dict(_MAPPING))


def _time(column: pl.Expr) -> pl.Expr:
    """Both forms of created_at, as UTC."""
    tweet = column.str.to_datetime("%a %b %d %H:%M:%S %z %Y", time_unit="us", strict=False)
    iso = column.str.to_datetime("%Y-%m-%d %H:%M:%S%:z", time_unit="us", strict=False)
    return pl.coalesce(tweet, iso).dt.replace_time_zone(None)
