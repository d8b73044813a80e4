"""Whose message a row is: the brand's or a customer's.

Told, in this order, by: the map file's direction column; a column of truths (`inbound`, `is_brand`, ...); a column of roles
(`sender` = Agent, `message_type` = outgoing, `Тип` = Ответ, ...); two columns of names of which one is filled (`client`, `agent`); the
marks that monitoring services leave on a brand's answer (author "Ответ представителя", title "Комментарий к отзыву о ..."); the
brand's name as the author.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from audit.ingest import values
from audit.ingest.mapfile import MapFile
from audit.ingest.mapping import normalised

TRUE = ("true", "1", "1.0", "yes", "y", "t", "да", "+", "tak", "истина", "prawda")
FALSE = ("false", "0", "0.0", "no", "n", "f", "нет", "-", "nie", "ложь", "fałsz")

_NUMBERS = {"0": "customer", "1": "brand", "2": "log", "3": "bot"}
"""Chatwoot's message types."""
_KINDS = frozenset(("тип", "тип сообщения", "type", "message type", "kind"))
"""Columns whose other values (post, repost, comment) are all customers'."""
_AUTHORS = frozenset(("автор", "кто пишет", "author", "autor", "username", "user name"))
_CLIENT = re.compile(r"^(client|customer|visitor|user|клиент|покупатель|klient)\d*$")
_AGENT = re.compile(r"^(agent|operator|support|оператор|агент|konsultant)\d*$")

_OFFICIAL = (
    r"^(?:ответ )?(?:официальн\p{L}+ )?(?:представител\p{L}*|разработчик\p{L}?|продавец|продавца|поддержка|поддержки)"
    r"(?: (?:компании|магазина|бренда))?$|^(?:official|developer|owner) (?:response|reply)$|^odpowiedź (?:właściciela|sprzedawcy|firmy)$"
)
_ANSWER_TITLE = r"^(?:комментарий к отзыву о|ответ на (?:вопрос|отзыв) о)\b| - ответ$"


@dataclass(frozen=True)
class Roles:
    """`brand`: true, false, or null where a row does not tell (as a log of what was done does not). `column`: the export's column that
    told. `explicit`: a column made to tell."""

    brand: pl.Series
    automatic: pl.Series
    column: str
    explicit: bool
    authors: tuple[str, ...] = ()  # the columns of names, where each side has its own


def told(
    frame: pl.DataFrame, found: Mapping[str, Sequence[str]], said: MapFile | None, brand: str | None, names: Sequence[str]
) -> Roles | None:
    """Whose each row is; None where nothing tells. `found`: mapping.candidates; `names`: the columns of authors' ids and names."""
    if said and "direction" in said.columns:
        return _by_map(frame, said.columns["direction"], said)
    for field, polarity in (("customer_true", False), ("brand_true", True)):
        for column in found[field]:
            truth = truths(frame.get_column(column))
            if truth is not None:
                brands = truth if polarity else ~truth
                return Roles(brands.fill_null(False) if polarity else brands, _none(frame), column, True)
    for column in found["role"]:
        roles = _by_words(frame.get_column(column))
        if roles:
            return roles
    return _by_filled(frame) or _by_marks(frame, found) or _by_name(frame, brand, names)


def truths(column: pl.Series) -> pl.Series | None:
    """A column of truths as Booleans; None when some cell is no truth, or none is filled."""
    words = column.str.strip_chars().str.to_lowercase()
    read = words.replace_strict(dict.fromkeys(TRUE, True) | dict.fromkeys(FALSE, False), default=None, return_dtype=pl.Boolean)
    unread = words.filter(read.is_null() & words.is_not_null() & ~words.is_in(("", "null", "none", "nan")))
    return None if len(unread) or not read.count() else read


