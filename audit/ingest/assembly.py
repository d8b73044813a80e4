"""Read values to messages, for both shapes of a table: a row a message, a row a review with its reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from audit.ingest import cells, values
from audit.ingest.columns import Columns
from audit.ingest.mapping import normalised
from audit.ingest.reader import ReadOptions, Sample
from audit.ingest.roles import Roles, official

_LAST_EDIT = frozenset(
    normalised(name)
    for name in (
        "reviewReply.updateTime",
        "updateTime",
        "lastModifiedDate",
        "businessComment.updatedTime",
        "answer_updated_at",
        "reply_updated_at",
    )
)
_REVIEW = r"(?i)отзыв|review|opini[ae]|feedback"
_PRIVATE = r"(?i)^(?:dm|direct.*|private.*|личн.*|e-?mail|sms|chat|чат|whatsapp|messenger|wiadomość prywatna|prywatn.*)$"


@dataclass(frozen=True)
class Shape:
    sample: Sample
    options: ReadOptions
    named: Columns
    told: Roles | None


def rows(frame: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """One message a row. Without a brand named or an account column, the one author of all the brand's messages is the account; where
    there are several, they are its agents, and the account is the file's name."""
    named, told = shape.named, shape.told
    author, name, agent = named.cell("author"), named.cell("author_name"), named.cell("agent")
    if told and told.authors:
        author, agent = pl.coalesce(values.filled(pl.col(column)) for column in told.authors), pl.lit(None, dtype=pl.String)
    called = pl.coalesce(name, author)
    brand_authors = frame.filter(".brand").with_columns(called.alias(".called")).get_column(".called").drop_nulls().unique().to_list()
    own = shape.sample.path.stem
    if told and told.explicit and brand_authors:
        if len(brand_authors) == 1 and not brand_authors[0].isdigit() and not official(brand_authors[0]):
            own = brand_authors[0]
        elif len(brand_authors) > 1 and shape.options.agent_column is None:
            agent = pl.coalesce(agent, called)
    frame, id, conversation = _identified(frame, named)
    return values.messages(
        frame,
        {
            **_common(frame, shape, own),
            "message_id": id,
            "from_brand": pl.col(".brand"),
            "automatic": pl.col(".brand") & (pl.col(".bot") | pl.col(".automatic").fill_null(False)),
            "author": author,
            "author_name": name,
            "agent": pl.when(".brand").then(agent),
            "conversation_id": conversation,
            "parent_id": values.whole_id(named.cell("parent")),
            "answer_ids": values.whole_id(named.cell("answers")),
            **_sent(),
            "text": pl.col(".text"),
            "rating": pl.when(~pl.col(".brand")).then(".rating"),
        },
    )


