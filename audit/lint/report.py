"""The one object that every output renders: findings, what was suppressed, what was read, and how the run ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from audit.errors import COULD_NOT_JUDGE, DONE, FAILED, NOTHING_TO_JUDGE
from audit.lint.finding import LEVELS, Card, Finding, Level
from audit.template.template import Failed, Skipped, Template
from audit.terminal import counted


@dataclass(frozen=True)
class Report:
    """What a run of the linter found."""

    findings: tuple[Finding, ...]
    """In the order of file, line, column and rule; suppressed ones are not among them."""
    suppressed: tuple[Finding, ...]
    templates: tuple[Template, ...]
    skipped: tuple[Skipped, ...]
    failed: tuple[Failed, ...]
    texts: Mapping[str, str]
    """Path -> decoded text, for the lines shown; workbooks have none."""
    cards: Mapping[str, Card]
    """Rule id -> what is said of it, for all rules that were judged."""
    fail_on: Level | None = "warning"
    """The lightest level that fails the run; None where nothing does."""
    outside: int = 0
    """Findings on lines that did not change, left out by --changed-since."""
    fixed: int = 0
    notes: tuple[str, ...] = field(default=())
    """Sentences about the run that are no findings."""

    @property
    def files(self) -> int:
        return len({template.path for template in self.templates})

    @property
    def counts(self) -> dict[Level, int]:
        """Findings by level."""
        counted = Counter(finding.level for finding in self.findings)
        return {level: counted[level] for level in LEVELS}

    @property
    def fixable(self) -> int:
        return sum(finding.edit is not None for finding in self.findings)

    def fails(self, finding: Finding) -> bool:
        """Whether the finding by itself makes the run fail."""
        return self.fail_on is not None and not finding.preview and LEVELS.index(finding.level) <= LEVELS.index(self.fail_on)

    @property
    def gravest_first(self) -> list[Finding]:
        return sorted(self.findings, key=lambda finding: (LEVELS.index(finding.level), finding.preview, finding.order))

    @property
    def exit_code(self) -> int:
        """2 where a file could not be judged, else 1 where a finding fails the run, 3 where there was nothing to judge, 0."""
        if self.failed or any(skipped.named for skipped in self.skipped):
            return COULD_NOT_JUDGE
        if any(map(self.fails, self.findings)):
            return FAILED
        return DONE if self.templates else NOTHING_TO_JUDGE


def summary(report: Report) -> list[str]:
    """What is said at the end of a run, for people."""
    read = f"{counted(len(report.templates), 'template')} in {counted(report.files, 'file')}"
    lines = []
    if report.findings:
        levels = ", ".join(counted(number, level) for level, number in report.counts.items() if number)
        lines.append(f"Found {counted(len(report.findings), 'finding')} ({levels}) in {read}.")
    elif report.templates:
        lines.append(f"All checks passed: {read}.")
    else:
        lines.append("Nothing to judge: no templates found.")
    if report.fixed:
        lines.append(f"Fixed {counted(report.fixed, 'finding')}.")
    if report.fixable:
        lines.append(f"[*] {report.fixable} fixable with the --fix option (--diff shows how).")
    if report.suppressed:
        by_comment = sum(f.suppression is not None and f.suppression.kind == "inSource" for f in report.suppressed)
        kinds = {"by comments": by_comment, "by the baseline": len(report.suppressed) - by_comment}
        lines.append(f"{len(report.suppressed)} suppressed ({', '.join(f'{n} {how}' for how, n in kinds.items() if n)}).")
    if report.outside:
        lines.append(f"{counted(report.outside, 'finding')} on unchanged lines left out.")
    previews = sum(finding.preview for finding in report.findings)
    if previews:
        lines.append(f"{previews} of preview rules: notes that fail nothing; select the rule by name to enforce it.")
    if report.skipped:
        lines.append(f"{counted(len(report.skipped), 'file')} skipped: no templates in them, or not readable as text (-v says which).")
    return [*lines, *report.notes]
