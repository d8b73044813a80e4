"""What a file that people write may hold: dataclasses that say it, and every fault of a file at once.

The checking is pydantic's, which is imported only where there is something to check: the package's own files are checked once and kept.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

Kind = TypeVar("Kind")

CLOSED: Any = {"extra": "forbid"}
"""For `__pydantic_config__` of a dataclass: a table holds no key but those named."""

_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")


class Limits:
    """In `Annotated[str, Limits(min_length=1)]`: what pydantic's core schema of a kind asks of it (min_length, pattern, ge, ...)."""

    def __init__(self, **limits: Any) -> None:
        self.limits = limits

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return {**handler(source), **self.limits}


class Fault(NamedTuple):
    """`place`: the keys that lead there; `kind`: "unknown key", "missing", or pydantic's name of another."""

    place: tuple[str | int, ...]
    kind: str
    message: str


class Faults(Exception):
    """All that is wrong with one file."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(faults)


@cache
def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def validated(kind: type[Kind], data: Any) -> Kind:
    """`data`, as TOML gives it, as a dataclass. Raises Faults."""
    from pydantic import ValidationError

    try:
        fitted: Kind = _adapter(cast(Any, kind)).validate_python(data)
        return fitted
    except ValidationError as error:
        raise Faults(
            [Fault(each["loc"], "unknown key" if each["type"] in _UNKNOWN else each["type"], each["msg"]) for each in error.errors()]
        ) from None
