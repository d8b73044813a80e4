"""Files of reply templates to templates: one reader a format, each a module of this package that is found by being there.

Reading loads neither polars nor duckdb, and a format's library only when a file of that format is met.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

from audit.template.prose import addressed
from audit.template.reader import Reader
from audit.template.source import HoldsNone, Source, Unreadable, decoded
from audit.template.template import Failed, Reading, Skipped, Span, Template, TemplateOptions, file_span, place
from audit.template.walk import Met, walk

__all__ = ["Failed", "Reading", "Skipped", "Span", "Template", "TemplateOptions", "file_span", "place", "read_templates", "readers"]

_TOOLS = (
    "package.json package-lock.json composer.json tsconfig.json pyproject.toml Cargo.toml reply-audit.toml docker-compose.yml mkdocs.yml action.yml "
    "CMakeLists.txt requirements.txt robots.txt LICENSE.txt"
)
_OF_TOOLS = frozenset(_TOOLS.split())
_BINARY = (".xlsx", ".xlsm")


@cache
def readers() -> dict[str, Reader]:
    """Suffix -> the reader of such files."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    found = [cast(Reader, module) for module in modules if all(hasattr(module, part) for part in ("NAME", "SUFFIXES", "read"))]
    return {suffix: reader for reader in found for suffix in reader.SUFFIXES}


def read_templates(paths: Sequence[Path], options: TemplateOptions | None = None) -> Reading:
    """The templates of files and folders, in the order of their places. Raises AuditError where a path is absent.

    A file that holds none is among `skipped` with the reason, one that cannot be read among `failed` with the line.
    """
    options = options or TemplateOptions()
    templates: list[Template] = []
    skipped: list[Skipped] = []
    failed: list[Failed] = []
    texts: dict[str, str] = {}
    for met in walk(paths, options, readers().keys()):
        if isinstance(met, Skipped):
            skipped.append(met)
            continue
        source = None
        try:
            source = _opened(met, options)
            found = list(readers()[met.file.suffix.lower()].read(source))
            if not found:
                raise HoldsNone("holds no text")
            templates.extend(found)
            if source.text:
                texts[met.path] = source.text
        except HoldsNone as reason:
            skipped.append(Skipped(met.path, str(reason), met.named))
        except Unreadable as fault:
            if not _meant(met, source):
                skipped.append(Skipped(met.path, fault.message, met.named))
                continue
            failed.append(Failed(met.path, fault.line, fault.message, fault.hint))
        except OSError as error:
            failed.append(Failed(met.path, None, f"cannot be read: {error.strerror}", "check that it is a file and may be read"))
    return Reading(tuple(templates), tuple(skipped), tuple(failed), texts)


def _meant(met: Met, source: Source | None) -> bool:
    """Whether a file that is not sound was meant to hold templates: a broken file of another purpose is none of ours."""
    return met.named or Source(met.file, met.path, "", met.named, met.above).hinted or (source is not None and addressed(source.text))


def _opened(met: Met, options: TemplateOptions) -> Source:
    """Raises HoldsNone where the file is of no kind that is read, too large or binary."""
    suffix = met.file.suffix.lower()
    if met.file.name in _OF_TOOLS:
        raise HoldsNone("the configuration of a tool")
    if suffix not in readers():
        raise HoldsNone(f"of no kind that is read ({' '.join(sorted(readers()))})")
    if not met.file.is_file():
        raise HoldsNone("no regular file")
    size = met.file.stat().st_size
    if size > options.most_bytes:
        raise HoldsNone(f"larger than {options.most_bytes / 1e6:g} MB ({size / 1e6:.0f} MB), which no set of templates is")
    if suffix in _BINARY:
        return Source(met.file, met.path, "", met.named, met.above)
    return Source(met.file, met.path, decoded(met.file), met.named, met.above)
