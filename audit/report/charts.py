"""Charts as inline SVG: Vega-Lite specifications rendered by vl-convert, offline. The only module that imports vl_convert."""

from __future__ import annotations

import re
from typing import Any

import vl_convert

Spec = dict[str, Any]

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#8a8f98"
"""Okabe and Ito's colours, which colour-blind readers tell apart."""

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_CONFIG: Spec = {
    "background": None,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "aria": False,
    "axis": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "gridOpacity": 0.25,
        "gridColor": GREY,
        "domainColor": GREY,
        "tickColor": GREY,
    },
    "legend": {"labelColor": "currentColor", "titleColor": "currentColor"},
    "header": {"labelColor": "currentColor", "titleColor": "currentColor"},
    "text": {"color": "currentColor"},
}


def warmed() -> None:
    """Start the renderer, which takes longer than a chart; for a thread beside other work."""
    vl_convert.vegalite_to_svg(
        {"$schema": _SCHEMA, "data": {"values": [{"x": 1}]}, "mark": "point", "encoding": {"x": {"field": "x", "type": "quantitative"}}}
    )


def response_curve(chart: dict[str, Any], words: dict[str, str]) -> str:
    """Share of opening messages still waiting against minutes on a logarithmic axis, published expectations as rules."""
    points = [{"m": max(m, 0.5), "s": s} for m, s in chart["points"]]
    if not points:
        return ""
    marks = [(1, "min1"), (10, "min10"), (60, "h1"), (240, "h4"), (1440, "d1"), (4320, "d3"), (10080, "d7")]
    names = " : ".join(f"datum.value == {m} ? '{words[key]}'" for m, key in marks) + " : ''"
    x: Spec = {"type": "quantitative", "scale": {"type": "log", "domain": [0.5, 10080]}, "title": words["time_after"]}
    x["axis"] = {"values": [m for m, _ in marks], "labelExpr": names}
    layers: list[Spec] = [
        {
            "data": {"values": points},
            "mark": {
                "type": "area",
                "interpolate": "step-after",
                "color": BLUE,
                "opacity": 0.18,
                "line": {"color": BLUE, "strokeWidth": 2},
            },
            "encoding": {
                "x": {"field": "m", **x},
                "y": {
                    "field": "s",
                    "type": "quantitative",
                    "scale": {"domain": [0, 1]},
                    "axis": {"format": ".0%"},
                    "title": words["still_waiting"],
                },
            },
        }
    ]
    if chart["expected"]:
        rules = [{"m": e["minutes"], "label": e["short"]} for e in chart["expected"]]
        layers.append(
            {
                "data": {"values": rules},
                "encoding": {"x": {"field": "m", "type": "quantitative"}},
                "layer": [
                    {"mark": {"type": "rule", "strokeDash": [4, 3], "color": ORANGE}},
                    {
                        "mark": {"type": "text", "angle": 270, "align": "right", "dx": -2, "dy": -6, "fontSize": 10},
                        "encoding": {"y": {"value": 4}, "text": {"field": "label"}},
                    },
                ],
            }
        )
    return _svg({"width": 820, "height": 260, "layer": layers}, words["curve_label"], "curve")


def week(cells: list[dict[str, Any]], field: str, words: dict[str, str]) -> str:
    """Hour by weekday, `field` (arrivals or median_minutes) as lightness."""
    values = [c for c in cells if c[field] is not None]
    if not values:
        return ""
    days = words["weekdays"].split()
    scale: Spec = {"scheme": "blues"} if field == "arrivals" else {"scheme": "oranges", "type": "symlog"}
    return _svg(
        {
            "width": 820,
            "height": 150,
            "data": {"values": [{"d": days[c["weekday"]], "h": c["hour"], "v": c[field]} for c in values]},
            "mark": {"type": "rect", "cornerRadius": 1},
            "encoding": {
                "x": {
                    "field": "h",
                    "type": "ordinal",
                    "scale": {"domain": list(range(24))},
                    "title": words["hour"],
                    "axis": {"labelAngle": 0},
                },
                "y": {"field": "d", "type": "ordinal", "scale": {"domain": days}, "title": None},
                "color": {"field": "v", "type": "quantitative", "scale": scale, "title": words[f"{field}_legend"]},
            },
        },
        words[f"{field}_label"],
        field,
    )


