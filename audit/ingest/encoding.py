"""Which encoding a text export is in: BOM, strict UTF-8, else the 8-bit encoding in which its letters read as Russian or Polish.

An 8-bit encoding is told by how often the letters that it gives occur in the language (mean log-probability), and by where they stand: no
capital inside a word, no Cyrillic beside Latin. Frequencies: the Russian National Corpus, the PWN corpus of Polish. `benchmarks/encodings.py`
measures it on texts encoded anew, beside charset-normalizer.
What reads as neither language is an error, never ISO-8859-1.
"""

from __future__ import annotations

import codecs
import math
import re
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from audit.errors import AuditError

LOST = "\ue00e"
"""Stands for bytes that are no UTF-8 in a file that is UTF-8 elsewhere; the rows that hold it are refused."""

_BLOCK = 1 << 16
_LETTERS = 1 << 15  # bytes beyond ASCII that are enough to tell
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CYRILLIC = {"cp1251": 0.0, "koi8-r": 0.0, "cp866": 0.0, "iso-8859-5": 0.0, "mac-cyrillic": 0.05}
_LATIN = {"cp1250": 0.0, "iso-8859-2": 0.0, "cp852": 0.0}
"""Codec -> what the rarer one must be better by. Of equals the first is taken."""
_RUSSIAN = (
    "о 10.97 е 8.45 а 8.01 и 7.35 н 6.70 т 6.26 с 5.47 р 4.73 в 4.54 л 4.40 к 3.49 м 3.21 д 2.98 п 2.81 у 2.62 я 2.01 ы 1.90 ь 1.74 г 1.70"
    " з 1.65 б 1.59 ч 1.44 й 1.21 х 0.97 ж 0.94 ш 0.73 ю 0.64 ц 0.48 щ 0.36 э 0.32 ф 0.26 ъ 0.04 ё 0.04 і 0.30 ї 0.10 є 0.10 ґ 0.02"
)
_POLISH = "ł 1.82 ę 1.11 ą 0.99 ó 0.85 ż 0.83 ś 0.66 ć 0.40 ń 0.20 ź 0.06"
_MARKS = frozenset("\u00a0§«°·»–—‘’‚“”„•…€£№™©®")
_MARK, _ALIEN, _LEAST = -4.0, -9.0, -4.5
_WORD = re.compile(r"[^\W\d_]+")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_ASCII = re.compile(r"[A-Za-z]")
_ASCII_BYTES = bytes(range(128))
_ALONE = frozenset("авикосуябж")


def encoding_of(path: Path) -> str:
    """The codec's name; "utf-8-sig" means that a BOM leads. Raises AuditError with the byte offset.

    A file that is UTF-8 but for some bytes is "utf-8".
    """
    with path.open("rb") as file:
        head = file.read(1 << 12)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) > len(zeros) // 3:
            return name
    bad = _first_bad_byte(path)
    if bad is None:
        return "utf-8"
    window = _lines_beyond_ascii(path)
    if _is_damaged(window):
        return "utf-8"
    guess = _by_letters(window)
    if guess is None:
        raise wrong_encoding(path, "UTF-8", bad)
    return guess


def named(name: str, path: Path) -> str:
    """The codec that the user calls `name`. Raises AuditError where there is none."""
    try:
        b"a".decode(name)
    except (LookupError, ValueError):
        raise AuditError(f"unknown encoding {name!r}", place=str(path), hint="name one that Python knows, such as cp1251") from None
    return codecs.lookup(name).name


def wrong_encoding(path: Path, name: str, offset: int) -> AuditError:
    neither = ", and as no other encoding Russian or Polish" if name == "UTF-8" else ""
    return AuditError(
        f"wrong encoding: not {name} at byte {offset}{neither}",
        place=str(path),
        hint='save the file as UTF-8, or name its encoding in a --map FILE.toml: [format] encoding = "cp1251"',
    )


def decoded(path: Path, encoding: str) -> bytes:
    """The whole file as UTF-8 without a BOM; LOST stands for bytes that are none in a file of UTF-8. Raises AuditError where its bytes are
    not in another `encoding`."""
    raw = path.read_bytes()
    if encoding in ("utf-8", "utf-8-sig"):
        raw = raw.removeprefix(codecs.BOM_UTF8)
        return _without_nul(raw if _bad_byte(BytesIO(raw)) is None else raw.decode("utf-8", errors="lost").encode())
    if encoding.startswith("utf-16-"):
        raw = raw.removeprefix(codecs.BOM_UTF16_LE if encoding.endswith("le") else codecs.BOM_UTF16_BE)
    try:
        return _without_nul(raw.decode(encoding).removeprefix("\ufeff").encode())
    except UnicodeDecodeError as error:
        raise wrong_encoding(path, encoding, error.start) from None


