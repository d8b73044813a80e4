"""Markdown of templates: fences or quotes under headings, list items, sections of plain text, or one template a file, with front matter.

A file is read in the first of these ways that fits it. A page of documentation, whose quotes and lists speak to nobody, holds none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from audit.template.candidate import Tree
from audit.template.declared import language
from audit.template.fields import LANGS, NAMES, REACTIONS, VARIABLES
from audit.template.html import is_html, shown
from audit.template.inline import plain
from audit.template.outline import Block, Section, body, line_of, sections, title_of
from audit.template.passage import Passage, joined
from audit.template.placeholder import placeholders, spelling
from audit.template.prose import LONGEST, addressed, greets, hinted, is_code, is_prose, is_sentence, speaks
from audit.template.said import names_of, words_of
from audit.template.source import HoldsNone, Source
from audit.template.template import Template

NAME = "markdown"
SUFFIXES = (".md", ".markdown", ".mdx")

_FRONT = re.compile(r"(?P<mark>---|\+\+\+)[ \t]*\r?\n(?P<said>.*?)(?:^|(?<=\n))(?P=mark)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FENCES = frozenset(
    (
        "",
        "text",
        "txt",
        "plain",
        "plaintext",
        "md",
        "markdown",
        "html",
        "template",
        "reply",
        "email",
        "mail",
        "liquid",
        "handlebars",
        "mustache",
        "jinja",
        "jinja2",
    )
)
_ABOUT = re.compile(
    r"readme|^index$|contribut|changelog|licen[sc]e|code.of.conduct|security|style.?guide|guide(?:line)?s?\b|tone.of.voice|polic(?:y|ies)|how.?to|faq\b|history|roadmap|notes?\b",
    re.IGNORECASE,
)
_SHORT = 1500
"""Letters of a file that is a template because of where it lies, whatever it says."""
_NOTE = re.compile(
    r"\W*(?:\[!\w+\]|(?:note|tip|warning|important|use when|example|примечание|важно|внимание|пример|uwaga|ważne|przykład)\b\W*[:.—-])",
    re.IGNORECASE,
)
_SAID = re.compile(r"^[^\w\n]*(?P<key>[^\W\d_][\w -]{1,24}?)[^\w\n]{0,3}:[^\w\n]{0,4}(?P<value>.+?)[^\w\n]*$", re.MULTILINE)
_BOLD = re.compile(r"^\W*\*\*(?P<label>[^*\n]{1,80}?)[:.]?\*\*\W*$|^\W*(?P<bare>[^\n.!?{}]{1,60}):\W*$")
_META = re.compile(
    r"^[*_]{0,3}(?:use (?:when|for|this)|when to use|channel|audience|tone|owner|updated|когда|канал|kiedy|kanał)\b", re.IGNORECASE
)


@dataclass
class _Front:
    """What a file's front matter declares."""

    title: str = ""
    lang: str | None = None
    declared: list[str] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    template: bool = False
    """It says something that only a template needs."""
    page: bool = False
    """It says something that only a web page needs."""
    line: int = 0
    """The first line below it, from 0."""


@dataclass(frozen=True)
class _Found:
    passage: Passage
    key: tuple[str, ...]
    name: str
    titles: tuple[str, ...]
    lang: str | None = None
    declared: tuple[str, ...] = ()


def read(source: Source) -> Iterator[Template]:
    front = _front(source)
    parts = sections(source, front.line)
    about = _ABOUT.search(source.stem) is not None
    hint = not about and (source.hinted or front.template or any(hinted(title) for part in parts[:1] for title in part.headings[:1]))
    found = _marked(source, parts, about, hint) or _listed(source, parts, about, hint) or _written(source, parts, front, about, hint)
    if not found:
        raise HoldsNone("a page of documentation, no reply template" if about else "no text in it looks like a reply template")
    met: dict[str, int] = {}
    for one in found:
        key = "/".join(one.key)
        met[key] = met.get(key, 0) + 1
        code = one.lang or front.lang
        shared = "/".join(part for part in one.key if not language(part))
        yield source.template(
            NAME,
            one.passage,
            key if met[key] == 1 else f"{key}#{met[key]}",
            one.name or front.title,
            lang=code,
            declared=(*one.declared, *front.declared),
            titles=[*one.titles, *([front.title] if front.title else [])],
            variables=front.variables,
            kin=shared if met[key] == 1 else f"{shared}#{met[key]}",
        )


def _marked(source: Source, parts: Sequence[Section], about: bool, hint: bool) -> list[_Found]:
    """Fences and quotes."""
    found: list[_Found] = []
    for part in parts:
        declared, code = _said(source, part)
        for number, block in enumerate(part.blocks):
            if block.kind not in ("fence", "quote"):
                continue
            passage = body(source, block)
            if (
                len(passage.text) > LONGEST
                or not is_prose(passage.text)
                or (block.kind == "fence" and (block.info.split(" ")[0].lower() not in _FENCES or is_code(passage.text)))
            ):
                continue
            if block.kind == "quote":
                if _NOTE.match(passage.text):
                    continue
                passage = plain(passage)
            elif block.info.lower() == "html" and is_html(passage.text):
                passage = shown(passage)
            elif block.info.lower() in ("md", "markdown"):
                passage = plain(passage)
            label = block.label and title_of(block.label.splitlines()[0]).rstrip(":")
            if not label and number and part.blocks[number - 1].kind == "paragraph":
                label = _label(source, part.blocks[number - 1])
            found.append(_under(part.headings, passage, label, declared, code))
    share = _share([one.passage.text for one in found])
    return found if share >= (0.6 if about else 0.0 if hint else 0.5) else []


def _listed(source: Source, parts: Sequence[Section], about: bool, hint: bool) -> list[_Found]:
    """Lists each of whose items is a whole reply."""
    found: list[_Found] = []
    if about:
        return found
    for part in parts:
        declared, code = _said(source, part)
        groups = {block.group for block in part.blocks if block.kind == "item"}
        for group in sorted(groups):
            items = [block for block in part.blocks if block.kind == "item" and block.group == group]
            passages = [_unlabelled(body(source, block)) for block in items]
            texts = [passage.text for _, passage in passages]
            if max(map(len, texts)) > LONGEST:
                continue
            if sum(map(is_sentence, texts)) < 0.6 * len(texts) or sum(map(addressed, texts)) < (0.3 if hint else 0.6) * len(texts):
                continue
            if any(len(each.text) > 40 for each in _paragraphs(source, part) if addressed(each.text)):
                continue  # steps inside of a reply
            found += [_under(part.headings, plain(passage), label, declared, code) for label, passage in passages if is_prose(passage.text)]
    return found


def _written(source: Source, parts: Sequence[Section], front: _Front, about: bool, hint: bool) -> list[_Found]:
    """Sections whose plain text is the reply; the whole file where it has one section."""
    if about or (front.page and not hint):
        return []
    found = []
    texts = 0
    for part in parts:
        declared, code = _said(source, part)
        notes = {number for block in part.blocks if block.kind == "comment" for number in range(block.first, block.last)}
        lines = [
            line_of(source, number)
            for block in part.blocks
            if block.kind in ("paragraph", "item", "other") and not _is_meta(source, block)
            for number in range(block.first, min(block.last + 1, len(source.lines)))
            if number not in notes
        ]
        passage = _once(lines).stripped()
        if len(passage.text) > LONGEST:
            texts += 1
            continue
        passage = plain(passage)
        texts += bool(passage.text)
        whole = hint and len(parts) == 1 and len(passage.text) < _SHORT  # one file a template, in a folder of them
        if is_sentence(passage.text) and (whole or speaks(passage.text)) and not is_code(passage.text):
            found.append(_under(part.headings, passage, "", declared, code))
    if not found or len(found) < (0.5 if hint else 0.8) * texts:
        return []
    if not hint and not all(greets(one.passage.text) or (addressed(one.passage.text) and placeholders(one.passage.text)) for one in found):
        return []
    if not hint and any(block.kind in ("fence", "other") for part in parts for block in part.blocks):
        return []
    return found


def _once(lines: Sequence[Passage]) -> Passage:
    """Lines one after the other, each once: blocks share the blank line between them."""
    kept: list[Passage] = []
    for line in lines:
        if line.text and (not kept or line.starts[0] >= kept[-1].after):
            kept.append(line)
    return joined(kept)


