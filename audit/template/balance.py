"""Placeholders and control tags whose other half is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from audit.template.placeholder import Placeholder, lookalikes, placeholders

_WORD = r"[^\W\d_]"
_PATH = rf"(?:{_WORD}|_)[\w.-]*"


@dataclass(frozen=True)
class Unbalanced:
    """`text[start:end]` opens a placeholder that nothing closes, or closes one that nothing opened. `fix` may stand in its place."""

    start: int
    end: int
    fix: str | None


_CODE = re.compile(r"(?<!\{)\{[^{}\[\]\n]*\}(?!\})")
"""Braces that hold no name: a pair all the same."""
_SMILE = re.compile(r"[:;=8xX]['`]?-?$")
_OPENED = re.compile(
    rf"(?P<lost>\{{\{{\s*(?P<a>{_PATH}(?:\s*\|[^{{}}\n]*)?)\s*\}}(?!\}}))"
    rf"|(?P<short>(?<!\{{)\{{\s*(?P<b>{_PATH})\s*\}}\}})"
    rf"|(?P<crossed>\{{\s*(?P<c>{_PATH})\s*[\])](?!\()|\[\s*(?P<d>{_PATH})\s*\}}(?!\}}))"
    rf"|(?P<printf>%\((?P<e>{_PATH})\)(?![sdif]))"
    rf"|(?P<open>\$?\{{\{{?\s*(?P<f>{_PATH})?|\{{%-?[^%}}\n]*)"
    rf"|(?P<close>(?P<g>{_PATH})?\s*\}}\}}?|%\}})"
    rf"|(?P<bracket>(?<![\w\[])\[(?P<h>{_WORD}[\w .-]{{1,40}})(?=[,.!?:;\n]|$)|(?<![\w\]\[\d])(?P<i>[A-Z][\w ]{{1,30}})\](?![\(\]]))",
    re.MULTILINE,
)


def unbalanced(text: str, found: Sequence[Placeholder] | None = None) -> list[Unbalanced]:
    """Placeholders that are opened and not closed, or the other way round, in order. Smileys are none."""
    if not re.search(r"[{}\[\]]|%\(", text):
        return []
    known = [(one.start, one.end) for one in (placeholders(text) if found is None else found)]
    known += lookalikes(text)
    known += [match.span() for match in _CODE.finditer(text)]
    hidden = list(text)
    for start, end in known:
        hidden[start:end] = "\n" * (end - start)
    result = []
    for match in _OPENED.finditer("".join(hidden)):
        if _SMILE.search(text[max(0, match.start() - 3) : match.start()]) or (match["close"] and _SMILE.search(match["close"].rstrip("}"))):
            continue
        fix = None
        if match["lost"]:
            fix = match[0] + "}"
        elif match["short"]:
            fix = "{" + match[0]
        elif match["crossed"]:
            fix = f"{{{match['c']}}}" if match["c"] else f"[{match['d']}]"
        elif match["printf"]:
            fix = f"{match[0]}s"
        elif match["open"] and match["f"] and ("_" in match["f"] or "." in match["f"]):
            name = match["f"].rstrip(".-")
            mark = match["open"][: match["open"].index(match["f"])]
            fix = mark + name + "}" * mark.count("{") + match["f"][len(name) :]
        result.append(Unbalanced(match.start(), match.start() + len(match[0].rstrip()), fix))
    return sorted([*result, *_open_blocks(text)], key=lambda one: one.start)


_BLOCK = re.compile(
    r"\{%-?\s*(?P<opens>if|unless|for|case|capture|comment|raw|tablerow)\b[^%]*%\}|\{%-?\s*end(?P<closes>\w+)\s*-?%\}"
    r"|\{\{~?[#^]\s*(?P<begins>[\w.-]+)[^{}]*\}\}|\{\{~?/\s*(?P<ends>[\w.-]+)\s*~?\}\}"
)


def _open_blocks(text: str) -> list[Unbalanced]:
    """Control tags without their other half: `{% if %}` without `{% endif %}`, `{{#each}}` without `{{/each}}`."""
    open_tags: list[tuple[str, re.Match[str]]] = []
    lone: list[re.Match[str]] = []
    for match in _BLOCK.finditer(text) if "{%" in text or "{{" in text else ():
        opened, closed = match["opens"] or match["begins"], match["closes"] or match["ends"]
        if opened:
            open_tags.append((opened, match))
        elif open_tags and open_tags[-1][0] == closed:
            open_tags.pop()
        else:
            lone.append(match)
    return [Unbalanced(*match.span(), None) for match in (*lone, *(match for _, match in open_tags))]