codecs.register_error("lost", lambda error: (LOST, error.end) if isinstance(error, UnicodeDecodeError) else ("?", 0))


def _without_nul(raw: bytes) -> bytes:
    """NUL, which ends texts in some programs and is nowhere allowed in HTML, as a replacement character."""
    return raw.replace(b"\0", "\ufffd".encode()) if b"\0" in raw else raw


def _first_bad_byte(path: Path) -> int | None:
    with path.open("rb") as file:
        return _bad_byte(file)


def _bad_byte(file: BinaryIO) -> int | None:
    """The offset of the first byte that is not UTF-8; None where all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = 0
    while True:
        block = file.read(_BLOCK)
        kept = len(decoder.getstate()[0])
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            return offset - kept + error.start
        if not block:
            return None
        offset += len(block)


def _lines_beyond_ascii(path: Path) -> bytes:
    """Lines that hold bytes beyond ASCII, from the beginning until there are enough of them."""
    lines: list[bytes] = []
    held = 0
    with path.open("rb") as file:
        while held < _LETTERS and (line := file.readline(_BLOCK)):
            if not line.isascii():
                lines.append(line)
                held += len(line.translate(None, delete=_ASCII_BYTES))
    return b"".join(lines)


def _is_damaged(window: bytes) -> bool:
    """Whether most of what lies beyond ASCII is good UTF-8 of the kind that people write."""
    text = window.decode("utf-8", errors="replace")
    sound = sum(letter.lower() in _FREQUENCY or letter in _MARKS or ord(letter) >= 0x1F000 for letter in _BEYOND.findall(text))
    return sound > text.count("\ufffd")


def _by_letters(window: bytes) -> str | None:
    """The codec whose letters are the most probable; None where no codec's are probable at all."""
    if _MARKS.issuperset(_BEYOND.findall(window.decode("cp1252", errors="replace"))):
        return "cp1252"
    scores = {name: _mean(window.decode(name, errors="replace"), cyrillic=True) - penalty for name, penalty in _CYRILLIC.items()}
    scores |= {name: _mean(window.decode(name, errors="replace"), cyrillic=False) - penalty for name, penalty in _LATIN.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= _LEAST else None


def _mean(text: str, *, cyrillic: bool) -> float:
    """The mean log-probability of what lies beyond ASCII."""
    spelt, letters = 0.0, 0
    for word in _WORD.findall(text):
        if not word.isascii():
            spelt += _word(word, cyrillic=cyrillic)
            letters += len(_BEYOND.findall(word))
    marks = _BEYOND.findall(_WORD.sub("", text))
    spelt += sum(_MARK if mark in _MARKS else _ALIEN for mark in marks)
    return spelt / (letters + len(marks)) if letters or marks else _ALIEN


def _word(word: str, *, cyrillic: bool) -> float:
    table, capitals = (_FREQUENCY_CYRILLIC, word[1:].isupper()) if cyrillic else (_FREQUENCY_LATIN, word.isupper())
    lone = len(word) == 1 and (not cyrillic or word.lower() not in _ALONE)
    if lone or (cyrillic and not word.isascii() and _ASCII.search(word)):
        return _ALIEN * len(_BEYOND.findall(word))
    inside = (letter if place == 0 or capitals or not letter.isupper() else "" for place, letter in enumerate(word) if letter > "\x7f")
    return sum(table.get(letter.lower(), _ALIEN) for letter in inside)


def _logarithms(said: str, shift: float) -> dict[str, float]:
    parts = said.split()
    shares = {letter: float(share) for letter, share in zip(parts[::2], parts[1::2], strict=True)}
    return {letter: math.log(share / sum(shares.values())) - shift for letter, share in shares.items()}


_FREQUENCY_CYRILLIC = _logarithms(_RUSSIAN, 0)
_FREQUENCY_LATIN = _logarithms(_POLISH, 1)  # nine letters, each of a larger share than among the forty of Cyrillic
_FREQUENCY = _FREQUENCY_CYRILLIC | _FREQUENCY_LATIN
