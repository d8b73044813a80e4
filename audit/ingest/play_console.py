"""Google Play Console's reviews CSV: a review and the developer's reply in one row.

UTF-16LE as the console writes it, or saved again as UTF-8; the columns in any order, old files without some of them, "null" as text.
Columns read: Package Name, Reviewer Language, Review Submit Date and Time, Review Last Update Date and Time, Star Rating, Review Title,
Review Text, Developer Reply Date and Time, Developer Reply Text, Review Link; the "... Millis Since Epoch" columns where a date is empty.

A row gives the review, sent when first submitted (`edited_at` = its last update, where that differs), and the reply, if there is one,
under the review's id with "/reply" behind it. A review edited after the reply has `edited_at` > the reply's `sent_at`. The console
shows one time a reply; it is taken as exact. The same review may stand in several months' files: the store keeps the newest.

Rejected: an impossible date, neither text nor stars nor reply.
"""

from __future__ import annotations

import polars as pl

from audit.ingest import source, values
from audit.ingest.columns import agent_cell
from audit.ingest.reader import Batch, ReadOptions, Sample

NAME = "play-console"

_NEEDED = ("Package Name", "Star Rating", "Review Text", "Developer Reply Text")
_DATES = {
    "submitted": ("Review Submit Date and Time", "Review Submit Millis Since Epoch"),
    "updated": ("Review Last Update Date and Time", "Review Last Update Millis Since Epoch"),
    "replied": ("Developer Reply Date and Time", "Developer Reply Millis Since Epoch"),
}
_OTHERS = ("Reviewer Language", "Review Title", "Review Link", "Device")
_MAPPING = {
    "message_id": "Review Link",
    "account": "Package Name",
    "sent_at": "Review Submit Date and Time",
    "edited_at": "Review Last Update Date and Time",
    "rating": "Star Rating",
    "title": "Review Title",
    "text": "Review Text",
    "url": "Review Link",
    "declared_lang": "Reviewer Language",
    "reply text": "Developer Reply Text",
    "reply sent_at": "Developer Reply Date and Time",
    "sent_at (if empty)": "Review Submit Millis Since Epoch",
    "edited_at (if empty)": "Review Last Update Millis Since Epoch",
    "reply at (if empty)": "Developer Reply Millis Since Epoch",
    "id (if no link)": "Device",
}


def recognises(sample: Sample) -> bool:
    return set(_NEEDED) <= set(sample.columns_as_given)


def read(sample: Sample, options: ReadOptions) -> Batch:
    """Read reviews and replies. `account` is the package unless a brand is named; channel "google-play", kind "review"."""
    frame, malformed = source.table(sample)
    records = frame.height + malformed.height
    given = frame.columns
    names = (*_NEEDED, *_OTHERS, *(name for pair in _DATES.values() for name in pair))
    frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in names if name not in given)
    frame = frame.with_columns(values.filled(pl.col(name)) for name in names)
    frame = frame.with_columns(_time(*pair).alias(name) for name, pair in _DATES.items())
    frame = frame.with_columns(
        rating=pl.col("Star Rating").str.to_integer(strict=False, dtype=pl.Int8),
        body=values.plain_text(pl.col("Review Text")),
        reply=values.plain_text(pl.col("Developer Reply Text")),
    )
    frame = frame.with_columns(id=_ids(frame))
    impossible = {
        pair[0]: pl.coalesce(pair).is_not_null() & ~values.possible(pl.col(name)).fill_null(False) for name, pair in _DATES.items()
    }
    empty = pl.col("rating").is_null() & pl.col("body").is_null() & pl.col("reply").is_null()
    fault = pl.coalesce(
        *(pl.when(wrong).then(pl.lit(name)) for name, wrong in impossible.items()), pl.when(empty).then(pl.lit("Review Text"))
    )
    frame = frame.with_columns(fault=fault)
    rejected = [
        values.rejects(frame.filter(pl.col("fault") == name), name, pl.col(name), "no text" if name == "Review Text" else "impossible date")
        for name in (*impossible, "Review Text")
    ]
    good = frame.filter(pl.col("fault").is_null())
    reviews = values.messages(good, _review(options))
    replies = values.messages(good.filter(pl.col("reply").is_not_null()), {**_reply(options), "agent": agent_cell(given, sample, options)})
    both = pl.concat([reviews, replies]).sort("source_row", maintain_order=True)
    return Batch(both, values.all_rejects([malformed, *rejected]), records, {k: v for k, v in _MAPPING.items() if v in given})


def _account(options: ReadOptions) -> pl.Expr:
    return pl.lit(options.brand) if options.brand else pl.col("Package Name")


def _review(options: ReadOptions) -> dict[str, pl.Expr]:
    first = pl.coalesce("submitted", "updated")
    language = pl.lit(options.text_lang) if options.text_lang else pl.col("Reviewer Language").str.slice(0, 2).str.to_lowercase()
    return {
        "message_id": pl.col("id"),
        "account": _account(options),
        "from_brand": pl.lit(False),
        "automatic": pl.lit(False),
        "channel": pl.lit("google-play"),
        "channel_kind": pl.lit("review"),
        "private": pl.lit(False),
        "sent_at": first,
        "time_quality": pl.when(pl.col("submitted").is_not_null())
        .then(pl.lit("exact"))
        .when(pl.col("updated").is_not_null())
        .then(pl.lit("last edit"))
        .otherwise(pl.lit("none")),
        "edited_at": pl.when(pl.col("updated") > first).then("updated"),
        "title": values.plain_text(pl.col("Review Title")),
        "text": pl.col("body"),
        "rating": pl.when(pl.col("rating").is_between(1, 5)).then("rating"),
        "url": pl.col("Review Link"),
        "declared_lang": language,
    }


def _reply(options: ReadOptions) -> dict[str, pl.Expr]:
    return {
        "message_id": pl.col("id") + "/reply",
        "account": _account(options),
        "from_brand": pl.lit(True),
        "automatic": pl.lit(False),
        "author": _account(options),
        "channel": pl.lit("google-play"),
        "channel_kind": pl.lit("review"),
        "private": pl.lit(False),
        "parent_id": pl.col("id"),
        "sent_at": pl.col("replied"),
        "time_quality": pl.when(pl.col("replied").is_not_null()).then(pl.lit("exact")).otherwise(pl.lit("none")),
        "text": pl.col("reply"),
        "url": pl.col("Review Link"),
        "declared_lang": pl.lit(options.text_lang),
    }


def _time(date: str, millis: str) -> pl.Expr:
    written = pl.col(date).str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", strict=False)
    counted = pl.from_epoch(pl.col(millis).str.to_integer(strict=False), time_unit="ms").cast(pl.Datetime("us"))
    return pl.when(pl.col(date).is_not_null()).then(written).otherwise(counted)


def _ids(frame: pl.DataFrame) -> pl.Series:
    """The review's id as in its link; a review of stars alone has no link and gets a hash of what does not change by an edit."""
    linked = frame.select(pl.col("Review Link").str.extract(r"(?i)[?&#]review_?id=([^&#\s]+)")).to_series()
    bare = frame.filter(linked.is_null())
    stable = values.stable_ids(bare, [pl.col("Package Name"), pl.col("submitted"), pl.col("Device"), pl.col("Reviewer Language")])
    return linked.scatter(linked.is_null().arg_true(), stable) if bare.height else linked
