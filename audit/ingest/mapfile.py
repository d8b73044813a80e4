"""A map file: the user's own word on how an export is to be read (TOML).

[columns]                 # message column = "Column of the export"
text = "Wiadomość"
author = "Od"

[values]                  # cells of the direction column that mean the brand
direction = "Typ"         # the direction column; also allowed under [columns]
brand = ["agent", "out"]
bot = ["robot"]           # the brand's automatic messages
private = ["note"]        # cells of the `private` column that mean private

[format]
date = "%d.%m.%Y %H:%M"   # strftime
delimiter = ";"
encoding = "cp1250"
sheet = "Wiadomości"
header_row = 3            # 1 = the first row
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audit.errors import AuditError, SeveralErrors, near

COLUMNS = (
    "id",
    "text",
    "title",
    "pros",
    "cons",
    "author",
    "author_name",
    "agent",
    "account",
    "date",
    "time",
    "edited",
    "rating",
    "likes",
    "url",
    "source",
    "channel",
    "lang",
    "reply_text",
    "reply_date",
    "parent",
    "answers",
    "conversation",
    "direction",
    "private",
    "internal",
    "automatic",
    "removed",
)
_VALUES = ("direction", "brand", "bot", "private")
_FORMAT: dict[str, type] = {"date": str, "delimiter": str, "encoding": str, "sheet": str, "header_row": int}
_EXAMPLES = 'write date = "%d.%m.%Y %H:%M", encoding = "cp1250", sheet = "Name" or header_row = 3'


@dataclass(frozen=True)
class MapFile:
    path: Path
    columns: dict[str, str] = field(default_factory=dict)  # field of synonyms.toml, or "direction" -> export column
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)  # brand, bot, private -> cells, lower case
    format: dict[str, Any] = field(default_factory=dict)

    @property
    def date_format(self) -> str | None:
        return self.format.get("date")


def opened(path: Path) -> MapFile:
    """Read a map file. Raises AuditError, one for each fault, naming the file and the key."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise AuditError("no such map file", place=str(path), hint="check the path given with --map") from None
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"cannot be read: {error}", place=str(path), hint="give a UTF-8 text file") from None
    except tomllib.TOMLDecodeError as error:
        raise AuditError(f"is not TOML: {error}", place=str(path), hint='write lines such as text = "Column" under [columns]') from None
    faults = [_unknown(path, key, ("columns", "values", "format")) for key in given if key not in ("columns", "values", "format")]
    columns = _section(given, "columns", path, COLUMNS, faults)
    values = _section(given, "values", path, _VALUES, faults)
    form = _section(given, "format", path, tuple(_FORMAT), faults)
    for key, value in columns.items():
        if not isinstance(value, str):
            faults.append(AuditError(f"columns.{key} is not a text", place=str(path), hint=f'write {key} = "Column"'))
    _check_format(form, path, faults)
    if isinstance(values.get("direction"), str):
        columns.setdefault("direction", values.pop("direction"))
    cells = _cells(values, path, faults)
    if faults:
        raise faults[0] if len(faults) == 1 else SeveralErrors(faults)
    return MapFile(path, columns, cells, form)


def _check_format(form: dict[str, Any], path: Path, faults: list[AuditError]) -> None:
    for key, value in form.items():
        if not isinstance(value, _FORMAT[key]) or isinstance(value, bool) or not value:
            faults.append(AuditError(f"format.{key} cannot be {value!r}", place=str(path), hint=_EXAMPLES))
    if isinstance(form.get("header_row"), int) and form["header_row"] < 0:
        faults.append(AuditError("format.header_row is below 1", place=str(path), hint="the first row is 1"))
    if len(str(form.get("delimiter", ","))) != 1:
        faults.append(
            AuditError("format.delimiter is not one character", place=str(path), hint=r'write delimiter = ";" or delimiter = "\t"')
        )


def _cells(values: dict[str, Any], path: Path, faults: list[AuditError]) -> dict[str, tuple[str, ...]]:
    cells = {}
    for key, value in values.items():
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(item, str | int | bool) for item in listed):
            faults.append(AuditError(f"values.{key} is not a list of texts", place=str(path), hint=f'write {key} = ["one", "two"]'))
        else:
            cells[key] = tuple(str(item).strip().lower() for item in listed)
    return cells


def listed(names: Iterable[str]) -> str:
    """Names of columns for a message: the first forty, long ones cut."""
    known = [name if len(name) <= 60 else f"{name[:59]}…" for name in names]
    return ", ".join(known[:40]) + (", ..." if len(known) > 40 else "")


def absent_column(path: str, key: str, name: str, columns: Iterable[str]) -> AuditError:
    """The export has no column `name`, which `key` says it has."""
    known = list(columns)
    hint = f"{meant} " if (meant := near(name, known)) else ""
    return AuditError(
        f"{key} names the column {name!r}, which the export does not have", place=path, hint=f"{hint}columns: {listed(known)}"
    )


def _section(given: dict[str, Any], name: str, path: Path, known: tuple[str, ...], faults: list[AuditError]) -> dict[str, Any]:
    section = given.get(name, {})
    if not isinstance(section, dict):
        faults.append(AuditError(f"{name} is not a section", place=str(path), hint=f"write [{name}] and its keys below"))
        return {}
    faults.extend(_unknown(path, f"{name}.{key}", tuple(f"{name}.{k}" for k in known)) for key in section if key not in known)
    return {key: value for key, value in section.items() if key in known}


def _unknown(path: Path, key: str, known: tuple[str, ...]) -> AuditError:
    hint = near(key, known) or f"known keys: {', '.join(known)}"
    return AuditError(f"unknown key {key!r}", place=str(path), hint=hint)
