"""How a page looks for one client: a logo inside the file and an accent colour that stays legible."""

from __future__ import annotations

import base64
import colorsys
import re
from pathlib import Path
from typing import Any

from audit.errors import AuditError

MOST_BYTES = 300_000
"""Of a logo, so that the page stays small."""
_TYPES = {
    "image/png": rb"\x89PNG\r\n\x1a\n",
    "image/jpeg": rb"\xff\xd8\xff",
    "image/gif": rb"GIF8[79]a",
    "image/webp": rb"RIFF....WEBP",
}
"""Pictures without scripts and without links, by their first bytes; SVG may hold both."""
_LOGO = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")
_ACCENT = re.compile(r"#[0-9a-f]{6}")
LIGHT, DARK = "#f6f8fa", "#1a2129"
"""The page's cards in either theme, which are nearer to the accent than its paper is."""
_LEAST = 4.5
"""Contrast of the accent as text (WCAG 2.2, success criterion 1.4.3)."""

Rgb = tuple[float, float, float]


def logo(path: Path) -> str:
    """A picture as a data URI. Raises AuditError for a type that is not safe, and for a file that is too large."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AuditError(f"cannot be read: {error.strerror}", place=str(path), hint="--logo names a PNG, JPEG, GIF or WebP") from None
    kind = next((kind for kind, start in _TYPES.items() if re.match(start, data, re.S)), None)
    if kind is None:
        raise AuditError(
            "is no PNG, JPEG, GIF or WebP", place=str(path), hint="other types, such as SVG, can carry scripts: export it as PNG"
        )
    if len(data) > MOST_BYTES:
        raise AuditError(f"is larger than {MOST_BYTES // 1000} kB", place=str(path), hint="200 pixels of height are enough for a logo")
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def accent(text: str) -> str:
    """A colour as #rrggbb from #rgb or #rrggbb. Raises AuditError for anything else."""
    found = re.fullmatch(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", text.strip())
    if not found:
        raise AuditError(f"--accent: {text!r} is no colour", hint="write it as #rrggbb, for example #0a7d5c")
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def checked(look: dict[str, Any]) -> dict[str, str | None]:
    """`logo` and `accent` of a result; what is not of the form that this module gives is left out."""
    logo, accent = str(look.get("logo") or ""), str(look.get("accent") or "")
    return {
        "logo": logo if _LOGO.fullmatch(logo) and len(logo) <= MOST_BYTES * 4 / 3 + 100 else None,
        "accent": accent if _ACCENT.fullmatch(accent) else None,
    }


def style(accent: str | None) -> str:
    """CSS that puts the accent in place of the page's own, lightened or darkened until it is legible in either theme; empty without one."""
    if accent is None:
        return ""
    colour = f"light-dark({legible(accent, LIGHT)},{legible(accent, DARK)})"
    return f":root{{--accent:{colour};--span:color-mix(in oklab,var(--accent) 50%,var(--paper))}}"


def legible(accent: str, paper: str) -> str:
    """The nearest lightness of the same hue whose contrast with the paper is large enough."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(accent))
    darker = luminance(paper) > 0.5
    for step in range(201):
        moved = lightness * (1 - step / 200) if darker else lightness + (1 - lightness) * step / 200
        colour = "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, moved, saturation))
        if contrast(colour, paper) >= _LEAST:
            return colour
    return "#000000" if darker else "#ffffff"


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue
