"""Every output of an audit: tables in four formats, and `render`, which makes them again."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from audit.errors import AuditError
from audit.finding import SCHEMA
from audit.report import tables_csv, tables_jsonl, tables_parquet, tables_xlsx
from tests.histories import INNOCENT, PERSONAL, audit, months, planted

TABLES = {"findings", "worklists", "scores", "agents", "accounts"}
ALL = ["-o", "k.html", "--json", "k.json", "--csv", "csv", "--xlsx", "k.xlsx", "--parquet", "parquet", "--jsonl", "jsonl"]
FORMULAS = ["=1+1", "+48 1", "-x", "@sum", "\t=1", " =1", "plain", 'a "quoted", cell\nof two lines', "http://a.example", "{=1}", "1e5", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outputs")
    export = months(folder / "tweets.csv", [(1, 0.6), (2, 0.9)], brands=("Kettlewell", "Brackwell"))
    done = audit(folder, "run", export, *ALL, "--quiet")
    assert done.exit_code == 0, done.output
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.*")) if path.suffix not in (".duckdb", "")
    }


def csv_rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_the_four_formats_hold_the_same(folder: Path) -> None:
    for name in sorted(TABLES):
        frame = pl.read_parquet(folder / "parquet" / f"{name}.parquet")
        rows = csv_rows(folder / "csv" / f"{name}.csv")
        lines = [json.loads(line) for line in (folder / "jsonl" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        sheet = pl.read_excel(folder / "k.xlsx", sheet_name=name, infer_schema_length=0)
        assert frame.height == len(rows) == len(lines) == sheet.height, name
        assert frame.columns == list(rows[0]) == list(lines[0]) == sheet.columns, name
    findings = pl.read_parquet(folder / "parquet" / "findings.parquet")
    assert findings.columns == list(SCHEMA)
    result = json.loads((folder / "k.json").read_text(encoding="utf-8"))
    assert findings.height == sum(rule["broken"] for rule in result["scores"]["rules"].values() if rule["score"] is not None)
    assert findings.get_column("reply").to_list() == pl.read_excel(folder / "k.xlsx", sheet_name="findings").get_column("reply").to_list()
    accounts = pl.read_parquet(folder / "parquet" / "accounts.parquet")
    assert accounts.get_column("account").to_list() == ["Brackwell", "Kettlewell"]
    assert accounts.select(pl.col("change").max()).item() < 0
    assert set(accounts.get_column("loses_most")) <= set(result["scores"]["rules"])


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(tmp_path: Path) -> None:
    long = "x" * 40_000 + "🙂" * 10
    wide = "🙂" * 20_000
    table = pl.DataFrame({"reply": [*FORMULAS, long, wide], "n": list(range(len(FORMULAS) + 2)), "ok": [True] * (len(FORMULAS) + 2)})
    path = tables_xlsx.write({"findings": table}, tmp_path / "a.xlsx")
    read = pl.read_excel(path)
    assert read.get_column("reply").to_list()[: len(FORMULAS)] == FORMULAS
    assert read.get_column("n").to_list() == table.get_column("n").to_list()
    for text in read.get_column("reply").to_list()[len(FORMULAS) :]:
        assert text.endswith("…")
        assert len(text.encode("utf-16-le")) // 2 <= tables_xlsx.MOST_CHARACTERS
    parts = _parts(path)
    assert not any(b"<f>" in part or b"hyperlink" in part for part in parts.values())
    assert path.read_bytes() == tables_xlsx.write({"findings": table}, tmp_path / "b.xlsx").read_bytes()


def test_a_long_table_goes_on_in_further_sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_xlsx, "MOST_ROWS", 3)
    path = tables_xlsx.write({"findings": pl.DataFrame({"n": range(7)}), "worklists": pl.DataFrame({"n": []})}, tmp_path / "a.xlsx")
    sheets = pl.read_excel(path, sheet_id=0, raise_if_empty=False)
    assert {name: frame.height for name, frame in sheets.items()} == {"findings": 3, "findings 2": 3, "findings 3": 1, "worklists": 0}


def test_other_formats_keep_texts_as_they_are(tmp_path: Path) -> None:
    tables = {"findings": pl.DataFrame({"reply": FORMULAS})}
    (parquet,), (jsonl,) = tables_parquet.write(tables, tmp_path), tables_jsonl.write(tables, tmp_path)
    assert pl.read_parquet(parquet).get_column("reply").to_list() == FORMULAS
    assert [json.loads(line)["reply"] for line in jsonl.read_text(encoding="utf-8").split("\n") if line] == FORMULAS
    (written,) = tables_csv.write(tables, tmp_path)
    assert [row["reply"] for row in csv_rows(written)][:6] == ["'=1+1", "'+48 1", "'-x", "'@sum", "'\t=1", "' =1"]


def _parts(path: Path) -> dict[str, bytes]:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_render_makes_every_output_again_byte_by_byte(folder: Path, tmp_path: Path) -> None:
    again = audit(tmp_path, "render", folder / "k.json", "--db", folder / "k.duckdb", *ALL)
    assert again.exit_code == 0, again.output
    first = {name: data for name, data in files(folder).items() if name != "tweets.csv"}
    assert files(tmp_path) == first
    assert len(first) == 3 + 3 * len(TABLES)


def test_without_the_database_the_tables_say_what_they_leave_out(folder: Path, tmp_path: Path) -> None:
    done = audit(tmp_path, "render", folder / "k.json", "--csv", "csv", "--jsonl", "jsonl")
    result = json.loads((folder / "k.json").read_text(encoding="utf-8"))
    left = result["findings_left_out"]
    assert left
    assert f"{sum(left.values())} are left out; --db FILE gives them all" in done.output
    rows = csv_rows(tmp_path / "csv" / "findings.csv")
    assert len(rows) == len(result["findings"])
    assert [row["second_opinion"] for row in rows] == [str(finding["second_opinion"]).lower() for finding in result["findings"]]
    assert {row["rule"]: int(row["left_out"]) for row in rows} == {row["rule"]: left.get(row["rule"], 0) for row in rows}
    whole = csv_rows(folder / "csv" / "findings.csv")
    assert "left_out" not in whole[0]
    assert len(whole) == len(rows) + sum(left.values())


def test_render_changes_the_looks_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 40)
    looks = ["--title", "Q1 <of> two", "--lang", "pl", "--logo", "logo.png", "--accent", "#0a7d5c"]
    done = audit(
        tmp_path, "render", folder / "k.json", "--db", folder / "k.duckdb", "-o", "a.html", "--json", "a.json", "--csv", "csv", *looks
    )
    assert done.exit_code == 0, done.output
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "Q1 &lt;of&gt; two" in page
    assert '<html lang="pl"' in page
    assert 'src="data:image/png;base64,' in page
    before, after = (json.loads(path.read_text(encoding="utf-8")) for path in (folder / "k.json", tmp_path / "a.json"))
    assert {key for key in before if before[key] != after[key]} == {"title", "lang", "look"}
    assert (tmp_path / "csv" / "findings.csv").read_bytes() == (folder / "csv" / "findings.csv").read_bytes()


def test_render_refuses_what_does_not_belong_together(folder: Path, tmp_path: Path) -> None:
    export = months(tmp_path / "t.csv", [(1, 0.5)], each=12)
    audit(tmp_path, "run", export, "-o", "t.html", "--json", "t.json", "--quiet")
    other = audit(tmp_path, "render", folder / "k.json", "--db", "t.duckdb", "--csv", "csv").exception
    assert "holds another audit" in str(other)
    audit(tmp_path, "run", export, "-o", "t.html", "--until", "2026-01-10", "--quiet")
    assert "holds another audit" in str(audit(tmp_path, "render", "t.json", "--db", "t.duckdb", "--csv", "csv").exception)
    assert "nothing to write" in str(audit(tmp_path, "render", "t.json").exception)
    result = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    result["rulebook"]["hash"] = "0"
    (tmp_path / "t2.json").write_text(json.dumps(result), encoding="utf-8")
    assert "other rules" in str(audit(tmp_path, "render", "t2.json", "--db", "t.duckdb", "--csv", "csv").exception)
    assert isinstance(audit(tmp_path, "render", "none.json", "-o", "a.html").exception, AuditError)
    assert not (tmp_path / "csv").exists()


def test_one_report_on_some_accounts(folder: Path, tmp_path: Path) -> None:
    export = folder / "tweets.csv"
    done = audit(tmp_path, "run", export, "-o", "a.html", "--json", "a.json", "--account", "Brackwell", "--quiet")
    assert done.exit_code == 0, done.output
    result = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [account["account"] for account in result["accounts"]] == ["Brackwell"]
    assert "Kettlewell" not in (tmp_path / "a.html").read_text(encoding="utf-8")
    wrong = audit(tmp_path, "run", export, "-o", "b.html", "--account", "Kettlewel").exception
    assert "did you mean 'Kettlewell'?" in str(wrong)


def everything(folder: Path) -> dict[str, str]:
    """All that an audit wrote, as text, and what it printed."""
    written = {}
    for name, data in files(folder).items():
        if name.endswith(".csv") and "/" not in name:
            continue
        text = data
        if name.endswith(".xlsx"):
            text = b"\n".join(_parts(folder / name).values())
        if name.endswith(".parquet"):
            text = str(pl.read_parquet(folder / name).to_dicts()).encode()
        written[name] = text.decode("utf-8", "replace")
    return written


def test_planted_personal_data_comes_out_nowhere(tmp_path: Path) -> None:
    export = planted(tmp_path / "tweets.csv")
    done = audit(tmp_path, "run", export, *ALL)
    assert done.exit_code == 0, done.output
    written = {**everything(tmp_path), "terminal": done.output}
    assert len(written) == 4 + 3 * len(TABLES)
    values = [value for kind in PERSONAL.values() for value in kind]
    parts = [
        *values,
        *(part for name in PERSONAL["name"] for part in name.split()),
        *(handle.removeprefix("@") for handle in PERSONAL["handle"]),
    ]
    leaks = [(name, part) for name, text in written.items() for part in parts if part in text]
    assert leaks == []
    for name in ("csv/findings.csv", "jsonl/findings.jsonl", "parquet/findings.parquet"):
        assert [value for value in INNOCENT if value not in written[name]] == [], name
    open_ = audit(tmp_path, "run", export, *ALL, "--no-redact")
    assert open_.exit_code == 0
    bare = everything(tmp_path)
    assert [value for value in values if value not in bare["csv/findings.csv"]] == []


def test_agents_under_pseudonyms(tmp_path: Path) -> None:
    export = months(tmp_path / "tweets.csv", [(1, 0.6), (2, 0.9)])
    (tmp_path / "teams.csv").write_text("agent,team\nKM,North\nAB,South\n", encoding="utf-8")

    def agents(*options: str, db: str = "k.duckdb") -> list[dict[str, Any]]:
        done = audit(tmp_path, "run", export, *ALL, "--db", db, "--teams", "teams.csv", "--quiet", *options)
        assert done.exit_code == 0, done.output
        return list(json.loads((tmp_path / "k.json").read_text(encoding="utf-8"))["agents"])

    plain = {agent["agent"]: agent for agent in agents()}
    first = agents("--pseudonyms")
    written = everything(tmp_path)
    assert not [name for name, text in written.items() for sign in ("^AB", "^KM", ">AB<", ">KM<", '"KM"', '"AB"', "'KM'") if sign in text]
    assert all(agent["agent"].startswith("agent-") for agent in first)
    assert {(agent["team"], agent["score"]) for agent in first} == {(agent["team"], agent["score"]) for agent in plain.values()}
    assert agents("--pseudonyms") == first
    (tmp_path / "agents.key").write_text("0123456789abcdef0123\n", encoding="utf-8")
    keyed = agents("--pseudonym-key", "agents.key", db="one.duckdb")
    assert keyed == agents("--pseudonym-key", "agents.key", db="two.duckdb")
    assert {agent["agent"] for agent in keyed}.isdisjoint(agent["agent"] for agent in first)
    before = files(tmp_path)
    render = ["render", "k.json", "--db", "two.duckdb", *ALL]
    assert "another key" in str(audit(tmp_path, *render).exception)
    assert audit(tmp_path, *render, "--pseudonym-key", "agents.key").exit_code == 0
    assert files(tmp_path) == before
    compared = audit(tmp_path, "compare", "2026-01", "2026-02", "--db", "two.duckdb", "--pseudonym-key", "agents.key")
    assert "/ agent-" in compared.output
    assert "KM" not in compared.output
    (tmp_path / "short.key").write_text("short", encoding="utf-8")
    assert "no key" in str(audit(tmp_path, "run", export, "--pseudonym-key", "short.key").exception)
