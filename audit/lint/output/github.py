"""GitHub Actions: workflow commands that become annotations.

GitHub keeps ten annotations of a kind for each step of a workflow; the rest would vanish, so the gravest come first and the number left
out is said.
"""

from __future__ import annotations

from audit.lint.finding import Finding
from audit.lint.output.text import failures
from audit.lint.report import Report, summary
from audit.terminal import plain

MOST = 10
"""Annotations of one kind that a step may have."""
KINDS = {"error": "error", "warning": "warning", "note": "notice"}


def written(report: Report) -> str:
    lines = [f"::error title=reply-audit::{_data(failure)}" for failure in failures(report)][:MOST]
    room = {"error": MOST - len(lines), "warning": MOST, "note": MOST - 1}  # one notice says what was left out
    left_out = max(0, len(failures(report)) - MOST)
    for finding in report.gravest_first:
        if room[finding.level]:
            room[finding.level] -= 1
            lines.append(_command(finding))
        else:
            left_out += 1
    if left_out:
        said = (
            f"{left_out} more findings are not shown as annotations, of which GitHub keeps {MOST} of a kind a step; the log holds them all"
        )
        lines.append(f"::notice title=reply-audit::{said}")
        lines += [f"{finding.place}: {finding.level}[{finding.rule}] {finding.message}" for finding in report.findings]
    return "".join(f"{plain(line)}\n" for line in [*lines, *summary(report)])


def _command(finding: Finding) -> str:
    """Columns are taken only within one line."""
    where = f"file={_property(finding.path)},line={finding.line},endLine={finding.end_line}"
    if finding.line == finding.end_line:
        where += f",col={finding.column},endColumn={finding.end_column}"
    better = f"\nBetter: {finding.better}" if finding.better else ""
    return f"::{KINDS[finding.level]} {where},title={_property(f'reply-audit ({finding.rule})')}::{_data(finding.message + better)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
