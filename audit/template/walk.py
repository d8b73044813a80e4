"""Which files the paths given stand for. Nothing outside of them is read: links that lead out are told and left alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.errors import AuditError
from audit.template.template import Skipped, TemplateOptions

_LEFT_OUT = frozenset(("node_modules", "__pycache__", "site-packages", "venv", "env", "bower_components"))


@dataclass(frozen=True)
class Met:
    """A file to read: where it is, how it is shown, whether it was given by its own name."""

    file: Path
    path: str
    named: bool
    above: int = 0
    """How many leading parts of `path` lie above what was given, and say nothing about the file."""


def walk(paths: Sequence[Path], options: TemplateOptions, suffixes: Collection[str]) -> Iterator[Met | Skipped]:
    """Files given by name, and of folders those with a suffix that is read, in order, each once. Hidden files and folders, and folders of
    installed packages, are passed over. Raises AuditError where a path is absent."""
    rules = _Rules(options)
    seen: set[str] = set()
    for given in paths:
        if not given.exists():
            raise AuditError("no such file or folder", place=str(given), hint="check the path")
        if given.is_dir():
            above = len(Path(shown(given)).parts) - 1 if Path(shown(given)).is_absolute() else 0
            found: Iterator[Met | Skipped] = _inside(given, rules, suffixes, os.path.realpath(given), above)
        elif rules.excluded(shown(given)):
            found = iter((Skipped(shown(given), "excluded", named=False),))
        else:
            found = iter((Met(given, shown(given), True, max(0, len(given.parts) - 2) if Path(shown(given)).is_absolute() else 0),))
        for one in found:
            real = os.path.realpath(one.file) if isinstance(one, Met) else one.path
            if real not in seen:
                seen.add(real)
                yield one


def shown(path: Path) -> str:
    """Relative to the working directory where that is short, with "/" between the parts."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return path.as_posix()
    return Path(relative).as_posix() if not relative.startswith("..") else path.as_posix()


def _inside(folder: Path, rules: _Rules, suffixes: Collection[str], root: str, above: int) -> Iterator[Met | Skipped]:
    """A link to a folder is not followed, so no circle is walked; one to a file is, where that lies under the root."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Skipped(shown(folder), f"cannot be read: {error.strerror}")
        return
    within = shown(folder)
    within = "" if within == "." else within.rstrip("/") + "/"
    for entry in entries:
        if entry.name.startswith(".") or entry.name in _LEFT_OUT:
            continue
        path, name = Path(entry.path), within + entry.name
        if entry.is_dir(follow_symlinks=False):
            if not rules.excluded(name + "/"):
                yield from _inside(path, rules, suffixes, root, above)
            continue
        if not rules.wanted(name, suffixes) or rules.excluded(name):
            continue
        if entry.is_symlink():
            real = os.path.realpath(path)
            if os.path.isdir(real):
                continue
            if os.path.commonpath((real, root)) != root:
                yield Skipped(name, "a link to a place outside of the paths given")
                continue
            if not os.path.exists(real):
                yield Skipped(name, "a link to nothing")
                continue
        if not os.path.isfile(path):
            yield Skipped(name, "no regular file")
            continue
        yield Met(path, name, False, above)


class _Rules:
    """The patterns of the options, as in .gitignore."""

    def __init__(self, options: TemplateOptions) -> None:
        self.include = _patterns(options.include)
        self.exclude = _patterns(options.exclude)
        self._root = options.root

    def wanted(self, path: str, suffixes: Collection[str]) -> bool:
        if os.path.splitext(path)[1].lower() not in suffixes:
            return False
        return self.include is None or self.include(self._from_root(path))

    def excluded(self, path: str) -> bool:
        return self.exclude is not None and self.exclude(self._from_root(path))

    def _from_root(self, path: str) -> str:
        return Path(os.path.relpath(path, self._root)).as_posix() + "/" * path.endswith("/") if self._root else path


def _patterns(lines: tuple[str, ...]) -> Callable[[str], bool] | None:
    if not lines:
        return None
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines).match_file
