"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from audit.errors import AuditError


def replace(path: Path, text: str) -> Path:
    """Write `text` as UTF-8 beside `path`, then put it in its place. Raises AuditError when that is not possible."""
    return made(path, lambda beside: beside.write_bytes(text.encode("utf-8")))


def made(path: Path, write: Callable[[Path], object], mode: int | None = None) -> Path:
    """Let `write` fill a file beside `path`, then put it in its place (that of a link's target). Raises AuditError when that is not possible.

    What is no file (/dev/stdout, a pipe) is written to, since nothing can take its place.
    """
    if Path("/dev") in path.absolute().parents or (path.exists() and not path.is_file() and not path.is_dir()):
        return _written_to(path, write)
    path = path.resolve() if path.is_symlink() else path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        try:
            write(Path(temporary))
            os.chmod(temporary, 0o644 & ~_umask() if mode is None else mode)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise AuditError(f"cannot be written: {error.strerror}", place=str(path), hint="name another file") from None
    return path


def _written_to(path: Path, write: Callable[[Path], object]) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "written")
        try:
            with path.open("ab") as place:
                place.write((Path(folder) / "written").read_bytes())
        except OSError as error:
            raise AuditError(f"cannot be written: {error.strerror}", place=str(path), hint="name another file") from None
    return path


_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "cp1250")


def rewrite(path: Path, old: str, new: str) -> Path:
    """Put `new` in the place of `old`, which is the decoded text of the file, in the file's own encoding and mode.

    Raises AuditError when the file says something else by now, or cannot be written.
    """
    try:
        data, mode = path.read_bytes(), path.stat().st_mode & 0o777
    except OSError as error:
        raise AuditError(f"cannot be read: {error.strerror}", place=str(path)) from None
    for encoding in _ENCODINGS:
        try:
            if data != old.encode(encoding):
                continue
            changed = new.encode(encoding)
        except UnicodeEncodeError:
            continue
        return made(path, partial(_put, changed), mode)
    raise AuditError("has changed meanwhile, or its encoding is not known", place=str(path), hint="run the command again")


def _put(data: bytes, beside: Path) -> None:
    beside.write_bytes(data)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
