"""Trees of records (JSON, YAML, TOML) to templates: which strings are texts to a customer, and what stands beside them.

A tree holds mappings, lists, Scalars (strings that know where they stand) and other plain values. Known shapes: Zendesk macros (`actions`
with `comment_value`), canned responses of Freshdesk (`title`, `content`, `content_html`), Chatwoot (`short_code`, `content`), Intercom
(`name`, `body`, `body_text`), Front (`name`, `subject`, `body`) and Help Scout (`name`, `text`, `chatText`); any record with a title and a
text; a text a language or a tone (`text: {ru: ..., en: ...}`, `text_ru`); and plain tables of name to text. Descriptions, notes, examples
and messages of a history are no templates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from audit.template.declared import language, parted
from audit.template.fields import DATES, HISTORY, IDS, LANGS, NAMES, NEVER, REACTIONS, TEXTS, VARIABLES
from audit.template.html import is_html, shown
from audit.template.passage import Passage
from audit.template.placeholder import spelling
from audit.template.prose import hinted, is_code, is_prose, is_sentence, speaks
from audit.template.source import HoldsNone, Source
from audit.template.template import Template


class Scalar(str):
    """A string of the file and the code points that it was read from, its quotes left out."""

    __slots__ = ("end", "start", "style")
    start: int
    end: int
    style: str


Tree = object
"""Scalar, Mapping[str, Tree], list of Tree, or a plain value."""


@dataclass(frozen=True)
class Candidate:
    """A string that may be a template. `strong`: a key says so."""

    value: Scalar
    pointer: str
    name: str
    strong: bool
    lang: str | None = None
    declared: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    kin: str = ""


@dataclass(frozen=True)
class _Place:
    """Where a walk stands, and what was declared on the way."""

    pointer: str = ""
    kin: str = ""
    lang: str | None = None
    declared: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    depth: int = 0

    def below(self, key: str) -> _Place:
        code = language(key)
        step = key.replace("~", "~0").replace("/", "~1")
        return replace(
            self,
            pointer=f"{self.pointer}/{step}",
            kin=self.kin if code else f"{self.kin}/{step}",
            lang=code or self.lang,
            titles=self.titles if code or key.isdigit() else (key, *self.titles),
            depth=self.depth + 1,
        )


def templates(tree: Tree, source: Source, reader: str, passage_of: Callable[[Scalar], Passage]) -> Iterator[Template]:
    """The templates of a tree. Raises HoldsNone with the reason."""
    if isinstance(tree, Mapping) and {"detector", "clauses"} <= tree.keys():
        raise HoldsNone("a rule, whose examples are no templates")
    walk = _Walk()
    walk.go(tree, _Place(), set())
    kept = accepted(walk.found, source) if len(walk.found) > walk.histories else []
    if not kept:
        raise HoldsNone(
            "a history of messages, which is what `reply-audit run` reads"
            if walk.histories
            else "no text in it looks like a reply template"
        )
    for one in kept:
        passage = passage_of(one.value)
        if is_html(passage.text):
            passage = shown(passage)
        if passage.text.strip():
            yield source.template(
                reader,
                passage,
                one.pointer,
                one.name,
                lang=one.lang,
                declared=one.declared,
                titles=one.titles,
                variables=one.variables,
                kin=one.kin,
            )


def accepted(found: Sequence[Candidate], source: Source) -> list[Candidate]:
    """Those candidates that are templates, told by what the file holds as a whole."""
    strong = [one for one in found if one.strong and (is_prose(one.value) or (_short(one.value) and not is_code(one.value)))]
    weak = [one for one in found if not one.strong and is_sentence(one.value)]
    inside = any(hinted(title) for one in found for title in one.titles)
    hint = source.hinted or inside
    if not hint and not source.named and _share(strong) < 0.3:
        strong = []
    if _share(weak) < (0.2 if hint else 0.75):
        weak = []
    if weak and not hint and len(weak) < 0.5 * sum(not one.strong for one in found):
        weak = []
    kept = {id(one) for one in (*strong, *weak)}
    return [one for one in found if id(one) in kept]


def _share(candidates: Sequence[Candidate]) -> float:
    return sum(speaks(one.value) for one in candidates) / len(candidates) if candidates else 0.0


def _short(text: str) -> bool:
    """A reply of one word, or of a placeholder and little else."""
    return text.strip().endswith(("!", ".", "…")) and " " not in text.strip() and speaks(text)


class _Walk:
    def __init__(self) -> None:
        self.found: list[Candidate] = []
        self.histories = 0

    def go(self, node: Tree, place: _Place, above: set[int]) -> None:
        if place.depth > 60 or id(node) in above:
            return
        if isinstance(node, Mapping):
            self._record(node, place, above | {id(node)})
        elif isinstance(node, list):
            met: dict[str, int] = {}
            for number, each in enumerate(node):
                step = (_identity(each) if isinstance(each, Mapping) else "") or str(number)
                met[step] = met.get(step, 0) + 1
                below = place.below(step if met[step] == 1 else f"{step}~{met[step]}")
                if isinstance(each, Scalar):
                    self._offer(each, replace(below, titles=place.titles), place.titles[0] if place.titles else "", False)
                else:
                    self.go(each, replace(below, titles=place.titles, lang=place.lang), above | {id(node)})

    def _record(self, node: Mapping[str, Tree], place: _Place, above: set[int]) -> None:
        keys = {key: spelling(key) for key in node}
        spelt = {word: node[key] for key, word in keys.items()}
        if is_history(spelt):
            self.histories += 1
            return
        texts = [key for key, word in keys.items() if _text_key(word, node[key])]
        by_language = [key for key in keys if language(key) and isinstance(node[key], Scalar | Mapping)]
        title = next((str(spelt[key]) for key in NAMES if isinstance(spelt.get(key), str | int) and key not in map(keys.get, texts)), "")
        if texts or by_language or "actions" in spelt:
            place = self._declared(spelt, place, title)
        if isinstance(spelt.get("actions"), list):
            self._macro(spelt["actions"], place, title)
        for key in _once(texts, keys, node):
            word = keys[key]
            self._text(node[key], _suffixed(place.below(key), place, word), title or _label(key, place), above)
        for key, word in keys.items():
            if key in texts or word in NEVER or (word in VARIABLES) or (word == "actions" and "title" in spelt):
                continue
            value = node[key]
            if isinstance(value, Scalar):
                if not texts and (language(key) or (not by_language and word not in LANGS and word not in REACTIONS)):
                    self._offer(value, place.below(key), title or _label(key, place), bool(language(key)) and bool(title))
            else:
                self.go(value, place.below(key), above)

    def _text(self, value: Tree, place: _Place, name: str, above: set[int]) -> None:
        """The value of a key that says that it is a text: one, one a language or tone, or several."""
        if isinstance(value, Scalar):
            self._offer(value, place, name, True)
        elif isinstance(value, list):
            for number, each in enumerate(value):
                if isinstance(each, Scalar):
                    self._offer(each, replace(place.below(str(number)), titles=place.titles), name, True)
                else:
                    self.go(each, place.below(str(number)), above)
        elif isinstance(value, Mapping):
            if _variants(value):
                for key, each in value.items():
                    if isinstance(each, Scalar):
                        self._offer(each, place.below(key), name if language(key) else f"{name}: {key}", True)
            else:
                self.go(value, place, above)

    def _macro(self, actions: object, place: _Place, title: str) -> None:
        """Zendesk: the actions of a macro that write a comment; the plain text where there is a rich one too."""
        written = [each for each in actions if isinstance(each, Mapping) and str(each.get("field", "")).startswith("comment_value")]  # type: ignore[attr-defined]
        plain = [each for each in written if each.get("field") == "comment_value"] or written
        for each in plain:
            value = each.get("value")
            if isinstance(value, list):
                value = next((part for part in reversed(value) if isinstance(part, Scalar)), None)
            if isinstance(value, Scalar):
                self._offer(value, place.below(str(each["field"])), title, True)

    def _declared(self, spelt: Mapping[str, Tree], place: _Place, title: str) -> _Place:
        code = next((language(str(spelt[key])) for key in LANGS if isinstance(spelt.get(key), str)), None)
        declared = tuple(word for key in REACTIONS if key in spelt for word in words_of(spelt[key]))
        variables = tuple(word for key in VARIABLES if key in spelt for word in names_of(spelt[key]))
        return replace(
            place,
            lang=code or place.lang,
            declared=(*declared, *place.declared),
            titles=(title, *place.titles) if title else place.titles,
            variables=(*place.variables, *variables),
        )

    def _offer(self, value: Scalar, place: _Place, name: str, strong: bool) -> None:
        if len(value) > 1 and not value.isspace():
            self.found.append(
                Candidate(value, place.pointer, name, strong, place.lang, place.declared, place.titles, place.variables, place.kin or "/")
            )


def is_history(spelt: Mapping[str, object]) -> bool:
    """Whether a record is a message that somebody sent: it has an author or a rating, and a time; or
    what was asked stands beside it."""
    hits = HISTORY & spelt.keys()
    asked = spelt.get("asked")
    if (isinstance(asked, str) and " " in asked.strip()) or {"asked", "asked_type"} <= spelt.keys():
        return True
    return (
        len(hits) >= 2
        or bool(hits & {"message_type", "sender_type", "inbound", "incoming"})
        or (bool(hits - {"author", "autor", "автор", "customer", "from"}) and bool(DATES & spelt.keys()))
    )


def words_of(value: object) -> list[str]:
    """Tags: a string (of several, with commas), a list of them, a mapping by its keys that are true."""
    if isinstance(value, str):
        return [word.strip() for word in re.split(r"[,;|]", value) if word.strip()]
    if isinstance(value, list):
        return [word for each in value for word in (words_of(each) if isinstance(each, str) else names_of([each]))]
    return []


def names_of(value: object) -> list[str]:
    """Variables: a list of names or of records with a name, or a mapping by its keys."""
    if isinstance(value, str):
        return words_of(value)
    if isinstance(value, Mapping):
        return [str(key) for key in value]
    if isinstance(value, list):
        named = [each.get("name", each.get("key", each.get("id"))) if isinstance(each, Mapping) else each for each in value]
        return [str(each).strip("{}[]<>%$# ") for each in named if each is not None]
    return []


def _text_key(word: str, value: object) -> bool:
    if not isinstance(value, Scalar | list | Mapping):
        return False
    if word in TEXTS:
        return not isinstance(value, Mapping | list) or not _holds_records(value)
    rest, code = parted(word)
    return code is not None and rest in TEXTS and isinstance(value, Scalar)


def _holds_records(value: object) -> bool:
    """Whether a list or mapping under the name of a text holds records of its own (`responses: {...}`, `content: {"application/json": ...}`)."""
    inside = list(value.values()) if isinstance(value, Mapping) else value
    return not any(isinstance(each, Scalar) for each in inside)  # type: ignore[attr-defined]


def _variants(value: Mapping[str, Tree]) -> bool:
    """Whether a mapping holds one text a language or tone."""
    return all(
        isinstance(each, Scalar) and spelling(key) not in NEVER | TEXTS and (language(key) or is_prose(each)) for key, each in value.items()
    )


def _once(texts: Sequence[str], keys: Mapping[str, str], node: Mapping[str, Tree]) -> list[str]:
    """Of a text that is there both plain and as HTML, the plain one."""
    plain: dict[str, tuple[int, str]] = {}
    for key in texts:
        word = keys[key]
        base = re.sub(r"(?:^|_)(?:html|text|plain)(?=_|$)", "", word).strip("_") or "text"
        rank = 0 if "text" in word or "plain" in word else 2 if "html" in word else 1
        rank += 3 if not isinstance(node[key], Scalar) or not str(node[key]).strip() else 0
        if base not in plain or rank < plain[base][0]:
            plain[base] = (rank, key)
    if {"text", "chat_text"} <= set(keys.values()):
        return list(texts)
    kept = {key for _, key in plain.values()}
    return [key for key in texts if key in kept]


def _suffixed(below: _Place, above: _Place, word: str) -> _Place:
    """`text_ru` is the Russian text."""
    rest, code = parted(word)
    if code:
        below = replace(below, lang=code, kin=f"{above.kin}/{rest}")
    return replace(below, titles=above.titles)


def _identity(record: Mapping[str, Tree]) -> str:
    spelt = {spelling(key): value for key, value in record.items()}
    return next((str(spelt[key]) for key in IDS if isinstance(spelt.get(key), str | int) and str(spelt[key]).strip()), "")


def _label(key: str, place: _Place) -> str:
    if language(key) or spelling(key) in TEXTS:
        return place.titles[0] if place.titles else key
    return key
