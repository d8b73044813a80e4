"""reply-audit: judges a brand's replies to its customers by rules drawn from five guides on social-media care.

Calls a program may make: `audit_history` (exports in, result out), `judge` (rows in, answers out), `readiness` (reply templates in, what
they leave uncovered out), `open_rulebook`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from audit.judge import judge
    from audit.pipeline import audit_history
    from audit.rulebook import open_rulebook
    from audit.templates import readiness

__all__ = ["__version__", "audit_history", "judge", "open_rulebook", "readiness"]

_HOMES = {"audit_history": "audit.pipeline", "judge": "audit.judge", "open_rulebook": "audit.rulebook", "readiness": "audit.templates"}


def __getattr__(name: str) -> Any:
    """The calls load polars and duckdb only when they are used, so that the command line starts at once."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'audit' has no attribute {name!r}")
