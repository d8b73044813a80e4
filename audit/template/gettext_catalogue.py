"""Gettext catalogues (.po, .pot) of templates: each translation, and the message itself where nothing is translated yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from audit.template.declared import language
from audit.template.escapes import unescaped
from audit.template.html import is_html, shown
from audit.template.passage import Passage, joined
from audit.template.prose import is_sentence, speaks
from audit.template.source import HoldsNone, Source, Unreadable
from audit.template.template import Template

NAME = "po"
SUFFIXES = (".po", ".pot")

_LINE = re.compile(
    r'[ \t]*(?:(?P<word>msgctxt|msgid_plural|msgid|msgstr(?:\[(?P<form>\d+)\])?)[ \t]+)?"(?P<text>(?:\\.|[^"\\\r\n])*)"[ \t]*$'
)


@dataclass
class _Entry:
    context: Passage | None = None
    id: Passage | None = None
    forms: dict[str, Passage] = field(default_factory=dict)
    fuzzy: bool = False


def read(source: Source) -> Iterator[Template]:
    entries = _entries(source)
    header = next((entry.forms.get("") for entry in entries if entry.id is not None and not entry.id.text), None)
    said = re.search(r"^Language:[ \t]*(\S+)", header.text, re.MULTILINE) if header else None
    lang = language(said[1]) if said else None
    messages = [entry for entry in entries if entry.id is not None and entry.id.text and not entry.fuzzy]
    translated = any(form.text.strip() for entry in messages for form in entry.forms.values())
    texts = [
        (entry, form, text)
        for entry in messages
        for form, text in (entry.forms.items() if translated else (("", entry.id),))
        if text is not None and is_sentence(text.text)
    ]
    if not texts or (not source.hinted and sum(speaks(text.text) for _, _, text in texts) < 0.3 * len(messages)):
        raise HoldsNone("no message in it looks like a reply template")
    for entry, form, text in texts:
        assert entry.id is not None
        context = entry.context.text if entry.context else ""
        key = "/".join(part for part in (context, entry.id.text, form) if part)
        yield source.template(
            NAME,
            shown(text) if is_html(text.text) else text,
            key,
            context or entry.id.text[:60],
            lang=lang if translated else None,
            titles=[part for part in (context, entry.id.text if len(entry.id.text) <= 40 else "") if part],
            kin=f"{context}/{entry.id.text}/{form}",
        )


def _entries(source: Source) -> list[_Entry]:
    """Raises Unreadable with the line that is none of a catalogue."""
    text = source.text
    found = [_Entry()]
    word, form, fuzzy = "", "", False
    ends = (*source.lines[1:], len(text))
    for number, (start, end) in enumerate(zip(source.lines, ends, strict=True), 1):
        line = text[start:end].rstrip("\r\n")
        if line.lstrip().startswith("#") or not line.strip():
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            if not line.strip():
                word = ""
            continue
        match = _LINE.match(line)
        if not match or not (match["word"] or word):
            raise Unreadable(
                "is no valid catalogue: neither a comment nor a quoted text", number, "each line of a message stands in quotes"
            )
        piece = unescaped(text, start + match.start("text"), start + match.end("text"))
        if match["word"]:
            starts_anew = match["word"] == "msgctxt" or (match["word"] == "msgid" and (found[-1].id is not None))
            if starts_anew:
                found.append(_Entry())
            if match["word"] in ("msgctxt", "msgid"):
                found[-1].fuzzy, fuzzy = fuzzy or found[-1].fuzzy, False
            word, form = match["word"].partition("[")[0], match["form"] or ""
        entry = found[-1]
        if word == "msgctxt":
            entry.context = _with(entry.context, piece)
        elif word == "msgid":
            entry.id = _with(entry.id, piece)
        elif word == "msgstr":
            entry.forms[form] = _with(entry.forms.get(form), piece)
    return found


def _with(before: Passage | None, piece: Passage) -> Passage:
    if before is None or not before.text:
        return piece if piece.text or before is None else before
    return joined((before, piece)) if piece.text else before
