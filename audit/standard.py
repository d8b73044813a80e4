"""What a history is judged by: rules and the profile that weighs them, opened while a long export is read."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from audit.errors import AuditError
from audit.profile import Profile, open_profile
from audit.rulebook import Rulebook, open_rulebook


class Standard(NamedTuple):
    rulebook: Rulebook
    profile: Profile


def open_standard(rules: Path | None, profile: str, *, long: bool) -> Standard:
    """Raises AuditError with the faults of either. While a `long` history is read there is time to read the patterns' anchors too."""
    rulebook = open_rulebook(rules)
    opened = Standard(rulebook, open_profile(profile, ids=rulebook.ids, checked=rulebook.checked))
    if long:
        rulebook.read_ahead()
    return opened


@contextmanager
def told_first(opening: Future[Standard], *, wait: bool) -> Iterator[None]:
    """Faults of the rules are told before all others; where there is no need to `wait` for them, in place of what failed meanwhile."""
    if wait:
        opening.result()
    try:
        yield
    except AuditError:
        opening.result()
        raise
