"""Faults of placeholders and of a set: blanks, unbalanced and unknown placeholders, translations that differ, copies."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from audit.template.balance import unbalanced
from audit.template.placeholder import Placeholder, placeholders, spelling
from audit.template.template import Template

OFTEN = 4
"""So many times a name stands in a set before one that differs by a letter, and stands there once, is taken for a slip."""
FEWEST = 8
"""Words of a text that can be a copy: short ones are alike by themselves."""
ALIKE = 90.0
"""Least similarity of two texts' words, 0-100."""


@dataclass(frozen=True)
class Fault:
    """A fault that `templates[number].text[start:end]` shows. `number` is None where the whole set is at fault.

    `named` fills the evidence wording of the rule. `fix` may stand in the place of the span.
    """

    rule: str
    number: int | None
    start: int = 0
    end: int = 0
    named: Mapping[str, str] = field(default_factory=dict)
    fix: str | None = None


def of_placeholders(templates: Sequence[Template], variables: Sequence[str] = ()) -> Iterator[Fault]:
    """leaked-placeholder (blanks that nothing fills), unbalanced-placeholder and unknown-placeholder.

    A name is unknown where the configuration (`variables`; `*` stands for any ending) or the file declares names and this is none of
    them; where none is declared, one that stands once in the set and differs by a letter from a frequent one is a slip.
    """
    found = [placeholders(template.text) for template in templates]
    counts = Counter(one.variable for each in found for one in each if one.name and not one.blank)
    for number, (template, held) in enumerate(zip(templates, found, strict=True)):
        for wrong in unbalanced(template.text, held):
            yield Fault(
                "unbalanced-placeholder",
                number,
                wrong.start,
                wrong.end,
                {"placeholder": template.text[wrong.start : wrong.end].strip()},
                wrong.fix,
            )
        known = _known((*variables, *template.variables))
        for one in held:
            written = template.text[one.start : one.end]
            if one.blank:
                yield Fault("leaked-placeholder", number, one.start, one.end, {"placeholder": written})
            elif one.name and not one.name.isdigit():
                near = _unknown(one, known, counts)
                if near is not None:
                    hint = f"; did you mean {near}?" if near else ""
                    yield Fault("unknown-placeholder", number, one.start, one.end, {"placeholder": written, "hint": hint})


def _known(names: Sequence[str]) -> dict[str, str]:
    """Spelling -> name as declared."""
    return {("*" if name.strip() == "*" else spelling(name.rstrip("*")) + "*" * name.endswith("*")): name for name in names}


def _unknown(one: Placeholder, known: Mapping[str, str], counts: Mapping[str, int]) -> str | None:
    """None where the placeholder is known; else the name that was meant, or nothing."""
    name = one.variable
    if known:
        if name in known or any(key.endswith("*") and name.startswith(key[:-1]) for key in known):
            return None
        near = difflib.get_close_matches(name, [key for key in known if not key.endswith("*")], 1, 0.75)
        return known[near[0]] if near else ""
    if counts[name] > 1 or len(name) < 5:
        return None
    meant = [other for other, count in counts.items() if count >= OFTEN and _slip(name, other)]
    return max(meant, key=lambda other: counts[other]) if meant else None


def _slip(name: str, other: str) -> bool:
    """Whether one letter was left out, put in, changed or swapped with the next. Numbers and plurals are none."""
    if name == other or abs(len(name) - len(other)) > 1 or re.sub(r"\d", "", name) == re.sub(r"\d", "", other):
        return False
    longer, shorter = (name, other) if len(name) > len(other) else (other, name)
    if longer == f"{shorter}s":
        return False
    if len(name) != len(other):
        return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
    differing = [place for place in range(len(name)) if name[place] != other[place]]
    if len(differing) == 1:
        return True
    return (
        len(differing) == 2
        and differing[1] == differing[0] + 1
        and name[differing[0]] == other[differing[1]]
        and name[differing[1]] == other[differing[0]]
    )


