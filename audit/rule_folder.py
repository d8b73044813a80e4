"""What a folder of rules holds, and what is kept of the package's own in the user's cache."""

from __future__ import annotations

import difflib
import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from audit import cache
from audit.errors import AuditError
from audit.rule import Rule, RuleErrors


def hash_of(folders: list[Path]) -> str:
    """Of all their files, by names and contents."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.toml")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def kept(folder: Path, hash: str) -> dict[str, Any]:
    """What is known of the package's own files, by path: to read and check TOML takes many times as long as to read JSON."""
    held = cache.get(_name(hash))
    if not isinstance(held, dict) or not all(isinstance(data, dict) for data in held.values()):
        return {}
    return {str(folder / path): data for path, data in held.items()}


def keep(folder: Path, hash: str, rules: Mapping[Path, Rule]) -> None:
    """Keeps what `kept` gives: rules that were checked, the other files as they are, if profiles are sound too. The wordings of rules/asked
    are read by themselves."""
    from audit.profile_file import faults

    paths = [path for path in folder.rglob("*.toml") if path.parent.name != "asked" and path not in rules]
    try:
        held = {path: tomllib.loads(path.read_text(encoding="utf-8")) for path in paths}
    except (OSError, ValueError):
        return  # told by whatever needs the file
    if any(faults(data) for path, data in held.items() if path.parent.name == "profiles"):
        return
    held |= {path: asdict(rule) for path, rule in rules.items() if path.is_relative_to(folder)}
    if hash == hash_of([folder]):  # nobody wrote meanwhile
        plain = json.dumps({path.relative_to(folder).as_posix(): data for path, data in sorted(held.items())}, default=str)
        cache.put(_name(hash), json.loads(plain))


def _name(hash: str) -> str:
    """Other code may find faults in the same files."""
    code = b"".join(Path(__file__).with_name(name).read_bytes() for name in ("rule.py", "schema.py", "profile_file.py"))
    return f"rules-{hash}{hashlib.sha256(code).hexdigest()[:8]}"


def misplaced(folder: Path, categories: Sequence[str]) -> None:
    """Raises RuleErrors for rules of a user's folder that lie in no category's, and AuditError where it holds nothing that would be read."""
    places = [*categories, "vocabulary", "guides"]
    strays = [
        path for path in (*folder.glob("*.toml"), *folder.glob("*/*.toml")) if path.parent.name not in places or path.parent == folder
    ]
    if astray := [path for path in sorted(strays) if _is_rule(path)]:
        raise RuleErrors(
            [AuditError("is a rule in no category's folder", place=str(path), hint=_nearest(path, folder, categories)) for path in astray]
        )
    if not any(next((folder / place).rglob("*.toml"), None) for place in places):
        raise AuditError(
            "holds no rules", place=str(folder), hint="--rules names a folder of CATEGORY/ID.toml, such as help/shop-talk.toml"
        )


def _is_rule(path: Path) -> bool:
    try:
        return "detector" in tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


def _nearest(path: Path, folder: Path, categories: Sequence[str]) -> str:
    if path.parent == folder and folder.resolve().name in categories:
        return f"--rules names the folder above: {folder.resolve().parent if folder == Path() else folder.parent}"
    near = difflib.get_close_matches(path.parent.name, categories, 1)
    return (
        f"did you mean {near[0]}/{path.name}?"
        if near and path.parent != folder
        else f"move it into one of them or out of the folder: {', '.join(categories)}"
    )
