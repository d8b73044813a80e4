"""What only a set of templates shows, and what its placeholders do: faults of audit.template.fault as findings, and reactions uncovered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby

import polars as pl

from audit import templates as sets
from audit import text
from audit.lint import repair
from audit.lint.finding import Card, Finding
from audit.lint.judgement import Subject, at
from audit.profile import Profile
from audit.rulebook import Rulebook
from audit.template import fault
from audit.template.fault import Fault

UNCOVERED = "uncovered-reaction"
FEWEST = 2
"""Templates of a language that must declare a reaction before the lack of others means anything."""


def findings(
    subjects: Sequence[Subject], rulebook: Rulebook, profile: Profile, cards: Mapping[str, Card], texts: Mapping[str, str], *, whole: bool
) -> list[Finding]:
    """`whole`: folders were given, so that what they lack is known; of single files it is not."""
    found = []
    for one, each in chain(_placeholders(subjects), _between(subjects)):
        if each.rule not in cards or not one.selection.takes(cards[each.rule]):
            continue
        card = one.selection.card(cards[each.rule])
        said = rulebook.rule(each.rule).evidence if each.rule in rulebook.ids else None
        message = said.en.format_map(each.named) if said else f"{card.title}: “{each.named.get('placeholder', '')}”"
        finding = at(one, card, each.start, each.end, message=message)
        fix = None if each.fix is None else repair.edit(one, texts, each.start, each.end, each.fix)
        found.append(replace(finding, edit=fix))
    if whole and UNCOVERED in cards and UNCOVERED in rulebook.ids:
        found += _uncovered(subjects, rulebook, profile, cards[UNCOVERED])
    return found


def _placeholders(subjects: Sequence[Subject]) -> Iterator[tuple[Subject, Fault]]:
    """Each group of one declaration of variables by itself."""
    for variables, group in groupby(sorted(subjects, key=lambda one: one.variables), key=lambda one: one.variables):
        held = list(group)
        yield from (
            (held[each.number], each)
            for each in fault.of_placeholders([one.template for one in held], variables)
            if each.number is not None
        )


def _between(subjects: Sequence[Subject]) -> Iterator[tuple[Subject, Fault]]:
    """What two templates show together."""
    templates, langs = [one.template for one in subjects], [one.lang for one in subjects]
    read = pl.DataFrame({"text": [one.read.text for one in subjects]}, schema={"text": pl.String})
    skeletons = read.select(text.skeleton(text.words(pl.col("text")))).to_series().to_list()
    faults = chain(fault.of_translations(templates, langs), fault.of_copies(templates, langs, skeletons, _alike))
    yield from ((subjects[each.number], each) for each in faults if each.number is not None)


def _alike(skeletons: list[str]) -> list[int]:
    if len(skeletons) < 2:
        return list(range(len(skeletons)))
    from audit.statistics.clones import alike

    return alike(skeletons)


def _uncovered(subjects: Sequence[Subject], rulebook: Rulebook, profile: Profile, card: Card) -> Iterable[Finding]:
    """One finding a language and reaction, on the first line of the first file of the set."""
    taking = [one for one in subjects if one.selection.takes(card) and one.lang != "other"]
    declared = pl.DataFrame(
        [(one.reaction.asked_type, one.lang) for one in taking], schema={"reaction": pl.String, "lang": pl.String}, orient="row"
    ).drop_nulls()
    told = declared.filter(pl.len().over("lang") >= FEWEST)
    if told.is_empty():
        return []
    said = rulebook.rule(UNCOVERED).evidence
    missing = sets.readiness(told, rulebook, profile).filter(~pl.col(UNCOVERED))
    path = min(one.template.path for one in taking)
    return [
        Finding(
            rule=card.id,
            level="note" if card.preview else card.level,
            message=said.en.format(lang=row["lang"], reaction=row["reaction"]) if said else card.title,
            path=path,
            line=1,
            column=1,
            end_line=1,
            end_column=1,
            lang=row["lang"],
            content=f"{row['lang']}\0{row['reaction']}",
            preview=card.preview,
        )
        for row in missing.iter_rows(named=True)
    ]
