"""A set of reply templates: which reactions it has an answer for, in each of its languages (clause g2)."""

from __future__ import annotations

import polars as pl

from audit import check
from audit.profile import Profile
from audit.rulebook import Rulebook

REACTIONS = ("praise", "complaint", "criticism", "question")
"""The reactions that a set must be ready for."""


def readiness(templates: pl.DataFrame, rulebook: Rulebook, profile: Profile) -> pl.DataFrame:
    """lang, reaction, templates (how many there are), covered, and one column a templates rule.

    Takes `reaction` (null where a template declares none) and `lang`. A set that declares no reaction at all is not judged: empty.
    """
    declared = templates.drop_nulls(["reaction", "lang"])
    languages = declared.select("lang").unique().sort("lang")
    wanted = languages.join(pl.DataFrame({"reaction": REACTIONS}), how="cross")
    counted = declared.group_by("lang", "reaction").agg(templates=pl.len().cast(pl.Int64))
    facts = (
        wanted.join(counted, on=["lang", "reaction"], how="left", maintain_order="left")
        .with_columns(pl.col("templates").fill_null(0))
        .with_columns(covered=pl.col("templates") > 0)
    )
    return facts.hstack(check.verdicts(facts, rulebook, profile.bounds, ("templates",)))