def of_translations(templates: Sequence[Template], langs: Sequence[str]) -> Iterator[Fault]:
    """translation-mismatch: of the translations of one template, those whose placeholders are not those of most (of the first, if none are)."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, template in enumerate(templates):
        if template.kin:
            groups[template.kin].append(number)
    for members in groups.values():
        if len({langs[number] for number in members}) < 2:
            continue
        held = {number: _held(templates[number].text) for number in members}
        usual = Counter(frozenset(each.items()) for each in held.values()).most_common(1)[0][0]
        model = next(number for number in members if frozenset(held[number].items()) == usual)
        for number in members:
            if langs[number] == langs[model] or frozenset(held[number].items()) == usual:
                continue
            lacking = [name for name in held[model] if name not in held[number]]
            added = [name for name in held[number] if name not in held[model]]
            if (not lacking and not added) or _renamed(held[model], held[number], lacking, added):
                continue
            said = [f"lacks {', '.join(held[model][name] for name in lacking)}"] if lacking else []
            said += [f"has {', '.join(held[number][name] for name in added)}"] if added else []
            text = templates[number].text
            shown = held[number][added[0]] if added else text.partition("\n")[0]
            at = text.find(shown)
            named = {"difference": " and ".join(said), "lang": langs[model], "other": place_of(templates[model])}
            yield Fault("translation-mismatch", number, at, at + len(shown), named)


def _renamed(model: Mapping[str, str], other: Mapping[str, str], lacking: Sequence[str], added: Sequence[str]) -> bool:
    """Whether the names themselves are translated: as many in each language, and none or only foreign letters in common."""
    if len(lacking) != len(added):
        return False
    return len(lacking) == len(model) == len(other) > 1 or not "".join((*lacking, *added)).isascii()


def _held(text: str) -> dict[str, str]:
    """Spelling -> placeholder as written, of those that a system fills: what people are told in words is translated too."""
    found: dict[str, str] = {}
    for one in placeholders(text):
        if one.name and not one.blank and one.syntax != "brackets" and " " not in one.name:
            found.setdefault(one.variable, text[one.start : one.end])
    return found


def place_of(template: Template) -> str:
    return f"{template.path}:{template.line}"


def of_copies(
    templates: Sequence[Template], langs: Sequence[str], skeletons: Sequence[str], groups: Callable[[list[str]], list[int]]
) -> Iterator[Fault]:
    """near-duplicate: each text nearly the same as one before it, in the same language.

    `skeletons`: the texts in normal form without greeting, numbers and marks; `groups`: a number for each text, the same for those alike.
    """
    by_language: dict[str, list[int]] = defaultdict(list)
    for number, skeleton in enumerate(skeletons):
        if len(skeleton.split()) >= FEWEST:
            by_language[langs[number]].append(number)
    for members in by_language.values():
        alike: dict[int, list[int]] = defaultdict(list)
        for number, group in zip(members, groups([skeletons[number] for number in members]), strict=True):
            alike[group].append(number)
        for same in alike.values():
            for place, number in enumerate(same[1:], 1):
                near = [other for other in {same[0], same[place - 1]} if not _forms(templates[number], templates[other])]
                pairs = [(_similarity(skeletons[number], skeletons[other]), -other) for other in near]
                best, other = max(pairs, default=(0.0, 0))
                if best >= ALIKE:
                    text = templates[number].text
                    end = text.find("\n")
                    named = {"percent": f"{best:.0f}", "other": f"{place_of(templates[-other])} ({templates[-other].name})"}
                    yield Fault("near-duplicate", number, 0, len(text) if end < 0 else end, named)


def _similarity(one: str, other: str) -> float:
    """Share of the words, in order, that two texts have in common, 0-100."""
    return 100 * difflib.SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _forms(one: Template, other: Template) -> bool:
    """Whether two templates are forms of one message (plural forms of gettext; a long and a short text of one record)."""
    return (
        one.path == other.path
        and one.reader == other.reader
        and one.key.rpartition("/")[0] == other.key.rpartition("/")[0] != ""
        and one.reader in ("po", "json", "yaml", "toml")
    )
