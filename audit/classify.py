"""What was asked: the type of a customer's message and its flags, in a cascade that says how sure it is.

1. Wordings of rules/asked decide alone where those of one type match, none of another does, and they were right often enough on texts
   written for the purpose (`wording:<type>` among the typer's bounds).
2. A typer (audit.typer) weighs what they leave undecided, the wordings among its signs.
3. A rating, and the earlier turns of the dialogue, help where the text is not clear, and never overrule one that is.
4. What is still open is `unclear`: rules that turn on the type are null there.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit import search
from audit import text as texts
from audit.asked import Wordings, open_asked
from audit.concordance import Concordance
from audit.pattern import REFUSED
from audit.rulebook import Rulebook
from audit.tables import ASKED_TYPES, LANGUAGES
from audit.typer import CAPITALS, FLAGS, OUTPUTS, SIGNS, Floats, Typer

UNCLEAR = "unclear"
CLEAR = 0.8
"""A text of at least this probability is not overruled by a rating or an earlier turn."""
RATED = 4.0
"""By how much a rating multiplies the odds of what it speaks for, where the text is not clear."""
WORDED = 3.0
"""By how much a wording multiplies the odds of its type, where the text is not clear: one that training seldom met says more than the typer knows."""
LEANING = 0.15
"""Probability of a complaint from which a text that follows an unanswered complaint is one."""

WHYS = ("wording", "model", "rating", "nothing decides")

_FOUND = ("asked_type", *(f"asked_{flag}" for flag in FLAGS), "asked_confidence", "asked_why", "asked_words", "asked_leaning", "confident")


def distinct(rows: pl.DataFrame) -> int:
    """How many distinct texts there are to type, which is what a typer is chosen by."""
    return rows.get_column("asked").n_unique()


def typed(rows: pl.DataFrame, rulebook: Rulebook, typer: Typer) -> pl.DataFrame:
    """Fills `asked_type` and `asked_upset` where they are null, and adds the rest of what is known of the message.

    Takes `asked`, `lang`, `asked_type`, `asked_upset`, and if there are any `rating` (1-5), `channel_kind`. Adds `asked_addressed`,
    `asked_insulting`, `asked_confidence` (0-1; 1 where the type was given), `asked_why` (given, wording, model, rating, nothing decides),
    `confident` (sure enough for rules that judge confident types only), `asked_words` (the normal form) and `asked_leaning` (the
    probability of a complaint). Rows without text keep what was given.
    """
    try:
        return _typed(rows, open_asked(), rulebook, typer)
    except REFUSED:
        open_asked(rulebook.vocabulary)
        raise


def _typed(rows: pl.DataFrame, wordings: Mapping[str, Wordings], rulebook: Rulebook, typer: Typer) -> pl.DataFrame:
    there = rows.filter(pl.col("asked").is_not_null())
    messages, message = _once(there.select("asked", "lang"))
    with ThreadPoolExecutor(1) as pool:
        # wordings are looked for in all languages while the typer, in this thread, reads one after the other: a user's own may be bound to it
        worded = [
            _worded(str(lang), part, wordings, rulebook, pool)
            for (lang,), part in messages.with_row_index("message").group_by("lang", maintain_order=True)
        ]
        parts = [_weighed(each, typer) for each in worded]
    beside = [key for key in ("rating", "channel_kind") if key in rows.columns]
    cases, case = _once(pl.DataFrame({"message": message}).hstack(there.select(beside)))
    found = _decided(_gathered(cases, pl.concat(parts))) if parts else _nothing(cases)
    place = np.zeros(rows.height, dtype=np.int64)
    place[rows.get_column("asked").is_not_null().to_numpy()] = case
    known = pl.Series(place).set(rows.get_column("asked").is_null(), None)
    joined = rows.hstack(pl.DataFrame([found.get_column(name).gather(known).alias(f"found_{name}") for name in _FOUND]))
    given = pl.col("asked_type").is_not_null()
    return joined.with_columns(
        pl.when(given).then(1.0).otherwise(pl.col("found_asked_confidence")).alias("asked_confidence"),
        pl.when(given).then(pl.lit("given")).otherwise(pl.col("found_asked_why")).alias("asked_why"),
        pl.coalesce("asked_type", "found_asked_type").alias("asked_type"),
        pl.coalesce("asked_upset", "found_asked_upset").alias("asked_upset"),
        *(pl.col(f"found_{name}").alias(name) for name in ("asked_addressed", "asked_insulting", "asked_words", "asked_leaning")),
        (given | pl.col("found_confident")).fill_null(False).alias("confident"),
    ).drop(f"found_{name}" for name in _FOUND)


def _once(rows: pl.DataFrame) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """The distinct rows in their order, and which of them each row is."""
    once = rows.lazy().with_row_index("place").group_by(rows.columns, maintain_order=True).agg("place").collect()
    number = np.empty(rows.height, dtype=np.int64)
    if rows.height:
        number[once.get_column("place").explode().to_numpy()] = np.repeat(
            np.arange(once.height), once.get_column("place").list.len().to_numpy()
        )
    return once.drop("place"), number


def _gathered(cases: pl.DataFrame, weighed: pl.DataFrame) -> pl.DataFrame:
    """`cases` with what is known of their `message`."""
    place = np.empty(weighed.height, dtype=np.int64)
    place[weighed.get_column("message").to_numpy()] = np.arange(weighed.height)
    return cases.drop("message").hstack(weighed.drop("message")[place[cases.get_column("message").to_numpy()]])


def signs(held: Concordance, lang: str, wordings: Mapping[str, Wordings], rulebook: Rulebook) -> pl.DataFrame:
    """SIGNS of the texts of one language whose words are `held`: 1 where a wording of a type or flag stands in the text, else 0 (Int8)."""
    anchors = rulebook.anchors(lang)
    lists = {}
    for sign in SIGNS:
        kind, name = sign.split(":")
        patterns = wordings[name].patterns.get(kind, {}).get(lang, ()) if name in wordings else ()
        if patterns:
            lists[sign] = anchors.sought(patterns)
    found = search.Index(held).all_of(lists, {}) if lists else {}
    nothing = pl.repeat(0, len(held.texts), dtype=pl.Int8, eager=True)
    return pl.DataFrame([(found[sign].cast(pl.Int8) if sign in found else nothing).alias(sign) for sign in SIGNS])


class Worded(NamedTuple):
    """One language's distinct texts with `words`, an index of these, and SIGNS, which may not be found yet."""

    lang: str
    texts: pl.DataFrame
    held: Concordance
    signs: Future[pl.DataFrame]


