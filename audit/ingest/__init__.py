"""Exports to messages: one reader a format, each a module of this package that is found by being there."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

from audit.errors import AuditError, NothingToJudge
from audit.ingest import mapfile, source
from audit.ingest.explanation import Explanation
from audit.ingest.reader import Batch, NotUnderstood, Reader, ReadOptions, Sample

__all__ = ["Batch", "Explanation", "ReadOptions", "Reader", "Sample", "expand", "explain", "read_export", "readers"]


@cache
def readers() -> tuple[Reader, ...]:
    """Every reader of the package, those with the smallest ORDER first."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    found = [module for module in modules if all(hasattr(module, part) for part in ("NAME", "recognises", "read"))]
    found.sort(key=lambda module: (getattr(module, "ORDER", 0), module.__name__))
    return tuple(cast(Reader, module) for module in found)


def read_export(path: Path, options: ReadOptions | None = None) -> tuple[str, Batch]:
    """Read one export; gives the reader's name and what it read.

    A map file that names columns or values goes to the reader of tables, whatever the export looks like. Raises AuditError when the export cannot be read,
    NothingToJudge when it is empty.
    """
    options = options or ReadOptions()
    sample, reader = _recognised(path, options)
    return reader.NAME, replace(reader.read(sample, options), encoding=sample.encoding)


def explain(path: Path, options: ReadOptions | None = None) -> Explanation:
    """How `path` would be read. Where its columns do not say enough, the explanation holds the fault; raises what else read_export raises."""
    options = options or ReadOptions()
    sample, reader = _recognised(path, options)
    try:
        mapping, fault = reader.read(sample, options).mapping, None
    except NotUnderstood as error:
        mapping, fault = error.mapping, error
    form = f"{sample.format} ({', '.join(sample.sheets)})" if sample.sheets else sample.format
    return Explanation(reader.NAME, form, sample.encoding, sample.columns_as_given, mapping, fault)


def _recognised(path: Path, options: ReadOptions) -> tuple[Sample, Reader]:
    said = mapfile.opened(options.map_file) if options.map_file else None
    sample = source.sample(path, said.format if said else None)
    for reader in readers():
        if said and (said.columns or said.values or said.date_format) and reader.NAME != "table":
            continue
        if reader.recognises(sample):
            return sample, reader
    raise AuditError(
        "no reader recognises this export",
        place=str(path),
        hint="give CSV, TSV, JSON, JSON lines, Parquet or XLSX with a row a message, or a row a review with its reply",
    )


def expand(paths: Sequence[Path]) -> list[Path]:
    """Files as given, and of each folder its files with a suffix that is read (source.SUFFIXES), sorted, hidden ones skipped.

    A file met twice is read once. Raises AuditError for a path that is absent, NothingToJudge for a folder that holds nothing to read.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            inside = _inside(path)
            if not inside:
                raise NothingToJudge(
                    "the folder holds no export",
                    place=str(path),
                    hint=f"put files with one of these suffixes there: {' '.join(source.SUFFIXES)}",
                )
        elif path.exists():
            inside = [path]
        else:
            raise AuditError("no such file or folder", place=str(path), hint="check the path")
        for file in inside:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _inside(folder: Path) -> list[Path]:
    """The readable files under `folder`. A link to a folder is not followed, so that no circle of links is walked."""
    result = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink():
                result.extend(_inside(entry))
        elif entry.is_file() and entry.suffix.lower() in source.SUFFIXES:
            result.append(entry)
    return result
