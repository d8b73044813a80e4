"""Placeholders: every syntax is recognised, what only looks like one is not, and a mask keeps the way back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.template.balance import unbalanced
from audit.template.placeholder import masked, placeholders, spelling, stands_for


@pytest.mark.parametrize(
    ("text", "written", "name"),
    [
        ("Hi {{contact.name}}!", "{{contact.name}}", "contact_name"),
        ('Hi {{ contact.name | default: "you" }}!', '{{ contact.name | default: "you" }}', "contact_name"),
        ("See {{dc.refund_rules}}.", "{{dc.refund_rules}}", "dc_refund_rules"),
        ("Hi {{{name}}}", "{{{name}}}", "name"),
        ("Hi {name},", "{name}", "name"),
        ("Hi {customerName},", "{customerName}", "customer_name"),
        ("I see {what they said}.", "{what they said}", "what_they_said"),
        ("A {refund/credit/adjustment} of {A}", "{refund/credit/adjustment}", "refund_credit_adjustment"),
        ("Item {0} left", "{0}", "0"),
        ("It takes {n, plural, one {# day} other {# days}}.", "{n, plural, one {# day} other {# days}}", "n"),
        ("Dear [Name],", "[Name]", "name"),
        ("By [specific date/time].", "[specific date/time]", "specific_date_time"),
        ("Numer: [NUMER ZAMÓWIENIA].", "[NUMER ZAMÓWIENIA]", "numer_zamówienia"),
        ("Hi [[name]]", "[[name]]", "name"),
        ("Hi %name%,", "%name%", "name"),
        ("Hi %%first name%%,", "%%first name%%", "first_name"),
        ("Hi %(name)s,", "%(name)s", "name"),
        ("Hi %s,", "%s", ""),
        ("Hi $name,", "$name", "name"),
        ("Hi ${user.name},", "${user.name}", "user_name"),
        ("Hi $(FirstName),", "$(FirstName)", "first_name"),
        ("Hi #OWNER_NAME#,", "#OWNER_NAME#", "owner_name"),
        ("Hi <name>,", "<name>", "name"),
        ("Здравствуйте, <имя клиента>!", "<имя клиента>", "имя_клиента"),
        ("At <time>.", "<time>", "time"),
        ("Hi <<name>>,", "<<name>>", "name"),
        ("Hi <%= user.name %>,", "<%= user.name %>", "user_name"),
        ("Hi *|FNAME|*,", "*|FNAME|*", "fname"),
        ("Hi @@name@@,", "@@name@@", "name"),
        ("Id {=Document:UF_CRM_1}.", "{=Document:UF_CRM_1}", "document_uf_crm_1"),
        ("See https://example.com/{order_id}?a=1", "{order_id}", "order_id"),
    ],
)
def test_each_syntax_has_its_name(text: str, written: str, name: str) -> None:
    first = placeholders(text)[0]
    assert (text[first.start : first.end], first.variable, first.blank) == (written, name, False)


@pytest.mark.parametrize("tag", ["{% if x %}", "{%- endif -%}", "{{#if x}}", "{{/if}}", "{{else}}", "{# note #}"])
def test_control_tags_have_no_name_and_stand_for_nothing(tag: str) -> None:
    (one,) = placeholders(f"a {tag} b")
    assert (one.name, stands_for(one), masked(f"a {tag} b").text) == ("", "nothing", "a  b")


@pytest.mark.parametrize(
    "text",
    [
        "[id1|Ольга], крышка в пути",
        "[club12|Kettlewell]: ответ",
        "See [our page](https://example.com/a_b) and ![x](y.png) or [this][1].",
        "[1]: https://example.com",
        "- [ ] one\n- [x] two\n1. [X] three",
        "A note[^1] and a part [1/2] [2].",
        "[b]bold[/b] and [url=https://example.com]here[/url][br]",
        "Press [Cancel], then click [Save changes].",
        "Нажмите [Далее], откройте раздел {Настройки}.",
        "Kliknij [Zapisz], potem zakładka <Dane>.",
        "<b>bold</b> <br> <a href='x'>link</a> <3 <a@example.com> <https://example.com>",
        "5 < 6 and 7 > 3, 100% sure, 20% off and 30% more",
        "It costs $5 or USD $12.",
        "https://example.com/a%20b%20c#top #sale #new",
        "SHOUTING THE DATE IS NO BLANK",
        "The lid [K5] fits.",
        "A smile :] and :} and =[",
        '{"a": 1; b = 2}',
    ],
)
def test_what_looks_like_one_is_none(text: str) -> None:
    assert placeholders(text) == []
    assert unbalanced(text) == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("It arrives on DATE.", "DATE"),
        ("Дата доставки: ДАТА, ждите.", "ДАТА"),
        ("See _Link_ below", "_Link_"),
        ("Order XXX is on its way", "XXX"),
        ("Заказ ХХХ в пути", "ХХХ"),
        ("Number ____ here", "____"),
        ("TODO say when", "TODO"),
        ("Lorem ipsum dolor", "Lorem ipsum"),
        ("Call [your phone number].", "[your phone number]"),
        ("Napisz na [nasz adres].", "[nasz adres]"),
        ("On DD/MM/YYYY.", "DD/MM/YYYY"),
        ("Hi {},", "{}"),
        ("Hi CUSTOMER_NAME,", "CUSTOMER_NAME"),
    ],
)
def test_blanks_are_told_apart(text: str, written: str) -> None:
    assert [text[one.start : one.end] for one in placeholders(text) if one.blank] == [written]


@pytest.mark.parametrize(
    ("text", "wrong", "fix"),
    [
        ("Hi {customer_name, thanks", "{customer_name", "{customer_name}"),
        ("Hi {{contact.name, thanks", "{{contact.name", "{{contact.name}}"),
        ("Hi {{name}, thanks", "{{name}", "{{name}}"),
        ("Hi {{ name }, thanks", "{{ name }", "{{ name }}"),
        ("Hi {name}}, thanks", "{name}}", "{{name}}"),
        ("Hi {name], thanks", "{name]", "{name}"),
        ("Hi [name}, thanks", "[name}", "[name]"),
        ("Hi %(name), thanks", "%(name)", "%(name)s"),
        ("Hi {name thanks", "{name", None),
        ("Hi name}, thanks", "name}", None),
        ("Dear [Name,\nthanks", "[Name", None),
        ("{% if a %}Hi there", "{% if a %}", None),
        ("Hi{{/if}} there", "{{/if}}", None),
    ],
)
def test_an_unbalanced_one_is_found_and_put_right_where_that_is_safe(text: str, wrong: str, fix: str | None) -> None:
    assert [(text[one.start : one.end], one.fix) for one in unbalanced(text)] == [(wrong, fix)]
    if fix is not None:
        mended = text.replace(wrong, fix, 1)
        assert unbalanced(mended) == []
        assert len(placeholders(mended)) == 1


def test_nested_tags_balance() -> None:
    text = "{% if a %}{% for b in c %}x{% endfor %}{% else %}y{% endif %}{{#if z}}q{{else}}r{{/if}}"
    assert unbalanced(text) == []


def test_a_mask_stands_for_what_will_be_filled_in() -> None:
    text = "Hi {name}, order {order_number} comes in {timeframe}: {tracking_link}."
    mask = masked(text, "en")
    assert mask.text == "Hi Alex, order 15 comes in 2 days: https://example.com."
    at = mask.text.index("comes")
    assert text[mask.starts[at] :].startswith("comes")
    at = mask.text.index("15")
    assert text[mask.starts[at] : mask.ends[at]] == "{order_number}"
    assert masked("{имя}, привет", "ru").text == "Алекс, привет"
    assert masked("Odpowiemy w {czas}", "pl").text == "Odpowiemy w 2 dni"


def test_a_check_box_is_not_read() -> None:
    assert masked("- [ ] Hi {name}\n- [x] done").text == "-  Hi Alex\n-  done"


def test_what_an_agent_writes_is_no_empty_answer() -> None:
    assert len(masked("Here is what I found: {explanation}").text.split()) > 12


@pytest.mark.parametrize("name", ["Customer Name", "customer-name", "customer.name", "customerName", "CUSTOMER_NAME", " customer_name "])
def test_names_are_compared_in_one_spelling(name: str) -> None:
    assert spelling(name) == "customer_name"


@given(st.text(st.one_of(st.sampled_from("{}[]<>%$#@*|_ abDATEX\n/!:=\"'()"), st.characters(codec="utf-8")), max_size=60))
def test_any_text_can_be_looked_at(text: str) -> None:
    found = placeholders(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(one.start < one.end <= len(text) for one in found)
    assert all(0 <= one.start <= one.end <= len(text) for one in unbalanced(text, found))
    mask = masked(text, None, found)
    assert len(mask.starts) == len(mask.ends) == len(mask.text)
