"""Logo and accent: safe types only, and legible whatever the colour."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import AuditError
from audit.report import look

PICTURES = {
    "image/png": b"\x89PNG\r\n\x1a\n....",
    "image/jpeg": b"\xff\xd8\xff\xe0....",
    "image/gif": b"GIF89a....",
    "image/webp": b"RIFF1234WEBP....",
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_becomes_part_of_the_page(tmp_path: Path, kind: str) -> None:
    (tmp_path / "logo").write_bytes(PICTURES[kind])
    written = look.logo(tmp_path / "logo")
    assert written == f"data:{kind};base64,{base64.b64encode(PICTURES[kind]).decode()}"
    assert look.checked({"logo": written, "accent": "#0a7d5c"}) == {"logo": written, "accent": "#0a7d5c"}


@pytest.mark.parametrize(
    "data",
    [
        b"<svg onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<html>",
        b"",
        b"BM....",
        b"RIFF1234WAVE",
        b"\x89PNG\r\n\x1a\n" + b"0" * 300_000,
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "logo.png").write_bytes(data)
    with pytest.raises(AuditError, match=r"no PNG|larger"):
        look.logo(tmp_path / "logo.png")
    with pytest.raises(AuditError, match="cannot be read"):
        look.logo(tmp_path / "none.png")


@pytest.mark.parametrize(
    ("logo", "accent"),
    [
        ("data:image/svg+xml;base64,AAAA", "red"),
        ('data:image/png;base64,AA"onerror="x', "#12345"),
        ("https://a.example/x.png", "#123456;}body{display:none"),
        ("javascript:alert(1)", "#GGGGGG"),
        (None, None),
    ],
)
def test_a_result_cannot_smuggle_anything_in(logo: str | None, accent: str | None) -> None:
    assert look.checked({"logo": logo, "accent": accent}) == {"logo": None, "accent": None}
    assert look.style(None) == ""


@given(st.integers(0, 0xFFFFFF))
def test_every_accent_is_legible_on_both_papers(colour: int) -> None:
    accent = f"#{colour:06x}"
    for paper, card in (("#ffffff", look.LIGHT), ("#12171d", look.DARK)):
        legible = look.legible(accent, card)
        assert look.contrast(legible, card) >= 4.5
        assert look.contrast(legible, paper) >= 4.5


def test_colours_as_people_write_them() -> None:
    assert (look.accent("#0A7"), look.accent("0a7d5c"), look.accent(" #0A7D5C ")) == ("#00aa77", "#0a7d5c", "#0a7d5c")
    for wrong in ("green", "#12", "#1234567", "url(x)"):
        with pytest.raises(AuditError, match="no colour"):
            look.accent(wrong)
    assert look.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert look.legible("#005a9c", "#ffffff") == "#005a9c"
