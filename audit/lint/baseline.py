"""Known findings that do not count while they last: found again by their content when lines or files move, or by their place when the
text around them changes. A baseline only shrinks: what is put right leaves it, and what is new must be added on purpose.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from audit.errors import AuditError
from audit.lint.finding import Card, Finding, Suppression

VERSION = 1
_KEYS = ("rule", "path", "template", "words", "fingerprint", "reason", "until")


@dataclass(frozen=True)
class Entry:
    """One known finding, why it is left as it is, and its last day."""

    rule: str
    path: str
    template: str
    words: str | None
    fingerprint: str
    reason: str
    until: str | None = None
    line: int = 0
    """Where it stands in the file."""

    def expired(self, today: date) -> bool:
        return self.until is not None and date.fromisoformat(self.until) < today


def fingerprint(finding: Finding) -> str:
    """The same wherever the words stand, as long as their sentence (or, where something is missing, the whole text) says the same."""
    return hashlib.sha256(f"{finding.rule}\0{finding.content}".encode()).hexdigest()[:16]


def read(path: Path) -> list[Entry]:
    """The entries of a baseline. Raises AuditError with the line of what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
        data = json.loads(text)
    except OSError as error:
        raise AuditError(f"cannot be read: {error.strerror}", place=str(path), hint="reply-audit baseline update writes one") from None
    except UnicodeDecodeError:
        raise AuditError("is not UTF-8", place=str(path)) from None
    except json.JSONDecodeError as error:
        raise AuditError(f"is no valid JSON: {error.msg}", place=f"{path}:{error.lineno}") from None
    if not isinstance(data, dict) or data.get("version") != VERSION or not isinstance(data.get("entries"), list):
        raise AuditError(f"is no baseline of version {VERSION}", place=str(path), hint="reply-audit baseline update writes one")
    return [_entry(each, line, path) for each, line in zip(data["entries"], _lines(text, data["entries"]), strict=True)]


def _lines(text: str, entries: list[Any]) -> list[int]:
    """The line of each entry, by its fingerprint."""
    lines = []
    at = 0
    for entry in entries:
        mark = entry.get("fingerprint") if isinstance(entry, dict) else None
        found = text.find(f'"{mark}"', at) if mark else -1
        at = found + 1 if found >= 0 else at
        lines.append(text.count("\n", 0, max(found, 0)) + 1)
    return lines


def _entry(data: Any, line: int, path: Path) -> Entry:
    place = f"{path}:{line}"
    if not isinstance(data, dict) or data.keys() - {*_KEYS}:
        raise AuditError("an entry is no table of " + ", ".join(_KEYS), place=place)
    for key in ("rule", "path", "fingerprint", "reason"):
        if not isinstance(data.get(key), str) or not data[key].strip():
            raise AuditError(f"an entry lacks its {key}", place=place, hint="every entry says why it is there" if key == "reason" else None)
    until = data.get("until")
    if until is not None:
        try:
            date.fromisoformat(until)
        except (ValueError, TypeError):
            raise AuditError(f"until: {until!r} is no day", place=place, hint="write for example 2027-01-31") from None
    return Entry(
        data["rule"], data["path"], str(data.get("template") or ""), data.get("words"), data["fingerprint"], data["reason"], until, line
    )


def written(entries: Iterable[Entry]) -> str:
    """The file's text: one entry a line, in the order of file and rule, so that merges are easy."""
    ordered = sorted(entries, key=lambda entry: (entry.path, entry.template, entry.rule, entry.words or "", entry.fingerprint))
    lines = [
        json.dumps({key: value for key, value in asdict(entry).items() if key != "line" and value is not None}, ensure_ascii=False)
        for entry in ordered
    ]
    inner = ",\n".join(f"  {line}" for line in lines)
    return f'{{\n "version": {VERSION},\n "entries": [\n{inner}\n ]\n}}\n' if lines else f'{{\n "version": {VERSION},\n "entries": []\n}}\n'


@dataclass(frozen=True)
class Matched:
    """Which entry covers which finding, and which entries cover none."""

    covers: dict[int, Entry]
    """Index of a finding -> its entry."""
    idle: tuple[Entry, ...]


def matched(findings: Sequence[Finding], entries: Sequence[Entry]) -> Matched:
    """Pairs each finding with one entry at most: by content in the same file, by content anywhere, by place where the content changed."""
    open_ = dict(enumerate(entries))
    covers: dict[int, Entry] = {}
    for key_of_finding, key_of_entry in (
        (lambda f: (f.rule, f.fingerprint, f.path), lambda e: (e.rule, e.fingerprint, e.path)),
        (lambda f: (f.rule, f.fingerprint), lambda e: (e.rule, e.fingerprint)),
        (lambda f: (f.rule, f.path, f.key, f.words), lambda e: (e.rule, e.path, e.template, e.words)),
    ):
        waiting: dict[Any, list[int]] = {}
        for number, entry in open_.items():
            waiting.setdefault(key_of_entry(entry), []).append(number)
        for index, finding in enumerate(findings):
            if index not in covers and finding.suppression is None and (numbers := waiting.get(key_of_finding(finding))):
                covers[index] = open_.pop(numbers.pop(0))
    return Matched(covers, tuple(open_.values()))


def applied(
    findings: Sequence[Finding], entries: Sequence[Entry], cards: dict[str, Card], place: str, stale: Collection[Entry], today: date
) -> list[Finding]:
    """The findings, suppressed where an entry covers them, and one finding for each entry that has expired or is stale."""
    pairs = matched(findings, entries)
    result = []
    for index, finding in enumerate(findings):
        entry = pairs.covers.get(index)
        holds = entry is not None and not entry.expired(today)
        result.append(replace(finding, suppression=Suppression("external", entry.reason, entry.until)) if entry and holds else finding)
    result += [
        _about(entry, cards["expired-baseline"], f"This entry expired on {entry.until}", place)
        for entry in pairs.covers.values()
        if entry.expired(today)
    ]
    return result + [
        _about(entry, cards["stale-baseline"], f"Nothing to suppress any more: {entry.rule} in {entry.path}", place)
        for entry in pairs.idle
        if entry in stale
    ]


def _about(entry: Entry, card: Card, message: str, path: str) -> Finding:
    return Finding(
        rule=card.id,
        level=card.level,
        message=message,
        path=path,
        line=entry.line,
        column=1,
        end_line=entry.line,
        end_column=1,
        lines=(entry.line, entry.line),
        words=entry.words,
        content=f"{entry.rule}\0{entry.fingerprint}",
    )


def entry_of(finding: Finding, reason: str, until: str | None) -> Entry:
    return Entry(finding.rule, finding.path, finding.key, finding.words, finding.fingerprint, reason, until)
