"""What is printed for people. Texts of customers are made harmless first; the only module that imports rich."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Stage = Callable[[str], AbstractContextManager[None]]


def plain(text: str) -> str:
    """`text` without control characters but line ends (terminal escapes, bidirectional overrides become visible)."""
    return "".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf") else "\ufffd" for c in text)


_COLOURS = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "cyan": 36}


def painted(text: str, colour: str) -> str:
    """`text` in bold of a colour, where standard output is a terminal that may show colours (NO_COLOR, FORCE_COLOR)."""
    if os.environ.get("NO_COLOR") or not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
        return text
    return f"\x1b[1;{_COLOURS[colour]}m{text}\x1b[0m"


@contextmanager
def stages(quiet: bool) -> Iterator[Stage]:
    """Shows each stage while it lasts, on a terminal's standard error; nothing elsewhere, and nothing with `quiet`."""
    if quiet or not sys.stderr.isatty():
        yield _nothing
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")))
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True) as progress:

        @contextmanager
        def stage(name: str) -> Iterator[None]:
            task = progress.add_task(plain(name), total=None)
            try:
                yield
            finally:
                progress.remove_task(task)

        yield stage


@contextmanager
def _nothing(_: str) -> Iterator[None]:
    yield


def counted(number: int, noun: str) -> str:
    """A number and its noun: "1 reply", "2 replies", "0 messages"."""
    if number == 1:
        return f"1 {noun}"
    ending = noun[-1] == "y" and noun[-2] not in "aeiou"
    return f"{number} {noun[:-1]}ies" if ending else f"{number} {noun}s"
