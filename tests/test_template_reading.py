"""Templates are found in every format, and nothing else is taken for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.template import readers
from tests.template_fixtures import QUOTED, REPLY, SORRY, exact, one, read, texts, told


def test_a_reader_is_found_by_being_there() -> None:
    assert {reader.NAME for reader in readers().values()} == {"csv", "html", "json", "markdown", "po", "text", "toml", "xlsx", "yaml"}


# Markdown


def test_fences_under_headings(tmp_path: Path) -> None:
    file = f"# Canned responses\n\nHow to use them.\n\n## Late parcel\n\n```\n{REPLY}\n\n    indented\n```\n\n## Leak\n\n~~~text\n{SORRY}\n~~~\n"
    reading = read(tmp_path, "a.md", file)
    exact(reading)
    assert texts(reading) == [f"{REPLY}\n\n    indented", SORRY]
    assert [each.name for each in reading.templates] == ["Late parcel", "Leak"]
    assert [each.key for each in reading.templates] == ["Canned responses/Late parcel", "Canned responses/Leak"]


def test_quotes_under_headings(tmp_path: Path) -> None:
    file = """# Macros

## 🌟 1. Late parcel

**Use when:** the parcel is late. Thank the customer, please.

> Hi **{customer_name}**,\x20\x20
> thank you for *writing*.
>
> 1. `{step}`
lazy line

---

## 2. Several

> We’ve got you! Send us a message.

> On it! Thanks for telling us.

**Formal:**
> Dear {name}, we apologise.