def _by_map(frame: pl.DataFrame, column: str, said: MapFile) -> Roles:
    words = frame.get_column(column).str.strip_chars().str.to_lowercase()
    bots = words.is_in(said.values.get("bot", ()))
    if "brand" in said.values:
        return Roles(words.is_in(said.values["brand"]) | bots, bots, column, True)
    truth = truths(frame.get_column(column))
    if truth is not None:
        customers = normalised(column) in ("inbound", "incoming", "is inbound", "is incoming")
        return Roles(~truth if customers else truth, bots, column, True)
    known = _by_words(frame.get_column(column))
    return known or Roles(pl.Series([None] * frame.height, dtype=pl.Boolean), bots, column, True)


def _by_words(column: pl.Series) -> Roles | None:
    words = column.str.strip_chars().str.to_lowercase()
    named = normalised(column.name)
    distinct = {word for word in words.unique().drop_nulls().to_list() if word}
    meanings = _meanings() | (_NUMBERS if named == "message type" and distinct <= _NUMBERS.keys() else {})
    met = {word: meanings[word] for word in distinct & meanings.keys()}
    beside_customer = "customer" in met.values() and "brand" not in met.values()
    met = {word: ("brand" if beside_customer else "customer") if role == "either" else role for word, role in met.items()}
    if named in _KINDS:
        met = {word: met.get(word, "customer") for word in distinct}
    if "brand" not in met.values() or distinct - met.keys():
        return None
    side = words.replace_strict(met, default=None, return_dtype=pl.String)
    if named in _KINDS:
        side = side.fill_null("customer")
    brand = side.replace_strict({"brand": True, "bot": True, "customer": False}, default=None, return_dtype=pl.Boolean)
    return Roles(brand, (side == "bot").fill_null(False), column.name, True)


@cache
def _meanings() -> dict[str, str]:
    """Word -> brand, bot, customer, either or log."""
    with (Path(__file__).parent / "roles.toml").open("rb") as file:
        return {word: role for role, words in tomllib.load(file).items() for word in words}


def _by_filled(frame: pl.DataFrame) -> Roles | None:
    agents = [column for column in frame.columns if _AGENT.match(normalised(column))]
    clients = [column for column in frame.columns if _CLIENT.match(normalised(column))]
    if not agents or not clients:
        return None
    filled = frame.select(
        agent=pl.any_horizontal(values.filled(pl.col(agents)).is_not_null()),
        client=pl.any_horizontal(values.filled(pl.col(clients)).is_not_null()),
    )
    if not (filled["agent"] ^ filled["client"]).all():
        return None
    return Roles(filled["agent"], _none(frame), agents[0], True, (*agents, *clients))


def official(name: str) -> bool:
    """Whether an author's name says no more than that it is the brand's."""
    return pl.Series([name.strip().lower()]).str.contains(_OFFICIAL).any()


def _by_marks(frame: pl.DataFrame, found: Mapping[str, Sequence[str]]) -> Roles | None:
    marks = [(column, _OFFICIAL) for column in found["author"] if normalised(column) in _AUTHORS]
    marks += [(column, _ANSWER_TITLE) for column in (*found["title"][:1], *found["text"][:1])]
    marked = {
        column: frame.get_column(column).str.strip_chars().str.to_lowercase().str.contains(pattern).fill_null(False)
        for column, pattern in marks
    }
    telling = [column for column, series in marked.items() if series.any()]
    if not telling:
        return None
    return Roles(pl.DataFrame(marked).select(pl.any_horizontal(pl.all())).to_series(), _none(frame), telling[0], False)


def _by_name(frame: pl.DataFrame, brand: str | None, names: Sequence[str]) -> Roles | None:
    if not brand:
        return None
    wanted = brand.strip().lower().removeprefix("@")
    for column in names:
        same = frame.get_column(column).str.strip_chars().str.to_lowercase().str.strip_prefix("@") == wanted
        if same.any():
            return Roles(same.fill_null(False), _none(frame), column, False)
    return None


def _none(frame: pl.DataFrame) -> pl.Series:
    return pl.Series([False]).new_from_index(0, frame.height)
