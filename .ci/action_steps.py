"""Runs the steps of action.yml as a runner would: inputs with their defaults, expressions put into the environment, each step in bash.

python .ci/action_steps.py [INPUT=VALUE ...]      (in the folder that the action is to work in)
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

HOME = Path(__file__).resolve().parent.parent


def main(given: list[str]) -> int:
    action = yaml.safe_load((HOME / "action.yml").read_text(encoding="utf-8"))
    inputs = {name: str(each.get("default", "")) for name, each in action["inputs"].items()}
    for each in given:
        name, _, value = each.partition("=")
        if name not in inputs:
            raise SystemExit(f"{name} is no input of the action: {', '.join(inputs)}")
        inputs[name] = value
    known = {f"inputs.{name}": value for name, value in inputs.items()} | {"github.action_path": str(HOME)}
    for step in action["runs"]["steps"]:
        condition = re.fullmatch(r"([\w.-]+) == '([^']*)'", step.get("if", "")) if "if" in step else None
        if condition and known[condition[1]] != condition[2]:
            continue
        said = {
            name: re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda match: known[match[1]], str(value))
            for name, value in step.get("env", {}).items()
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(command, env={**os.environ, "GITHUB_ACTIONS": "true", **said}, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
