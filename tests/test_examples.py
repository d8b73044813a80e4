"""The examples are what their script makes, and show every fault."""

from __future__ import annotations

import runpy
from pathlib import Path

from audit.pipeline import AuditOptions, audit_history
from audit.rulebook import open_rulebook

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_the_exports_are_what_their_script_makes(tmp_path: Path) -> None:
    script = runpy.run_path(str(EXAMPLES / "make_examples.py"))
    script["main"].__globals__["HOME"] = tmp_path
    script["main"]()
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (EXAMPLES / "kettlewell" / "exports" / made.name).read_bytes(), made.name


def test_every_rule_finds_its_fault_and_no_rule_finds_only_faults() -> None:
    result = audit_history([EXAMPLES / "kettlewell" / "exports"], AuditOptions()).result
    rules = result["scores"]["rules"]
    promises = {"broken-promise"}
    assert set(rules) == set(open_rulebook().ids)
    assert {id for id, rule in rules.items() if not rule["broken"]} <= promises
    assert {id for id, rule in rules.items() if rule["judged"] == rule["broken"]} <= {"fed-troll", "fed-destructive", *promises}


def test_good_agents_come_before_poor_ones() -> None:
    result = audit_history([EXAMPLES / "kettlewell" / "exports"], AuditOptions()).result
    scores = {agent["agent"]: agent["score"] for agent in result["agents"] if agent["ranked"]}
    assert min(scores["AB"], scores["EF"], scores["Анна"], scores["Ola"]) > 85
    assert max(scores["KM"], scores["GH"], scores["Олег"], scores["Jan"]) < 70
