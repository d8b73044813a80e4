"""Charts as places: what the templates draw, in per cent of the width and pixels of the height, so that they fit every screen.

Shapes lie in a box of WIDE x 100 that is stretched to its place; texts are never stretched.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

WIDE = 1000
WEEK = 10080.0
"""Minutes: the right end of the response-time curve."""
MARKS = ((1, True), (10, True), (60, True), (240, True), (1440, True), (4320, False), (10080, True))
"""Minutes on the axis of the curve, and whether there is room for them on a phone."""
LEVELS = 6
"""Shades of a heat map, 0 for nothing."""


def at(value: float, low: float, high: float) -> float:
    """Where a value stands between two ends, in per cent."""
    return round(100 * min(max((value - low) / (high - low), 0.0), 1.0), 2) if high > low else 0.0


def floor(values: Sequence[float | None]) -> int:
    """A round lower end for scores, so that differences can be seen: a multiple of 20 below all of them."""
    known = [value for value in values if value is not None]
    return int(min(known) // 20 * 20) if known and min(known) < 100 else (80 if known else 0)


def curve(
    points: Sequence[Sequence[float]], expected: Sequence[dict[str, Any]], within: Mapping[str, float] | None = None
) -> dict[str, Any] | None:
    """Share still waiting, as a step line and the area below, on a logarithmic axis from a minute to a week; expectations with the share answered by then, as `within`
    says it (minutes -> share) or else as of the last point before."""
    if not points:
        return None
    steps = [(max(minutes, 1.0), share) for minutes, share in points]
    line, last = f"M0 {_down(1.0)}", 1.0
    for minutes, share in steps:
        if share != last:
            line += f"H{_log(minutes) * 10:g}V{_down(share)}"
            last = share
    line += f"H{WIDE}"
    return {
        "line": line,
        "area": f"{line}V100H0Z",
        "left": last,
        "ticks": [{"at": _log(minutes), "minutes": minutes, "phone": phone} for minutes, phone in MARKS],
        "pins": [
            {
                **mark,
                "number": number,
                "at": _log(mark["minutes"]),
                "answered": (within or {}).get(f"{mark['minutes']:g}", 1 - _share_at(steps, mark["minutes"])),
            }
            for number, mark in enumerate(sorted(expected, key=lambda mark: mark["minutes"]), 1)
        ],
    }


def _log(minutes: float) -> float:
    return round(100 * math.log(max(minutes, 1.0)) / math.log(WEEK), 2)


def _down(share: float) -> float:
    return round(100 * (1 - share), 2)


def _share_at(steps: Sequence[tuple[float, float]], minutes: float) -> float:
    return next((share for time, share in reversed(steps) if time <= minutes), 1.0)


def scores(rows: Sequence[dict[str, Any]], most_labels: int = 6) -> dict[str, Any] | None:
    """Dots with intervals joined by a line, one a period: `low` end of the axis, its grid, `dots` (label, at, y, low, high in per cent from above)."""
    if len(rows) < 2:
        return None
    low = floor([value for row in rows for value in (row["low"], row["score"])])
    dots = []
    for place, row in enumerate(rows):
        top = {key: round(100 - at(row[key], low, 100), 2) for key in ("score", "low", "high") if row[key] is not None}
        dots.append({**row, "at": _spread(place, len(rows)), "y": top["score"], "bottom": top.get("low"), "top": top.get("high")})
    line = "M" + "L".join(f"{dot['at'] * 10:g} {dot['y']:g}" for dot in dots)
    grid = [{"value": value, "y": round(100 - at(value, low, 100), 2)} for value in range(low, 101, 20 if low < 60 else 10)]
    return {"dots": dots, "line": line, "grid": grid, "labels": _labelled(dots, most_labels)}


def _spread(place: int, count: int) -> float:
    """The middle of the place of one of `count` things side by side."""
    return round(100 * (place + 0.5) / count, 2)


def _labelled(dots: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """A few of the dots to be named under the axis, and whether there is room for them on a phone."""
    step = -(-len(dots) // most)
    chosen = dots[::-1][::step][::-1]
    return [
        {
            "label": dot["label"],
            "at": dot["at"],
            "phone": (len(chosen) - 1 - place) % 2 == 0,
            "anchor": "end" if dot["at"] > 93 else "start" if dot["at"] < 7 else "middle",
        }
        for place, dot in enumerate(chosen)
    ]


def stacked(rows: Sequence[dict[str, Any]], kinds: Sequence[str]) -> dict[str, Any] | None:
    """A bar a period, cut by the shares of kinds: `bars` of (kind, x, width, y, height in per cent), and `labels`."""
    shown = [row for row in rows if row["asked"]]
    if not shown:
        return None
    slot = 100 / len(shown)
    width = min(0.92 * slot, 14.0)
    bars, dots = [], []
    for place, row in enumerate(shown):
        top = 0.0
        for kind in kinds:
            height = 100 * row["types"].get(kind, 0) / row["asked"]
            if height:
                x = round(_spread(place, len(shown)) - width / 2, 2)
                bars.append({"kind": kind, "x": x, "width": round(width, 2), "y": round(top, 2), "height": round(height, 2)})
            top += height
        dots.append({"label": row["label"], "at": _spread(place, len(shown))})
    return {"bars": bars, "labels": _labelled(dots, 6)}


def daily(days: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Praise per day, a chart an account: `most`, `usual` and `improbable` bars as paths, `flags` above improbable ones, `labels`, `windows`."""
    from datetime import date

    charts = []
    for account in dict.fromkeys(day["account"] for day in days):
        own = [day for day in days if day["account"] == account]
        first, last = date.fromisoformat(own[0]["day"]), date.fromisoformat(own[-1]["day"])
        span = max((last - first).days, 1) + 1
        most = max(day["n"] for day in own)
        paths = {True: "", False: ""}
        flags = []
        for day in own:
            place = ((date.fromisoformat(day["day"]) - first).days + 0.5) / span
            height = round(100 * day["n"] / most, 1)
            paths[day["improbable"]] += f"M{place * WIDE:.4g} 100V{100 - height:g}"
            if day["improbable"]:
                flags.append({"at": round(place * 100, 2), "y": 100 - height, "day": day["day"], "n": day["n"]})
        step = span / 5
        labels = [
            {
                "day": date.fromordinal(first.toordinal() + int(step * i + step / 2)).isoformat(),
                "at": round(20 * i + 10, 2),
                "phone": i % 2 == 0,
            }
            for i in range(5)
        ]
        thick = 3 if span > 180 else 5 if span > 60 else 8
        charts.append(
            {
                "account": account,
                "most": most,
                "usual": paths[False],
                "improbable": paths[True],
                "flags": flags,
                "labels": labels,
                "thick": 1 if span > 400 else thick,
            }
        )
    return charts


def heat(cells: Sequence[dict[str, Any]], field: str) -> list[list[tuple[float | None, int]]] | None:
    """Seven days of 24 hours: the value (null where there is none) and its shade; from the least to the most, roots of counts and logarithms of waits."""
    values = {(cell["weekday"], cell["hour"]): cell[field] for cell in cells if cell[field] is not None}
    if not values:
        return None
    scale = math.sqrt if field == "arrivals" else math.log1p
    low, high = (scale(end(values.values())) for end in (min, max))

    def shade(value: float | None) -> int:
        if value is None:
            return 0
        return 1 + min(LEVELS - 2, int((LEVELS - 1) * (scale(value) - low) / (high - low))) if high > low else LEVELS // 2

    return [[(values.get((day, hour)), shade(values.get((day, hour)))) for hour in range(24)] for day in range(7)]


def spark(trend: Sequence[dict[str, Any]]) -> str | None:
    """The share kept over the periods as a line in a box of WIDE x 100."""
    if len(trend) < 2:
        return None
    return "M" + "L".join(
        f"{WIDE * place / (len(trend) - 1):.4g} {100 * row['broken'] / row['judged']:.3g}" for place, row in enumerate(trend)
    )
