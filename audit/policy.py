"""Profile files, one over the other, and every fault of them at once, with file, line, key and a hint. What one may hold: audit.profile_file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from audit.errors import AuditError, SeveralErrors, near
from audit.rule import key_lines


@dataclass
class Policy:
    """A profile file and those that it extends: `data` merged, `places` of the keys (dotted -> file:line), `faults` so far."""

    data: dict[str, Any]
    places: dict[str, str]
    path: Path
    faults: list[AuditError] = field(default_factory=list)

    def fault(self, key: str, message: str, hint: str | None = None, place: str | None = None) -> None:
        self.faults.append(AuditError(f"{key}: {message}", place=place or self.place(key), hint=hint))

    def place(self, key: str) -> str:
        """The file and line of a key, of what holds it where it is not said itself."""
        while key and key not in self.places:
            key = key.rpartition(".")[0]
        return self.places.get(key, str(self.path))

    def check_rules(self, ids: Collection[str]) -> None:
        """Every rule that the profile names is one of `ids`."""
        named = [(f"rules.{id}", id) for id in self.table("rules")]
        named += [(key, id) for key in ("critical", "preview") if isinstance(listed := self.data.get(key), list) for id in listed]
        named += [(f"excused.{id}", name) for id, other in self.table("excused").items() for name in (id, other)]
        for key, id in named:
            if isinstance(id, str) and id not in ids:
                self.fault(key, f"there is no rule {id!r}", near(id, ids) or "reply-audit rules list shows them all")

    def check_keys(self, known: Mapping[str, Mapping[str, Any]]) -> None:
        """Bounds and minimums are those of the default profile (`known`), none misspelt and none lacking. A rule of one's own may have a
        bound of another name."""
        for table in ("bounds", "minimum"):
            given = self.table(table)
            for key in given:
                alike = near(key, known[table], 0.8)
                if key not in known[table] and (alike or table == "minimum"):
                    self.fault(f"{table}.{key}", "unknown key", alike or f"known: {', '.join(known[table])}")
            unread = any(fault.message.startswith("extends") for fault in self.faults)
            if not unread and (lacking := [key for key in known[table] if key not in given]):
                self.fault(table, f"lacks {', '.join(lacking)}", 'extends = "default" fills in what is not said')
        for name, usual in known["bounds"].items():
            for key in self.table("bounds", name):
                if key not in usual:
                    self.fault(f"bounds.{name}.{key}", "unknown key", near(key, usual) or f"known: {', '.join(usual)}")

    def table(self, *keys: str) -> dict[str, Any]:
        """The table under some keys, an empty one where none is."""
        found: Any = self.data
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    def refused(self) -> NoReturn:
        """Raise all faults, those of one file by line."""
        self.faults.sort(key=lambda fault: _by_line(str(fault.place)))
        raise self.faults[0] if len(self.faults) == 1 else SeveralErrors(self.faults)


def opened(path: Path, *, trusted: bool = False) -> Policy:
    """Read one file. Raises AuditError when it is no TOML; all that is wrong in it stands in `faults`, but in a `trusted` one, which is not checked."""
    try:
        source = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise AuditError(f"is no valid TOML: {error}", place=f"{path}:{line[1]}" if line else str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"cannot be read: {error}", place=str(path), hint="a profile is a UTF-8 text file") from None
    policy = Policy(data, {key: f"{path}:{line}" for key, line in key_lines(source).items()}, path)
    if not trusted:
        from audit.profile_file import faults

        for key, message, hint in faults(data):
            policy.fault(key, message, hint)
    return policy


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        result[key] = merged(result[key], value) if isinstance(value, dict) and isinstance(result.get(key), dict) else value
    return result


def _by_line(place: str) -> tuple[str, int]:
    file, _, line = place.rpartition(":")
    return (file, int(line)) if line.isdigit() else (place, 0)
