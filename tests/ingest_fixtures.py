"""Small exports in the real shapes, with invented brands and customers."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from audit.ingest import Batch, ReadOptions, read_export

MATERIAL = Path(os.environ.get("AUDIT_MATERIAL") or Path(__file__).parents[1] / ".." / "shared").resolve()

needs_material = pytest.mark.skipif(not (MATERIAL / "formats").is_dir(), reason=f"no real exports in {MATERIAL}; set AUDIT_MATERIAL")

TWCS = """,tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id
0,11,BrightTel,False,Tue Oct 31 22:10:47 +0000 2017,@900001 Sorry about that &amp; thanks ^AB,12,13.0
1,12,900001,True,Tue Oct 31 22:11:45 +0000 2017,"@BrightTel ""still"" broken,
two days",,11.0
2,13,900001,True,Tue Oct 31 22:08:27 +0000 2017,@BrightTel no signal\rat home,"11,14",
3,14,OakAir,False,Tue Oct 31 22:09:00 +0000 2017,@900001 Hi! That is not ours,,13.0
"""

PLAY_HEADER = (
    "Package Name,App Version Code,App Version Name,Reviewer Language,Device,Review Submit Date and Time,Review Submit Millis Since Epoch,"
    "Review Last Update Date and Time,Review Last Update Millis Since Epoch,Star Rating,Review Title,Review Text,"
    "Developer Reply Date and Time,Developer Reply Millis Since Epoch,Developer Reply Text,Review Link"
)
LINK = "https://play.example/apps?account=1#ReviewDetailsPlace:p=org.oak.app&"
PLAY = (
    PLAY_HEADER
    + """
org.oak.app,12,1.2,en,ela,2024-03-01T10:00:00Z,1709287200000,2024-03-05T10:00:00Z,1709632800000,2,,"It crashes, daily","""
    + """2024-03-02T09:00:00Z,1709370000000,We are on it ^kt,"""
    + LINK
    + """reviewId=gp:AAA1
org.oak.app,12,1.2,pl_PL,ela,2024-03-01T11:00:00Z,1709290800000,2024-03-01T11:00:00Z,1709290800000,5,,Super,,,,"""
    + LINK
    + """reviewid=gp:AAA2
org.oak.app,12,1.2,ru,tor,2024-03-01T12:00:00Z,1709294400000,2024-03-01T12:00:00Z,1709294400000,4,,,,,,
org.oak.app,12,1.2,ru,tor,2024-33-01T12:00:00Z,,,,1,,Плохо,,,,
org.oak.app,12,1.2,ru,tor,2024-03-01T12:00:00Z,,,,,null,null,null,null,null,
"""
)


def written(folder: Path, name: str, text: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def read(path: Path, **said: str | Path) -> Batch:
    return read_export(path, ReadOptions(**said))[1]  # type: ignore[arg-type]


def reasons(batch: Batch) -> list[tuple[int, str]]:
    return [(row, reason) for row, reason in batch.rejects.select("source_row", "reason").rows()]


def workbook(path: Path, sheets: dict[str, list[list[str | float | None]]]) -> Path:
    """A minimal .xlsx: texts inline, numbers as numbers, None as no cell."""
    names = list(sheets)
    kind = "http://schemas.openxmlformats.org"
    package, main = f"{kind}/package/2006", f"{kind}/spreadsheetml/2006/main"
    office = f"{kind}/officeDocument/2006/relationships"
    numbered = list(enumerate(names, start=1))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        entries = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in numbered)
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{entries}</sheets></workbook>')
        links = "".join(f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered)
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">{links}</Relationships>')
        for n, name in numbered:
            rows = "".join(
                f'<row r="{r}">' + "".join(_cell(f"{chr(65 + c)}{r}", value) for c, value in enumerate(row)) + "</row>"
                for r, row in enumerate(sheets[name], start=1)
            )
            archive.writestr(f"xl/worksheets/sheet{n}.xml", f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>')
    return path


def _cell(place: str, value: str | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def csv(folder: Path, *rows: str, name: str = "export.csv") -> Path:
    return written(folder, name, "\n".join(rows) + "\n")
