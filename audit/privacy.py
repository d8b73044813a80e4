"""Masks what identifies a customer in the texts that are written out. The database keeps the originals.

One list of patterns, in an order that matters: an e-mail holds an `@`, a card is a long number, a phone is a shorter one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = r"[^\W\d_]"
_NAME = r"[A-ZА-ЯЁĄĆĘŁŃÓŚŹŻÀ-Ý][^\W\d_'’]+(?:[-'’][^\W\d_]+)?"
_GREETING = (
    r"(?:[Hh]i|[Hh]ello|[Hh]ey|[Dd]ear|[Gg]ood (?:[Mm]orning|[Aa]fternoon|[Ee]vening)|[Tt]hanks|[Tt]hank you|[Ss]orry|"
    r"[Зз]дравствуйте|[Дд]обрый (?:день|вечер)|[Дд]оброе утро|[Пп]ривет|[Уу]важаем\w+|"
    r"[Dd]zień dobry|[Dd]obry wieczór|[Ww]itam|[Ww]itaj|[Cc]ześć|[Hh]ej|[Ss]zanown\w+)"
)
_TITLE = r"(?:(?:[Mm]rs?|[Mm]s|[Dd]r)\.? |[Pp]ani?e?ą? |[Гг]осподин |[Гг]оспожа )"
_SELF = r"(?:[Mm]y name is|[Mm]y name's|[Мм]еня зовут|[Мм]о[её] имя|[Nn]azywam się|[Mm]am na imię)"
_NO_NAMES = (
    r"(?!(?:There|Team|All|Everyone|Again|You|For|We|The|To|Please|That|This|Your|I|It|So|And|Вас|Вам|Вы|За|Мы|Нам|Это|Пожалуйста|Спасибо|Państwu|Państwa|"
    r"Państwo|Za|Dziękujemy|Bardzo|Klientko?|Kliencie|My|Proszę|Customer|Sir|Madam|Покупатель|Клиент|Гость|Друзья|Коллеги)\b)"
)

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("[email]", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|__email__"),
    ("[link user]", r"(?:https?://)?(?:t\.me|vk\.com|ok\.ru/profile|facebook\.com|instagram\.com|(?:twitter|x)\.com)/[\w.@/-]+"),
    ("\0", r"https?://\S+"),
    ("[@user]", r"\[(?:id|club|public)\d+\|[^\]]*\]"),
    ("[iban]", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b"),
    ("[card]", r"\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}\b|\b[3-6]\d{12,18}\b"),
    ("\0", r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b"),
    (
        "[phone]",
        r"\+\d[\d ().-]{7,16}\d|\(\d{2,4}\) ?\d{2,4}[ -]\d{2,4}(?:[ -]\d{2,4})?|\b[78][ -]?\(?\d{3}\)?[ -]?\d{3}[ -]?\d{2}[ -]?\d{2}\b"
        r"|\b\d{3}[ -]\d{3}[ -]\d{2,4}(?:[ -]\d{2})?\b|\b\d{2} \d{3} \d{2} \d{2}\b",
    ),
    ("[number]", r"\b(?=[A-Z0-9-]*\d{4})[A-Z]{1,5}-?\d[\dA-Z-]{3,}\b|(?<=[#№])\s?\w*\d[\w-]{2,}|\b\d{6,}\b"),
)
_NAMED = (
    re.compile(rf"(?P<before>\b{_GREETING}[,!]?\s+(?:{_TITLE})?){_NO_NAMES}(?P<name>{_NAME}(?: {_NAME})?)(?=[\s]*(?:[,.!?:)–—\n-]|$))"),
    re.compile(rf"(?P<before>\b{_TITLE}){_NO_NAMES}(?P<name>{_NAME}(?: {_NAME})?)"),
    re.compile(rf"(?P<before>\b{_SELF}\s+){_NO_NAMES}(?P<name>{_NAME}(?: {_NAME})?)"),
)
_COMPILED = tuple((mask, re.compile(pattern)) for mask, pattern in _PATTERNS)
_HANDLE = re.compile(r"(?<![\w.@])@(\w[\w.]*)")

Span = tuple[int, int]


def places(text: str, keep: Sequence[str] = ()) -> list[tuple[int, int, str]]:
    """What is masked: (start, end, mask) in code points, in order, none overlapping. Handles in `keep` (the brands') stay."""
    kept = {name.lower() for name in keep}
    taken: list[tuple[int, int, str]] = []

    def free(start: int, end: int) -> bool:
        return all(end <= a or b <= start for a, b, _ in taken)

    for mask, pattern in _COMPILED:
        for match in pattern.finditer(text):
            if free(*match.span()):
                taken.append((*match.span(), mask))
    for match in _HANDLE.finditer(text):
        if match[1].rstrip(".").lower() not in kept and free(*match.span()):
            taken.append((*match.span(), "[@user]"))
    for pattern in _NAMED:
        for match in pattern.finditer(text):
            start, end = match.span("name")
            if free(start, end):
                taken.append((start, end, "[name]"))
    return sorted(place for place in taken if place[2] != "\0")


def mask_with_spans(text: str, spans: Sequence[Span], *, keep: Sequence[str] = ()) -> tuple[str, list[Span]]:
    """The masked text, and where the code-point `spans` of the original stand in it; one that meets a mask grows to hold it."""
    pieces: list[str] = []
    moves: list[tuple[int, int, int, int]] = []
    done = shift = 0
    for start, end, mask in places(text, keep):
        pieces += [text[done:start], mask]
        moves.append((start, end, start + shift, start + shift + len(mask)))
        shift += len(mask) - (end - start)
        done = end
    pieces.append(text[done:])

    def moved(place: int, *, last: bool) -> int:
        offset = 0
        for start, end, new_start, new_end in moves:
            if place >= end:
                offset = new_end - end
            elif place > start:
                return new_end if last else new_start
        return place + offset

    return "".join(pieces), [(moved(start, last=False), moved(end, last=True)) for start, end in spans]


def masked(text: str, *, keep: Sequence[str] = ()) -> str:
    """`text` with e-mails, phones, cards, order numbers, handles and names of people masked."""
    return mask_with_spans(text, (), keep=keep)[0]
