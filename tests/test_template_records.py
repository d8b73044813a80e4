"""Templates in records and tables: help desks' exports, YAML, JSON, TOML, CSV and workbooks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.template import read_templates
from tests.ingest_fixtures import workbook
from tests.template_fixtures import REPLY, SORRY, exact, one, read, texts, told

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