def _is_meta(source: Source, block: Block) -> bool:
    """Whether a paragraph only says something about the template (`**Use when:** ...`, `Type: complaint`)."""
    if block.kind != "paragraph":
        return False
    text = body(source, block).text
    if not (":" in text or _META.match(text)) or addressed(text):
        return False
    said = [match for line in text.splitlines() if (match := _SAID.match(line))]
    return _META.match(text) is not None or (len(said) == len(text.splitlines()) and any(_field(match["key"]) for match in said))


def _field(key: str) -> str | None:
    word = spelling(key)
    return "lang" if word in LANGS else "reaction" if word in REACTIONS else None


def _said(source: Source, part: Section) -> tuple[tuple[str, ...], str | None]:
    """Reactions and language that lines such as `Type: complaint` in a section declare, or its headings name."""
    declared: list[str] = []
    code = next((code for title in reversed(part.headings) if (code := language(title))), None)
    for block in part.blocks:
        if block.kind not in ("paragraph", "item"):
            continue
        text = body(source, block).text
        for match in _SAID.finditer(text) if ":" in text else ():
            kind = _field(match["key"])
            if kind == "lang":
                code = language(match["value"]) or code
            elif kind == "reaction" and len(match["value"]) <= 80:
                declared += words_of(match["value"].strip("*_` "))
    return tuple(declared), code


def _paragraphs(source: Source, part: Section) -> list[Passage]:
    return [body(source, block) for block in part.blocks if block.kind == "paragraph"]


def _label(source: Source, block: Block) -> str:
    """`**Warm:**` or `Formal:` on a line of its own, just before a text, is the text's name."""
    text = body(source, block).text
    match = _BOLD.match(text.splitlines()[-1]) if text else None
    label = (match["label"] or match["bare"] or "").strip() if match else ""
    return "" if _META.match(label) or _field(label) else label


def _unlabelled(passage: Passage) -> tuple[str, Passage]:
    """The name that an item begins with (`**Late parcel:** We are sorry ...`), and the rest."""
    match = re.match(r"\*\*(?P<label>[^*\n]{1,60}?)[:.]?\*\*\s*[:—–-]?\s*", passage.text)
    if not match or addressed(match["label"]) or "{" in match["label"] or match.end() == len(passage.text):
        return "", passage
    return match["label"], passage.part(match.end(), len(passage.text))


def _under(headings: tuple[str, ...], passage: Passage, label: str, declared: tuple[str, ...], code: str | None) -> _Found:
    key = (*headings, label) if label else headings
    name = (
        label
        if label and (not headings or language(headings[-1]))
        else f"{headings[-1]}: {label}"
        if label
        else (headings[-1] if headings else "")
    )
    return _Found(passage, key, name, tuple(reversed(key)), language(label) or code, declared)


def _share(texts: Sequence[str]) -> float:
    return sum(map(speaks, texts)) / len(texts) if texts else -1.0


def _front(source: Source) -> _Front:
    """Raises Unreadable where it is no valid YAML or TOML."""
    match = _FRONT.match(source.text)
    if not match:
        return _Front()
    start, end = match.span("said")
    said: Tree
    if match["mark"] == "---":
        from audit.template.yaml_records import parsed

        documents = parsed(source.text, start, end)
        said = documents[0] if documents else {}
    else:
        from audit.template.toml_records import parsed as parsed_toml

        said = parsed_toml(source.text, start, end)
    if not isinstance(said, Mapping):
        return _Front()
    front = _Front(line=source.text.count("\n", 0, match.end()))
    spelt = {spelling(key): value for key, value in said.items()}
    front.title = next((str(spelt[key]) for key in NAMES if isinstance(spelt.get(key), str)), "")
    front.lang = next((language(str(spelt[key])) for key in LANGS if isinstance(spelt.get(key), str)), None)
    front.declared = [word for key in REACTIONS if key in spelt for word in words_of(spelt[key])]
    front.variables = [word for key in sorted(VARIABLES) if key in spelt for word in names_of(spelt[key])]
    front.template = bool(
        spelt.keys()
        & {*VARIABLES, "reaction", "reactions", "asked", "asked_type", "intent", "short_code", "shortcut", "реакция", "reakcja"}
    )
    front.page = (
        bool(spelt.keys() & {"layout", "permalink", "slug", "sidebar_position", "weight", "date", "draft", "nav_order"})
        and not front.template
    )
    return front
