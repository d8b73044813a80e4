"""One line a finding: path:line:column: level[rule] message."""

from __future__ import annotations

from audit.lint.output.text import failures
from audit.lint.report import Report, summary
from audit.terminal import plain


def written(report: Report) -> str:
    lines = [
        f"{finding.place}: {finding.level}[{finding.rule}] {'[*] ' if finding.edit else ''}{finding.message}" for finding in report.findings
    ]
    lines += [failure.replace("\n  hint: ", "; ") for failure in failures(report)]
    return "".join(f"{plain(line)}\n" for line in [*lines, *summary(report)])
