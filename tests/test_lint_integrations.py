"""The hook, the action and the CI files of the example run, as far as that goes without a network."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.lint_fixtures import code, lint
from tests.test_lint_output import SCHEMA

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "templates"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, and `reply-audit` on the path."""
    shutil.copytree(EXAMPLE, tmp_path / "team")
    program = tmp_path / "bin" / "reply-audit"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m audit "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("REPLY_AUDIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(tmp_path / "team")
    return tmp_path / "team"


def ran(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_example_is_clean_and_shows_both_ways_to_suppress(folder: Path) -> None:
    result = lint("--format", "json", config=True)
    assert code(result) == 0
    data = json.loads(result.stdout)
    assert {each["suppression"]["kind"] for each in data["suppressed"]} == {"inSource", "external"}
    assert {each["level"] for each in data["findings"]} <= {"note"}
    assert data["summary"]["files"] == 7
    assert not [each for each in data["findings"] if each["rule"] in ("uncovered-reaction", "unknown-placeholder", "exposed-personal-data")]


def test_the_hooks_run(folder: Path) -> None:
    (given,) = loaded(folder / ".pre-commit-config.yaml")["repos"][0]["hooks"]
    hooks = {hook["id"]: hook for hook in loaded(ROOT / ".pre-commit-hooks.yaml")}
    assert given["id"] in hooks
    for hook in hooks.values():
        assert {"id", "name", "entry", "language"} <= hook.keys()
        done = ran(shlex.join([*shlex.split(hook["entry"]), *given["args"]]), folder)
        assert done.returncode == 0, done.stdout + done.stderr


def with_a_note(folder: Path) -> None:
    """One template more, with a finding of a preview rule, which fails nothing."""
    with (folder / "social" / "en" / "complaint.md").open("a", encoding="utf-8") as file:
        file.write("\n## Leak\n\n> Sorry for the leak, and thank you for your patience. Bravo, genius! A new one leaves today.\n")


def test_the_steps_of_the_action_run(folder: Path) -> None:
    with_a_note(folder)
    given = loaded(folder / ".github" / "workflows" / "templates.yml")["jobs"]["lint"]["steps"][2]["with"]
    known = loaded(ROOT / "action.yml")["inputs"]
    assert given.keys() <= known.keys()
    steps = [sys.executable, str(ROOT / ".ci" / "action_steps.py"), "install=false"]
    done = subprocess.run(
        [*steps, f"paths={given['paths']}", f"sarif={given['sarif']}"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "::notice file=social/" in done.stdout
    jsonschema.validate(json.loads((folder / given["sarif"]).read_text(encoding="utf-8")), SCHEMA, cls=jsonschema.Draft4Validator)
    (folder / "social" / "en" / "new.md").write_text("# New\n\n> Hi {{customer.name}, your parcel comes on {{day}}.\n", encoding="utf-8")
    done = subprocess.run(steps, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "::error file=social/en/new.md,line=3" in done.stdout


def test_the_gitlab_job_runs(folder: Path) -> None:
    with_a_note(folder)
    job = loaded(folder / ".gitlab-ci.yml")["reply-audit"]
    for line in job["script"]:
        done = ran(line, folder)
        assert done.returncode == 0, done.stdout + done.stderr
    issues = json.loads((folder / job["artifacts"]["reports"]["codequality"]).read_text(encoding="utf-8"))
    assert issues
    assert all(set(issue) == {"description", "check_name", "fingerprint", "severity", "location"} for issue in issues)