def _worded(lang: str, part: pl.DataFrame, wordings: Mapping[str, Wordings], rulebook: Rulebook, pool: ThreadPoolExecutor) -> Worded:
    part = part.lazy().with_columns(texts.words(pl.col("asked")).alias("words"), CAPITALS).collect(engine="streaming")
    held = Concordance(part.get_column("words"))
    return Worded(lang, part, held, pool.submit(signs, held, lang, wordings, rulebook))


def _weighed(worded: Worded, typer: Typer) -> pl.DataFrame:
    """The texts with `words`, SIGNS, the probabilities OUTPUTS and the bounds that go with them."""
    lang = worded.lang
    bounds = typer.bounds(lang) if lang in LANGUAGES else {}
    read = typer.read(worded.texts, worded.held, lang) if bounds else None
    found = worded.signs.result()
    part = worded.texts.hstack(found)
    if bounds:
        part = part.hstack(typer.probabilities(found, read, lang))
    else:
        part = part.with_columns(pl.lit(None, pl.Float64).alias(name) for name in OUTPUTS)
    least: dict[str, float | None] = {f"least:{name}": bounds.get(name, 2.0) for name in (*ASKED_TYPES, *FLAGS, UNCLEAR)}
    least |= {f"wording:{name}": bounds.get(f"wording:{name}") for name in ASKED_TYPES}
    return part.with_columns(pl.lit(value, pl.Float64).alias(name) for name, value in least.items())


def _decided(cases: pl.DataFrame) -> pl.DataFrame:
    """Type, flags, confidence and why of texts with their ratings, where there are any. Takes what `_weighed` gives."""
    kinds = list(ASKED_TYPES)
    scores = cases.select(kinds).fill_null(0.0).to_numpy()
    strong = cases.select(f"strong:{kind}" for kind in kinds[:-1]).to_numpy() > 0
    scores = _shares(scores * _by_wording(strong, scores))
    weighed = _shares(scores * _by_rating(cases, scores))
    best, before = weighed.argmax(axis=1), scores.argmax(axis=1)
    trust = cases.select(f"wording:{kind}" for kind in kinds[:-1]).fill_null(0.0).to_numpy()
    alone = strong.sum(axis=1) == 1
    sure = np.where(alone, (strong * trust).sum(axis=1), 0.0)
    known = cases.get_column("complaint").is_not_null().to_numpy()
    sure = np.where(alone & ~known, np.maximum(sure, 0.5), sure)  # no typer for it: wordings are all there is
    by_wording = sure > 0
    place = np.where(by_wording, strong.argmax(axis=1), best)
    confidence = np.round(np.where(by_wording, sure, np.take_along_axis(weighed, best[:, None], axis=1)[:, 0]), 2)
    least = np.take_along_axis(cases.select(f"least:{kind}" for kind in kinds).to_numpy(), place[:, None], axis=1)[:, 0]
    unclear = ~by_wording & (confidence < cases.get_column(f"least:{UNCLEAR}").to_numpy())
    why = np.where(by_wording, 0, np.where(unclear, 3, np.where(best != before, 2, 1)))
    confident = ~unclear & (confidence >= np.where(by_wording, 0.9, least))
    found = cases.with_columns(
        pl.Series([*kinds, UNCLEAR]).gather(np.where(unclear, len(kinds), place)).alias("asked_type"),
        pl.Series("asked_confidence", confidence),
        pl.Series(WHYS).gather(why).alias("asked_why"),
        pl.Series("confident", confident),
        asked_leaning=pl.col("complaint").fill_null(0.0),
        asked_words=pl.col("words"),
    )
    at_brand = pl.col("channel_kind").is_in(("review", "private")).fill_null(False) if "channel_kind" in cases.columns else pl.lit(False)
    marked = (pl.col("capitals") >= 3) | pl.col("words").str.contains(r" \S*(?:!!|\?!|!\?|\?\?)\S* ")
    unknown = {flag: pl.col(f"strong:{flag}") > 0 for flag in FLAGS} | {"upset": (pl.col("strong:upset") > 0) | marked}
    flags = {flag: pl.coalesce(pl.col(flag) >= pl.col(f"least:{flag}"), unknown[flag]) for flag in FLAGS}
    flags["upset"] = flags["upset"] & (pl.col("asked_type") != "praise")  # "love it!!", "fucking great"
    flags["addressed"] = flags["addressed"] | at_brand
    return found.with_columns(**{f"asked_{flag}": said for flag, said in flags.items()})


