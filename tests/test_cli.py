"""How the command ends: its exit code, and what it says where it cannot write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = [sys.executable, "-m", "audit"]
ROOT = Path(__file__).parent.parent


def _ended(arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(f'"{sys.executable}" -m audit {arguments}', shell=True, cwd=ROOT, capture_output=True, text=True, check=False)


def test_closed_streams_are_no_fault() -> None:
    assert _ended("rules list >&-").returncode == 0
    done = _ended("--version 2>&-")
    assert (done.returncode, done.stdout.startswith("reply-audit, version")) == (0, True)


def test_a_full_disk_is_told_in_a_line() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    done = _ended("rules list >/dev/full")
    assert (done.returncode, done.stderr) == (2, "reply-audit: output: No space left on device\n")


@pytest.mark.parametrize(("arguments", "code"), [("run no-such-file.csv", 2), ("no-such-command", 2), ("--help", 0)])
def test_exit_codes(arguments: str, code: int) -> None:
    done = subprocess.run([*RUN, *arguments.split()], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)


def test_what_others_leave_for_the_end_is_done(tmp_path: Path) -> None:
    code = (
        f"import atexit, sys; atexit.register(print, 'left'); sys.argv = ['reply-audit', '--version']; sys.path.insert(0, {str(ROOT)!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{code}from audit.cli import main; main()"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "left")
