"""The examples are what their script makes, and show every fault."""

from __future__ import annotations

import runpy
from pathlib import Path

from audit.ingest.reader import ReadOptions
from audit.pipeline import AuditOptions, audit_history
from audit.rulebook import open_rulebook

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_the_exports_are_what_their_script_makes(tmp_path: Path) -> None:
    script = runpy.run_path(str(EXAMPLES / "make_examples.py"))
    script["main"].__globals__["HOME"] = tmp_path
    script["main"]()
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (EXAMPLES / "kettlewell" / "exports" / made.name).read_bytes(), made.name


OPTIONS = AuditOptions(read=ReadOptions(brand="Kettlewell", tz="Europe/Warsaw"))
STEADY = {"recurring-complaint", "spotless-record"}
"""Faults of an account that Kettlewell does not have."""
BY_CHANCE = {"quality-under-load"}
"""Nothing of this is planted, and by chance the busy days of twelve agents differ about as much as the rule looks for."""


def test_every_rule_finds_its_fault_and_no_rule_finds_only_faults() -> None:
    result = audit_history([EXAMPLES / "kettlewell" / "exports"], OPTIONS).result
    rules = result["scores"]["rules"]
    rulebook = open_rulebook()
    assert set(rules) == {rule.id for rule in rulebook.of("reply", "asked", "account")}
    assert {id for id, rule in rules.items() if not rule["broken"]} - BY_CHANCE == STEADY
    of_exchanges = {rule.id for rule in rulebook.of("reply", "asked")}
    assert {id for id in of_exchanges if rules[id]["judged"] == rules[id]["broken"]} == set()


def test_good_agents_come_before_poor_ones() -> None:
    result = audit_history([EXAMPLES / "kettlewell" / "exports"], OPTIONS).result
    scores = {agent["agent"]: agent["score"] for agent in result["agents"] if agent["ranked"]}
    good, poor = [scores[name] for name in ("AB", "EF", "Анна", "Ola")], [scores[name] for name in ("KM", "GH", "Олег", "Jan")]
    assert min(good) > max(poor) + 3
    assert sum(good) / 4 > sum(poor) / 4 + 10
