"""How a project wants its templates judged: the command line over the settings file, and what differs for some files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.errors import AuditError
from audit.lint.finding import LEVELS, Card, Level
from audit.lint.reaction import Reaction, Reactions
from audit.lint.selection import ALL, Selection
from audit.settings import found, read
from audit.template.template import Template, TemplateOptions

if TYPE_CHECKING:
    from audit.settings_file import Override

NOTHING = "none"


@dataclass(frozen=True)
class Policy:
    """What a run of the linter is asked for."""

    read: TemplateOptions = field(default_factory=TemplateOptions)
    selection: Selection = field(default_factory=Selection)
    reactions: Reactions = field(default_factory=Reactions)
    replacements: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[str, ...] = ()
    private: bool | None = None
    lang: str | None = None
    profile: str = "default"
    rules: Path | None = None
    baseline: Path | None = None
    fail_on: Level | None = "warning"
    overrides: tuple[Override, ...] = ()
    root: Path = field(default_factory=Path.cwd)
    """The folder of the settings file, which patterns of overrides start from; else the working directory."""

    def checked(self, cards: Mapping[str, Card]) -> Policy:
        """The policy itself, with every selection checked against the rules. Raises AuditError for an unknown one."""
        for number, override in enumerate(self.overrides, 1):
            Selection(tuple(override.select or ()), tuple(override.ignore)).checked(cards, f"overrides {number}, ")
            if override.reaction is not None:
                Reactions({"reaction": override.reaction})
        return self

    def without_baseline(self) -> Policy:
        return replace(self, baseline=None)

    def of(self, template: Template, ticketed: bool = False) -> dict[str, Any]:
        """What holds for one template: selection, reaction, private, variables, and lang (None where it is to be found).

        `ticketed`: its file comes from a help desk, so that nobody else reads the answer unless the settings say otherwise.
        """
        path = self._from_root(template.path)
        fitting = [override for override in self.overrides if _matches(path, override.paths)]
        selection, private, lang = self.selection, self.private, self.lang or template.lang
        reaction: Reaction | None = None
        variables = self.variables
        for override in fitting:
            selection = selection.narrowed(override.select, override.ignore)
            private = override.private if override.private is not None else private
            lang = override.lang or lang
            variables = (*variables, *override.variables)
            if override.reaction:
                reaction = Reactions({"reaction": override.reaction}).of(["reaction"])
        return {
            "selection": selection,
            "private": ticketed if private is None else private,
            "lang": lang,
            "variables": variables,
            "reaction": reaction or self.reactions.of(template.reactions),
        }

    def _from_root(self, path: str) -> str:
        absolute = Path(path).absolute()
        return absolute.relative_to(self.root).as_posix() if absolute.is_relative_to(self.root) else path


_HELPDESK = re.compile(
    r"\"?\b(?:comment_value(?:_html)?|short_code|content_html|chatText|canned_response(?:s|_folder)?|macros)\b\"?\s*[:,]"
)
"""Names that only exports of tools for tickets and chats hold: Zendesk, Chatwoot, Freshdesk, Help Scout."""


def helpdesk(text: str) -> bool:
    """Whether a file comes from a tool for tickets and chats, whose answers nobody else reads."""
    return _HELPDESK.search(text[:20_000]) is not None


def _matches(path: str, patterns: list[str]) -> bool:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns).match_file(path)


def settled(given: Mapping[str, Any], config: Path | None, start: Path, *, isolated: bool = False) -> Policy:
    """The policy of a command line's options (those not given are None or empty) over the settings file, found upward from `start`."""
    path = None if isolated else config or found(start)
    said: dict[str, Any] = dict(read(path)) if path else {}
    root = path.absolute().parent if path else start.absolute()

    def chosen(name: str) -> Any:
        value = given.get(name)
        return said.get(name) if value is None or value == () else value

    def beside(name: str) -> Path | None:
        if given.get(name) is not None:
            return Path(given[name])
        value = said.get(name)
        return root / value if value is not None else None

    profile = given.get("profile") or said.get("profile") or "default"
    if not given.get("profile") and profile.endswith(".toml"):
        profile = str(root / profile)
    return Policy(
        read=TemplateOptions(
            include=tuple(chosen("include") or ()), exclude=(*(said.get("exclude") or ()), *(given.get("exclude") or ())), root=str(root)
        ),
        selection=Selection(tuple(chosen("select") or (ALL,)), (*(said.get("ignore") or ()), *(given.get("ignore") or ()))),
        reactions=Reactions(said.get("reactions")),
        replacements=said.get("replacements") or {},
        variables=tuple(said.get("variables") or ()),
        private=said.get("private"),
        lang=given.get("lang") or said.get("text_lang"),
        profile=str(profile),
        rules=beside("rules"),
        baseline=beside("baseline"),
        fail_on=_level(given.get("fail_on") or said.get("fail_on")),
        overrides=tuple(said.get("overrides") or ()),
        root=root,
    )


def around(paths: Sequence[Path]) -> Path:
    """The folder that all paths lie in, which the settings file is looked for from; the working directory where none is given."""
    folders = [str(path.absolute() if path.is_dir() else path.absolute().parent) for path in paths]
    return Path(os.path.normpath(os.path.commonpath(folders))) if folders else Path.cwd()


def _level(name: str | None) -> Level | None:
    if name == NOTHING:
        return None
    if name is None:
        return "warning"
    for level in LEVELS:
        if level == name:
            return level
    raise AuditError(f"--fail-on: {name!r} is no level", hint=f"known: {', '.join(LEVELS)}")