def _shares(weights: Floats) -> Floats:
    shares: Floats = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return shares


def _by_wording(strong: NDArray[np.bool_], scores: Floats) -> Floats:
    """By what the probabilities of types are multiplied: wordings of one type alone speak for it, where the text is not clear."""
    factors = np.ones_like(scores)
    alone = (strong.sum(axis=1) == 1) & (scores.max(axis=1) < CLEAR)
    factors[np.flatnonzero(alone), strong[alone].argmax(axis=1)] = WORDED
    return factors


def _by_rating(cases: pl.DataFrame, scores: Floats) -> Floats:
    """By what the probabilities of types are multiplied: 1-2 stars speak for a complaint, 5 for praise, where the text is not clear."""
    factors = np.ones_like(scores)
    if "rating" in cases.columns:
        rating = cases.get_column("rating").fill_null(0).to_numpy()
        open_ = scores.max(axis=1) < CLEAR
        factors[open_ & (rating > 0) & (rating <= 2), ASKED_TYPES.index("complaint")] = RATED
        factors[open_ & (rating > 0) & (rating <= 2), ASKED_TYPES.index("praise")] = 1 / RATED
        factors[open_ & (rating == 5), ASKED_TYPES.index("praise")] = RATED
    return factors


def continued(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` (turns of customers) where a turn that follows a complaint of its dialogue, and is not clear by itself, is a complaint too.

    "Still nothing!" says little alone. Takes `dialogue`, `asked_at`, `author`, `asked_answered` and what `typed` gives; thanks stay thanks.
    """
    open_kinds = [kind for kind in (*ASKED_TYPES, UNCLEAR) if kind not in ("complaint", "praise")]
    needed = ("dialogue", "asked_at", "asked_type", "asked_why", "asked_confidence", "asked_leaning")
    ordered = rows.select(needed).with_row_index("row").sort("dialogue", "asked_at", "row", nulls_last=True)
    earlier = (pl.col("asked_type") == "complaint").fill_null(False).cast(pl.Int32).cum_sum().over("dialogue") > 0
    follows = (
        earlier
        & pl.col("dialogue").is_not_null()
        & pl.col("asked_type").is_in(open_kinds)
        & (pl.col("asked_why") != "given")
        & (pl.col("asked_why") != "wording")
        & (pl.col("asked_confidence") < CLEAR)
        & ((pl.col("asked_leaning") >= LEANING) | (pl.col("asked_type") == UNCLEAR))
    ).fill_null(False)
    following = ordered.select("row", follows=follows).sort("row").get_column("follows")
    return rows.with_columns(
        asked_type=pl.when(following).then(pl.lit("complaint")).otherwise("asked_type"),
        asked_why=pl.when(following).then(pl.lit("earlier turns")).otherwise("asked_why"),
        asked_confidence=pl.when(following).then(0.5).otherwise("asked_confidence"),
        confident=pl.col("confident") & ~following,
    )


def _nothing(cases: pl.DataFrame) -> pl.DataFrame:
    kinds: dict[str, type[pl.DataType]] = {"asked_confidence": pl.Float64, "asked_leaning": pl.Float64}
    kinds |= dict.fromkeys(("asked_type", "asked_why", "asked_words"), pl.String)
    return cases.with_columns(pl.lit(None, kinds.get(name, pl.Boolean)).alias(name) for name in _FOUND)