## Notes for the team
- Keep replies short
- Thank people, please, always
"""
    reading = read(tmp_path, "a.md", file)
    exact(reading)
    assert texts(reading) == [
        "Hi {customer_name},\nthank you for writing.\n\n1. {step}\nlazy line",
        "We’ve got you! Send us a message.",
        "On it! Thanks for telling us.",
        "Dear {name}, we apologise.",
    ]
    assert [each.name for each in reading.templates] == ["Late parcel", "Several", "Several", "Several: Formal"]
    assert len({each.key for each in reading.templates}) == 4


def test_what_a_section_says_of_itself(tmp_path: Path) -> None:
    file = f"# Replies\n\n## Leak\n\nType: complaint, leak\nLanguage: Polish\n\n{QUOTED}\n\n## Русский\n\n### Похвала\n\n> Спасибо за отзыв, {{имя}}!\n"
    first, second = read(tmp_path, "a.md", file).templates
    assert told(first) == ("Leak", "pl", ("complaint", "leak"))
    assert told(second) == ("Похвала", "ru", ())
    assert second.reactions[:2] == ("Похвала", "Русский")


def test_front_matter_with_a_body(tmp_path: Path) -> None:
    file = f"---\ntitle: Late parcel\nreaction: complaint\ntags: [late, parcel]\nlang: en\nvariables:\n  - customer_name\n---\n\n{REPLY}\n\nBye\n"
    template = one(tmp_path, "replies/late.md", file)
    assert told(template) == ("Late parcel", "en", ("complaint", "late", "parcel"))
    assert template.text == f"{REPLY}\n\nBye"
    assert template.variables == ("customer_name",)
    assert template.line == 10
    toml = f'+++\ntitle = "Late"\nreaction = "praise"\n+++\n{REPLY}\n'
    assert told(one(tmp_path / "b", "late.md", toml)) == ("Late", None, ("praise",))


def test_one_file_a_template_with_its_language_in_the_name(tmp_path: Path) -> None:
    reading = read(tmp_path, "templates/complaint/late-formal.ru.md", "# Задержка\n\nЗдравствуйте! Посылка задержалась, простите.\n")
    reading = read(tmp_path, "templates/pl/complaint/late-formal.md", "Dzień dobry, przepraszamy za opóźnienie.\n")
    first, second = reading.templates
    assert (first.lang, second.lang) == ("ru", "pl")
    assert first.reactions == ("Задержка", "late-formal", "complaint", "templates")[: len(first.reactions)]
    assert "complaint" in second.reactions
    assert first.kin.partition("#")[0] == second.kin.partition("#")[0] == "templates/complaint/late-formal.md"


def test_a_file_in_a_folder_of_templates_is_one_whatever_it_says(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "templates/closing.md", "Questions? Just reply. Happy to help!")) == [
        "Questions? Just reply. Happy to help!"
    ]
    assert texts(read(tmp_path / "b", "templates/closing.txt", "It is on its way to you.\n")) == ["It is on its way to you."]
    assert texts(read(tmp_path / "c", "closing.md", "Questions? Just reply. Happy to help!")) == []


def test_plain_lists(tmp_path: Path) -> None:
    file = f"# Replies to complaints\n\n- **Leak:** {SORRY}\n- {REPLY}\n* * *\n\n# Links\n\n- [one](x)\n- two\n"
    reading = read(tmp_path, "a.md", file)
    exact(reading)
    assert texts(reading) == [SORRY, REPLY]
    assert [each.name for each in reading.templates] == ["Replies to complaints: Leak", "Replies to complaints"]


def test_sections_of_plain_text(tmp_path: Path) -> None:
    file = f"# Templates\n\n## Late\n\nHi {{name}},\n\nthank you for waiting. Please try:\n\n- one\n- two\n\nBye\n\n## Leak\n\n{SORRY}\n"
    reading = read(tmp_path, "support.md", file)
    exact(reading)
    assert texts(reading) == ["Hi {name},\n\nthank you for waiting. Please try:\n\n- one\n- two\n\nBye", SORRY]


def test_marks_inside_of_placeholders_and_links_stay(tmp_path: Path) -> None:
    template = one(
        tmp_path,
        "macros/a.md",
        "## A\n\n> Hi *|FNAME|*, __sorry__ about {first_name} and {last_name} &amp; see [our *page*](https://a.b/c_d_e). <!-- hint --> \\*ok\n",
    )
    assert template.text == "Hi *|FNAME|*, sorry about {first_name} and {last_name} & see [our *page*](https://a.b/c_d_e).  *ok"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        (
            "README.md",
            "# Tool\n\nThank you for using it.\n\n## Use\n\n```\npip install tool\ntool --help\n```\n\n> Note that it is slow.\n\n> **Warning:** please read it.\n",
        ),
        (
            "style-guide.md",
            "# Style\n\n- Own the mistake.\n  - “We are sorry, this was our fault.”\n  - “Thank you for telling us.”\n- Short sentences.\n",
        ),
        (
            "docs/usage.md",
            "# Usage\n\nRun it:\n\n```sh\nmake test\n```\n\n```\nsrc\n├── thanks\n└── sorry for nothing\n```\n\n- Please read this.\n- Then that.\n",
        ),
        (
            "blog.md",
            "---\nlayout: post\ntitle: Thanks\ndate: 2026-01-01\n---\n\nHello everybody, thank you for reading. We write about kettles.\n",
        ),
        ("CHANGELOG.md", "# 1.0\n\n- Thanks to Ola, sorry is said once.\n- Please update.\n"),
        ("templates/README.md", "# Templates\n\n> Written by the team on Mondays.\n\n| a | b |\n|---|---|\n| c | d |\n"),
        ("reply-audit.md", "# What reply-audit judges\n\nEach reply is read. Your config says thanks.\n"),
        ("package.json", '{"name": "x", "description": "Thank you for using it. Please enjoy."}'),
        ("deploy.yaml", "steps:\n  - name: Say hello\n    run: echo Hello and thanks\n  - name: Install\n    run: pip install x\n"),
        ("openapi.json", '{"paths": {"/a": {"description": "Please send us your order. Thank you."}, "/b": {"summary": "Sorry, gone."}}}'),
        (
            "config.toml",
            'title = "My site"\n[params]\nsubtitle = "Hello there, dear reader of mine."\nfooter = "All rights"\ncolour = "a b"\nfont = "c d"\n',
        ),
        ("people.csv", "name,city\nOla,Kielce\nJan,Radom\n"),
        ("history.csv", f"id,author,date,text\n1,Ola,2026-01-01,{SORRY}\n"),
        (
            "rows.jsonl",
            json.dumps({"asked": "It leaks since Monday.", "reply": SORRY}) + "\n" + json.dumps({"asked": "So late", "reply": SORRY}),
        ),
        ("messages.json", json.dumps({"messages": [{"from_id": "1", "date": "2026-01-01", "text": SORRY}]})),
        ("rule.toml", f'id = "x"\ndetector = "pattern"\nclauses = ["a"]\n[[bad]]\nreply = "{SORRY}"\n'),
        ("app.po", 'msgid "Save"\nmsgstr "Zapisz"\n\nmsgid "Cancel it now please."\nmsgstr "Anuluj"\n'),
        ("page.html", "<html><nav>Menu</nav><main><h1>Kettles</h1><p>Kettles of steel, made for tea.</p></main></html>"),
        ("notes.txt", "Kettles of steel, made for tea. We met on Monday."),
        ("empty.json", ""),
        ("empty.yaml", "\n"),
        ("empty.csv", "\n"),
        ("empty.md", ""),
        ("empty.toml", "# nothing\n"),
    ],
)
def test_a_file_without_templates_is_skipped_with_a_reason(tmp_path: Path, name: str, file: str) -> None:
    reading = read(tmp_path, name, file)
    assert reading.templates == ()
    assert reading.failed == ()
    assert [skipped.why != "" for skipped in reading.skipped] == [True]


# Gettext, HTML, text


def test_a_catalogue(tmp_path: Path) -> None:
    file = """msgid ""
