"""The linter's stages in order: read, judge, look at the set, suppress, leave out what did not change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from audit.lint import allowance, baseline, change, judgement, readiness, repair
from audit.lint.cards import SUPPRESSION
from audit.lint.cards import cards as cards_of
from audit.lint.finding import Card, Finding
from audit.lint.judgement import Subject
from audit.lint.policy import Policy, helpdesk
from audit.lint.report import Report
from audit.profile import Profile, open_profile
from audit.rulebook import Rulebook, open_rulebook
from audit.template import read_templates
from audit.template.template import Reading

LEAKED = "leaked-placeholder"


def lint(paths: Sequence[Path], policy: Policy, today: date, changed_since: str | None = None) -> Report:
    """What is wrong with the templates under `paths`."""
    rulebook = open_rulebook(policy.rules)
    profile = open_profile(policy.profile, ids=rulebook.ids, checked=rulebook.checked)
    cards = cards_of(rulebook, profile)
    policy = replace(policy.checked(cards), selection=policy.selection.checked(cards))
    reading = read_templates(paths, policy.read)
    whole = any(path.is_dir() for path in paths)
    found = [fingerprinted(finding) for finding in sorted(judged(reading, policy, rulebook, profile, cards, whole=whole), key=_order)]
    taken = {id for id, card in cards.items() if policy.selection.takes(card)}
    found = allowance.applied(found, allowance.found(reading.texts, reading.templates, cards), cards, taken, today)
    if policy.baseline is not None:
        entries = baseline.read(policy.baseline)
        stale = _looked_at(entries, reading, paths, taken) if changed_since is None else []
        found = baseline.applied(found, entries, cards, shown(policy.baseline), stale, today)
    found = sorted((fingerprinted(each) for each in found if each.rule in taken or cards[each.rule].category != SUPPRESSION), key=_order)
    outside = 0
    if changed_since is not None:
        kept = _changed(found, change.since(changed_since, Path.cwd()), reading)
        outside = sum(each.suppression is None for each in found) - sum(each.suppression is None for each in kept)
        found = kept
    return Report(
        findings=tuple(finding for finding in found if finding.suppression is None),
        suppressed=tuple(finding for finding in found if finding.suppression is not None),
        templates=reading.templates,
        skipped=reading.skipped,
        failed=reading.failed,
        texts=reading.texts,
        cards={id: policy.selection.card(card) for id, card in cards.items()},
        fail_on=policy.fail_on,
        outside=outside,
    )


def fingerprinted(finding: Finding) -> Finding:
    return replace(finding, fingerprint=baseline.fingerprint(finding))


def _order(finding: Finding) -> tuple[str, int, int, str]:
    return finding.order


def judged(reading: Reading, policy: Policy, rulebook: Rulebook, profile: Profile, cards: dict[str, Card], *, whole: bool) -> list[Finding]:
    """All findings, suppressed or not."""
    subjects = subjects_of(reading, policy)
    rulebook = rulebook.without(profile.off)
    found = judgement.findings(subjects, rulebook, profile, cards)
    rulebook.keep()
    shouting = {rule.id for rule in rulebook.rules if rule.as_written}
    found = repair.calmed(found, subjects, reading.texts, shouting)
    of_set = readiness.findings(subjects, rulebook, profile, cards, reading.texts, whole=whole)
    found = [finding for finding in found if not any(_told(finding, other) for other in of_set)] + of_set
    return found + repair.wordy(subjects, reading.texts, policy.replacements, cards["wordy-phrase"])


def _told(finding: Finding, other: Finding) -> bool:
    """Whether `other` says of the same words what is wrong with their placeholder."""
    if finding.rule != LEAKED or (finding.path, finding.key) != (other.path, other.key) or not finding.span or not other.span:
        return False
    return finding.span[0] < other.span[1] and other.span[0] < finding.span[1]


def subjects_of(reading: Reading, policy: Policy) -> list[Subject]:
    ticketed = {path: helpdesk(text) for path, text in reading.texts.items()}
    policies = [policy.of(template, ticketed.get(template.path, False)) for template in reading.templates]
    texts = [template.text for template in reading.templates]
    langs = judgement.identified(texts, [said.pop("lang") for said in policies])
    return [judgement.subject(template, lang, **said) for template, lang, said in zip(reading.templates, langs, policies, strict=True)]


def _looked_at(entries: Iterable[baseline.Entry], reading: Reading, paths: Sequence[Path], rules: Collection[str]) -> list[baseline.Entry]:
    """Entries that this run would have met: of its rules, in files it read, or in files under its paths that are no more."""
    read = {template.path for template in reading.templates} | {each.path for each in reading.skipped}
    roots = [path.absolute() for path in paths]

    def met(path: str) -> bool:
        there = Path(path).absolute()
        return path in read or (not there.exists() and any(there.is_relative_to(root) for root in roots))

    return [entry for entry in entries if entry.rule in rules and met(entry.path)]


def _changed(found: Sequence[Finding], changed: dict[str, change.Ranges], reading: Reading) -> list[Finding]:
    """A finding counts where its words, or (where something is missing) its template, changed; in a workbook where the file did."""

    def counts(finding: Finding) -> bool:
        ranges = changed.get(finding.path, [])
        if not finding.key and finding.words is None:
            return any(template.path in changed for template in reading.templates)
        if finding.path not in reading.texts:
            return bool(ranges)
        first, last = (finding.line, finding.end_line) if finding.words is not None else finding.lines
        return change.touches(ranges, first, last)

    return [finding for finding in found if counts(finding)]


def shown(path: Path) -> str:
    """Relative to the working directory where that is possible."""
    absolute, here = path.absolute(), Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else path.as_posix()
