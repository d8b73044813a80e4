"""Templates are found in every format, and nothing else is taken for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.template import Template, read_templates, readers
from tests.ingest_fixtures import workbook
from tests.template_fixtures import REPLY, SORRY, exact, one, read, texts

QUOTED = f"> {REPLY}"


def told(template: Template) -> tuple[str, str | None, tuple[str, ...]]:
    return template.name, template.lang, template.reactions[: template.explicit]


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


# Records


@pytest.mark.parametrize(
    ("record", "text", "name"),
    [
        ({"id": 7, "title": "Late", "content": REPLY, "content_html": f"<p>{REPLY}</p>", "folder_id": 3}, REPLY, "Late"),  # Freshdesk
        ({"id": 7, "account_id": 1, "short_code": "late", "content": REPLY, "created_at": "2026-01-01"}, REPLY, "late"),  # Chatwoot
        (
            {"type": "macro", "id": "7", "name": "Late", "body": f"<p>{REPLY}</p>", "body_text": REPLY, "visible_to": "everyone"},
            REPLY,
            "Late",
        ),  # Intercom
        (
            {"id": "rsp_1", "name": "Late", "subject": "Your order", "body": f"<div>{REPLY}<br></div>", "inbox_ids": []},
            REPLY,
            "Late",
        ),  # Front
        ({"id": 7, "name": "Late", "text": f"<p>{REPLY}</p>"}, REPLY, "Late"),  # Help Scout
        ({"name": "Late", "keywords": ["late", "thanks for nothing"], "response": REPLY}, REPLY, "Late"),
        (
            {
                "id": 1,
                "name": "Late",
                "category": "delivery",
                "language": "en",
                "content": f"<p>{REPLY}</p>",
                "isRichText": True,
                "variables": ["customer_name"],
            },
            REPLY,
            "Late",
        ),
        ({"title": "Late", "description": "Please send it when the parcel is late.", "note": "Thank them.", "body": REPLY}, REPLY, "Late"),
    ],
)
def test_records_of_help_desks(tmp_path: Path, record: dict[str, object], text: str, name: str) -> None:
    for file, content in (("a.json", json.dumps([record])), ("b.json", json.dumps({"data": {"items": [record]}, "meta": {"page": 1}}))):
        template = one(tmp_path / file[0], file, content)
        assert (template.text, template.name) == (text, name)


def test_help_scout_keeps_the_text_for_chats(tmp_path: Path) -> None:
    record = {"id": 7, "name": "Late", "text": f"<p>{REPLY}</p>", "chatText": SORRY}
    assert texts(read(tmp_path, "a.json", json.dumps([record]))) == [REPLY, SORRY]


def test_macros_of_zendesk(tmp_path: Path) -> None:
    def macro(number: int, *actions: tuple[str, object]) -> dict[str, object]:
        return {
            "id": number,
            "title": f"T{number}",
            "raw_title": f"T{number}",
            "active": True,
            "actions": [{"field": f, "value": v} for f, v in actions],
        }

    file = {
        "macros": [
            macro(1, ("status", "pending"), ("comment_value", REPLY)),
            macro(2, ("comment_value", ["channel:all", SORRY]), ("comment_mode_is_public", "true")),
            macro(3, ("comment_value_html", f"<p>{SORRY}</p>")),
            macro(4, ("status", "solved"), ("subject", "Thank you for your order")),
        ],
        "next_page": None,
    }
    reading = read(tmp_path, "macros.json", json.dumps(file))
    exact(reading)
    assert texts(reading) == [REPLY, SORRY, SORRY]
    assert [each.key for each in reading.templates] == [
        "/macros/1/comment_value",
        "/macros/2/comment_value",
        "/macros/3/comment_value_html",
    ]


def test_languages_and_tones_of_one_record(tmp_path: Path) -> None:
    file = """
late:
  title: Late parcel
  reaction: complaint
  text:
    en: We are sorry, {name}. It leaves today.
    ru: Просим прощения, {name}. Сегодня отправим.
  variables: {name: who}
leak:
  tags: [question]
  body_pl: Przepraszamy, {name}. Wyślemy nową.
  body_en: We are sorry, {name}. A new one leaves.
thanks:
  body:
    formal: We thank you for your order.
    brief: Thank you, dear customer!
