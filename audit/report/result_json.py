"""The result as JSON: a contract that changes only by adding, with `schema_version` raised."""

from __future__ import annotations

import json
from typing import Any


def dumps(result: dict[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
