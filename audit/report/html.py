"""The scorecard: one self-contained HTML file that asks nothing of anybody. The only module that imports jinja2."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from audit import cache, worklist
from audit.breakdown import FACETS
from audit.report import charts, excerpt
from audit.report import look as looks
from audit.report.excerpt import visible
from audit.report.wording import LANGUAGES, Said, Speech
from audit.rulebook import CATEGORIES

_PAGES = Path(__file__).parent / "pages"
MOST_SHOWN = 8
"""Examples under a rule."""
MOST_AGENTS = 100
MOST_ROWS = 25
"""Rows of a work list."""
MOST_ACCOUNTS = 200
MOST_CHANGES = 8
"""Entries of each list of changes."""
FIXES = 3


def render(result: dict[str, Any], lang: str = "en") -> str:
    """The page of a result (see audit.report.result), opened in one of LANGUAGES and holding all. Texts of customers are escaped and stay texts."""
    coached = {(page["account"], page["agent"]): f"coach-{number}" for number, page in enumerate(result["coaching"], 1)}
    return _rendered(
        "scorecard.html",
        lang,
        Speech(result["period"].get("tz"), result["period"]["unit"]),
        result["look"],
        result["facets"],
        result=result,
        book=result["rulebook"]["rules"],
        coached=coached,
        changes=result["changes"],
        linked=True,
        by_score=sorted(result["accounts"], key=lambda each: (each["score"] is None, -(each["score"] or 0), each["account"] or "")),
        categories=[c for c in CATEGORIES if any(rule["category"] == c for rule in result["scores"]["rules"].values())],
        examples=excerpt.examples(result["findings"], MOST_SHOWN),
        guides=_guides(result),
        filters=_filters(result["facets"]),
        previews=sum(rule["status"] == "preview" for rule in result["rulebook"]["rules"].values()),
        most_agents=MOST_AGENTS,
        most_accounts=MOST_ACCOUNTS,
        most_rows=MOST_ROWS,
        fixes=result["gains"][:FIXES],
        talk=_talk(result["coaching"]),
        lists={rule: f"work-{name.replace('_', '-')}" for name, rule in worklist.LISTS.items()},
    )


def comparison(changes: dict[str, Any], rules: dict[str, Any], lang: str, *, title: str | None, look: dict[str, Any]) -> str:
    """The page of a comparison (audit.changes) of two audits; `rules` as their results describe them."""
    facets: dict[str, Any] = {"rules": [], "cells": []}
    return _rendered("comparison.html", lang, Speech(), look, facets, book=rules, changes=changes, title=title, linked=False)


def _rendered(template: str, lang: str, say: Speech, look: dict[str, Any], facets: dict[str, Any], **values: Any) -> str:
    texts, dress = _Texts(lang), looks.checked(look)
    style = (_PAGES / "page.css").read_text(encoding="utf-8") + looks.style(dress["accent"])
    script = (_PAGES / "page.js").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=texts.shown,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_compiled(),
    )
    environment.filters |= {
        "marked": excerpt.marked,
        "cut": excerpt.cut,
        "source_link": excerpt.source_link,
        "on": texts.on,
        "plain": texts.plain,
        "attr": texts.attribute,
    }
    environment.globals |= {"say": say, "charts": charts, "lang": lang, "look": dress, "most_changes": MOST_CHANGES, "languages": LANGUAGES}
    environment.globals |= {name: values[name] for name in ("result", "book", "coached") if name in values}
    return environment.get_template(template).render(
        data=lambda: _data({"languages": LANGUAGES, "texts": list(texts.table), "facets": _facets(facets)}),
        style=Markup(style),
        script=Markup(script),
        policy=Markup(
            f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
        ),
        **values,
    )


class _Compiled(jinja2.FileSystemBytecodeCache):
    """Compiled templates in the user's cache folder: to compile them takes as long as to fill them. What cannot be read or kept is done without."""

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:
            bucket.reset()

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled() -> jinja2.BytecodeCache | None:
    place = cache.made("pages")
    return _Compiled(str(place)) if place else None


_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""What could end a script element or be taken for something else is spelt out."""


def _data(data: dict[str, Any]) -> Markup:
    return Markup(json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT))


def _facets(facets: dict[str, Any]) -> dict[str, Any]:
    """The facets with their names as the page shows them."""
    named = [{**cell, **{key: visible(cell[key]) for key in FACETS if cell[key]}} for cell in facets["cells"]]
    return {**facets, "cells": named}


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class _Texts:
    """What the page says in several languages, numbered: the page holds one, its script changes them for another."""

    def __init__(self, lang: str) -> None:
        self.table: dict[Said, int] = {}
        self._place = LANGUAGES.index(lang)

    def shown(self, value: Any) -> Any:
        """What a template prints, made harmless; a text that differs by language comes in a numbered element."""
        if isinstance(value, Said):
            text = self.plain(value)
            return text if value.same else Markup('<span data-t="{}">{}</span>').format(self._number(value), text)
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    def plain(self, said: Said) -> str:
        return visible(said[self._place])

    def on(self, said: Said) -> Markup:
        """The attribute of an element that holds nothing but this text."""
        return Markup("") if said.same else Markup(' data-t="{}"').format(self._number(said))

    def attribute(self, said: Said, name: str) -> Markup:
        """` name="text"`, with what the script needs to change it."""
        return Markup(' {}="{}"').format(Markup(name), self.plain(said)) + (
            Markup("") if said.same else Markup(' data-t-{}="{}"').format(Markup(name), self._number(said))
        )

    def _number(self, said: Said) -> int:
        return self.table.setdefault(Said(visible(text) for text in said), len(self.table))


def _talk(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The coaching pages to begin with: of agents who are worse than others beyond chance, the lowest score first."""
    apart = [page for page in pages if page["rank"] > 1 and page["to_work_on"]]
    return sorted(apart, key=lambda page: (page["score"], page["agent"]))[:FIXES]


def _guides(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Every guide that a rule is drawn from, once, in the order of its id."""
    guides = {guide["id"]: guide for rule in result["rulebook"]["rules"].values() for guide in rule["guides"]}
    return [guides[id] for id in sorted(guides)]


def _filters(facets: dict[str, Any]) -> dict[str, list[str]]:
    """What can be chosen: the named values of each facet of which there are several, those with most exchanges first."""
    found = {}
    for key in FACETS:
        counts: Counter[str] = Counter()
        for cell in facets["cells"]:
            if cell[key] not in (None, "*"):
                counts[cell[key]] += cell["n"]
        if len(counts) > 1:
            found[key] = [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    return found
