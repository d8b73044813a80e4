"""Which rules judge, at which level, and for which files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from audit.errors import AuditError, near
from audit.lint.finding import Card

ALL = "all"


@dataclass(frozen=True)
class Selection:
    """Rules to judge by, as ids, categories, or `all`. An id goes before a category: ignoring a category spares what is selected by name."""

    select: tuple[str, ...] = (ALL,)
    ignore: tuple[str, ...] = ()

    def checked(self, cards: Mapping[str, Card], place: str = "") -> Selection:
        """The selection itself. Raises AuditError for a name that is neither a rule nor a category."""
        known = {*cards, *(card.category for card in cards.values()), ALL}
        for option, names in (("select", self.select), ("ignore", self.ignore)):
            for name in names:
                if name.rpartition("/")[2] not in known:
                    hint = near(name, known) or "reply-audit rules list shows them all"
                    raise AuditError(f"{place}{option}: there is no rule or category {name!r} for templates", hint=hint)
        plain = [tuple(name.rpartition("/")[2] for name in names) for names in (self.select, self.ignore)]
        return Selection(plain[0], plain[1])

    def takes(self, card: Card) -> bool:
        if card.id in self.ignore:
            return False
        if card.id in self.select:
            return True
        return card.category not in self.ignore and ALL not in self.ignore and (card.category in self.select or ALL in self.select)

    def card(self, card: Card) -> Card:
        """A preview that is selected by name counts as any other rule."""
        return replace(card, preview=False) if card.preview and card.id in self.select else card

    def narrowed(self, select: Iterable[str] | None, ignore: Collection[str]) -> Selection:
        """The selection for some files: `select` takes the place of that of the whole, `ignore` is added to it."""
        return Selection(self.select if select is None else tuple(select), (*self.ignore, *ignore))
