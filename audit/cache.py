"""What takes long to compute and follows from files alone, kept in the user's cache folder. No text of a customer is among it.

Written as a whole or not at all; a cache that cannot be read or written is done without. REPLY_AUDIT_CACHE names another folder, and
empty switches it off.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any


def folder() -> Path | None:
    """Where the cache lies: as the environment says, else as the system does; None where there is to be none."""
    if (own := os.environ.get("REPLY_AUDIT_CACHE")) is not None:
        return Path(own) if own else None
    if base := os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA"):
        return Path(base) / "reply-audit"
    try:
        return Path.home() / ".cache" / "reply-audit"
    except RuntimeError:
        return None


def made(name: str) -> Path | None:
    """A folder of that name in the cache, made where it was not; None where nothing can be written."""
    place = folder()
    if place is None:
        return None
    with contextlib.suppress(OSError):
        (place / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        return place / name if os.access(place / name, os.W_OK) and _own(place / name) else None
    return None


def _own(place: Path) -> bool:
    """Whether nobody else can put files there: what lies in such a folder may be run."""
    stat = place.stat()
    return not hasattr(os, "getuid") or (stat.st_uid == os.getuid() and not stat.st_mode & 0o022)


def get(name: str) -> Any:
    """What was kept under a name; None where nothing was, or nothing that is JSON."""
    place = folder()
    if place is None:
        return None
    try:
        return json.loads((place / f"{name}.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def put(name: str, data: Any) -> None:
    """Keeps `data` (JSON) under a name, and lets go of what was kept under the same beginning (up to the last dash)."""
    place = folder()
    if place is None:
        return
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=place, prefix=".new-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(data, file, ensure_ascii=False, separators=(",", ":"))
            os.replace(temporary, place / f"{name}.json")
        except BaseException:
            os.unlink(temporary)
            raise
        for old in place.glob(f"{name.rpartition('-')[0]}-*.json"):
            if old.stem != name:
                old.unlink()
