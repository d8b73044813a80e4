"""Small files of templates, written for the tests, and what they share."""

from __future__ import annotations

import contextlib
from pathlib import Path

from audit.template import Reading, Template, TemplateOptions, file_span, read_templates
from tests.ingest_fixtures import MATERIAL, needs_material

__all__ = ["MATERIAL", "exact", "needs_material", "one", "read", "texts", "told"]

REPLY = "Hi {customer_name}, thank you for writing. The new lid leaves today."
QUOTED = f"> {REPLY}"
SORRY = "We are sorry that the lid leaks. A new one leaves today."


def read(folder: Path, name: str, content: str | bytes, **options: object) -> Reading:
    """The templates of one file, met by walking `folder`."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with contextlib.chdir(folder):  # so that the folder of the test says nothing about the file
        return read_templates([Path()], TemplateOptions(**options))  # type: ignore[arg-type]


def one(folder: Path, name: str, content: str | bytes) -> Template:
    reading = read(folder, name, content)
    assert len(reading.templates) == 1, (reading.templates, reading.skipped, reading.failed)
    return reading.templates[0]


def texts(reading: Reading) -> list[str]:
    return [template.text for template in reading.templates]


def exact(reading: Reading, escaped: str = "") -> None:
    """Each code point of a text stands where its offset says, but for those in `escaped` and white space, which may be written otherwise."""
    for template in reading.templates:
        assert len(template.offsets) == len(template.text) + 1
        assert len(template.ends) == len(template.text)
        assert list(template.offsets) == sorted(template.offsets)
        file = reading.texts[template.path]
        for place, letter in enumerate(template.text):
            written = file[template.offsets[place] : template.ends[place]]
            assert written == letter or letter in escaped or letter.isspace(), (template.text, place, letter, written)
        for word in template.text.split():
            if not set(word) & set(escaped):
                start = template.text.index(word)
                span = file_span(template, start, start + len(word))
                assert file[span.start : span.end] == word or span.end - span.start > len(word)


def told(template: Template) -> tuple[str, str | None, tuple[str, ...]]:
    """Name, language and reactions as the file says them."""
    return template.name, template.lang, template.reactions[: template.explicit]