def pairs(frame: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """The customer's message of every row, and below it the brand's reply where the row has one."""
    named = shape.named
    frame, id, conversation = _identified(frame, named)
    common = _common(frame, shape, shape.sample.path.stem)
    asked = values.messages(
        frame,
        {
            **common,
            "message_id": id,
            "from_brand": pl.lit(False),
            "automatic": pl.lit(False),
            "author": named.cell("author"),
            "author_name": named.cell("author_name"),
            "conversation_id": conversation,
            **_answered(),
            "text": pl.col(".text"),
            "rating": pl.col(".rating"),
        },
    )
    last_edit = (
        normalised((named["reply_date"] or "").rsplit(".", 1)[-1]) in _LAST_EDIT or normalised(named["reply_date"] or "") in _LAST_EDIT
    )
    quality = pl.when(pl.lit(last_edit) & pl.col(".replyat").is_not_null()).then(pl.lit("last edit")).otherwise(".replyquality")
    reply = values.messages(
        frame.filter(pl.col(".reply").is_not_null()),
        {
            **common,
            "title": pl.lit(None),
            "likes": pl.lit(None),
            "edited_at": pl.lit(None),
            "declared_lang": pl.lit(shape.options.text_lang),
            "message_id": id + "/reply",
            "from_brand": pl.lit(True),
            "automatic": pl.col(".automatic").fill_null(False),
            "author": common["account"],
            "agent": named.cell("agent"),
            "conversation_id": conversation,
            "parent_id": id,
            "sent_at": pl.when(_same_day()).then(pl.max_horizontal(".replyat", ".at")).otherwise(".replyat"),
            "time_quality": quality,
            "text": pl.col(".reply"),
        },
    )
    return pl.concat([asked, reply]).sort("source_row", maintain_order=True)


def _common(frame: pl.DataFrame, shape: Shape, own: str) -> dict[str, pl.Expr]:
    """What both messages of a pair share."""
    named, options = shape.named, shape.options
    stem = shape.sample.path.stem
    account = pl.lit(options.brand) if options.brand else pl.coalesce(named.cell("account"), pl.lit(own))
    told_channel = pl.coalesce(named.cell("source"), named.cell("channel"), pl.lit(stem))
    channel = told_channel.str.to_lowercase().str.replace_all(r"\s+", "-")
    private = pl.col(".private").fill_null(False) | named.cell("channel").str.contains(_PRIVATE).fill_null(False)
    every = bool(named["rating"]) and named["source"] is None
    review = pl.lit(every) | pl.col(".rating").is_not_null() | _any_matches((named.cell("channel"), named.cell("kind")), _REVIEW)
    if named["text"]:
        review = review | pl.col(named["text"]).str.contains(r"^Ответ на отзыв о ").fill_null(False)
    language = pl.lit(options.text_lang) if options.text_lang else cells.language(named.cell("lang"))
    return {
        "account": account,
        "channel": channel,
        "channel_kind": pl.when(private).then(pl.lit("private")).when(review).then(pl.lit("review")).otherwise(pl.lit("public")),
        "private": private,
        "edited_at": pl.when(pl.col(".editedat") > pl.col(".at")).then(".editedat"),
        "title": values.plain_text(named.cell("title")),
        "likes": cells.count(named.cell("likes")),
        "removed": pl.col(".removed"),
        "url": named.cell("url"),
        "declared_lang": language,
    }


def _sent() -> dict[str, pl.Expr]:
    return {"sent_at": pl.coalesce(".at", ".retrievedat"), "time_quality": pl.col(".quality")}


def _answered() -> dict[str, pl.Expr]:
    """When the customer of a pair wrote. A reply of an earlier time answered what the text was before an edit: it was sent no later than that."""
    before = (pl.col(".replyat") < pl.col(".at")) & ~_same_day().fill_null(False)
    edited = (before & pl.col(".reply").is_not_null()).fill_null(False)
    last = pl.max_horizontal(".at", ".editedat")
    return {
        "sent_at": pl.when(edited).then(".replyat").otherwise(pl.coalesce(".at", ".retrievedat")),
        "time_quality": pl.when(edited).then(pl.lit("last edit")).otherwise(".quality"),
        "edited_at": pl.when(edited).then(last).when(pl.col(".editedat") > pl.col(".at")).then(".editedat"),
    }


def _same_day() -> pl.Expr:
    """Whether all that is known of the reply's time is that it was on the day of the message; `.replyat` is when that day began."""
    since = pl.col(".at") - pl.col(".replyat")
    return (pl.col(".replyquality") == "date only") & (since >= timedelta()) & (since < timedelta(days=1))


def _any_matches(cells_of: tuple[pl.Expr, ...], pattern: str) -> pl.Expr:
    return pl.any_horizontal(cell.str.contains(pattern).fill_null(False) for cell in cells_of)


def _identified(frame: pl.DataFrame, named: Columns) -> tuple[pl.DataFrame, pl.Expr, pl.Expr]:
    """The frame with ids made where there are none, the id and the conversation.

    An id that stands on messages of different texts and times, for more than a fifth of them, is a dialogue's, not a message's.
    """
    id, conversation = values.whole_id(named.cell("id")), values.whole_id(named.cell("conversation"))
    if named["id"] and frame.height:
        held = frame.select(id.alias("id"), ".text", ".at").filter(pl.col("id").is_not_null()).unique()
        if held.get_column("id").n_unique() < 0.8 * held.height:
            id, conversation = pl.lit(None, dtype=pl.String), pl.coalesce(conversation, id)
    lacking = frame.with_columns(id.alias(".id")).filter(pl.col(".id").is_null())
    if lacking.height:
        again = pl.when(pl.col(".at").is_null()).then(pl.int_range(pl.len()).over([".text", ".rating"]))
        made = values.stable_ids(lacking, [named.cell("author"), pl.col(".at"), pl.col(".text"), pl.col(".rating"), conversation, again])
        keyed = lacking.select("source_row").with_columns(made.alias(".made"))
        frame = frame.join(keyed, on="source_row", how="left", maintain_order="left")
    else:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(".made"))
    return frame, pl.coalesce(id, pl.col(".made")), conversation
