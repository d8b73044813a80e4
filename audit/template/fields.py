"""Names of the keys and columns that texts, titles, languages and reactions stand under (fields.toml)."""

from __future__ import annotations

import tomllib
from pathlib import Path

_SAID: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("fields.toml").read_text(encoding="utf-8"))

TEXTS = frozenset(_SAID["text"])
NAMES = tuple(_SAID["name"])
IDS = tuple(_SAID["id"])
LANGS = frozenset(_SAID["lang"])
REACTIONS = tuple(_SAID["reaction"])
VARIABLES = frozenset(_SAID["variables"])
NEVER = frozenset(_SAID["never"])
HISTORY = frozenset(_SAID["history"])
DATES = frozenset(_SAID["date"])
