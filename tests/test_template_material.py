"""Real templates of help desks: how many are found in each file, and nothing in the pages beside them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from audit.template import read_templates
from audit.template.placeholder import placeholders
from tests.template_fixtures import MATERIAL, exact, needs_material

pytestmark = needs_material

COUNTS = {
    "formats/templates_markdown/18F_canned-responses.md": 2,
    "formats/templates_markdown/cx_general.md": 4,
    "formats/templates_markdown/cx_social-media.md": 17,
    "formats/templates_markdown/cx_tone-variations.md": 17,
    "formats/templates_json/canned_responses_name_keywords_response.json": 2,
    "formats/templates_json/canned_responses_title_body.json": 2,
    "formats/zendesk_macros/macros_list_response.json": 2,
    "formats/zendesk_api/spec_macro.json": 1,
    "data/reply_templates_ru_pl_en.tsv": 54,
}


def test_every_template_is_found_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MATERIAL)
    reading = read_templates([Path("formats"), Path("data/reply_templates_ru_pl_en.tsv")])
    assert Counter(template.path for template in reading.templates) == COUNTS
    assert reading.failed == ()
    exact(reading, '"\\')


def test_examples_named_outright_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MATERIAL)
    assert len(read_templates([Path("data/guide_examples.tsv")]).templates) == 15


def test_placeholders_of_the_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MATERIAL)
    reading = read_templates([Path("formats/templates_markdown"), Path("formats/templates_json"), Path("formats/zendesk_macros")])
    found = [one for template in reading.templates for one in placeholders(template.text)]
    names = Counter(one.variable for one in found if not one.blank)
    assert names["customer_name"] == 14
    assert names["timeframe"] == 10
    assert {"ticket_requester_name", "refund_credit_adjustment", "reporter"} - set(names) == {"refund_credit_adjustment"}
    assert [template.text[one.start : one.end] for template in reading.templates for one in placeholders(template.text) if one.blank] == [
        "[your phone number]"
    ]
