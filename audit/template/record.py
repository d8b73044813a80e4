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

from audit.template.candidate import Candidate, Scalar, Tree, accepted
from audit.template.declared import language, parted
from audit.template.fields import IDS, LANGS, NAMES, NEVER, REACTIONS, TEXTS, VARIABLES
from audit.template.html import is_html, shown
from audit.template.passage import Passage
from audit.template.placeholder import spelling
from audit.template.prose import is_prose
from audit.template.said import is_history, names_of, words_of
from audit.template.source import HoldsNone, Source
from audit.template.template import Template


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
    walk.go(tree, _Place())
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


class _Walk:
    def __init__(self) -> None:
        self.found: list[Candidate] = []
        self.seen: set[int] = set()
        """Nodes that were met: what YAML's aliases repeat stands in one place of the file, and counts once."""
        self.histories = 0

    def go(self, node: Tree, place: _Place) -> None:
        if place.depth > 60 or id(node) in self.seen:
            return
        if isinstance(node, Mapping | list):
            self.seen.add(id(node))
        if isinstance(node, Mapping):
            self._record(node, place)
        elif isinstance(node, list):
            met: dict[str, int] = {}
            for number, each in enumerate(node):
                step = (_identity(each) if isinstance(each, Mapping) else "") or str(number)
                met[step] = met.get(step, 0) + 1
                below = place.below(step if met[step] == 1 else f"{step}#{met[step]}")
                if isinstance(each, Scalar):
                    self._offer(each, replace(below, titles=place.titles), place.titles[0] if place.titles else "", False)
                else:
                    self.go(each, replace(below, titles=place.titles, lang=place.lang))

    def _record(self, node: Mapping[str, Tree], place: _Place) -> None:
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
            self._text(node[key], _suffixed(place.below(key), place, word), title or _label(key, place))
        for key, word in keys.items():
            if key in texts or word in NEVER or (word in VARIABLES) or (word == "actions" and "title" in spelt):
                continue
            value = node[key]
            if isinstance(value, Scalar):
                if not texts and (language(key) or (not by_language and word not in LANGS and word not in REACTIONS)):
                    self._offer(value, place.below(key), title or _label(key, place), bool(language(key)) and bool(title))
            else:
                self.go(value, place.below(key))

    def _text(self, value: Tree, place: _Place, name: str) -> None:
        """The value of a key that says that it is a text: one, one a language or tone, or several."""
        if isinstance(value, Scalar):
            self._offer(value, place, name, True)
        elif isinstance(value, list):
            for number, each in enumerate(value):
                if isinstance(each, Scalar):
                    self._offer(each, replace(place.below(str(number)), titles=place.titles), name, True)
                else:
                    self.go(each, place.below(str(number)))
        elif isinstance(value, Mapping):
            if _variants(value):
                for key, each in value.items():
                    if isinstance(each, Scalar):
                        self._offer(each, place.below(key), name if language(key) else f"{name}: {key}", True)
            else:
                self.go(value, place)

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
        if len(value) > 1 and not value.isspace() and id(value) not in self.seen:
            self.seen.add(id(value))
            self.found.append(
                Candidate(value, place.pointer, name, strong, place.lang, place.declared, place.titles, place.variables, place.kin or "/")
            )


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
