"""The small language of patterns in rule files.

A pattern is a regular expression over the normal form of a text (see `audit.text`), with three shorthands:

- a space is a word boundary, and the pattern as a whole begins and ends at one;
- `~` is any ending of a word (`извин~` finds извините, извинения); `<3>` is up to three words of the same sentence;
- `{channel}` is any of the words listed under `channel` in `rules/vocabulary/LANG/*.toml`, which may use all of this themselves.

`^` and `$` at the ends mean the beginning and end of the text. Neither look-around nor back-references exist: use `unless`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence

import polars as pl

from audit.errors import AuditError

Vocabulary = Mapping[str, Sequence[str]]

_NAME = re.compile(r"\{([a-z][a-z_]*)\}")
_GAP = re.compile(r"<(\d\d?)> ?")
_DEPTH = 8


class PatternError(AuditError):
    """A pattern that the one engine which judges (Rust's) does not take."""


REFUSED = (PatternError, pl.exceptions.ComputeError)
"""What is raised where an expression that was not looked at before proves to be none."""


def expanded(pattern: str, vocabulary: Vocabulary) -> str:
    """The regular expression of a pattern. Raises PatternError for an unknown name; `checked` asks the engine about the syntax."""
    regex = _GAP.sub(r"(?:[^ .!?]\\S* ){0,\1}", _named(pattern, vocabulary, 0)).replace("~", r"\S*")
    before = "^ " if regex.startswith("^") else " "
    if regex.endswith("$") and not regex.endswith(r"\$"):
        after = " $"
    else:
        after = "" if re.search(r"<\d\d?>$", pattern) else " "
    return before + "(?:" + regex.removeprefix("^").removesuffix("$" if after == " $" else "") + ")" + after


_NOT_PYTHON = re.compile(r"\\[pPxzKGR]\{?|\[\[:|\(\?-")


def checked(regex: str, pattern: str) -> str:
    """`regex` itself when the engine takes it; raises PatternError otherwise, also where Python, which looks for the words to show, would not."""
    shown = pattern if len(pattern) <= 80 else f"{pattern[:77]}..."
    if foreign := _NOT_PYTHON.search(regex):
        raise PatternError(f"pattern {shown!r} holds {foreign[0]!r}", hint=r"for a letter write [^\W\d_]")
    try:
        pl.Series([""]).str.contains(regex)
    except pl.exceptions.ComputeError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        why = next((line.removeprefix("error: ") for line in lines if line.startswith("error:")), "")
        raise PatternError(
            f"pattern {shown!r} is no valid expression{': ' * bool(why)}{why}", hint="look-around is not known: use unless"
        ) from None
    return regex


def all_taken(regexes: Collection[str]) -> bool:
    """Whether the engine takes every one of `regexes`, asked at once; `checked` tells which it does not, and why."""
    if any(_NOT_PYTHON.search(regex) for regex in regexes):
        return False
    try:
        pl.DataFrame({"": [""]}).select(pl.any_horizontal(pl.lit(False), *(pl.col("").str.contains(regex) for regex in regexes)))
    except pl.exceptions.ComputeError:
        return False
    return True


def _named(pattern: str, vocabulary: Vocabulary, depth: int) -> str:
    if depth > _DEPTH:
        raise PatternError(f"pattern {pattern!r} names words that name themselves")

    def words(match: re.Match[str]) -> str:
        name = match[1]
        if name not in vocabulary:
            near = difflib.get_close_matches(name, vocabulary, 1)
            raise PatternError(
                f"pattern {pattern!r} names {{{name}}}, which the vocabulary of its language does not list",
                hint=f"did you mean {{{near[0]}}}?" if near else "add it to rules/vocabulary",
            )
        return "(?:" + "|".join(_named(word, vocabulary, depth + 1) for word in vocabulary[name]) + ")"

    return _NAME.sub(words, pattern)
