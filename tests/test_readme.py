"""Every command of the README runs, from a copy of the examples."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from audit.judge import judge
from audit.rows import read

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", "\n".join(re.findall(r"```console\n(.*?)```", README, re.S)), re.M)


def test_the_readme_shows_commands() -> None:
    assert len(COMMANDS) >= 8


@pytest.mark.slow
def test_every_command_runs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(ROOT / "benchmarks" / "heldout", tmp_path / "benchmarks" / "heldout")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for command in COMMANDS:
        name, *arguments = shlex.split(command)
        assert name == "reply-audit"
        done = subprocess.run(
            [sys.executable, "-m", "audit", *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (command, done.stderr)
        assert done.stdout.strip(), command


def test_the_answer_of_judge_is_what_judge_answers() -> None:
    (shown,) = re.findall(r'```json\n(\{"id": 1,.*?)```', README, re.S)
    rows = read(ROOT / "examples" / "judge" / "rows.jsonl")
    assert json.loads(shown) == next(iter(judge(rows)))


def test_every_option_of_run_is_in_the_readme() -> None:
    from audit.commands.run import command

    table = README.split("## Options of `run`")[1].split("##")[0]
    named = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    assert {option for option in named if option not in table} == set()


def test_the_picture_is_there() -> None:
    assert (ROOT / "examples" / "scorecard.png").stat().st_size > 10_000