def praise(days: list[dict[str, Any]], words: dict[str, str]) -> str:
    """Praise per day, improbable days in another colour and with a mark above."""
    if not days:
        return ""
    values = [{"d": d["day"], "n": d["n"], "k": words["improbable" if d["improbable"] else "usual"], "a": d["account"] or ""} for d in days]
    accounts = sorted({v["a"] for v in values})
    bars: Spec = {
        "encoding": {
            "x": {"field": "d", "type": "temporal", "title": None, "axis": {"format": "%Y-%m-%d", "labelAngle": -30}},
            "y": {"field": "n", "type": "quantitative", "title": words["praise_count"], "axis": {"tickMinStep": 1}},
        },
        "layer": [
            {
                "mark": {"type": "bar", "width": 4},
                "encoding": {
                    "color": {
                        "field": "k",
                        "type": "nominal",
                        "scale": {"domain": [words["usual"], words["improbable"]], "range": [BLUE, ORANGE]},
                        "title": None,
                    }
                },
            },
            {
                "transform": [{"filter": f"datum.k == '{words['improbable']}'"}],
                "mark": {"type": "point", "shape": "triangle-down", "filled": True, "color": ORANGE, "dy": -8},
            },
        ],
    }
    spec: Spec = {"data": {"values": values}}
    if len(accounts) > 1:
        spec |= {"facet": {"row": {"field": "a", "title": None}}, "spec": {"width": 760, "height": 80, **bars}}
    else:
        spec |= {"width": 820, "height": 160, **bars}
    return _svg(spec, words["praise_label"], "praise")


def agents(rows: list[dict[str, Any]], words: dict[str, str]) -> str:
    """A dot and an interval for each agent that is ranked, the best first."""
    ranked = [a for a in rows if a["ranked"]][:40]
    if not ranked:
        return ""
    several = len({a.get("account") for a in ranked}) > 1
    values = [{"a": a["agent"] + (f" · {a['account']}" if several else ""), "s": a["score"], "l": a["low"], "h": a["high"]} for a in ranked]
    y: Spec = {"field": "a", "type": "ordinal", "sort": [v["a"] for v in values], "title": None, "axis": {"labelLimit": 220}}
    x: Spec = {"type": "quantitative", "scale": {"domain": [0, 100]}, "title": words["score_axis"]}
    return _svg(
        {
            "width": 640,
            "height": {"step": 20},
            "data": {"values": values},
            "encoding": {"y": y},
            "layer": [
                {
                    "mark": {"type": "rule", "strokeWidth": 2, "color": BLUE, "opacity": 0.6},
                    "encoding": {"x": {"field": "l", **x}, "x2": {"field": "h"}},
                },
                {
                    "mark": {"type": "point", "filled": True, "size": 60, "color": BLUE, "opacity": 1},
                    "encoding": {"x": {"field": "s", **x}},
                },
            ],
        },
        words["agents_label"],
        "agents",
    )


def periods(rows: list[dict[str, Any]], words: dict[str, str]) -> str:
    """Score and interval of each period."""
    if len(rows) < 2:
        return ""
    values = [{"p": r["label"], "s": r["score"], "l": r["low"], "h": r["high"]} for r in rows]
    x: Spec = {"field": "p", "type": "ordinal", "title": None, "sort": None, "axis": {"labelAngle": -30}}
    y: Spec = {"type": "quantitative", "scale": {"domain": [0, 100]}, "title": words["score_axis"]}
    return _svg(
        {
            "width": 820,
            "height": 160,
            "data": {"values": values},
            "encoding": {"x": x},
            "layer": [
                {
                    "mark": {"type": "rule", "strokeWidth": 2, "color": BLUE, "opacity": 0.6},
                    "encoding": {"y": {"field": "l", **y}, "y2": {"field": "h"}},
                },
                {"mark": {"type": "line", "color": BLUE, "point": {"color": BLUE, "size": 50}}, "encoding": {"y": {"field": "s", **y}}},
            ],
        },
        words["periods_label"],
        "periods",
    )


def _svg(spec: Spec, label: str, name: str) -> str:
    """One chart as SVG that takes the text's colour, scales down, and says itself what it shows; its ids are its own and always the same."""
    svg = vl_convert.vegalite_to_svg({"$schema": _SCHEMA, **spec, "config": _CONFIG})
    for number, id in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg)), 1):
        svg = re.sub(rf'(id="|url\(#|href="#){re.escape(id)}(?=["\)])', rf"\g<1>{name}-{number}", svg)
    width = re.search(r'width="(\d+)"', svg)
    style = f'style="width:100%;max-width:{width[1] if width else 700}px;height:auto"'
    escaped = label.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return re.sub(r'<svg ([^>]*?)width="\d+" height="\d+"', rf'<svg role="img" aria-label="{escaped}" {style} \1', svg, count=1).replace(
        "<svg role", "<svg role", 1
    )
