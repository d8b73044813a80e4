"""The scorecard: one self-contained HTML file that asks nothing of anybody. The only module that imports jinja2."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from audit.report import charts
from audit.report.wording import Numbers, words
from audit.rulebook import CATEGORIES

_PAGES = Path(__file__).parent / "pages"
MOST_SHOWN = 4
"""Examples under a rule."""
MOST_AGENTS = 100
CONTEXT = 420
"""Characters of a text that are shown; what is cut is marked by an ellipsis."""


def render(result: dict[str, Any], lang: str = "en") -> str:
    """The page of a result (see audit.report.result) in one language. Texts of customers are escaped and stay texts."""
    said = words(lang)
    style = (_PAGES / "style.css").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"marked": marked, "cut": cut, "source_link": source_link}
    scores = result["scores"]
    return environment.get_template("scorecard.html").render(
        result=result,
        lang=lang,
        w=said,
        num=Numbers(lang, said),
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        categories=[category for category in CATEGORIES if any(rule["category"] == category for rule in scores["rules"].values())],
        examples=_examples(result),
        previews=sum(rule["status"] == "preview" for rule in result["rulebook"]["rules"].values()),
        most_agents=MOST_AGENTS,
        charts={
            "curve": Markup(charts.response_curve(result["charts"]["response_curve"], said)),
            "arrivals": Markup(charts.week(result["charts"]["hours"], "arrivals", said)),
            "waits": Markup(charts.week(result["charts"]["hours"], "median_minutes", said)),
            "praise": Markup(charts.praise(result["charts"]["praise_per_day"], said)),
            "agents": Markup(charts.agents(result["agents"], said)),
            "periods": Markup(charts.periods(result["periods"], said)),
        },
    )


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _examples(result: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The first findings of each rule, no text twice."""
    chosen: dict[str, list[dict[str, Any]]] = {}
    for finding in result["findings"]:
        kept = chosen.setdefault(finding["rule"], [])
        if len(kept) < MOST_SHOWN and all(finding["reply"] != other["reply"] or finding["asked"] != other["asked"] for other in kept):
            kept.append(finding)
    return chosen


def visible(text: str) -> str:
    """Control and direction-changing characters made visible, so that a text cannot rearrange the page around it."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf") or c == "\u200d" else "\ufffd" for c in text)


def cut(text: str | None) -> str:
    if text is None:
        return ""
    text = visible(text)
    return text if len(text) <= CONTEXT else text[:CONTEXT].rstrip() + "…"


def marked(text: str | None, spans: list[list[int]]) -> Markup:
    """`text` with its code-point `spans` in <mark>; a long text is cut around the first of them."""
    if text is None:
        return Markup("")
    text = visible(text)
    start, end = 0, len(text)
    if end > CONTEXT:
        start = max(0, (spans[0][0] if spans else 0) - CONTEXT // 3)
        end = min(end, start + CONTEXT)
    pieces = [Markup("…")] if start else []
    done = start
    for low, high in spans:
        first, last = max(low, done), min(high, end)
        if first < last:
            pieces += [escape(text[done:first]), Markup("<mark>"), escape(text[first:last]), Markup("</mark>")]
            done = last
    pieces.append(escape(text[done:end]))
    if end < len(text):
        pieces.append(Markup("…"))
    return Markup("").join(pieces)


def source_link(url: str | None) -> str | None:
    """The address when it is a plain web address, else None."""
    return url if url and re.match(r"https?://[^\s\"'<>]+$", url) else None
