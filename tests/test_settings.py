"""The settings file: found upward, read with every fault at once, and written by `init` as a file that can be used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.cli import group
from audit.commands.run import command
from audit.errors import AuditError, SeveralErrors
from audit.settings import LINT_ONLY, TEMPLATE, found, read, settled
from audit.settings_file import Settings

KEYS = {field.alias or name for name, field in Settings.model_fields.items()}
RUN_KEYS = KEYS - set(LINT_ONLY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder three floors down; what lies above tmp_path holds no settings."""
    deep = tmp_path / "clients" / "kettlewell" / "2026"
    deep.mkdir(parents=True)
    return deep


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(SeveralErrors) as caught:
        read(path)
    return [str(error).removeprefix(f"{path}:") for error in caught.value.errors]


def test_nothing_is_found_where_nothing_stands(folder: Path) -> None:
    assert found(folder) is None
    assert settled({"brand": "Kettlewell"}, start=folder) == {"brand": "Kettlewell"}


def test_the_nearest_file_wins(folder: Path, tmp_path: Path) -> None:
    far = written(tmp_path / "reply-audit.toml", 'brand = "Far"')
    assert found(folder) == far
    near = written(folder.parent / "pyproject.toml", '[tool.reply-audit]\nbrand = "Near"')
    assert found(folder) == near
    assert settled({}, start=folder)["brand"] == "Near"


def test_in_one_folder_the_own_file_goes_first(folder: Path) -> None:
    written(folder / "pyproject.toml", '[tool.reply-audit]\nbrand = "Project"')
    own = written(folder / "reply-audit.toml", 'brand = "Own"')
    assert found(folder) == own


@pytest.mark.parametrize("text", ["", '[project]\nname = "x"', "[tool.ruff]\nline-length = 140", "tool = 3"])
def test_a_project_without_a_table_of_ours_is_passed_over(folder: Path, tmp_path: Path, text: str) -> None:
    far = written(tmp_path / "reply-audit.toml", 'brand = "Far"')
    written(folder / "pyproject.toml", text)
    assert found(folder) == far


def test_the_command_line_goes_before_the_file(folder: Path) -> None:
    path = written(folder / "reply-audit.toml", 'brand = "File"\nlang = "pl"\nfail-under = 70\nredact = false')
    assert settled({"brand": "Given"}, path) == {"brand": "Given", "lang": "pl", "fail_under": 70.0, "no_redact": True}


def test_settings_use_the_names_of_the_parameters_of_run(folder: Path) -> None:
    lines = [re.sub(r"^# ([a-z-]+ = )", r"\1", line) for line in TEMPLATE.splitlines()]
    said = settled({}, written(folder / "reply-audit.toml", "\n".join(lines)))
    assert set(said) <= {parameter.name for parameter in command.params}
    assert len(said) == len(RUN_KEYS)


def test_paths_start_from_the_file(folder: Path) -> None:
    keys = ["out", "db", "teams", "map", "json", "csv"]
    path = written(folder / "reply-audit.toml", "\n".join(f'{key} = "sub/{key}"' for key in keys))
    said = settled({}, path)
    assert set(said.values()) == {folder / "sub" / key for key in keys}
    absolute = written(folder / "reply-audit.toml", 'out = "/srv/card.html"')
    assert settled({}, absolute)["out"] == Path("/srv/card.html")


def test_a_profile_is_a_name_or_a_file_beside_the_settings(folder: Path) -> None:
    path = written(folder / "reply-audit.toml", 'profile = "regulated"')
    assert settled({}, path)["profile"] == "regulated"
    written(path, 'profile = "ours.toml"')
    assert settled({}, path)["profile"] == str(folder / "ours.toml")


def test_days_may_be_toml_dates(folder: Path) -> None:
    path = written(folder / "reply-audit.toml", 'since = 2026-01-01\nuntil = "2026-03-31"')
    assert settled({}, path) == {"since": "2026-01-01", "until": "2026-03-31"}


def test_all_faults_at_once_in_the_order_of_the_file(folder: Path) -> None:
    path = written(
        folder / "reply-audit.toml",
        'titel = "x"\nfail-under = "70"\nredact = "yes"\nperiod = "moth"\nfail_on = "error"\nout = 3\nzzz = 1\n',
    )
    said = faults(path)
    assert [fault.split(": ")[:2] for fault in said] == [
        ["1", "titel"],
        ["2", "fail-under"],
        ["3", "redact"],
        ["4", "period"],
        ["5", "fail_on"],
        ["6", "out"],
        ["7", "zzz"],
    ]
    for fault, hint in zip(
        said, ["'title'", "fail-under = 70", "redact = true", "'month'", "'fail-on'", 'out = "..."', "known: "], strict=True
    ):
        assert hint in fault.partition("hint: ")[2], fault


