"""Typers: what says how likely each type of a message is, behind one interface.

- `fast` ships in the package: hashed letters, words, stems and pairs (audit.linear), weighed with the wordings of rules/asked.
- `accurate` adds a sentence encoder (audit.encoder) that was tuned to what customers write; it comes with the extra
  `reply-audit[accurate]`.
- A user's own is an entry point of the group `reply_audit.typers`: a callable that takes texts and languages (lists of strings) and gives
  for each text a mapping from types (and if it can `upset`, `addressed`, `insulting`) to probabilities. See examples/typer.
- `auto` is accurate where the extra is installed and there are at most MOST distinct messages, else fast.

The weights lie in rules/typer, one `.npz` a language and TUNED for all, and are made by `make train`.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit import encoder, gram, linear
from audit.concordance import Concordance
from audit.errors import AuditError
from audit.rulebook import home
from audit.tables import ASKED_TYPES, LANGUAGES

GROUP = "reply_audit.typers"
MOST = 100_000
"""Distinct messages up to which `auto` takes the accurate typer."""
TRAINED = ("fast", "accurate")
FLAGS = ("upset", "addressed", "insulting")
OUTPUTS = (*ASKED_TYPES, *FLAGS)
SIGNS = tuple(f"{kind}:{name}" for name in (*ASKED_TYPES[:-1], *FLAGS) for kind in ("strong", "weak"))
"""Columns that hold how many wordings of a type or flag a text has."""
DECIMALS = 3
"""Probabilities are rounded before anything is decided by them."""
TUNED = "tuned.npz"
"""What was learnt of the encoder, and the `weights` and `bias` that make SCORES scores of its vectors."""
SCORES = len(OUTPUTS) + 14
"""OUTPUTS, and what the sets that it was tuned on say in their own terms (benchmarks/asked_data.py)."""
KIN = np.array([[kind in kin for kin in (("praise",), ("question", "other"))] for kind in ASKED_TYPES], dtype=np.float64)
KIN = np.column_stack([KIN, 1 - KIN.sum(axis=1)])
"""types x {praise, neutral, negative}: types of a kind support each other, so that four weak suspicions of a fault outweigh one `other`."""
EVEN = 0.65
"""Exponent that takes back the confidence which the support of the kin adds."""

_BRAND = (
    r"^\s*@(?:(?i)\w*(?:help|care|support|assist|service|bank|official|team|media|news|shop|store|mobile|telecom|air)|ru_|pl_|uk_|us_"
    r"|\w*(?:_?RU|_?RUS|_?UK|_?US|_?USA|_?PL|_kz|_ua|_by|_pl|_ru|_uk|ru|polska|russia)\b)"
)
"""A leading handle that names a brand's account rather than a person's."""

CAPITALS = (
    pl.when(pl.col("asked").str.contains(r"\p{Lu}{3}"))
    .then(pl.col("asked").str.count_matches(r"\b\p{Lu}{3,}\b"))
    .otherwise(0)
    .alias("capitals")
)
"""How many words stand in capitals. Few texts have any, and boundaries of Unicode words are slow to look for."""
LENGTHS = (30, 70, 140, 300)
"""Characters by which long texts are told from short ones."""

Floats = NDArray[np.float64]


class Typer(Protocol):
    """`name` and `hash` stand in the result's rulebook{}."""

    @property
    def name(self) -> str: ...

    @property
    def hash(self) -> str: ...

    def read(self, part: pl.DataFrame, held: Concordance, lang: str) -> Any:
        """What it makes of one language's distinct messages (`asked`) and their words by itself."""
        ...

    def probabilities(self, signs: pl.DataFrame, read: Any, lang: str) -> pl.DataFrame:
        """Takes the SIGNS of the messages that were `read`; gives OUTPUTS, 0-1, rounded; null where it cannot tell."""
        ...

    def bounds(self, lang: str) -> Mapping[str, float]:
        """By type the least probability of a confident judgement, and `upset`, `addressed`, `insulting`, `unclear`."""
        ...


