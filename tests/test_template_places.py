"""Every code point of a template keeps its place in the file, through the escapes of every format."""

from __future__ import annotations

import csv
import html
import io
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.template import file_span, place
from audit.template.delimited import rows
from audit.template.escapes import aligned, unescaped
from audit.template.html import shown
from audit.template.inline import plain
from audit.template.passage import Passage, joined, literal, replaced, without
from audit.template.toml_records import parsed as parsed_toml
from audit.template.toml_records import passage as toml_passage
from audit.template.yaml_records import parsed as parsed_yaml
from audit.template.yaml_records import passage as yaml_passage
from tests.template_fixtures import exact, one, read

LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\u2028\u2029\x85\ue000\ue001")
TEXT = st.text(st.one_of(st.sampled_from("ab {}\n\t\"'\\,;:#-|>*&я😀"), LETTERS), min_size=1, max_size=40)
FAST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def holds(passage: Passage, text: str, file: str) -> None:
    assert passage.text == text
    assert len(passage.starts) == len(passage.ends) == len(text)
    assert list(passage.starts) == sorted(passage.starts)
    assert all(start < end for start, end in zip(passage.starts, passage.ends, strict=True))
    for letter, start, end in zip(text, passage.starts, passage.ends, strict=True):
        if end == start + 1:
            assert file[start] == letter or file[start].isspace()


@FAST
@given(TEXT, st.booleans())
def test_json(text: str, ascii_only: bool) -> None:
    file = json.dumps({"a": text}, ensure_ascii=ascii_only)
    start = file.index(": ") + 3
    passage = unescaped(file, start, len(file) - 2)
    holds(passage, text, file)
    assert "".join(file[a:b] for a, b in dict.fromkeys(zip(passage.starts, passage.ends, strict=True))) == file[start:-2]


@FAST
@given(TEXT, st.sampled_from([None, "'", '"', "|", ">"]), st.sampled_from([20, 1000]), st.booleans())
def test_yaml(text: str, style: str | None, width: int, unicode: bool) -> None:
    file = yaml.dump({"k": {"text": text}}, default_style=style, width=width, allow_unicode=unicode)
    (document,) = parsed_yaml(file)
    scalar = document["k"]["text"]  # type: ignore[index]
    passage = yaml_passage(file, scalar)
    assert passage.text == text
    for letter, start, end in zip(text, passage.starts, passage.ends, strict=True):
        written = file[start:end]
        assert written == letter or letter.isspace() or written.startswith("\\") or written == "''" or end - start == len(file), written


@FAST
@given(TEXT)
def test_toml(text: str) -> None:
    quoted = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    file = f"# \"no\"\n[a.'b c']\n'k' = \"x\" # it's\nt = {quoted}\n"
    tree = parsed_toml(file)
    scalar = tree["a"]["b c"]["t"]  # type: ignore[index]
    holds(toml_passage(file, scalar), text, file)


