"""A rule's own examples, judged as any other row: the proof that the file does what it says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from audit import check
from audit.judge import ROW, judged
from audit.profile import Profile
from audit.rule import Example, Rule
from audit.rulebook import Rulebook

_NAMES = {True: "kept", False: "broken", None: "not judged"}


@dataclass(frozen=True)
class Failure:
    """An example that the rule does not judge as its file says."""

    rule: str
    kind: str
    number: int
    text: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.rule}: [[{self.kind}]] number {self.number} is {self.found}, expected {self.expected}: {self.text!r}"


def failures(rule: Rule, rulebook: Rulebook, profile: Profile) -> list[Failure]:
    """Examples, better wordings and exceptions of one rule that do not hold; empty when all do."""
    cases: list[tuple[str, int, bool, dict[str, Any]]] = []
    for kind, proofs, kept in (("bad", rule.bad, False), ("good", rule.good, True)):
        for number, proof in enumerate(proofs, 1):
            cases.append((kind, number, kept, _row(rule, proof)))
            if proof.better:
                cases.append((f"{kind}.better", number, True, {**_row(rule, proof), "reply": proof.better}))
    for number, exception in enumerate(rule.unless, 1):
        lang = "en" if exception.lang == "*" else exception.lang
        asked_side = exception.side == "asked"
        proof = Example(
            lang=lang, reply=exception.reply if asked_side else exception.example, asked=exception.example if asked_side else None
        )
        cases.append(("unless", number, rule.detector != "absence", _row(rule, proof)))
    if not cases:
        return []
    rulebook = rulebook.only(rule)
    facts = {key: value for *_, row in cases for key, value in row.items() if key not in ROW}
    schema = {**ROW, **{key: pl.Series([value]).dtype for key, value in facts.items()}}
    frame = pl.DataFrame([row for *_, row in cases], schema=schema)
    if rule.subject in ("account", "templates"):
        verdicts = check.verdicts(frame, rulebook, profile.bounds, (rule.subject,)).get_column(rule.id).to_list()
    else:
        verdicts = judged(frame, rulebook, profile).get_column(rule.id).to_list()
    return [
        Failure(rule.id, kind, number, str(row["reply"] or row["asked"] or ""), _NAMES[expected], _NAMES[verdict])
        for (kind, number, expected, row), verdict in zip(cases, verdicts, strict=True)
        if verdict is not expected
    ]


def idle_exceptions(rule: Rule, rulebook: Rulebook, profile: Profile) -> list[Failure]:
    """Exceptions whose example would be kept without them: they prove nothing."""
    excepted = rule.detector != "absence"
    without = rulebook.only(replace(rule, unless=()))
    proofs = [
        Example(
            lang="en" if u.lang == "*" else u.lang,
            reply=u.reply if u.side == "asked" else u.example,
            asked=u.example if u.side == "asked" else None,
        )
        for u in rule.unless
    ]
    if not proofs:
        return []
    frame = pl.DataFrame([_row(rule, proof) for proof in proofs], schema_overrides=ROW)
    verdicts = judged(frame, without, profile).get_column(rule.id).to_list()
    return [
        Failure(rule.id, "unless", number, str(proof.reply), f"{_NAMES[not excepted]} without it", _NAMES[verdict])
        for number, (proof, verdict) in enumerate(zip(proofs, verdicts, strict=True), 1)
        if verdict is excepted or verdict is None
    ]


def _row(rule: Rule, proof: Example) -> dict[str, Any]:
    """The row of an example; what it leaves out is what the rule is judged on."""
    asked_type = proof.asked_type or (rule.when.asked[0] if rule.when.asked else "complaint")
    upset = proof.asked_upset if proof.asked_upset is not None else bool(rule.when.upset)
    facts = {**dict.fromkeys(rule.when.facts, True), **proof.facts}
    if rule.fact == "minutes_waited":
        facts = {"channel_kind": "public", **facts}
    row = {"asked": proof.asked, "reply": proof.reply, "lang": proof.lang, "asked_type": asked_type, "asked_upset": upset}
    return {**row, "private": proof.private, **facts}
