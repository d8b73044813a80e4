"""The cascade: wordings, typer, ratings, earlier turns, unclear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest

from audit import classify
from audit.concordance import Concordance
from audit.rulebook import open_rulebook
from audit.tables import ASKED_TYPES
from audit.typer import FLAGS, OUTPUTS

BOOK = open_rulebook()


class Said:
    """A typer that says the same of every text."""

    name, hash = "said", "0"

    def __init__(self, wording: Mapping[str, float] | None = None, **probabilities: float) -> None:
        self._wording = wording or {}
        self._said = {name: probabilities.get(name, 0.0) for name in OUTPUTS}

    def read(self, part: pl.DataFrame, held: Concordance, lang: str) -> int:
        return part.height

    def probabilities(self, signs: pl.DataFrame, read: int, lang: str) -> pl.DataFrame:
        return pl.DataFrame({name: [value] * read for name, value in self._said.items()})

    def bounds(self, lang: str) -> Mapping[str, float]:
        return {**dict.fromkeys(ASKED_TYPES, 0.7), **dict.fromkeys(FLAGS, 0.5), "unclear": 0.3, **self._wording}


def typed(typer: Said, asked: str = "The lid, hm", **more: Any) -> dict[str, Any]:
    row = {"asked": asked, "lang": "en", "asked_type": None, "asked_upset": None, **more}
    kinds = {"asked_type": pl.String, "asked_upset": pl.Boolean, "rating": pl.Int8}
    frame = pl.DataFrame([row], schema_overrides={name: kind for name, kind in kinds.items() if name in row})
    return classify.typed(frame, BOOK, typer).row(0, named=True)


def test_the_typer_decides_what_wordings_leave_open() -> None:
    said = typed(Said(complaint=0.75, question=0.25, upset=0.6))
    assert (said["asked_type"], said["asked_confidence"], said["asked_why"], said["confident"]) == ("complaint", 0.75, "model", True)
    assert (said["asked_upset"], said["asked_insulting"]) == (True, False)


def test_little_confidence_is_said() -> None:
    assert typed(Said(complaint=0.6, question=0.4))["confident"] is False
    said = typed(Said(complaint=0.28, question=0.27, other=0.45 / 2, praise=0.45 / 2))
    assert (said["asked_type"], said["asked_why"], said["confident"]) == ("unclear", "nothing decides", False)


def test_wordings_that_were_right_often_enough_decide_alone() -> None:
    sure = Said({"wording:praise": 0.97}, complaint=0.6, praise=0.4)
    said = typed(sure, "Great service, thank you!")
    assert (said["asked_type"], said["asked_confidence"], said["asked_why"], said["confident"]) == ("praise", 0.97, "wording", True)
    assert typed(Said(complaint=0.85, praise=0.15), "Great service, thank you!")["asked_type"] == "complaint"


def test_wordings_of_one_type_speak_for_it_where_the_typer_is_not_clear() -> None:
    said = typed(Said(complaint=0.6, praise=0.4), "Great service, thank you!")
    assert (said["asked_type"], said["asked_confidence"], said["asked_why"]) == ("praise", 0.67, "model")


@pytest.mark.parametrize(
    ("rating", "kind", "why"), [(1, "complaint", "rating"), (3, "praise", "model"), (5, "praise", "model"), (None, "praise", "model")]
)
def test_a_low_rating_turns_what_is_not_clear(rating: int | None, kind: str, why: str) -> None:
    said = typed(Said(praise=0.5, complaint=0.4, other=0.1), rating=rating)
    assert (said["asked_type"], said["asked_why"]) == (kind, why)


def test_five_stars_turn_what_is_not_clear_and_never_a_clear_text() -> None:
    assert typed(Said(other=0.6, praise=0.35, complaint=0.05), rating=5)["asked_type"] == "praise"
    assert typed(Said(complaint=0.85, praise=0.15), rating=5)["asked_type"] == "complaint"
    assert typed(Said(praise=0.85, complaint=0.15), rating=1)["asked_type"] == "praise"


def test_the_same_text_may_be_rated_differently() -> None:
    frame = pl.DataFrame({"asked": ["The lid, hm"] * 2, "lang": "en", "rating": [1, 5]}, schema_overrides={"rating": pl.Int8})
    frame = frame.with_columns(asked_type=pl.lit(None, pl.String), asked_upset=pl.lit(None, pl.Boolean))
    found = classify.typed(frame, BOOK, Said(complaint=0.3, praise=0.3, other=0.4))
    assert found["asked_type"].to_list() == ["complaint", "praise"]


def test_what_is_given_stays() -> None:
    said = typed(Said(complaint=0.9, upset=0.9), asked_type="question", asked_upset=False)
    assert (said["asked_type"], said["asked_why"], said["asked_upset"], said["confident"]) == ("question", "given", False, True)


def test_other_languages_are_left_alone() -> None:
    said = typed(Said(complaint=0.9), "Wo bleibt mein Paket", lang="other")
    assert (said["asked_type"], said["confident"]) == ("unclear", False)


def test_no_text_is_no_type() -> None:
    frame = pl.DataFrame(
        {"asked": [None], "lang": ["en"], "asked_type": [None], "asked_upset": [None]}, schema_overrides={"asked": pl.String}
    )
    found = classify.typed(frame.with_columns(pl.col("asked_type").cast(pl.String), pl.col("asked_upset").cast(pl.Boolean)), BOOK, Said())
    assert found["asked_type"].to_list() == [None]


def turns(*rows: tuple[str, float, float, str]) -> pl.DataFrame:
    """(type, confidence, leaning, why) of the turns of one dialogue."""
    frame = pl.DataFrame(rows, schema=["asked_type", "asked_confidence", "asked_leaning", "asked_why"], orient="row")
    return frame.with_columns(dialogue=pl.lit(1), asked_at=pl.lit(None, pl.Datetime("us")), confident=pl.lit(True))


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        (("other", 0.5, 0.2, "model"), "complaint"),
        (("unclear", 0.2, 0.1, "nothing decides"), "complaint"),
        (("other", 0.9, 0.05, "model"), "other"),
        (("other", 0.5, 0.05, "model"), "other"),
        (("praise", 0.5, 0.3, "model"), "praise"),
        (("question", 1.0, 0.3, "given"), "question"),
    ],
)
def test_after_a_complaint_what_is_not_clear_is_one_too(second: tuple[str, float, float, str], kind: str) -> None:
    found = classify.continued(turns(("complaint", 0.9, 0.9, "model"), second))
    assert found["asked_type"].to_list() == ["complaint", kind]
    before = classify.continued(turns(second, ("complaint", 0.9, 0.9, "model")))
    assert before["asked_type"][0] == second[0]
