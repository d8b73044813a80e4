"""Where a run reads and where it writes: no output takes an input's place, and none is found unwritable after the work is done."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from audit.errors import AuditError, NothingToJudge

_ALSO_READ = {"teams": "--teams", "map_file": "--map"}
_FILES = {"json_file": "--json", "xlsx_file": "--xlsx"}
_FOLDERS = {"csv_folder": "csv", "parquet_folder": "parquet", "jsonl_folder": "jsonl"}


def exports(given: Iterable[Path], said: Mapping[str, Any], out: Path, db: Path) -> list[Path]:
    """The files to read: those given, and of a folder what is neither an output of this run nor read as something else.

    Raises AuditError where an output is a file that is read, two outputs are one, or one cannot be written.
    """
    from audit import ingest

    outputs = _outputs(said, out, db)
    own = {path.resolve() for path, _ in outputs} | {Path(said[name]).resolve() for name in _ALSO_READ if said.get(name)}
    named = [path for path in given if not path.is_dir()]
    for path, option in outputs:
        if any(path.resolve() == read.resolve() for read in named):
            raise AuditError(f"{option} names an export, which it would overwrite", place=str(path), hint="name another file")
    folders = [path for path in given if path.is_dir()]
    files = [file for file in ingest.expand([*named, *folders]) if file in named or file.resolve() not in own]
    if given and not files:
        raise NothingToJudge(
            "the folder holds no export", place=", ".join(map(str, folders)), hint="it holds what this run writes or is told"
        )
    _writable(outputs)
    return sorted(files, key=lambda file: _place(file, list(given)))


def _place(file: Path, given: list[Path]) -> int:
    """Where a file stands in the order that was given."""
    return next(place for place, path in enumerate(given) if file == path or path in file.parents or path == Path())


def _outputs(said: Mapping[str, Any], out: Path, db: Path) -> list[tuple[Path, str]]:
    from audit.report.tables import NAMES

    outputs = [(out, "--out"), (db, "--db")]
    outputs += [(Path(said[name]), option) for name, option in _FILES.items() if said.get(name)]
    for name, kind in _FOLDERS.items():
        if said.get(name):
            outputs += [(Path(said[name]) / f"{table}.{kind}", f"--{kind}") for table in NAMES]
    met: dict[Path, str] = {}
    for path, option in outputs:
        if other := met.get(path.resolve()):
            raise AuditError(f"{other} and {option} name the same file", place=str(path), hint="name another file")
        met[path.resolve()] = option
    return outputs


def _writable(outputs: list[tuple[Path, str]]) -> None:
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
