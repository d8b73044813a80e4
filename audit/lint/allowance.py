"""Suppressions inside the files: `reply-audit: allow RULE[, RULE] [until YYYY-MM-DD]: the reason`, in a comment of the file's own kind.

In Markdown and HTML `<!-- ... -->`, in YAML, TOML and .po `# ...`, elsewhere `// ...`. A comment covers the template that it stands in or
directly before; `allow-file` covers the whole file. JSON, CSV and workbooks have no comments: see the baseline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from audit.lint.finding import Card, Finding, Suppression
from audit.template.template import Template, place

_COMMENT = re.compile(
    r"(?:<!--|\{#|#|//)[ \t]*reply-audit:[ \t]*(?P<verb>[\w-]*)(?P<rest>[^\n]*?)(?=[ \t]*(?:-->|#\}|\r?\n|$))", re.IGNORECASE
)
_REST = re.compile(
    r"^\s*(?P<rules>[\w/-]+(?:\s*,\s*[\w/-]+)*)?(?:\s+until\s+(?P<until>[^\s:]+))?\s*(?::\s*(?P<reason>.*?))?\s*$", re.IGNORECASE
)
VERBS = ("allow", "allow-file")


@dataclass(frozen=True)
class Allowance:
    """One comment: the rules it names, the lines of what it covers (inclusive), its reason and its last day."""

    path: str
    line: int
    column: int
    end_column: int
    rules: tuple[str, ...]
    first: int
    last: int
    reason: str
    until: str | None
    fault: str | None = None
    """Why the comment does not count."""

    def covers(self, finding: Finding) -> bool:
        return finding.path == self.path and finding.rule in self.rules and self.first <= finding.line <= self.last


def found(texts: Mapping[str, str], templates: Sequence[Template], cards: Mapping[str, Card]) -> list[Allowance]:
    """Every comment of the files, in order."""
    by_path: dict[str, list[tuple[int, int, int, int]]] = {}
    for template in templates:
        if template.lines:
            by_path.setdefault(template.path, []).append(_extent(template))
    return [
        allowance
        for path, text in texts.items()
        if "reply-audit:" in text.lower()
        for allowance in _of_file(path, text, sorted(by_path.get(path, ())), cards)
    ]


def _extent(template: Template) -> tuple[int, int, int, int]:
    """Code points and lines of a template: where it starts, and where it ends."""
    first, _, _, _ = place(template, 0, 0)
    _, _, last, _ = place(template, 0, len(template.text))
    return template.offsets[0], template.offsets[-1], first, last


def _of_file(path: str, text: str, extents: list[tuple[int, int, int, int]], cards: Mapping[str, Card]) -> Iterable[Allowance]:
    for match in _COMMENT.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - (text.rfind("\n", 0, match.start()) + 1) + 1
        verb, said = match["verb"].lower(), _REST.match(match["rest"])
        rules = tuple(name.strip().rpartition("/")[2] for name in said["rules"].split(",")) if said and said["rules"] else ()
        until, reason = (said["until"], said["reason"] or "") if said else (None, "")
        first, last = (1, text.count("\n") + 1) if verb == "allow-file" else _covered(match.start(), line, extents)
        yield Allowance(
            path,
            line,
            column,
            column + len(match[0]),
            rules,
            first,
            last,
            reason,
            until,
            _fault(verb, rules, until, reason, cards),
        )


def _covered(at: int, line: int, extents: list[tuple[int, int, int, int]]) -> tuple[int, int]:
    """Lines of the template that the comment stands in, or of the next one; else its own line."""
    for start, end, first, last in extents:
        if start <= at < end or at < start:
            return first, last
    return line, line


def _fault(verb: str, rules: tuple[str, ...], until: str | None, reason: str, cards: Mapping[str, Card]) -> str | None:
    if verb not in VERBS:
        return f"{verb!r} is neither allow nor allow-file"
    if not rules:
        return "it names no rule"
    if unknown := [id for id in rules if id not in cards]:
        return f"there is no rule {unknown[0]!r} for templates"
    if not reason:
        return "it gives no reason"
    if until is not None and _day(until) is None:
        return f"{until!r} is no day: write for example 2027-01-31"
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def applied(
    findings: Sequence[Finding], allowances: Sequence[Allowance], cards: Mapping[str, Card], judged: Iterable[str], today: date
) -> list[Finding]:
    """The findings, suppressed where a comment covers them, and one finding for each comment that is faulty, expired or unused.

    `judged`: ids of the rules of this run; a comment about others is not called unused.
    """
    active = [one for one in allowances if one.fault is None and not _expired(one, today)]
    used: set[tuple[Allowance, str]] = set()
    result = []
    for finding in findings:
        cover = next((one for one in active if one.covers(finding)), None)
        if cover:
            used.add((cover, finding.rule))
        result.append(replace(finding, suppression=Suppression("inSource", cover.reason, cover.until)) if cover else finding)
    known = set(judged)
    for one in allowances:
        if one.fault:
            result.append(_about(one, cards["allow-without-reason"], f"This suppression does not count: {one.fault}"))
        elif _expired(one, today):
            result.append(_about(one, cards["expired-allow"], f"This suppression expired on {one.until}"))
        elif idle := [id for id in one.rules if (one, id) not in used and id in known]:
            result.append(_about(one, cards["unused-allow"], f"Nothing to suppress here: {', '.join(idle)}"))
    return result


def _expired(one: Allowance, today: date) -> bool:
    last = _day(one.until) if one.until else None
    return last is not None and last < today


def _about(one: Allowance, card: Card, message: str) -> Finding:
    return Finding(
        rule=card.id,
        level=card.level,
        message=message,
        path=one.path,
        line=one.line,
        column=one.column,
        end_line=one.line,
        end_column=one.end_column,
        lines=(one.line, one.line),
        content=f"{','.join(one.rules)}\0{one.reason}",
    )
