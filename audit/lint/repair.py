"""What can be put right without a person: each repair is a safe edit, or none.

An edit is safe where the words stand in the file just as in the template's text: no escape and no markup lies between them, and the new
words need none.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from audit.lint.finding import Card, Edit, Finding
from audit.lint.judgement import Subject, at
from audit.template.template import file_span

_UNSAFE = re.compile(r"[\"'\\\n\r<>&|]")
"""What a file's format may read as something else."""
_SHOUTED = re.compile(r"[^\W\d_]+")
_ALONE = re.compile(r"(?<=[a-zа-яёąćęłńóśźż])[ \t,]+([A-ZА-ЯЁĄĆĘŁŃÓŚŹŻ]{2,})(?=[ \t]+[a-zа-яёąćęłńóśźż]|[.,;]|$)", re.MULTILINE)


def edit(one: Subject, texts: Mapping[str, str], start: int, end: int, new: str) -> Edit | None:
    """`text[start:end]` of a template replaced by `new`, where that is safe."""
    source = texts.get(one.template.path)
    old = one.template.text[start:end]
    if source is None or old == new or set(_UNSAFE.findall(new)) - set(_UNSAFE.findall(old)):
        return None
    span = file_span(one.template, start, end)
    return Edit(span.start, span.end, new) if source[span.start : span.end] == old else None


def wordy(subjects: Sequence[Subject], texts: Mapping[str, str], own: Mapping[str, str], card: Card) -> list[Finding]:
    """Phrases with a known replacement: the linter's by language, the user's `own` in every language and in place of those."""
    result = []
    for one in subjects:
        if not one.selection.takes(card):
            continue
        known = {**_known().get(one.lang, {}), **{old.casefold(): new for old, new in own.items()}}
        if not known:
            continue
        for match in _any_of(tuple(known)).finditer(one.template.text):
            if any(held.start < match.end() and match.start() < held.end for held in one.found):
                continue
            new = known[" ".join(match[0].casefold().split())]
            new = new[:1].upper() + new[1:] if match[0][:1].isupper() else new
            finding = at(one, card, *match.span(), message=f"“{new}” says the same as “{match[0]}”" if new else f"Leave out “{match[0]}”")
            result.append(replace(finding, edit=edit(one, texts, *match.span(), new)))
    return result


@cache
def _known() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("wordy.toml").read_text(encoding="utf-8"))


@cache
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    spaced = [re.escape(each).replace("\\ ", "[ \\t]+") for each in longest_first]
    return re.compile("|".join(rf"(?<!\w){each}(?!\w)" for each in spaced), re.IGNORECASE)


def calmed(findings: Iterable[Finding], subjects: Sequence[Subject], texts: Mapping[str, str], rules: Collection[str]) -> list[Finding]:
    """The findings, with an edit where one of `rules` (those that forbid to shout) found words that are shouted."""
    by_place = {(one.template.path, one.template.key): one for one in subjects}
    names = capitals(subjects)
    result = []
    for finding in findings:
        one = by_place[finding.path, finding.key]
        start, end = finding.span if finding.span and finding.rule in rules else (0, 0)
        new = sentence(one.template.text[start:end], one.template.text[:start], names)
        result.append(finding if new is None else replace(finding, edit=edit(one, texts, start, end, new)))
    return result


def sentence(words: str, before: str, names: Collection[str]) -> str | None:
    """Shouted words as they are said; None where they are not shouted. `names` keep their capitals (URL, VAT, a brand)."""
    letters = _SHOUTED.findall(words)
    if len(letters) < 2 or any(not word.isupper() for word in letters):
        return None
    begins = not before.strip() or before.rstrip()[-1:] in ".!?:…"

    def calm(match: re.Match[str]) -> str:
        word = match[0] if match[0] in names or match[0] == "I" else match[0].lower()
        front = words[: match.start()]
        opens = front.rstrip()[-1:] in (".", "!", "?") or (begins and not _SHOUTED.search(front))
        return word[:1].upper() + word[1:] if opens else word

    return re.sub(r"!{2,}", "!", _SHOUTED.sub(calm, words))


def capitals(subjects: Iterable[Subject]) -> frozenset[str]:
    """Words in capitals that stand among words that are not: names and abbreviations rather than shouts."""
    return frozenset(name for one in subjects for name in _ALONE.findall(one.template.text))


def chosen(findings: Iterable[Finding]) -> dict[str, list[Edit]]:
    """Path -> edits that do not touch each other, in order."""
    edits: dict[str, list[Edit]] = {}
    for finding in findings:
        if finding.edit:
            edits.setdefault(finding.path, []).append(finding.edit)
    for path, found in edits.items():
        kept: list[Edit] = []
        for each in sorted(set(found), key=lambda edit: (edit.start, -edit.end)):
            if not kept or each.start >= kept[-1].end:
                kept.append(each)
        edits[path] = kept
    return edits


def repaired(text: str, edits: Sequence[Edit]) -> str:
    for each in reversed(edits):
        text = text[: each.start] + each.text + text[each.end :]
    return text


def diff(path: str, old: str, new: str) -> str:
    """A unified diff, as git shows one."""
    lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True), f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
