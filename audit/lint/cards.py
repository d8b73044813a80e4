"""What is said of every rule that can judge templates: those of the rulebook, and the linter's own."""

from __future__ import annotations

from audit.lint.finding import LEVELS, Card, Level
from audit.profile import Profile
from audit.rule import Rule
from audit.rulebook import Rulebook

SUPPRESSION = "suppression"
"""The category of findings about comments and baselines."""

OWN = (
    Card(
        "allow-without-reason",
        SUPPRESSION,
        "warning",
        "A suppression that gives no reason, or names no rule",
        "Nobody who reads it later can tell whether it still holds.",
        "Write: reply-audit: allow RULE: the reason.",
    ),
    Card(
        "expired-allow",
        SUPPRESSION,
        "warning",
        "A suppression whose day has passed",
        "It was meant to last until then; what it covered counts again.",
        "Put the text right, or set a new day and say why.",
    ),
    Card(
        "unused-allow",
        SUPPRESSION,
        "warning",
        "A suppression that suppresses nothing",
        "It would hide the next fault of its kind.",
        "Delete the comment.",
    ),
    Card(
        "expired-baseline",
        SUPPRESSION,
        "warning",
        "An entry of the baseline whose day has passed",
        "It was meant to last until then; what it covered counts again.",
        "Put the text right, or give the entry a new day and say why.",
    ),
    Card(
        "stale-baseline",
        SUPPRESSION,
        "warning",
        "An entry of the baseline that covers nothing any more",
        "What was put right must not come back unseen: a baseline only shrinks.",
        "Run reply-audit baseline prune.",
    ),
    Card(
        "wordy-phrase",
        "help",
        "note",
        "A long way of saying a short thing",
        "Office language keeps a customer at a distance and takes longer to read.",
        "Use the shorter words; --fix does it.",
    ),
)
"""Rules of the linter itself; they judge how templates are kept, or wordings with a known replacement."""


def cards(rulebook: Rulebook, profile: Profile) -> dict[str, Card]:
    """Rule id -> card, for the rules that a text by itself, or a set of them, can break; without those that the profile switches off."""
    judged = {rule.id: _card(rule, profile) for rule in rulebook.rules if judges_templates(rule) and rule.id not in profile.off}
    return judged | {card.id: card for card in OWN if card.id not in judged}


def judges_templates(rule: Rule) -> bool:
    """Whether a rule needs nothing but a text, what it answers, and the set: neither time, nor thread, nor other replies."""
    if rule.subject == "templates":
        return True
    return (
        rule.subject in ("reply", "asked") and rule.detector in ("pattern", "absence", "remainder", "readability") and not rule.when.facts
    )


def _card(rule: Rule, profile: Profile) -> Card:
    said = profile.levels.get(rule.id, rule.level)
    level: Level = next((level for level in LEVELS if level == said), "note")
    preview = rule.status == "preview" or rule.id in profile.preview
    return Card(rule.id, rule.category, level, rule.broken.en, rule.why.en, rule.fix.en, preview)
