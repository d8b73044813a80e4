"""What is printed for people."""

from __future__ import annotations

import pytest

from audit.terminal import counted, plain


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (0, "message", "0 messages"),
        (1, "message", "1 message"),
        (2, "message", "2 messages"),
        (1, "labelled reply", "1 labelled reply"),
        (5, "labelled reply", "5 labelled replies"),
        (3, "day", "3 days"),
    ],
)
def test_a_noun_follows_its_number(number: int, noun: str, said: str) -> None:
    assert counted(number, noun) == said


def test_escapes_of_a_terminal_are_harmless() -> None:
    assert plain("a\x1b[31mb\nc\u202e") == "a\ufffd[31mb\nc\ufffd"
