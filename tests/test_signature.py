"""Agents from signatures: the forms that brands use, and the endings that only look like one."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from audit import signature

MATERIAL = Path(os.environ.get("AUDIT_MATERIAL", Path(__file__).parent.parent / ".." / "shared"))


def split(text: str | None, *brands: str) -> tuple[str | None, str | None]:
    row = signature.split(pl.Series([text], dtype=pl.String), brands=brands).row(0)
    return row[0], row[1]


@pytest.mark.parametrize(
    ("text", "agent", "unsigned"),
    [
        ("It left today. ^AB", "AB", "It left today."),
        ("It left today.^ab", "AB", "It left today."),
        ("It left today. ^Ria", "Ria", "It left today."),
        ("It left today. -Becky", "Becky", "It left today."),
        ("It left today. - Becky", "Becky", "It left today."),
        ("Is it there? Thanks - Kirsty", "Kirsty", "Is it there? Thanks"),
        ("Glad it works :) - Chloe", "Chloe", "Glad it works :)"),
        ("Send us a note. -S.D.", "SD", "Send us a note."),
        ("Welcome back! *ZachRicketts", "ZachRicketts", "Welcome back!"),
        ("Let us look /AB", "AB", "Let us look"),
        ("Let us look ~AT", "AT", "Let us look"),
        ("How can we help? ~ Ellen", "Ellen", "How can we help?"),
        ("Please write to us –XG https://kettle.example/dm", "XG", "Please write to us https://kettle.example/dm"),
        ("It is out ^AB 2/2", "AB", "It is out"),
        ("Уже везём. — Анна", "Анна", "Уже везём."),
        ("Уже везём. С уважением, Анна", "Анна", "Уже везём."),
        ("Уже везём. С уважением, Анна, служба поддержки «Чайник»", "Анна", "Уже везём."),
        ("Уже везём. Анна, поддержка", "Анна", "Уже везём."),
        ("Już jedzie.\nPozdrawiam, Tomek", "Tomek", "Już jedzie."),
        ("Już jedzie. Z poważaniem, Anna Kowalska", "Anna Kowalska", "Już jedzie."),
        ("It left.\nBest regards, Anna", "Anna", "It left."),
        ("It left.\nKind regards,\nAnna\nCustomer care", "Anna", "It left."),
        ("It left.\nThanks, Anna", "Anna", "It left."),
    ],
)
def test_agents(text: str, agent: str, unsigned: str) -> None:
    assert split(text) == (agent, unsigned)


@pytest.mark.parametrize(
    "text",
    [
        "The kettle is well-known",
        "wait 5-10",
        "send an e-mail",
        "call us 9-18",
        "Thank you -",
        "We have:\n- kettles\n- Phones",
        "we could not - sorry",
        "All is well. - Thanks",
        "Open 24/7",
        "this and/or",
        "tea w/o",
        "We reply 1/2",
        "it is *important*",
        "call 9-18 Mon-Fri",
        "Monday - Friday",
        "from Warsaw - Krakow",
        "Go to Settings. - Storage",
        "open Profile/Orders",
        "We sell in PLN /EU",
        "Pozdrawiamy, Zespół Kettlewell",
        "Pozdrawiamy, Kettlewell Polska",
        "С уважением, команда Чайник",
        "С уважением, ООО Чайник",
        "Best regards, The Kettlewell Team",
        "Have a nice day, Anna!",
        "It is out. Thanks, Anna",
        "Спасибо, Анна",
        "Анна, поддержка уже занимается вашим вопросом",
        "",
    ],
)
def test_what_is_no_signature(text: str) -> None:
    assert split(text) == (None, text)


def test_brands_are_no_agents() -> None:
    assert split("Już jedzie. Pozdrawiamy, Kettlewell", "Kettlewell") == (None, "Już jedzie. Pozdrawiamy, Kettlewell")


def test_order_and_nulls_stay() -> None:
    texts = pl.Series(["a ^AB", None, "b", "a ^AB"])
    assert signature.split(texts).rows() == [("AB", "a"), (None, None), (None, "b"), ("AB", "a")]
    assert signature.split(texts.head(0)).columns == ["agent", "unsigned"]


def test_signatures_of_the_twcs_sample() -> None:
    path = MATERIAL / "formats" / "twcs" / "twcs_892k.csv"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    replies = pl.read_csv(path, infer_schema_length=0).filter(pl.col("inbound") == "False")["text"]
    found = signature.split(replies)
    loose = replies.str.contains(r"(?:^|\s)[\^*/~–-]\s?[A-Za-z]{1,8}\s*(?:https?://\S+\s*)?$")
    assert found["agent"].count() >= 1400
    assert found.filter(loose)["agent"].count() >= 0.99 * replies.filter(loose).len()
    assert not found.drop_nulls("agent").filter(pl.col("agent").str.contains(r"[\d\s]")).height