"""
    reading = read(tmp_path, "replies.yaml", file)
    exact(reading)
    assert [(each.lang, told(each)[2]) for each in reading.templates] == [
        ("en", ("complaint",)),
        ("ru", ("complaint",)),
        ("pl", ("question",)),
        ("en", ("question",)),
        (None, ()),
        (None, ()),
    ]
    first, second, third, fourth, fifth, _ = reading.templates
    assert first.kin == second.kin != third.kin == fourth.kin != ""
    assert first.variables == ("name",)
    assert fifth.name.endswith("formal")


def test_a_plain_table_of_names_and_texts(tmp_path: Path) -> None:
    file = f"complaint:\n  late: {SORRY}\n  leak: {json.dumps(REPLY)}\npraise:\n  - Thank you, {{name}}! See you soon.\n  - We are glad. Thank you for the kind words.\n"
    reading = read(tmp_path, "replies.yml", file)
    exact(reading)
    assert [each.key for each in reading.templates] == ["/complaint/late", "/complaint/leak", "/praise/0", "/praise/1"]
    assert reading.templates[0].reactions[:2] == ("late", "complaint")


def test_yaml_with_anchors_tags_and_several_documents(tmp_path: Path) -> None:
    file = f"a: &x\n  title: A\n  text: {SORRY}\nb: *x\nc: !odd\n  title: C\n  text: !!str {json.dumps(REPLY)}\n---\nd:\n  title: D\n  text: {SORRY}\n"
    assert [each.name for each in read(tmp_path, "replies.yaml", file).templates] == ["A", "C", "D"]
    circle = f"a: &x\n  text: {SORRY}\n  self: *x\n"
    assert texts(read(tmp_path / "b", "replies.yaml", circle)) == [SORRY]


def test_json_lines_comments_and_trailing_commas(tmp_path: Path) -> None:
    line = json.dumps({"title": "Late", "text": REPLY})
    assert len(read(tmp_path, "a.jsonl", f"{line}\n{line}\n").templates) == 2
    reading = read(
        tmp_path / "b", "a.jsonc", '// all of them\n[{"title": "Late", /* "text": "no" */ "text": "We are sorry // really, {name}.",},]\n'
    )
    exact(reading)
    assert texts(reading) == ["We are sorry // really, {name}."]


def test_records_without_a_name_have_keys_of_their_own(tmp_path: Path) -> None:
    reading = read(
        tmp_path, "replies.json", json.dumps([{"title": "Late", "text": REPLY}, {"title": "Late", "text": SORRY}, {"text": SORRY}])
    )
    assert [each.key for each in reading.templates] == ["/Late/text", "/Late#2/text", "/2/text"]


def test_toml_tables(tmp_path: Path) -> None:
    file = f'[[reply]]\nid = "late"\nlang = "en"\nreaction = "complaint"\ntext = """\n{REPLY}\n"""\n[[reply]]\nid = \'leak\'\ntext = \'{SORRY}\'\n'
    reading = read(tmp_path, "replies.toml", file)
    exact(reading)
    assert texts(reading) == [REPLY, SORRY]
    assert told(reading.templates[0]) == ("late", "en", ("complaint",))


# Tables


def test_columns_of_a_table(tmp_path: Path) -> None:
    file = f'id;lang;kind;source;text\n1;en;praise;here;{REPLY}\n2;pl;complaint;there;"Przepraszamy; wyślemy ""nową"" dziś."\n'
    reading = read(tmp_path, "a.csv", file)
    exact(reading, '"')
    assert [(each.key, each.lang, told(each)[2]) for each in reading.templates] == [
        ("1/en", "en", ("praise",)),
        ("2/pl", "pl", ("complaint",)),
    ]
    assert reading.templates[1].text == 'Przepraszamy; wyślemy "nową" dziś.'


def test_a_column_a_language(tmp_path: Path) -> None:
    file = "name\tru\tpl\nЗадержка\tПросим прощения, {имя}. Отправим сегодня.\tPrzepraszamy, {imię}. Wyślemy dziś.\n"
    reading = read(tmp_path, "a.tsv", file)
    assert [each.lang for each in reading.templates] == ["ru", "pl"]
    assert len({each.kin for each in reading.templates}) == 1
    assert len({each.key for each in reading.templates}) == 2


def test_a_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = workbook(
        tmp_path / "templates.xlsx",
        {
            "About": [["Please read this first"]],
            "Replies": [
                ["Templates of the shop"],
                [],
                ["Название", "Категория", "Текст"],
                ["Жалоба", "complaint", "Просим прощения, {имя}."],
            ],
        },
    )
    monkeypatch.chdir(tmp_path)
    (template,) = read_templates([Path(book.name)]).templates
    assert (template.text, template.line, template.column) == ("Просим прощения, {имя}.", 4, 3)
    assert told(template) == ("Жалоба", None, ("complaint",))


def test_a_table_that_does_not_begin_in_the_corner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workbook(
        tmp_path / "templates.xlsx", {"S": [[None], [None], [None, "name", "text"], [None, "Leak", SORRY], [None], [None, "Late", REPLY]]}
    )
    monkeypatch.chdir(tmp_path)
    assert [(each.line, each.column) for each in read_templates([Path()]).templates] == [(4, 3), (6, 3)]


def test_a_broken_quote_is_told_with_its_line(tmp_path: Path) -> None:
    (fault,) = read(tmp_path, "replies.csv", f'id,text\n1,{REPLY}\n2,"We are sorry\n').failed
    assert (fault.line, fault.message) == (3, "a quote is not closed")


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