msgstr ""
"Language: pl\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

# a hint
msgctxt "complaint"
msgid "late"
msgstr "Przepraszamy, %(name)s. "
"Wyślemy \\"nową\\" dziś."

#, fuzzy
msgid "old"
msgstr "Dziękujemy za stary wpis, proszę."

msgid "one day"
msgid_plural "%d days"
msgstr[0] "Dziękujemy, to %d dzień."
msgstr[1] "Dziękujemy, to %d dni."

#~ msgid "gone"
#~ msgstr "Dziękujemy za wszystko, żegnamy."
"""
    reading = read(tmp_path, "replies.po", file)
    exact(reading, '"')
    assert texts(reading) == ['Przepraszamy, %(name)s. Wyślemy "nową" dziś.', "Dziękujemy, to %d dzień.", "Dziękujemy, to %d dni."]
    assert [each.key for each in reading.templates] == ["complaint/late", "one day/0", "one day/1"]
    assert {each.lang for each in reading.templates} == {"pl"}
    assert texts(read(tmp_path / "b", "replies.pot", f'msgid "{SORRY}"\nmsgstr ""\n')) == [SORRY]


def test_a_body_in_html(tmp_path: Path) -> None:
    head = "<html><head><title>Late &amp; lost</title><style>p {}</style></head>"
    file = f"{head}<body><!-- hint -->\n<p>Hi {{{{name}}}},</p>\n<ul><li>one<li>two</ul>{SORRY} <first_name> &lt;3</body></html>"
    template = one(tmp_path, "late.html", file)
    assert template.text == f"Hi {{{{name}}}},\none\ntwo\n{SORRY} <first_name> <3"
    assert template.name == "Late & lost"


def test_a_text_file_is_one_template(tmp_path: Path) -> None:
    template = one(tmp_path, "replies/en/praise/thanks.txt", "Thank you!\n\nSee you soon.\n")
    assert (template.text, template.lang, template.reactions) == (
        "Thank you!\n\nSee you soon.",
        "en",
        ("thanks", "praise", "en", "replies"),
    )


@pytest.mark.parametrize(
    ("name", "file", "line"),
    [
        ("replies.json", '{"a": "Thank you",\n "b": }', 2),
        ("replies.yaml", "a: [1,\nb: }\n", 2),
        ("replies.toml", 'a = "Thank you"\nb = \n', 2),
        ("replies.po", 'msgid "a"\nmsgstr thanks\n', 2),
        ("late.md", "---\na: [1\nb: }\n---\nThank you for waiting.\n", 3),
    ],
)
def test_what_is_not_sound_is_told_with_its_line(tmp_path: Path, name: str, file: str, line: int) -> None:
    (fault,) = read(tmp_path, name, file).failed
    assert fault.line == line
    assert fault.message
    assert fault.hint


def test_a_broken_file_of_another_purpose_is_skipped(tmp_path: Path) -> None:
    reading = read(tmp_path, "chart/values.yaml", "{{- if .Values.x }}\na: b\n{{- end }}\n")
    assert (reading.failed, len(reading.skipped)) == ((), 1)
