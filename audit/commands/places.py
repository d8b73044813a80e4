"""Where a run reads and where it writes: no output takes an input's place, and none is found unwritable after the work is done."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from audit.errors import AuditError, NothingToJudge

_ALSO_READ = {"teams": "--teams", "map_file": "--map", "pseudonym_key": "--pseudonym-key", "logo": "--logo"}
_FILES = {"json_file": "--json", "xlsx_file": "--xlsx"}
_FOLDERS = {"csv_folder": "csv", "parquet_folder": "parquet", "jsonl_folder": "jsonl"}


Place = tuple[Path, str]
"""A path, and the option or the word for what it is."""


def named(out: Path, option: str = "--out") -> Path:
    """The path, which names a file. Raises AuditError where it is empty or ends in a dot or a slash."""
    if not out.name:
        raise AuditError(f"{option} names no file", place=str(out), hint="write for example scorecard.html")
    return out


def apart(outputs: Iterable[Place], inputs: Iterable[Place]) -> None:
    """Raises AuditError where an output is a file that is read, or two outputs are one file."""
    read = {path.resolve(): what for path, what in inputs}
    met: dict[Path, str] = {}
    for path, option in outputs:
        if what := read.get(path.resolve()):
            raise AuditError(f"{option} names {what}, which it would overwrite", place=str(path), hint="name another file")
        if other := met.get(path.resolve()):
            raise AuditError(f"{other} and {option} name the same file", place=str(path), hint="name another file")
        met[path.resolve()] = option


def written_again(said: Mapping[str, Any], out: Path | None, inputs: Iterable[Place]) -> None:
    """`apart`, for the outputs that are written from a result."""
    outputs = [(named(out), "--out")] if out is not None else []
    apart([*outputs, *_files_and_tables(said)], [*inputs, *_also_read(said)])


def _also_read(said: Mapping[str, Any]) -> list[Place]:
    read = [(Path(said[name]), f"the file of {option}") for name, option in _ALSO_READ.items() if said.get(name)]
    if str(said.get("profile", "")).endswith(".toml"):
        read.append((Path(said["profile"]), "the file of --profile"))
    return read


def exports(given: Iterable[Path], said: Mapping[str, Any], out: Path, db: Path, settings: Path | None) -> list[Path]:
    """The files to read: those given, and of a folder what is neither an output of this run nor read as something else.

    Raises AuditError where an output is a file that is read, two outputs are one, or one cannot be written.
    """
    from audit import ingest

    outputs = [(out, "--out"), (db, "--db"), *_files_and_tables(said)]
    read = [*_also_read(said), *([(settings, "the settings file")] if settings else [])]
    own = {path.resolve() for path, _ in (*outputs, *read)}
    single = [path for path in given if not path.is_dir()]
    apart(outputs, [*read, *((path, "an export") for path in single)])
    folders = [path for path in given if path.is_dir()]
    files = [file for file in ingest.expand([*single, *folders]) if file in single or file.resolve() not in own]
    if given and not files:
        raise NothingToJudge(
            "the folder holds no export", place=", ".join(map(str, folders)), hint="it holds what this run writes or is told"
        )
    _writable(outputs)
    return sorted(files, key=lambda file: _place(file, list(given)))


def _place(file: Path, given: list[Path]) -> int:
    """Where a file stands in the order that was given."""
    return next(place for place, path in enumerate(given) if file == path or path in file.parents or path == Path())


def _files_and_tables(said: Mapping[str, Any]) -> list[Place]:
    from audit.report.tables import NAMES

    outputs = [(named(Path(said[name]), option), option) for name, option in _FILES.items() if said.get(name)]
    for name, kind in _FOLDERS.items():
        if said.get(name):
            outputs += [(Path(said[name]) / f"{table}.{kind}", f"--{kind}") for table in NAMES]
    return outputs


def _writable(outputs: list[Place]) -> None:
    for path, option in outputs:
        folder = next((parent for parent in path.absolute().parents if parent.exists()), Path("/"))
        wrong = (
            "is a folder"
            if path.is_dir()
            else f"{folder} is a file, not a folder"
            if not folder.is_dir()
            else f"the folder {folder} may not be written to"
            if not os.access(folder, os.W_OK | os.X_OK)
            else None
        )
        if wrong:
            raise AuditError(f"{option} cannot be written: {wrong}", place=str(path), hint="name another file")
