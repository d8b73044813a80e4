"""Resembles: a second opinion on faults that are put in too many ways for patterns, from how a reply reads as a whole.

A head a rule says how much a reply is like those that people found at fault, behind one interface:

- `fast` ships in the package: a logistic regression over how the reply is worded (its words, stems, letters and neighbours, hashed:
  audit.gram), since tone is in the wording.
- `accurate` adds what it means: a sentence encoder's vectors of the reply, of what was asked and of their product (audit.encoder), which
  comes with the extra `reply-audit[accurate]`.
- `auto` is accurate where the extra is installed and there are at most MOST distinct replies and messages, else fast; `none` leaves patterns alone.

Patterns lead: a head takes back what they found only where it doubts it (`doubt`), and finds a fault by itself only where it is sure
(`sure`). The weights are made by `python -m benchmarks.train_resembles`, which says which heads raise precision and recall.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit import encoder, gram, linear, signature, text
from audit.concordance import Concordance
from audit.errors import AuditError
from audit.rule import Rule
from audit.rulebook import Rulebook
from audit.tables import LANGUAGES

FILE = Path(__file__).parent.parent / "weights" / "resembles.npz"
NAMES = ("fast", "accurate")
CHOICES = ("auto", *NAMES, "none")
MOST = 100_000
"""Distinct replies, and messages, up to which `auto` is accurate."""
PREFIX = "resembles:"
WORDED = "worded:"
WORDING = "wording_"
ASKED_TYPES = ("complaint", "criticism", "question", "praise")
AT_EASE = ("praise", "other")
"""In answer to praise and to small talk brands joke and tease, which reads like mockery out of its place: there patterns alone find faults."""
OF_FIT = ("off-topic",)
"""Rules about how a reply fits what was asked: patterns alone find faults where that is not there, and in answer to a question where wording is
all there is to go by, or a word of the question comes again."""
NAMED = 5
"""Letters of a word by which a reply names what was asked about."""
FEWEST = 4
"""Words of a reply from which it is weighed: of fewer nobody can tell how they are meant."""
BLOCK = 5_000
"""Replies whose meaning is read at a time."""
TELLING = 3
"""Words that are shown for what is found by the wording."""
_CLOSING = r"(?i)\b(с уважением|z poważaniem|pozdrawiam|(kind|best|warm) regards|regards|sincerely)\b|\s[\^*~/–—-]\s?\w{1,20}[\s.!)]*$"
"""Where a signature begins, looked for in the few replies that are shown (audit.signature asks many at once)."""
_NOISE = r"https?://\S+|www\.\S+|@[\w.]+"

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """One rule's weights, and by opinion the two probabilities between which patterns decide."""

    marks: Floats
    """What languages and types of messages (LANGUAGES, ASKED_TYPES) add to the wording's log-odds."""
    bias: float
    meaning: Floats
    """Of the columns that `features` gives; with `level`, what meaning adds to `share` times the log-odds by wording."""
    share: float
    level: float
    bounds: Mapping[str, tuple[float, float]]
    """`fast` and `accurate` -> (doubt, sure)."""


@cache
def heads() -> dict[str, Head]:
    """Rule -> head."""
    with np.load(FILE) as kept:
        arrays = {name: kept[name] for name in ("marks", "bias", "meaning", "share", "level", "bounds")}
        rules = [str(rule) for rule in kept["rules"]]
    return {
        rule: Head(
            arrays["marks"][i].astype(np.float32),
            float(arrays["bias"][i]),
            arrays["meaning"][i].astype(np.float32),
            float(arrays["share"][i]),
            float(arrays["level"][i]),
            {name: (float(doubt), float(sure)) for name, (doubt, sure) in zip(NAMES, arrays["bounds"][i], strict=True)},
        )
        for i, rule in enumerate(rules)
    }


@cache
def wording() -> linear.Hashed:
    """What the wording of a reply says; one output a head, in their order."""
    with np.load(FILE) as kept:
        return linear.unpacked(kept, WORDING)