def test_faults_of_a_project_file_name_its_lines(folder: Path) -> None:
    path = written(
        folder / "pyproject.toml", '[project]\ntitel = "not ours"\n\n[tool.reply-audit]\ntitel = "x"\n[tool.reply-audit.more]\na = 1\n'
    )
    assert [fault.split(":")[0] for fault in faults(path)] == ["5", "6"]


@pytest.mark.parametrize("value", ["-1", "101", "nan", "true"])
def test_a_bound_that_no_score_can_meet(folder: Path, value: str) -> None:
    (fault,) = faults(written(folder / "reply-audit.toml", f"fail-under = {value}"))
    assert fault.startswith("1: fail-under: ")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("reply-audit.toml", b"brand = ", "no valid TOML"),
        ("reply-audit.toml", b"brand = '\xff'", "no valid TOML"),
        ("pyproject.toml", b"[tool]\nreply-audit = 3", ":2: tool.reply-audit: is no table"),
    ],
)
def test_a_file_that_cannot_be_read_at_all(folder: Path, name: str, data: bytes, message: str) -> None:
    path = folder / name
    path.write_bytes(data)
    with pytest.raises(AuditError, match=message) as caught:
        settled({}, start=folder)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there(folder: Path) -> None:
    with pytest.raises(AuditError, match="cannot be read"):
        settled({}, folder / "none.toml")


def test_the_template_names_every_key_once_and_says_nothing_by_itself(folder: Path) -> None:
    path = written(folder / "reply-audit.toml", TEMPLATE)
    assert settled({}, path) == {}
    assert sorted(re.findall(r"^# ([a-z-]+) = .+  # \S", TEMPLATE, re.M)) == sorted(KEYS)


def test_every_option_of_run_can_be_settled() -> None:
    options = {parameter.opts[-1].removeprefix("--") for parameter in command.params if parameter.opts[-1].startswith("--")}
    assert options - {"explain-map", "config", "no-redact"} == RUN_KEYS - {"redact"}


def test_init_says_where_it_cannot_write() -> None:
    with pytest.raises(AuditError, match=r"reply-audit\.toml: cannot be written"):
        CliRunner().invoke(group, ["init", "/proc/none"], catch_exceptions=False)


def test_keys_of_lint_are_told_from_those_of_run(folder: Path) -> None:
    path = written(
        folder / "reply-audit.toml", 'brand = "Kettlewell"\nselect = ["care"]\n[[overrides]]\npaths = ["mail/"]\nprivate = true\n'
    )
    assert settled({}, path) == {"brand": "Kettlewell"}
    assert read(path).select == ["care"]
    (override,) = read(path).overrides or []
    assert (override.paths, override.private, override.ignore) == (["mail/"], True, [])


def test_faults_inside_an_override_name_their_line_and_the_key_meant(folder: Path) -> None:
    path = written(
        folder / "reply-audit.toml",
        'select = "care"\n[[overrides]]\npaths = ["a/"]\n[[overrides]]\npaths = ["b/"]\nreactoin = "praise"\nlang = "plx"\n[[overrides]]\nprivate = true\n',
    )
    said = faults(path)
    assert [fault.split(":")[0] for fault in said] == ["1", "6", "7", "8"]
    for fault, part in zip(
        said, ['select = ["...", "..."]', "did you mean 'reaction'?", "did you mean 'pl'?", "Field required"], strict=True
    ):
        assert part in fault


def test_a_value_that_an_option_refuses_is_told_with_its_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "a.csv").write_text("id,text,reply\n1,Why?,So\n", encoding="utf-8")
    path = written(folder / "reply-audit.toml", 'brand = "Kettlewell"\ntz = "Mars/X"\nhours = "Mon-Fri 9-18"\n')
    assert str(CliRunner().invoke(group, ["run", "a.csv"]).exception).startswith(f"{path}:2: --tz: 'Mars/X' is no time zone")
    assert str(CliRunner().invoke(group, ["run", "a.csv", "--tz", "Venus/Y"]).exception).startswith("--tz: 'Venus/Y'")
    path.unlink()
    path = written(folder / "pyproject.toml", '[tool.reply-audit]\nhours = "Mon 18-9"\n')
    assert str(CliRunner().invoke(group, ["run", "a.csv"]).exception).startswith(f"{path}:2: --hours: 'Mon 18-9' closes before it opens")
