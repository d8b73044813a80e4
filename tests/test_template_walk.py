"""What is read of the paths given: nothing outside of them, no circle, no binary, nothing huge, and no heavy library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from audit.errors import AuditError
from audit.template import TemplateOptions, read_templates
from tests.template_fixtures import REPLY

RECORD = json.dumps([{"title": "Late", "text": REPLY}])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.json").write_text(RECORD)
    return tmp_path


def paths(*given: str, **options: object) -> list[str]:
    reading = read_templates([Path(path) for path in given or (".",)], TemplateOptions(**options))  # type: ignore[arg-type]
    return [template.path for template in reading.templates]


def whys(*given: str, **options: object) -> dict[str, str]:
    reading = read_templates([Path(path) for path in given or (".",)], TemplateOptions(**options))  # type: ignore[arg-type]
    return {skipped.path: skipped.why for skipped in reading.skipped}


def test_hidden_and_installed_things_are_passed_over(folder: Path) -> None:
    for name in (".git", ".hidden", "node_modules", "venv", "sub"):
        (folder / name).mkdir()
        (folder / name / "b.json").write_text(RECORD)
    (folder / "picture.png").write_bytes(b"\x89PNG")
    assert paths() == ["sub/b.json", "templates/a.json"]
    assert whys() == {}


def test_each_file_is_read_once_and_shown_from_here(folder: Path) -> None:
    assert paths("templates", "./templates/a.json", str(folder / "templates")) == ["templates/a.json"]
    assert paths(str(folder)) == ["templates/a.json"]


def test_include_and_exclude(folder: Path) -> None:
    (folder / "templates" / "old").mkdir()
    (folder / "templates" / "old" / "b.json").write_text(RECORD)
    (folder / "c.yaml").write_text(RECORD)
    assert paths(exclude=("old/",)) == ["c.yaml", "templates/a.json"]
    assert paths(include=("templates/*.json",)) == ["templates/a.json"]
    assert paths("templates/a.json", exclude=("templates/",)) == []


def test_links(folder: Path) -> None:
    outside = folder / "outside.json"
    outside.write_text(RECORD)
    inside = folder / "templates"
    (inside / "circle").symlink_to(inside)
    (inside / "out.json").symlink_to(outside)
    (inside / "within.json").symlink_to(inside / "a.json")
    (inside / "gone.json").symlink_to(inside / "nothing.json")
    (inside / "self.json").symlink_to(inside / "self.json")
    assert paths("templates") == ["templates/a.json"]
    said = whys("templates")
    assert said["templates/out.json"] == "a link to a place outside of the paths given"
    assert said["templates/gone.json"] == "a link to nothing"
    assert "templates/self.json" in said
    assert paths("templates/out.json") == ["templates/out.json"]  # given by name


def test_binaries_pipes_and_huge_files(folder: Path) -> None:
    inside = folder / "templates"
    (inside / "b.json").write_bytes(b'{"a": "\0\0\1"}')
    with (inside / "huge.json").open("wb") as file:
        file.truncate(50_000_000)
    os.mkfifo(inside / "pipe.json")
    (inside / "c.xlsx").write_bytes(b"PK\x03\x04no")
    (inside / "d.csv").write_bytes("text\nMój odpowiedź ąę\n".encode() + b"\xff\xfe\x81")
    reading = read_templates([Path("templates")])
    said = {skipped.path: skipped.why for skipped in reading.skipped}
    assert said["templates/b.json"] == "a binary file"
    assert said["templates/huge.json"].startswith("larger than 10 MB (50 MB)")
    assert said["templates/pipe.json"] == "no regular file"
    assert [fault.path for fault in reading.failed] == ["templates/c.xlsx", "templates/d.csv"]
    assert reading.failed[1].line == 3
    assert whys("templates", most_bytes=10)["templates/a.json"].startswith("larger than")


@pytest.mark.parametrize("depth", [200, 100_000])
@pytest.mark.parametrize("name", ["deep.json", "deep.yaml", "deep.toml", "deep.md"])
def test_depth_is_no_danger(folder: Path, name: str, depth: int) -> None:
    content = {
        "deep.json": "[" * depth + "]" * depth,
        "deep.yaml": "[" * depth + "]" * depth,
        "deep.toml": "a = " + "[" * depth + "]" * depth,
        "deep.md": ">" * depth + " Thank you",
    }[name]
    (folder / "templates" / name).write_text(content)
    assert paths("templates")[0] == "templates/a.json"


def test_repeated_aliases_are_read_once(folder: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    (folder / "templates" / "b.yaml").write_text("\n".join(lines))
    assert paths("templates") == ["templates/a.json"]


def test_what_is_absent_or_of_no_kind(folder: Path) -> None:
    with pytest.raises(AuditError, match="no such file or folder"):
        paths("nowhere")
    (folder / "a.docx").write_text("x")
    reading = read_templates([Path("a.docx")])
    assert [(skipped.path, skipped.named) for skipped in reading.skipped] == [("a.docx", True)]
    assert "of no kind that is read" in reading.skipped[0].why


def test_nothing_else_is_opened_and_nothing_heavy_loaded(folder: Path) -> None:
    (folder / "templates" / "b.yaml").write_text(f"a:\n  title: t\n  text: {json.dumps(REPLY)}\n")
    (folder / "templates" / "c.md").write_text(f"# A\n\n> {REPLY}\n")
    (folder / "secret.json").write_text(RECORD)
    (folder / "reply-audit.toml").write_text("")
    script = """
import sys, pathlib
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event in ("open", "os.scandir", "os.listdir") else None)
from audit.template import read_templates
reading = read_templates([pathlib.Path("templates")])
assert len(reading.templates) == 3, reading
here = str(pathlib.Path.cwd())
mine = {path for path in opened if path.startswith(here) or not path.startswith("/") and not path.isdigit()}
print(sorted(path.removeprefix(here + "/") for path in mine))
print([name for name in ("polars", "duckdb", "numpy", "pydantic", "rich", "jinja2", "fastexcel") if name in sys.modules])
"""
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=env, cwd=folder)
    files, heavy = run.stdout.splitlines()
    assert set(eval(files)) <= {"templates", "templates/a.json", "templates/b.yaml", "templates/c.md"}
    assert heavy == "[]"


HOSTILE = {
    "a.md": "# T\n\n> Hi, sorry " + "*_`[" * 2000,
    "b.md": "# T\n\n> Hi, sorry " + "{{% <!-- " * 1000,
    "c.md": "\n" * 50_000,
    "d.html": "<p>Hi, sorry <![x <![CDATA[" + "<!-- " * 5000,
    "e.json": json.dumps([{"title": "x", "text": "Hi, sorry " + "{%" * 15_000}]),
    "f.csv": 'id,text\n"' + '""' * 20_000,
    "g.txt": "Hi, sorry " + "[" * 9_000,
    "h.yaml": "a: " + "- " * 50_000,
    "i.po": '"a"\n' * 20_000,
    "j.toml": "a = " + "'" * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_harm_nobody(folder: Path, name: str) -> None:
    (folder / "templates" / name).write_text(HOSTILE[name])
    assert "templates/a.json" in paths("templates") or name == "a.json"