def described(name: str | None) -> str | None:
    """What a result says of the opinion that was heard: its name and the beginning of its weights' hash."""
    return None if name is None else f"{name} {hashlib.sha256(FILE.read_bytes()).hexdigest()[:16]}"


def chosen(name: str | bool, distinct: int) -> str | None:
    """The opinion of a name (of CHOICES; true is accurate, false none), for so many distinct texts; null where patterns are to judge alone.

    Raises AuditError for an unknown name, or where its extra is missing.
    """
    if isinstance(name, bool):
        name = "accurate" if name else "none"
    if name not in CHOICES:
        raise AuditError(f"there is no second opinion {name!r}", hint=f"known: {', '.join(CHOICES)}")
    if name == "auto":
        name = "accurate" if encoder.available() and distinct <= MOST else "fast"
    if name == "accurate" and not encoder.available():
        raise AuditError("the accurate second opinion needs its sentence encoder", hint="pip install 'reply-audit[accurate]', or say fast")
    return None if name == "none" else name


def words(replies: pl.Series) -> pl.Series:
    """Replies in the normal form whose words are read: without a signature."""
    return signature.split(replies).select(text.words(pl.col("unsigned")).alias("words")).to_series()


def worded(held: Concordance) -> pl.DataFrame:
    """`worded:<rule>` of texts in normal form whose words are `held`: the log-odds that their wording adds."""
    return pl.DataFrame(wording().scores(gram.Tokens(held)), schema={WORDED + rule: pl.Float32 for rule in heads()})


def features(rows: pl.DataFrame) -> Floats:
    """rows x (3 x encoder.WIDTH + marks): vectors of the reply, of what was asked and of their product, then language and type of message,
    in such sizes that one strength of regularisation fits all. Takes `reply`, `asked`, `lang`, `asked_type`."""
    reply, asked = (encoder.open_encoder().vectors(rows.get_column(side).str.replace_all(_NOISE, " ")) for side in ("reply", "asked"))
    return np.hstack([1.4 * reply, 0.5 * asked, 22 * reply * asked, 0.5 * marks(rows)]).astype(np.float32)


def marks(rows: pl.DataFrame) -> Floats:
    """rows x (languages + types of messages), 0 or 1. Takes `lang`, `asked_type`."""
    found = [rows.get_column("lang") == lang for lang in LANGUAGES] + [rows.get_column("asked_type") == kind for kind in ASKED_TYPES]
    return np.stack([mark.fill_null(False).to_numpy() for mark in found], axis=1).astype(np.float32)


