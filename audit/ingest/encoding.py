"""Which encoding a text export is in: BOM, strict UTF-8, else cp1251 or cp1250 by plausibility, else an error. Never ISO-8859-1."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from audit.errors import AuditError

_BLOCK = 1 << 16
_WINDOW = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CYRILLIC = re.compile(r"[а-яёіїєґА-ЯЁІЇЄҐ]")
_CYRILLIC_IN_WORDS = re.compile(r"[а-яёіїєґА-ЯЁІЇЄҐ]{2,}")
_POLISH = re.compile(r"[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]")
_PUNCTUATION = re.compile("[\u00a0\u00a7\u00ab\u00b0\u00b7\u00bb\u2013\u2014\u2018-\u201e\u2022\u2026\u20ac№™©®]")


def encoding_of(path: Path) -> str:
    """The codec's name; "utf-8-sig" means that a BOM leads. Raises AuditError with the byte offset."""
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
    with path.open("rb") as file:
        before = file.read(bad)
        window = file.read(_WINDOW)
    guess = _by_plausibility(window) if before.isascii() else None  # letters in good UTF-8 before it: damaged, not another encoding
    if guess is None:
        raise wrong_encoding(path, "UTF-8", bad)
    return guess


def wrong_encoding(path: Path, name: str, offset: int) -> AuditError:
    return AuditError(
        f"wrong encoding: not {name} at byte {offset}, and neither Russian cp1251 nor Polish cp1250"
        if name == "UTF-8"
        else f"wrong encoding: not {name} at byte {offset}",
        place=str(path),
        hint='save the file as UTF-8, or name its encoding in a --map FILE.toml: [format] encoding = "..."',
    )


def decoded(path: Path, encoding: str) -> bytes:
    """The whole file as UTF-8 without a BOM. Raises AuditError where its bytes are not in `encoding`."""
    raw = path.read_bytes()
    if encoding == "utf-8":
        return raw
    if encoding == "utf-8-sig":
        return raw.removeprefix(codecs.BOM_UTF8)
    if encoding.startswith("utf-16"):
        raw = raw.removeprefix(codecs.BOM_UTF16_LE if encoding.endswith("le") else codecs.BOM_UTF16_BE)
    try:
        return raw.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeDecodeError as error:
        raise wrong_encoding(path, encoding, error.start) from None
    except LookupError:
        raise AuditError(f"unknown encoding {encoding!r}", place=str(path), hint="name one that Python knows, such as cp1251") from None


def _first_bad_byte(path: Path) -> int | None:
    """The offset of the first byte that is not UTF-8; None where all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = 0
    with path.open("rb") as file:
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


def _by_plausibility(window: bytes) -> str | None:
    """cp1251 where the foreign letters stand in Cyrillic words, cp1250 where nearly all are Polish letters, else None."""
    foreign = sum(byte >= 0x80 for byte in window)
    russian = window.decode("cp1251", errors="replace")
    polish = window.decode("cp1250", errors="replace")
    letters = len(_CYRILLIC.findall(russian))
    in_words = sum(len(word) for word in _CYRILLIC_IN_WORDS.findall(russian))
    if letters >= 0.7 * foreign and in_words >= 0.8 * letters:
        return "cp1251"
    if len(_POLISH.findall(polish)) and len(_POLISH.findall(polish)) + len(_PUNCTUATION.findall(polish)) >= 0.9 * foreign:
        return "cp1250"
    return None
