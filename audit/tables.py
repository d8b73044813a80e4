"""Every table and column, spelt once.

All times are UTC (`Datetime("us")`, no zone attached), all durations minutes. A *message* is one text as exported,
a *turn* consecutive messages of one side of a dialogue, an *exchange* one customer turn with the brand turn that answers it.
"""

from __future__ import annotations

import polars as pl

Schema = dict[str, pl.DataType]

UTC = pl.Datetime("us")

LANGUAGES = ("ru", "pl", "en")
"""Languages that text rules judge; a text in any other is `other`."""

ASKED_TYPES = ("complaint", "criticism", "destructive", "trolling", "praise", "question", "other")
"""Message types in order of precedence, `other` last; `unclear` stands beside them where nothing decides."""

CHANNEL_KINDS = ("public", "review", "private")

TIME_QUALITIES = ("exact", "local zone", "date only", "last edit", "none")
"""How far `sent_at` can be trusted; only `exact` and `local zone` (a zone that the user stated) give response times."""

PARENT_STATES = ("linked", "text absent", "none")

MESSAGES: Schema = {
    "message_id": pl.String(),  # as in the export, else a stable hash beginning with "h:"
    "account": pl.String(),  # the brand's name where the export or --brand tells it, else null until threading
    "from_brand": pl.Boolean(),
    "automatic": pl.Boolean(),  # a bot's or an auto-responder's: no first response
    "author": pl.String(),  # id or handle
    "author_name": pl.String(),
    "agent": pl.String(),  # from a column, else from the signature
    "channel": pl.String(),  # twitter, google-play, vk, ...
    "channel_kind": pl.String(),  # one of CHANNEL_KINDS
    "private": pl.Boolean(),
    "conversation_id": pl.String(),  # as in the export
    "parent_id": pl.String(),  # message_id of the message replied to, as in the export
    "answer_ids": pl.String(),  # message_ids that the export names as answers to this one, comma-separated
    "sent_at": UTC,
    "time_quality": pl.String(),  # one of TIME_QUALITIES
    "edited_at": UTC,  # the author's last edit
    "title": pl.String(),
    "text": pl.String(),
    "rating": pl.Int8(),  # 1-5
    "likes": pl.Int32(),
    "brand_liked": pl.Boolean(),  # null where the export does not show likes of the brand
    "removed": pl.Boolean(),  # null where the export does not mark removals
    "url": pl.String(),
    "declared_lang": pl.String(),  # as the export or --text-lang states it
    "source_row": pl.Int64(),  # record number in the export, 1 = the first record after any header
}

REJECTS: Schema = {
    "source_row": pl.Int64(),
    "column_name": pl.String(),
    "value": pl.String(),
    "reason": pl.String(),  # short and countable: "impossible date", "no text", "malformed row", ...
}