def marks(part: pl.DataFrame) -> list[tuple[str, gram.Mask]]:
    """What the normal form leaves out: capitals, length, a leading handle and a brand's, each with the texts that have it. Takes `asked`, or what CAPITALS gives."""
    text, length = pl.col("asked"), pl.col("asked").str.len_chars()
    longer = pl.sum_horizontal((length > least).cast(pl.UInt8) for least in LENGTHS).alias("longer")
    found = (
        part.lazy()
        .select(
            (CAPITALS if "capitals" not in part.columns else pl.col("capitals")) >= 2,
            longer,
            capital=text.str.contains(r"^\P{L}*\p{Lu}"),
            lead=text.str.contains(r"^\s*@"),
            brand=text.str.contains(_BRAND),
        )
        .collect(engine="streaming")
    )
    steps = found["longer"].to_numpy()
    return [
        ("<shout>", found["capitals"].to_numpy()),
        *((f"<{name}>", steps == step) for step, name in enumerate(("short", "line", "lines", "long", "longer"))),
        ("<capital>", found["capital"].to_numpy()),
        ("<lead>", found["lead"].to_numpy()),
        ("<brand>", found["brand"].to_numpy()),
    ]


def spoken(asked: pl.Series) -> pl.Series:
    """A text as the encoder reads it: without links, handles and words with digits (an order's number is no notice)."""
    held = asked.str.replace_all(r"https?://\S+|www\.\S+", " ").str.replace_all(r"@[\w.]+|[^\s@]*[0-9][^\s@]*", " ")
    return held.str.replace_all(r"\s+", " ")


@dataclass(frozen=True, eq=False)
class Weights:
    """What was learnt of one language. A head weighs the scores of the model, the SIGNS and, of the accurate typer, those of Tuned."""

    model: linear.Hashed
    """Letters, words, stems and pairs."""
    heads: Mapping[str, Floats]
    bounds: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class Tuned:
    """The encoder tuned to what customers write, in all languages at once."""

    encoder: encoder.Encoder
    weights: Floats
    bias: Floats

    def scores(self, texts: pl.Series) -> Floats:
        """texts x SCORES. Takes texts that are `spoken`."""
        return self.encoder.vectors(texts).astype(np.float64) @ self.weights + self.bias


def inputs(scores: Floats, signs: Floats, tuned: Floats | None = None) -> Floats:
    """The columns that a head weighs, the last of them 1."""
    return np.column_stack([scores, signs, *([] if tuned is None else [tuned]), np.ones(len(scores))])


def weighed(columns: Floats, head: Floats) -> Floats:
    """Probabilities of OUTPUTS: the types share 1, each weighed by the share of its KIN; each flag stands alone."""
    found = columns @ head
    kinds = len(ASKED_TYPES)
    said = found[:, :kinds] - found[:, :kinds].max(axis=1, keepdims=True)
    types = np.exp(EVEN * (said + np.log(np.exp(said) @ KIN + 1e-9) @ KIN.T))
    return np.column_stack([types / types.sum(axis=1, keepdims=True), 1 / (1 + np.exp(-found[:, kinds:]))])


@dataclass(frozen=True)
class Trained:
    """A typer of this package: `fast` or `accurate`."""

    name: str
    folder: Path

    @property
    def hash(self) -> str:
        digest = hashlib.sha256()
        for lang in LANGUAGES:
            path = self.folder / f"{lang}.npz"
            digest.update(path.read_bytes() if path.is_file() else b"")
        if self.name == "accurate":
            digest.update((self.folder / TUNED).read_bytes())
        return digest.hexdigest()[:16]

    def read(self, part: pl.DataFrame, held: Concordance, lang: str) -> tuple[Floats, Floats | None]:
        """Scores of the words; those of the accurate typer's encoder."""
        scores = open_weights(self.folder, lang).model.scores(gram.Tokens(held, marks(part), lang)).astype(np.float64)
        return scores, open_tuned(self.folder).scores(spoken(part.get_column("asked"))) if self.name == "accurate" else None

    def probabilities(self, signs: pl.DataFrame, read: tuple[Floats, Floats | None], lang: str) -> pl.DataFrame:
        weights = open_weights(self.folder, lang)
        scores, tuned = read
        said = signs.to_numpy()

        def found(first: int, last: int) -> Floats:
            here = slice(first, last)
            columns = inputs(scores[here], said[here].astype(np.float64), None if tuned is None else tuned[here])
            return np.round(weighed(columns, weights.heads[self.name]), DECIMALS)

        return pl.DataFrame(linear.by_chunks(found, len(said), len(OUTPUTS)), schema=list(OUTPUTS))

    def bounds(self, lang: str) -> Mapping[str, float]:
        return open_weights(self.folder, lang).bounds[self.name]


