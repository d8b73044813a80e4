"""Praise that reads the same under different names. The only importer of rensa and rapidfuzz.

Distinct texts are compared by their skeletons (audit.text.skeleton): MinHash signatures of word pairs find candidates by
locality-sensitive hashing (Broder 1997; Indyk and Motwani 1998), and rapidfuzz's normalised indel similarity of their words confirms each
pair. Texts that are near-identical, one to the next, form a group. Short praise is alike by itself, so a text counts from the profile's
number of words on, and a group from its number of people on.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import polars as pl
from rapidfuzz import fuzz
from rensa import RMinHash, RMinHashLSH

from audit import text as texts
from audit.statistics.found import Evidence, Found

ALIKE = 85.0
"""Least similarity of two texts' words, 0-100."""
_PERMUTATIONS, _BANDS = 64, 16
_SHOWN = 5


def clones(rows: pl.DataFrame, bounds: Mapping[str, Any], least: int) -> Found:
    """`bounds`: `words`, `people`; accounts with `least` praising texts of so many words are judged. Takes `asked_words`, `customer`."""
    praising = rows.lazy().filter(pl.col("asked_first") & (pl.col("asked_type") == "praise") & pl.col("asked_words").is_not_null())
    praising = praising.select(
        "account",
        message_id="asked_message_id",
        person=pl.coalesce("customer", pl.col("dialogue").cast(pl.String)),
        skeleton=texts.skeleton(pl.col("asked_words")),
    ).filter(pl.col("skeleton").str.count_matches(r"\S+") >= int(bounds["words"]))
    praise = praising.filter(pl.len().over("account") >= least).collect()
    distinct = praise.group_by("account", "skeleton").agg("person", "message_id").sort("account", "skeleton", nulls_last=True)
    groups: list[int] = []
    for part in distinct.group_by("account", maintain_order=True).agg("skeleton").get_column("skeleton").to_list():
        groups += [len(groups) + group for group in alike(part)]
    found = (
        distinct.with_columns(group=pl.Series(groups, dtype=pl.Int64))
        .explode("person", "message_id")
        .group_by("account", "group")
        .agg(people=pl.col("person").n_unique(), texts=pl.col("skeleton").n_unique(), ids=pl.col("message_id").sort())
        .filter(pl.col("people") >= int(bounds["people"]))
        .sort(["account", "people", "group"], descending=[False, True, False], nulls_last=True)
    )
    evidence: dict[str | None, list[Evidence]] = {}
    for row in found.to_dicts():
        evidence.setdefault(row["account"], []).append({"people": row["people"], "texts": row["texts"], "message_ids": row["ids"][:_SHOWN]})
    return Found(frozenset(praise.get_column("account").unique()), evidence)


def alike(skeletons: list[str]) -> list[int]:
    """A group number for each text; near-identical texts share theirs."""
    leader = list(range(len(skeletons)))

    def find(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    words = [skeleton.split() for skeleton in skeletons]
    signatures = RMinHash.from_token_sets([_pairs(each) for each in words], _PERMUTATIONS, 1)
    index = RMinHashLSH(0.5, _PERMUTATIONS, _BANDS)
    index.insert_many(signatures)
    for i, candidates in enumerate(index.query_all(signatures)):
        mine = find(i)
        for j in candidates:
            if j > i and leader[j] != mine and find(j) != mine and fuzz.ratio(words[i], words[j]) >= ALIKE:
                leader[find(j)] = mine
    return [find(i) for i in range(len(skeletons))]


def _pairs(words: list[str]) -> list[str]:
    return [f"{a} {b}" for a, b in pairwise(words)] or words