def opinions(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """`rows` with `resembles:<rule>` (0-1, two decimals; null for a reply of fewer than FEWEST words, without one, or in a language that
    rules do not read), in place of `worded:<rule>`.

    Takes `worded:<rule>`, `reply`, `reply_words`, `asked`, `lang`, `asked_type`. `name`: of NAMES. Raises AuditError where the extra is not installed.
    """
    there = rows.select("reply", "reply_words", "asked", "lang", "asked_type", *(WORDED + rule for rule in heads())).with_row_index("row")
    there = there.filter((pl.col("reply_words") >= FEWEST) & pl.col("lang").is_in(LANGUAGES))
    marked, meant = marks(there), _meaning(there) if name == "accurate" else None
    found = []
    for place, (rule, head) in enumerate(heads().items()):
        odds = there.get_column(WORDED + rule).to_numpy().astype(np.float64) + marked @ head.marks + head.bias
        if meant is not None:
            odds = head.share * odds + meant[:, place]
        nothing = pl.repeat(None, rows.height, dtype=pl.Float64, eager=True)
        found.append(nothing.scatter(there.get_column("row"), np.round(1 / (1 + np.exp(-odds)), 2)).alias(PREFIX + rule))
    return rows.drop(WORDED + rule for rule in heads()).hstack(found)


def _meaning(rows: pl.DataFrame) -> Floats:
    """rows x heads: what the meaning of each adds to the log-odds."""
    keys = ["reply", "asked", "lang", "asked_type"]
    once = rows.select(keys).unique(maintain_order=True)
    weights = np.stack([head.meaning for head in heads().values()], axis=1)
    levels = np.array([head.level for head in heads().values()], dtype=np.float32)
    said = np.concatenate(
        [np.zeros((0, len(levels)), np.float32), *(features(part) @ weights + levels for part in once.iter_slices(BLOCK))]
    )
    place = rows.select(keys).join(once.with_row_index("place"), on=keys, how="left", nulls_equal=True, maintain_order="left")
    found: Floats = said[place.get_column("place").to_numpy()]
    return found


def free(rule: str, name: str, columns: set[str]) -> pl.Expr:
    """Where a rule's head may find a fault by itself."""
    left = [*AT_EASE, *(("question",) if rule in OF_FIT and name == "fast" else ())]
    found = ~pl.col("asked_type").is_in(left).fill_null(False) if "asked_type" in columns else pl.lit(True)
    if rule not in OF_FIT:
        return found
    if not {"asked", "asked_type", "reply"} <= columns:
        return pl.lit(False)
    found = found & pl.col("asked").is_not_null()
    return found if name == "fast" else found & ((pl.col("asked_type") != "question").fill_null(True) | ~_names())


def _names() -> pl.Expr:
    """Whether a reply has a word that begins as one of what was asked does, handles and links left out."""
    asked, reply = (
        pl.col(side).str.replace_all(_NOISE, " ").str.to_lowercase().str.extract_all(rf"\b\p{{L}}{{{NAMED}}}")
        for side in ("asked", "reply")
    )
    return asked.list.set_intersection(reply).list.len().fill_null(0) > 0


def weighed(rule: Rule, kept: pl.Expr, columns: set[str], name: str | None) -> pl.Expr:
    """The verdict of the patterns with the second opinion of a name, where there is one."""
    if name is None or PREFIX + rule.id not in columns:
        return kept
    opinion, (doubt, sure) = pl.col(PREFIX + rule.id), heads()[rule.id].bounds[name]
    return (
        pl.when(kept.is_null() | opinion.is_null())
        .then(kept)
        .when((opinion >= sure) & free(rule.id, name, columns))
        .then(False)
        .when(opinion < doubt)
        .then(True)
        .otherwise(kept)
    )


def weighs(rule: Rule, rulebook: Rulebook) -> bool:
    """Whether a broken verdict of a rule of patterns may be a head's, if no pattern names the words at fault."""
    return rule.detector == "pattern" and rule.id in heads() and rulebook.packaged(rule.id)


def telling(rule: Rule, reply: str) -> list[tuple[int, int]]:
    """The words of `reply` that weigh most for a fault, in their order: what a find that no pattern names is shown by. Code points of the reply."""
    place = list(heads()).index(rule.id)
    line, places = text.aligned(reply)
    closing = re.search(_CLOSING, reply)
    end = closing.start() if closing else len(reply)
    tokens = gram.Tokens(Concordance(pl.Series([line])))
    owner, bucket = gram.features(tokens, wording().bits)
    weights = np.bincount(owner, weights=wording().weights[bucket, place], minlength=len(tokens.distinct))
    of_word = dict(zip(tokens.distinct, weights, strict=True))
    said = [
        (of_word.get(match[0], 0.0), match.span())
        for match in re.finditer(r"(?<!\S)[^\W\d_]\S*", line)
        if places[match.end() - 1][1] <= end
    ]
    heaviest = sorted((each for each in said if each[0] > 0), reverse=True)[:TELLING]
    return sorted((places[start][0], places[end - 1][1]) for _, (start, end) in heaviest)


def nearest(rule: Rule, reply: str, lang: str) -> str | None:
    """The rule's own bad example that is most like a reply in meaning. Needs the extra."""
    examples = [example.reply for example in rule.bad if example.reply and example.lang == lang] or [e.reply for e in rule.bad if e.reply]
    if not examples:
        return None
    vectors = encoder.open_encoder().vectors(pl.Series([reply, *examples]))
    return examples[int(np.argmax(vectors[1:] @ vectors[0]))]
