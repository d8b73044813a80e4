"""What was asked: the type of a customer's message and its flags, by the wordings of rules/asked.

A wording that decides counts three, one that leans counts one; the type with the most wins, ties by the order of precedence. The
confidence says how alone the winner stands. Ratings help where a text leaves the matter open, and never overrule a clear text.
"""

from __future__ import annotations

import polars as pl

from audit import text as texts
from audit.asked import Wordings, open_asked
from audit.rulebook import Rulebook
from audit.tables import ASKED_TYPES, LANGUAGES

CONFIDENT = 0.7
"""Types of at least this confidence are judged by rules that ask for a confident type."""

_SCORED = tuple(type for type in ASKED_TYPES if type != "other")
_PRECISE = ("destructive", "trolling")
_OUTPUT = ("asked_type", "asked_upset", "asked_addressed", "asked_confidence", "asked_why", "asked_words")


def typed(rows: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Fills `asked_type` and `asked_upset` where they are null, and adds the rest of what is known of the message.

    Takes `asked`, `lang`, `asked_type`, `asked_upset`, and if there are any `rating` (1-5), `channel_kind`. Adds `asked_addressed`,
    `asked_confidence` (0-1, two decimals; 1 where the type was given), `asked_why`, `confident` and `asked_words` (the normal form). Rows without text keep what was given.
    """
    wordings = open_asked(rulebook.vocabulary)
    keys = [key for key in ("asked", "lang", "rating", "channel_kind") if key in rows.columns]
    distinct = rows.select(keys).filter(pl.col("asked").is_not_null()).unique(maintain_order=True)
    parts = [_typed_in(str(lang), part, wordings) for (lang,), part in distinct.group_by("lang", maintain_order=True)]
    found = pl.concat(parts) if parts else _nothing(distinct)
    joined = rows.join(
        found.rename({name: f"found_{name}" for name in _OUTPUT}), on=keys, how="left", nulls_equal=True, maintain_order="left"
    )
    given = pl.col("asked_type").is_not_null()
    return joined.with_columns(
        pl.when(given).then(1.0).otherwise(pl.col("found_asked_confidence")).alias("asked_confidence"),
        pl.when(given).then(pl.lit("given")).otherwise(pl.col("found_asked_why")).alias("asked_why"),
        pl.coalesce("asked_type", "found_asked_type").alias("asked_type"),
        pl.coalesce("asked_upset", "found_asked_upset").alias("asked_upset"),
        pl.col("found_asked_addressed").alias("asked_addressed"),
        pl.col("found_asked_words").alias("asked_words"),
        (given | (pl.col("found_asked_confidence") >= CONFIDENT)).fill_null(False).alias("confident"),
    ).drop(f"found_{name}" for name in _OUTPUT)


def _typed_in(lang: str, part: pl.DataFrame, wordings: dict[str, Wordings]) -> pl.DataFrame:
    """One language's distinct messages with the five columns of _OUTPUT."""
    part = part.lazy().with_columns(texts.words(pl.col("asked")).alias("words")).collect(engine="streaming")
    shouted = pl.col("asked").str.count_matches(r"\b\p{Lu}{3,}\b") >= 3
    marked = pl.col("words").str.contains(r" \S*(?:!!|\?!|!\?|\?\?)\S* ")
    if lang not in LANGUAGES:
        return _rated(
            part.with_columns(**{type: pl.lit(0) for type in _SCORED}, asked_upset=shouted | marked, asked_addressed=pl.lit(False))
        )
    scores = {type: 3 * _count(wordings, type, "strong", lang) + _count(wordings, type, "weak", lang) for type in _SCORED}
    flags = {flag: _count(wordings, flag, "strong", lang) > 0 for flag in ("upset", "addressed")}
    at_brand = pl.col("channel_kind").is_in(("review", "private")) if "channel_kind" in part.columns else pl.lit(False)
    part = part.lazy().with_columns(**scores, upset=flags["upset"], addressed=flags["addressed"]).collect(engine="streaming")
    return _rated(
        part.with_columns(asked_upset=pl.col("upset") | shouted | marked, asked_addressed=pl.col("addressed") | at_brand.fill_null(False))
    )


def _rated(part: pl.DataFrame) -> pl.DataFrame:
    """Decides by scores, and by the rating where there is one and the text leaves it open."""
    rating = pl.col("rating") if "rating" in part.columns else pl.lit(None, pl.Int8)
    score = {type: pl.col(type).cast(pl.Float64) for type in _SCORED}
    negative = pl.max_horizontal("complaint", "criticism", "destructive", "trolling")
    score["question"] = score["question"].clip(None, 3)  # a question about a fault is a complaint
    score["complaint"] = score["complaint"] + pl.when(rating <= 2).then(2).otherwise(0) - pl.when(rating == 5).then(2).otherwise(0)
    score["praise"] = (
        score["praise"] + pl.when(rating == 5).then(3).otherwise(0) - pl.when((rating <= 2) & (negative > 0)).then(3).otherwise(0)
    )
    part = part.with_columns(s.alias(f"score_{type}") for type, s in score.items())
    names = [f"score_{type}" for type in _SCORED]
    best = pl.max_horizontal(names)
    winner = pl.coalesce(pl.when(pl.col(name) == best).then(pl.lit(type)) for type, name in zip(_SCORED, names, strict=True))
    rest = pl.sum_horizontal(pl.col(name).clip(0) for name in names) - best
    sure = pl.when(best >= 3).then(0.6 + 0.35 * (best / (best + rest))).otherwise(0.5).round(2)
    kind = pl.when(best >= 1).then(winner).otherwise(pl.lit("other"))
    why = pl.when(best >= 3).then(pl.lit("wording")).when(best >= 1).then(pl.lit("leaning")).otherwise(pl.lit("nothing decides"))
    by_rating = rating.is_not_null() & (pl.max_horizontal(_SCORED) == 0) & (best > 0)
    return part.select(
        *(key for key in ("asked", "lang", "rating", "channel_kind") if key in part.columns),
        kind.alias("asked_type"),
        (pl.col("asked_upset") & (kind != "praise")).alias("asked_upset"),  # "love it!!", "fucking great"
        "asked_addressed",
        pl.when(best >= 1).then(sure).otherwise(0.4).alias("asked_confidence"),
        pl.when(by_rating).then(pl.lit("rating")).otherwise(why).alias("asked_why"),
        pl.col("words").alias("asked_words"),
    )


def _count(wordings: dict[str, Wordings], name: str, kind: str, lang: str) -> pl.Expr:
    regexes = getattr(wordings[name], kind).get(lang, ()) if name in wordings else ()
    return pl.sum_horizontal(pl.lit(0, pl.Int32), *(pl.col("words").str.contains(regex).cast(pl.Int32) for regex in regexes))


def _nothing(distinct: pl.DataFrame) -> pl.DataFrame:
    kinds = dict(zip(_OUTPUT, (pl.String, pl.Boolean, pl.Boolean, pl.Float64, pl.String, pl.String), strict=True))
    return distinct.with_columns(pl.lit(None, kind).alias(name) for name, kind in kinds.items())
