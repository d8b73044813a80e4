"""What a reader of template files is: a module of this package with these three."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from audit.template.source import Source
from audit.template.template import Template


class Reader(Protocol):
    """Found by being there."""

    NAME: str
    SUFFIXES: tuple[str, ...]

    def read(self, source: Source) -> Iterator[Template]:
        """The templates of a file. Raises HoldsNone with the reason where there is none, Unreadable where the file is not sound."""
