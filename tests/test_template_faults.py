"""Faults of a set: unknown placeholders, blanks, translations that differ, copies."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from audit import text
from audit.rulebook import open_rulebook
from audit.statistics.clones import alike
from audit.template import Reading, Template
from audit.template.fault import Fault, of_copies, of_placeholders, of_translations
from tests.template_fixtures import read

Records = list[dict[str, object]]


def set_of(folder: Path, records: Records) -> Reading:
    return read(folder, "replies.json", json.dumps(records, ensure_ascii=False))


def found(reading: Reading, *variables: str) -> list[Fault]:
    templates = reading.templates
    langs = [template.lang or "en" for template in templates]
    frame = pl.DataFrame({"text": [template.text for template in templates]}, schema={"text": pl.String})
    skeletons = frame.select(text.skeleton(text.words(pl.col("text")))).to_series().to_list()
    return [*of_placeholders(templates, variables), *of_translations(templates, langs), *of_copies(templates, langs, skeletons, alike)]


def told(reading: Reading, *variables: str) -> list[tuple[str, str]]:
    return [(fault.rule, words(reading.templates, fault)) for fault in found(reading, *variables)]


def words(templates: tuple[Template, ...], fault: Fault) -> str:
    assert fault.number is not None
    return templates[fault.number].text[fault.start : fault.end]


def record(said: str, **more: object) -> dict[str, object]:
    return {"title": said[:12], "text": said, **more}


def test_declared_names_are_known_and_others_are_not(tmp_path: Path) -> None:
    reading = set_of(tmp_path, [record("Hi {name}, your {order.id} and {{ticket.owner}} are here, {nmae}. Thank you for {topic}.")])
    assert told(reading) == []
    assert told(reading, "Name", "order_id", "ticket.*", "topics") == [
        ("unknown-placeholder", "{nmae}"),
        ("unknown-placeholder", "{topic}"),
    ]
    first, second = found(reading, "name", "order_id", "ticket.*", "topics")
    rule = open_rulebook().rule("unknown-placeholder")
    assert rule.evidence is not None
    assert rule.evidence.en.format(**first.named) == "{nmae} is no known variable; did you mean name?"
    assert second.named["hint"] == "; did you mean topics?"
    assert told(reading, "*") == []


def test_the_file_declares_too(tmp_path: Path) -> None:
    reading = set_of(tmp_path, [record("Hi {name}, thank you for {order}.", variables=["name"])])
    assert told(reading) == [("unknown-placeholder", "{order}")]
    assert told(reading, "order") == []


@pytest.mark.parametrize(
    ("slip", "wrong"),
    [
        ("{custmer_name}", True),
        ("{customer_nmae}", True),
        ("{customer_name1}", False),
        ("{customer_names}", False),
        ("{agent_name}", False),
    ],
)
def test_a_slip_of_a_letter_is_found_without_declared_names(tmp_path: Path, slip: str, wrong: bool) -> None:
    usual = [record(f"Hi {{customer_name}}, thank you for letter no. {number} about kettle {number}.") for number in range(4)]
    reading = set_of(tmp_path, [*usual, record(f"Dear {slip}, thank you for the photo.")])
    assert [rule for rule, _ in told(reading)].count("unknown-placeholder") == wrong


def test_blanks_and_lost_braces(tmp_path: Path) -> None:
    reading = set_of(tmp_path, [record("Hi {name, please call [your phone number] by DATE. Thank you.")])
    assert told(reading) == [
        ("unbalanced-placeholder", "{name"),
        ("leaked-placeholder", "[your phone number]"),
        ("leaked-placeholder", "DATE"),
    ]
    assert [fault.fix for fault in found(reading)] == [None, None, None]


def test_translations_hold_the_same_placeholders(tmp_path: Path) -> None:
    texts = {
        "en": "We are sorry, {name}. It leaves by {date}.",
        "ru": "Просим прощения, {name}. Отправим до {date}.",
        "pl": "Przepraszamy, {name}. Wyślemy {day}.",
    }
    same = {"en": "Thank you, {name}, for [the words].", "ru": "Спасибо, {name}, за [слова]."}
    reading = set_of(tmp_path, [{"id": "late", "text": texts}, {"id": "thanks", "text": same}])
    (fault,) = found(reading)
    assert (fault.rule, words(reading.templates, fault)) == ("translation-mismatch", "{day}")
    assert fault.named["difference"] == "lacks {date} and has {day}"
    assert fault.named["lang"] == "en"


def test_names_that_are_translated_too_are_no_difference(tmp_path: Path) -> None:
    texts = {
        "en": "We are sorry, {name}, it leaves {date}.",
        "pl": "Przepraszamy, {imie}, wyślemy {data}.",
        "ru": "Простите, {имя}, отправим {дата}.",
    }
    reading = set_of(tmp_path, [{"id": "late", "text": texts}, {"id": "x", "text": {"en": "Thank you, {name}.", "ru": "Спасибо, {имя}."}}])
    assert found(reading) == []


def test_translations_in_files_of_their_own(tmp_path: Path) -> None:
    read(tmp_path, "templates/en/late.md", "We are sorry, {name}. It leaves by {date}.\n")
    reading = read(tmp_path, "templates/ru/late.md", "Просим прощения, {name}.\n")
    assert told(reading) == [("translation-mismatch", "Просим прощения, {name}.")]


def test_copies_are_told_with_the_first(tmp_path: Path) -> None:
    long = "Hi {name}, we are sorry that the lid of your kettle leaks. A new lid leaves our shop today and reaches you by {date}."
    reading = set_of(
        tmp_path,
        [
            record(long, id="a"),
            record("Thank you!", id="b"),
            record(long.replace("Hi {name}", "Dear {name}").replace("today", "tomorrow"), id="c"),
            record("Thank you!", id="d"),
            record("Thank you for the kind words about the kettle, {name}, we pass them on to the people who made it.", id="e"),
        ],
    )
    (fault,) = found(reading)
    assert (fault.rule, fault.number, fault.named["other"]) == ("near-duplicate", 2, f"replies.json:1 ({long[:12].strip()})")
    assert int(fault.named["percent"]) >= 90


def test_forms_of_one_message_are_no_copies(tmp_path: Path) -> None:
    form = "Dziękujemy za opinię, %d osoba uznała ją za pomocną, a my przekażemy ją dalej całemu zespołowi."
    file = f'msgid "n"\nmsgid_plural "ns"\nmsgstr[0] "{form}"\nmsgstr[1] "{form.replace("osoba", "osoby")}"\n'
    assert told(read(tmp_path, "replies.po", file)) == []
