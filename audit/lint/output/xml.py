"""XML for the two writers of it: escaped, and without the characters that XML 1.0 has no place for."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def content(text: str) -> str:
    return escape(clean(text))


def element(name: str, attributes: dict[str, object], inner: str | None = None) -> str:
    """`inner` is XML already."""
    said = "".join(f" {key}={quoteattr(clean(str(value)))}" for key, value in attributes.items())
    return f"<{name}{said}/>" if inner is None else f"<{name}{said}>{inner}</{name}>"
