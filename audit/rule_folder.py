"""What a folder of rules holds, and what is kept of the package's own in the user's cache."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from audit import cache
from audit.rule import Rule


def hash_of(folders: list[Path]) -> str:
    """Of all their files, by names and contents."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.toml")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def kept(folder: Path) -> dict[str, Any]:
    """What is known of the package's own files, by path: to read and check TOML takes many times as long as to read JSON."""
    held = cache.get(f"rules-{hash_of([folder])}")
    if not isinstance(held, dict) or not all(isinstance(data, dict) for data in held.values()):
        return {}
    return {str(folder / path): data for path, data in held.items()}


def keep(folder: Path, hash: str, rules: Mapping[Path, Rule]) -> None:
    """Keeps what `kept` gives: rules that were checked, the other files as they are. The wordings of rules/asked are read by themselves."""
    paths = [path for path in folder.rglob("*.toml") if path.parent.name != "asked" and path not in rules]
    held = {path: tomllib.loads(path.read_text(encoding="utf-8")) for path in paths}
    held |= {path: asdict(rule) for path, rule in rules.items() if path.is_relative_to(folder)}
    if hash == hash_of([folder]):  # nobody wrote meanwhile
        plain = json.dumps({path.relative_to(folder).as_posix(): data for path, data in sorted(held.items())}, default=str)
        cache.put(f"rules-{hash}", json.loads(plain))
