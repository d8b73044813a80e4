"""`reply-audit evaluate`: verdicts against people's."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from audit import figures, labels
from audit.cli import group
from audit.errors import AuditError, NothingToJudge
from audit.evaluation import evaluated
from audit.profile import open_profile
from audit.rulebook import open_rulebook

ROWS: list[dict[str, Any]] = [
    {"id": "a", "lang": "en", "reply": "Sorry! Please send us a direct message.", "broken": ["private-redirect"], "promises_return": False},
    {"id": "b", "lang": "en", "reply": "The leak is the seal's fault, a new one leaves today.", "broken": ["private-redirect"], "promises_return": False},
    {"id": "c", "lang": "en", "reply": "Sorry! Drop us a DM.", "broken": [], "promises_return": False},
    {"id": "d", "lang": "en", "reply": "We will let you know tomorrow.", "broken": [], "promises_return": True},
    {"id": "e", "lang": "pl", "reply": "Proszę napisać do nas w wiadomości prywatnej.", "broken": ["private-redirect"], "promises_return": False},
    {"id": "f", "lang": "de", "reply": "Bitte schreiben Sie uns eine Direktnachricht.", "broken": ["private-redirect"], "promises_return": False},
]  # fmt: skip


def written(tmp_path: Path, rows: list[dict[str, Any]] | None = None, name: str = "labels.jsonl") -> Path:
    path = tmp_path / name
    full = [{"asked": "It leaks", "asked_type": "complaint", "asked_upset": False, "na": [], **row} for row in rows or ROWS]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in full), encoding="utf-8")
    return path


def test_figures_by_hand(tmp_path: Path) -> None:
    measured = evaluated(labels.read([written(tmp_path)]), open_rulebook(), open_profile("default"))
    english = measured["rules"]["private-redirect"]["en"]
    assert (english["n"], english["true_positive"], english["false_positive"], english["false_negative"]) == (4, 1, 1, 1)
    assert english["precision"]["value"] == english["recall"]["value"] == english["f1"]["value"] == 0.5
    assert english["precision"]["low"] < 0.5 < english["precision"]["high"]
    assert english["kappa"]["value"] == 0.0  # as often right as chance
    both = measured["rules"]["private-redirect"]["all"]
    assert (both["n"], both["true_positive"]) == (5, 2), "German is abstained from"
    assert measured["rules"]["promises_return"]["en"]["recall"]["value"] == 1.0
    assert measured["n"] == {"en": 4, "pl": 1, "other": 1}
    assert set(measured["rules"]) == {"private-redirect", "promises_return"}, "a rule that nobody labelled has no figures"


def test_disagreements_name_the_words(tmp_path: Path) -> None:
    measured = evaluated(labels.read([written(tmp_path)]), open_rulebook(), open_profile("default"))
    found = {(row["kind"], row["id"]): row["words"] for row in measured["disagreements"]}
    assert set(found) == {("missed", "b"), ("wrongly flagged", "c")}
    assert found[("wrongly flagged", "c")] == ["Drop us a DM"]


@pytest.mark.parametrize(
    ("cell", "ids"),
    [
        ('["private-redirect", "denial"]', {"private-redirect", "denial"}),
        ("['private-redirect', 'denial']", {"private-redirect", "denial"}),
        ("private-redirect, denial", {"private-redirect", "denial"}),
        ("private-redirect;denial", {"private-redirect", "denial"}),
        ("private-redirect | denial", {"private-redirect", "denial"}),
        ("private-redirect denial", {"private-redirect", "denial"}),
        ("[private-redirect]", {"private-redirect"}),
        ("[]", set()),
        ("", set()),
    ],
)
def test_a_cell_of_labels_is_a_json_array_or_a_list(tmp_path: Path, cell: str, ids: set[str]) -> None:
    path = tmp_path / "labels.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["reply", "broken", "na"], ["Thanks!", cell, cell]])
    (label,) = labels.read([path])
    assert label.broken == label.na == frozenset(ids)


def test_a_cell_of_labels_that_is_neither_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("reply,broken\nThanks!,denial\nHello!,[3]\n", encoding="utf-8")
    with pytest.raises(AuditError, match=r"labels\.csv:3: broken: not a list of rule ids"):
        labels.read([path])


def test_csv_says_the_same_as_jsonl(tmp_path: Path) -> None:
    table = ["id,lang,asked,asked_type,asked_upset,reply,broken,na,promises_return"]
    table += [
        f'{r["id"]},{r["lang"]},It leaks,complaint,false,"{r["reply"]}",{" ".join(r["broken"])},,{r["promises_return"]}' for r in ROWS
    ]
    (tmp_path / "labels.csv").write_text("\n".join(table), encoding="utf-8")
    rulebook, profile = open_rulebook(), open_profile("default")
    a = evaluated(labels.read([written(tmp_path)]), rulebook, profile)
    b = evaluated(labels.read([tmp_path / "labels.csv"]), rulebook, profile)
    assert a["rules"] == b["rules"]


def test_a_folder_passes_over_files_without_labels(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "asked.jsonl").write_text('{"id": 1, "text": "It leaks", "type": "complaint"}', encoding="utf-8")
    assert len(labels.read([tmp_path])) == len(ROWS)
    with pytest.raises(AuditError, match="no field broken"):
        labels.read([tmp_path / "asked.jsonl"])
    (tmp_path / "none").mkdir()
    with pytest.raises(NothingToJudge):
        labels.read([tmp_path / "none"])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "malformed row"),
        ("[1]", "not an object"),
        ('{"asked": "x", "broken": []}', "no reply"),
        ('{"reply": "x", "broken": 3}', "broken: not a list"),
        ('{"reply": "x", "broken": [], "promises_return": "perhaps"}', "promises_return"),
        ('{"reply": "x", "broken": [], "asked_type": "rant"}', "asked_type"),
    ],
)
def test_a_bad_row_is_named_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"reply": "Hi", "broken": []}\n' + line, encoding="utf-8")
    with pytest.raises(AuditError, match=said) as caught:
        labels.read([path])
    assert f"{path}:2" in str(caught.value)


def test_the_command_prints_a_table_the_misses_or_json(tmp_path: Path) -> None:
    path = str(written(tmp_path))
    table = CliRunner().invoke(group, ["evaluate", path])
    assert table.exit_code == 0
    assert "private-redirect" in table.stdout
    assert "2 disagreements" in table.stdout
    misses = CliRunner().invoke(group, ["evaluate", path, "--misses", "--rule", "openness/private-redirect"])
    assert "private-redirect: missed 1" in misses.stdout
    assert "[Drop us a DM]" in misses.stdout
    data = json.loads(CliRunner().invoke(group, ["evaluate", path, "--json", "--rule", "promises_return"]).stdout)
    assert set(data["rules"]) == {"promises_return"}
    unknown = CliRunner().invoke(group, ["evaluate", path, "--rule", "private-redirct"])
    assert unknown.exit_code != 0


def test_written_figures_are_read_again_and_hold_no_text(tmp_path: Path) -> None:
    measured = evaluated(labels.read([written(tmp_path)]), open_rulebook(), open_profile("default"))
    figures.write(tmp_path, figures.LABELS, measured, "2026-03-01")
    figures.write(tmp_path, figures.HELD_OUT, measured, "2026-03-02")
    kept = figures.read(tmp_path)
    assert [kept[sample]["date"] for sample in (figures.LABELS, figures.HELD_OUT)] == ["2026-03-01", "2026-03-02"]
    assert kept[figures.LABELS]["rules"] == measured["rules"]
    assert "Drop us" not in (tmp_path / figures.NAME).read_text(encoding="utf-8")
    assert figures.read(tmp_path / "elsewhere")[figures.LABELS]["rules"] == {}
    (tmp_path / figures.NAME).write_text("{", encoding="utf-8")
    with pytest.raises(AuditError, match="no valid JSON"):
        figures.read(tmp_path)


def test_a_rule_below_its_target_beyond_chance_is_told() -> None:
    def sample(precision: tuple[float, float], recall: tuple[float, float]) -> figures.Sample:
        row = {name: {"value": value, "high": high} for name, (value, high) in (("precision", precision), ("recall", recall))}
        return {"date": "", "n": {}, "rules": {"denial": {"all": row}}}

    assert not figures.below_target("denial", sample((0.85, 0.90), (0.70, 0.80)))
    assert not figures.below_target("denial", sample((0.80, 0.85), (0.65, 0.70)))
    assert figures.below_target("denial", sample((0.80, 0.84), (0.99, 1.0)))
    assert figures.below_target("denial", sample((0.99, 1.0), (0.60, 0.69)))
    silent = sample((0.0, 0.0), (0.0, 0.09))
    silent["rules"]["denial"]["all"]["precision"] = None
    assert figures.below_target("denial", silent), "a rule that never fires is below its recall"
    assert not figures.below_target("copy-paste", sample((0.1, 0.2), (0.1, 0.2)))


def test_a_label_without_a_language_counts_in_the_one_that_is_found(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "reply": "Sorry! Please send us a direct message.", "broken": ["private-redirect"]},
        {"id": "b", "reply": "The leak is the fault of the seal, and a new one leaves today.", "broken": ["private-redirect"]},
    ]
    measured = evaluated(labels.read([written(tmp_path, rows)]), open_rulebook(), open_profile("default"), "private-redirect")
    assert measured["n"] == {"en": 2}
    assert measured["rules"]["private-redirect"]["en"]["recall"]["value"] == 0.5


def test_a_label_that_names_no_rule_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, [{"id": "a", "lang": "en", "reply": "Drop us a DM.", "broken": ["private_redirect"]}])
    with pytest.raises(AuditError, match="no rule 'private_redirect'") as caught:
        evaluated(labels.read([path]), open_rulebook(), open_profile("default"))
    assert f"{path}:1" in str(caught.value)
    assert "private-redirect" in str(caught.value)


def test_one_rules_figures_do_not_take_the_place_of_all(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        group, ["evaluate", str(written(tmp_path)), "--rule", "denial", "--write", "labels", "--rules", str(tmp_path)]
    )
    assert done.exit_code != 0
    assert not (tmp_path / figures.NAME).exists()
