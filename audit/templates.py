"""A set of reply templates: which reactions it has an answer for, in each of its languages (clause g2); faults of placeholders and copies."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from audit import check, text
from audit.profile import Profile
from audit.rulebook import Rulebook
from audit.template import fault
from audit.template.fault import Fault
from audit.template.placeholder import masked
from audit.template.template import Template

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


FACTS = {
    "unbalanced-placeholder": "placeholders_balanced",
    "unknown-placeholder": "placeholders_known",
    "near-duplicate": "template_distinct",
    "translation-mismatch": "translation_agrees",
}
"""Rule about a template of a set -> the fact that it judges."""


def faults(
    templates: Sequence[Template],
    langs: Sequence[str],
    reactions: Sequence[str | None],
    rulebook: Rulebook,
    profile: Profile,
    variables: Sequence[str] = (),
) -> list[Fault]:
    """What the rules about sets find, and the blanks of templates (leaked-placeholder), in the order of the templates.

    `langs` and `reactions` (types of messages, None where one declares none) stand beside the templates; `variables` are declared for all.
    A missing reaction is a fault of the set: its `number` is None.
    """
    found = [
        *fault.of_placeholders(templates, variables),
        *fault.of_translations(templates, langs),
        *fault.of_copies(templates, langs, _skeletons(templates, langs), _groups),
    ]
    broken = verdicts(templates, found, rulebook, profile)
    kept = [
        each for each in found if each.number is not None and (each.rule not in broken.columns or broken[each.rule][each.number] is False)
    ]
    kept.sort(key=lambda each: (each.number or 0, each.start))
    missing = readiness(
        pl.DataFrame({"reaction": reactions, "lang": langs}, schema={"reaction": pl.String, "lang": pl.String}), rulebook, profile
    )
    if "uncovered-reaction" in missing.columns:
        for row in missing.filter(~pl.col("uncovered-reaction")).iter_rows(named=True):
            kept.append(Fault("uncovered-reaction", None, named={"reaction": row["reaction"], "lang": row["lang"]}))
    return kept


def verdicts(templates: Sequence[Template], found: Sequence[Fault], rulebook: Rulebook, profile: Profile) -> pl.DataFrame:
    """A row a template, a column a rule about templates of a set: true kept, false broken."""
    facts = pl.DataFrame(
        {
            fact: [number not in {each.number for each in found if each.rule == rule} for number in range(len(templates))]
            for rule, fact in FACTS.items()
        },
        schema=dict.fromkeys(FACTS.values(), pl.Boolean),
    )
    return check.verdicts(facts, rulebook, profile.bounds, ("templates",))


def _skeletons(templates: Sequence[Template], langs: Sequence[str]) -> list[str]:
    texts = [masked(template.text, lang).text for template, lang in zip(templates, langs, strict=True)]
    normal = text.words(pl.col("text"))
    return pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(text.skeleton(normal)).to_series().to_list()


def _groups(skeletons: list[str]) -> list[int]:
    from audit.statistics.clones import alike

    return alike(skeletons)
