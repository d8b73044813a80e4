"""Errors that a user can cause, and the exit codes they end in.

Every one is a single message with the place and a hint. The command line prints it without a traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

DONE = 0
FAILED = 1
COULD_NOT_JUDGE = 2
NOTHING_TO_JUDGE = 3


class AuditError(Exception):
    """What the user gave cannot be judged (exit 2).

    `message` says what is wrong, `place` where (file, file:line, or file row N, column C), `hint` what to do next.
    """

    exit_code = COULD_NOT_JUDGE

    def __init__(self, message: str, *, place: str | None = None, hint: str | None = None) -> None:
        self.message = message
        self.place = place
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class NothingToJudge(AuditError):
    """The input is sound and holds nothing that a rule could judge (exit 3)."""

    exit_code = NOTHING_TO_JUDGE


class SeveralErrors(AuditError):
    """All faults of one input at once, one message each (exit 2)."""

    def __init__(self, errors: list[AuditError]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))


def near(name: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """A hint that names what is spelt most like `name`; None where nothing is."""
    found = difflib.get_close_matches(name, list(known), 1, likeness)
    return f"did you mean {found[0]!r}?" if found else None
