"""YAML of templates. Positions come from the node graph, so no tag is ever acted on. The only importer of yaml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from audit.template.candidate import Scalar, Tree
from audit.template.escapes import aligned
from audit.template.passage import Passage
from audit.template.record import templates
from audit.template.source import HoldsNone, Source, Unreadable
from audit.template.template import Template

NAME = "yaml"
SUFFIXES = (".yaml", ".yml")


def read(source: Source) -> Iterator[Template]:
    tree = parsed(source.text)
    if not tree:
        raise HoldsNone("the file is empty")
    yield from templates(tree[0] if len(tree) == 1 else tree, source, NAME, lambda value: passage(source.text, value))


def parsed(text: str, start: int = 0, end: int | None = None) -> list[Tree]:
    """The documents of a text, or of a part of it. Raises Unreadable."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    part = text[start:end]
    known: dict[int, Tree] = {}
    try:
        return [_tree(node, start, known) for node in yaml.compose_all(part, Loader=loader) if node is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 + text.count("\n", 0, start) if mark else None
        raise Unreadable(f"is no valid YAML: {error.problem or error.context}", line, "check the indentation and quotes there") from None
    except yaml.YAMLError as error:
        raise Unreadable(f"is no valid YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise Unreadable("is nested too deeply") from None


def _tree(node: Any, start: int, known: dict[int, Tree]) -> Tree:
    if id(node) in known:
        return known[id(node)]
    if hasattr(node.value, "startswith"):
        scalar = Scalar(node.value)
        scalar.style = node.style or ""
        quoted = scalar.style in ("'", '"')
        scalar.start, scalar.end = node.start_mark.index + start + quoted, node.end_mark.index + start - quoted
        known[id(node)] = scalar
        return scalar
    if node.tag == "tag:yaml.org,2002:map" or (node.value and isinstance(node.value[0], tuple)):
        mapping: dict[str, Tree] = {}
        known[id(node)] = mapping
        for key, value in node.value:
            if isinstance(key.value, str):
                mapping[key.value] = _tree(value, start, known)
        return mapping
    sequence: list[Tree] = []
    known[id(node)] = sequence
    sequence.extend(_tree(each, start, known) for each in node.value)
    return sequence


def passage(text: str, value: Scalar) -> Passage:
    """Where each code point of a scalar stands. The head of a block (`|`, `>-`) is passed over."""
    start = value.start
    if value.style in ("|", ">"):
        start = text.find("\n", start, value.end) + 1 or value.end
    return aligned(str(value), text, start, value.end, value.style if value.style in ("'", '"') else "")
