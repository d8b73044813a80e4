"""Rows of a table (CSV, XLSX) to templates: which columns hold texts, titles, languages and reactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audit.template.declared import language, parted
from audit.template.fields import IDS, LANGS, NAMES, NEVER, REACTIONS, TEXTS, VARIABLES
from audit.template.html import is_html, shown
from audit.template.passage import Passage
from audit.template.placeholder import spelling
from audit.template.prose import hinted, is_prose, is_sentence, speaks
from audit.template.said import is_history, words_of
from audit.template.source import HoldsNone, Source
from audit.template.template import Template


@dataclass(frozen=True)
class Cell:
    """What a cell holds, where its text stands, and its row and column from 1 in a workbook."""

    text: str
    passage: Passage
    cell: tuple[int, int] | None = None


_LOOKED_AT = 300
"""Texts of a column by which it is judged."""

Rows = Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class _Columns:
    texts: dict[int, str | None]
    """Column -> the language that its header declares."""
    names: list[int]
    ids: list[int]
    lang: int | None
    reactions: list[int]
    variables: list[int]


def templates(rows: Rows, source: Source, reader: str) -> Iterator[Template]:
    """A template a text of a row. Raises HoldsNone with the reason."""
    if not rows:
        raise HoldsNone("the table is empty")
    header = [spelling(cell.text) for cell in rows[0]]
    refuse_histories(rows)
    columns = _columns(header, rows, source)
    body = rows[1:] if _is_header(header) else rows
    texts = [row[place].text for row in body for place in columns.texts if place < len(row)]
    texts = texts[:: max(1, len(texts) // _LOOKED_AT)]
    prose = [text for text in texts if is_prose(text)]
    hint = source.hinted or source.named or any(hinted(header[place]) for place in columns.texts if place < len(header))
    if not prose or (not hint and sum(map(speaks, prose)) < 0.3 * len(prose)):
        raise HoldsNone("no column of it holds texts to customers")
    met: dict[str, int] = {}
    for number, row in enumerate(body, 1):
        said = [cell.text.strip() for cell in row]
        identity = next((said[place] for place in columns.ids if place < len(said) and said[place]), "")
        lang = language(said[columns.lang]) if columns.lang is not None and columns.lang < len(said) else None
        declared = [word for place in columns.reactions if place < len(said) for word in words_of(said[place])]
        title = next((said[place] for place in columns.names if place < len(said) and said[place]), "")
        for place, code in columns.texts.items():
            if place >= len(row) or not row[place].text.strip() or not (is_prose(row[place].text) or speaks(row[place].text)):
                continue
            passage = shown(row[place].passage) if is_html(row[place].text) else row[place].passage
            suffix = header[place] if len(columns.texts) > 1 and place < len(header) else ""
            key = "/".join(
                part
                for part in (identity or next(iter(declared), "") or f"row {number}", lang if columns.lang is not None else None, suffix)
                if part
            )
            met[key] = met.get(key, 0) + 1
            yield source.template(
                reader,
                passage,
                key if met[key] == 1 else f"{key}#{met[key]}",
                title or next(iter(declared), "") or f"row {number}",
                lang=code or lang,
                declared=declared,
                titles=[title] if title else [],
                variables=[word for place in columns.variables if place < len(said) for word in words_of(said[place])],
                kin=identity or (f"row {number}" if code else key),
                cell=row[place].cell,
            )


def refuse_histories(rows: Rows) -> None:
    """Raises HoldsNone where the header is that of messages."""
    if rows and is_history(dict.fromkeys(spelling(cell.text) for cell in rows[0])):
        raise HoldsNone("a history of messages, which is what `reply-audit run` reads")


def names_texts(rows: Rows) -> bool:
    """Whether the header names a column of texts."""
    return bool(rows) and any((word := spelling(cell.text)) in TEXTS or language(word) or _suffix(word) for cell in rows[0])


def _is_header(header: Sequence[str]) -> bool:
    known = {*TEXTS, *NAMES, *LANGS, *REACTIONS, *NEVER}
    return any(word in known or language(word) or parted(word)[1] for word in header)


def _columns(header: Sequence[str], rows: Rows, source: Source) -> _Columns:
    texts: dict[int, str | None] = {place: None for place, word in enumerate(header) if word in TEXTS}
    by_language = {place: code for place, word in enumerate(header) if (code := language(word) or _suffix(word))}
    if by_language and (len(by_language) > 1 or not texts):
        texts = dict(by_language)
    plain = [place for place in texts if not header[place].endswith("html")]
    if plain and not by_language:
        texts = {place: texts[place] for place in plain}
        if len(texts) > 1:  # `template` may hold a name and `text` the text
            texts = {place: code for place, code in texts.items() if any(is_prose(row[place].text) for row in rows[1:] if place < len(row))}
    if not texts and source.hinted:
        texts = _prosaic(rows, header)
    taken = set(texts)
    return _Columns(
        texts,
        [place for word in NAMES for place, name in enumerate(header) if name == word and place not in taken],
        [place for word in IDS for place, name in enumerate(header) if name == word and place not in taken],
        next((place for place, word in enumerate(header) if word in LANGS and place not in taken), None),
        [
            place
            for place, word in enumerate(header)
            if place not in taken and (word in REACTIONS or word.split("_")[0] in ("type", "тип", "typ"))
        ],
        [place for place, word in enumerate(header) if word in VARIABLES],
    )


def _suffix(word: str) -> str | None:
    rest, code = parted(word)
    return code if rest in TEXTS else None


def _prosaic(rows: Rows, header: Sequence[str]) -> dict[int, str | None]:
    """The column with the most sentences, where no header names one."""
    width = max(map(len, rows))
    counts = [
        sum(is_sentence(row[place].text) for row in rows if place < len(row))
        for place in range(width)
        if place >= len(header) or header[place] not in NEVER
    ]
    places = [place for place in range(width) if place >= len(header) or header[place] not in NEVER]
    if not counts or max(counts) < 0.5 * (len(rows) - 1):
        return {}
    return {places[counts.index(max(counts))]: None}