@cache
def open_weights(folder: Path, lang: str) -> Weights:
    """Raises AuditError where the file is missing or damaged."""
    path = folder / f"{lang}.npz"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            heads = {name: arrays[f"{name}_head"].astype(np.float64) for name in TRAINED}
            found = Weights(linear.unpacked(arrays), heads, json.loads(str(arrays["bounds"])))
        for name, width in (("fast", 0), ("accurate", SCORES)):
            if found.heads[name].shape != (len(OUTPUTS) + len(SIGNS) + width + 1, len(OUTPUTS)):
                raise ValueError(f"{name} weighs other signs than this version has")
        return found
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise AuditError(f"are no weights of a typer: {error}", place=str(path), hint="make train writes them anew") from None


@cache
def open_tuned(folder: Path) -> Tuned:
    """Raises AuditError where the file is missing, damaged, or made for another encoder."""
    path = folder / TUNED
    try:
        with np.load(path, allow_pickle=False) as arrays:
            held = {name: arrays[name] for name in arrays.files}
        if held["weights"].shape != (encoder.WIDTH, SCORES):
            raise ValueError("its head is of another version")
        return Tuned(encoder.tuned(held), held["weights"].astype(np.float64), held["bias"].astype(np.float64))
    except (OSError, ValueError, KeyError, IndexError, AttributeError, BadZipFile) as error:
        raise AuditError(f"is no tuned encoder: {error}", place=str(path), hint="make train writes it anew") from None


Own = Callable[[list[str], list[str]], Sequence[Mapping[str, float]]]


@dataclass(frozen=True)
class Foreign:
    """A user's own typer. What it leaves out is not known: flags are then judged by wordings alone."""

    name: str
    hash: str
    call: Own

    def read(self, part: pl.DataFrame, held: Concordance, lang: str) -> list[Mapping[str, float]]:
        """The answers to the texts, checked."""
        texts = part.get_column("asked").to_list()
        try:
            given = list(self.call(texts, [lang] * len(texts)))
        except AuditError:
            raise
        except Exception as error:  # whatever another's code may raise is told as a message
            raise AuditError(f"typer {self.name} failed: {type(error).__name__}: {error}") from error
        if len(given) != len(texts):
            raise AuditError(f"typer {self.name}: gave {len(given)} answers to {len(texts)} texts", hint="one mapping a text, in order")
        for answer in given:
            self._checked(answer)
        return given

    def probabilities(self, signs: pl.DataFrame, read: list[Mapping[str, float]], lang: str) -> pl.DataFrame:
        rows = [{name: answer.get(name, 0.0 if name in ASKED_TYPES and answer else None) for name in OUTPUTS} for answer in read]
        return pl.DataFrame(rows, schema=dict.fromkeys(OUTPUTS, pl.Float64)).with_columns(pl.all().round(DECIMALS))

    def bounds(self, lang: str) -> Mapping[str, float]:
        return {**dict.fromkeys(ASKED_TYPES, 0.7), **dict.fromkeys(FLAGS, 0.5), "unclear": 0.35}

    def _checked(self, answer: Any) -> None:
        if not isinstance(answer, Mapping):
            raise AuditError(f"typer {self.name}: {answer!r} is no mapping of types to probabilities")
        for name, value in answer.items():
            if name not in OUTPUTS:
                raise AuditError(f"typer {self.name}: {name!r} is neither a type nor a flag", hint=f"known: {', '.join(OUTPUTS)}")
            if not isinstance(value, (int, float)) or not 0 <= value <= 1:
                raise AuditError(f"typer {self.name}: {name} = {value!r} is no probability", hint="0 to 1")


def open_typer(name: str, distinct: int) -> Typer:
    """The typer of a name, for so many distinct messages. Raises AuditError for an unknown one, or where its extra is missing."""
    if name == "auto":
        name = "accurate" if encoder.available() and distinct <= MOST else "fast"
    if name in TRAINED:
        if name == "accurate":
            encoder.open_encoder()
        return Trained(name, home() / "typer")
    found = {point.name: point for point in importlib.metadata.entry_points(group=GROUP)}
    if name not in found:
        known = ", ".join(("auto", *TRAINED, *sorted(found)))
        raise AuditError(f"there is no typer {name!r}", hint=f"known: {known}; your own is an entry point of the group {GROUP}")
    point = found[name]
    try:
        call: Own = point.load()
    except (ImportError, AttributeError) as error:
        raise AuditError(f"typer {name} cannot be loaded: {error}", place=point.value) from None
    version = f"{point.dist.name} {point.dist.version}" if point.dist else ""
    return Foreign(name, hashlib.sha256(f"{point.value} {version}".encode()).hexdigest()[:16], call)