@FAST
@given(st.lists(TEXT, min_size=2, max_size=4), st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]))
def test_csv(cells: list[str], separator: str, end: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([cells, cells])
    file = out.getvalue()
    found = rows(file, separator, cut=False)
    assert [[cell.text for cell in row] for row in found] == [cells, cells]
    for row in found:
        for cell in row:
            holds(cell.passage, cell.text, file)


@FAST
@given(st.text(LETTERS, min_size=1, max_size=40))
def test_html(text: str) -> None:
    words = text.split()
    file = "<p>" + " <b>".join(html.escape(word) for word in words) + "</b></p>"
    passage = shown(literal(file, 0, len(file)))
    holds(passage, " ".join(words), file)


@FAST
@given(st.text(st.sampled_from("ab *_`~\\<>[](){}#&;!\n"), max_size=40))
def test_marks_of_markdown_are_only_taken_away(text: str) -> None:
    passage = plain(literal(text, 0, len(text)))
    assert len(passage.starts) == len(passage.text)
    assert list(passage.starts) == sorted(passage.starts)


def test_parts_are_joined_taken_out_and_replaced() -> None:
    passage = literal("0123456789", 2, 8)
    assert (passage.text, passage.offsets) == ("234567", (2, 3, 4, 5, 6, 7, 8))
    assert isinstance(joined([literal("abcd", 0, 2), literal("abcd", 2, 4)]).starts, range)
    cut = without(passage, [(1, 3)])
    assert (cut.text, cut.offsets) == ("2567", (2, 5, 6, 7, 8))
    put = replaced(passage, [(0, 2, "abc"), (5, 6, "")])
    assert (put.text, list(put.starts), list(put.ends)) == ("abc456", [2, 2, 2, 4, 5, 6], [4, 4, 4, 5, 6, 7])
    assert passage.part(3, 3).after == 5


def test_a_folded_line_break_stands_for_the_break_and_the_indentation() -> None:
    file = "a: >-\n  one\n  two\n"
    passage = aligned("one two", file, file.index("  one"), len(file))
    assert [file[a:b] for a, b in zip(passage.starts, passage.ends, strict=True)] == ["o", "n", "e", "\n  ", "t", "w", "o"]


@pytest.mark.parametrize(
    ("name", "file", "word"),
    [
        ("templates/a.json", '{"a": {\n  "title": "t",\n  "text": "Hi,\\n\\nwe are so\\u0072ry.\\tSend {order}."}}', "{order}"),
        ("templates/a.yaml", "a:\n  text: |\n    Hi there,\n\n    we are sorry. Send {order}.\n", "{order}"),
        ("templates/a.yaml", 'a:\n  text: "Hi there, \\\n    we are sorry. Send \\u007border}."\n', "order"),
        ("templates/a.yaml", "a:\n  text: >\n    Hi there,\n    we are sorry.\n\n    Send {order}.\n", "{order}"),
        ("templates/a.toml", '[a]\ntext = """\nHi there,\nwe are \\\n   sorry. Send {order}."""\n', "{order}"),
        ("templates/a.toml", "[a]\ntext = '''Hi there, we are sorry.\nSend {order}.'''\n", "{order}"),
        ("templates/a.csv", 'id,text\r\n1,"Hi ""Ola"",\r\nwe are sorry. Send {order}."\r\n', "{order}"),
        ("templates/a.po", 'msgid "late"\nmsgstr ""\n"Hi there,\\n"\n"we are sorry. Send {order}.\\n"\n', "{order}"),
        ("templates/a.md", "## Late\n\n> Hi there,\n>\n> **we** are sorry. Send {order}.\n", "{order}"),
        ("templates/a.md", "- x\n\n  ```\n  Hi there,\n  we are sorry. Send {order}.\n  ```\n", "{order}"),
        ("templates/a.md", "---\ntitle: Late\n---\nHi there,\nwe are sorry. Send {order}.\n", "{order}"),
        ("templates/a.html", "<html><body><p>Hi&nbsp;there,<br>\n we are sorry. Send {order}.</p>", "{order}"),
        ("templates/a.json", '[{"title": "t", "body": "<p>Hi,</p>\\n<p>we are <b>so</b>rry. Send {order}.</p>"}]', "{order}"),
        ("templates/a.txt", "\ufeffHi there,\nwe are sorry. Send {order}.", "{order}"),
    ],
)
def test_a_word_is_found_where_it_stands(tmp_path: Path, name: str, file: str, word: str) -> None:
    template = one(tmp_path, name, file)
    start = template.text.index(word)
    line, column, end_line, end_column = place(template, start, start + len(word))
    lines = file.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    assert [(line, column)] == [(number, text.index(word) + 1) for number, text in enumerate(lines, 1) if word in text]
    assert (end_line, end_column) == (line, column + len(word))


def test_the_end_of_an_escape_is_the_end_of_the_span(tmp_path: Path) -> None:
    reading = read(tmp_path, "templates/a.json", '[{"title": "t", "text": "We are \\"so\\" sorry that it leaks \\\\ today."}]')
    (template,) = reading.templates
    file = reading.texts[template.path]
    start = template.text.index('"so"')
    span = file_span(template, start, start + 4)
    assert file[span.start : span.end] == '\\"so\\"'
    span = file_span(template, template.text.index("\\"), template.text.index("\\") + 1)
    assert file[span.start : span.end] == "\\\\"
    exact(reading, '"\\')


def test_places_hold_with_line_ends_of_windows_and_letters_beyond_the_plane(tmp_path: Path) -> None:
    file = "# Macros\r\n\r\n## 😀 Late\r\n\r\n> Hi 😀,\r\n> we are sorry about {order}.\r\n"
    reading = read(tmp_path, "templates/a.md", file)
    (template,) = reading.templates
    exact(reading)
    assert place(template, template.text.index("{order}"), template.text.index("{order}") + 7)[:2] == (6, 22)


def test_a_file_in_another_encoding_keeps_its_places(tmp_path: Path) -> None:
    text = "id;text\n1;Здравствуйте! Спасибо за отзыв, {имя}.\n"
    reading = read(tmp_path, "a.csv", text.encode("cp1251"))
    exact(reading)
    assert reading.templates[0].text == "Здравствуйте! Спасибо за отзыв, {имя}."
    again = read(tmp_path, "a.csv", text.encode("utf-16"))
    assert again.templates[0].offsets == reading.templates[0].offsets
