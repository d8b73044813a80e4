"""Checkstyle XML: a file element for each file with findings."""

from __future__ import annotations

from itertools import groupby

from audit.lint.output.xml import element
from audit.lint.report import Report

SEVERITIES = {"error": "error", "warning": "warning", "note": "info"}


def written(report: Report) -> str:
    files = []
    for path, findings in groupby(report.findings, key=lambda finding: finding.path):
        errors = [
            element(
                "error",
                {
                    "line": finding.line,
                    "column": finding.column,
                    "severity": SEVERITIES[finding.level],
                    "message": finding.message,
                    "source": f"reply-audit.{finding.rule}",
                },
            )
            for finding in findings
        ]
        files.append("  " + element("file", {"name": path}, "\n    " + "\n    ".join(errors) + "\n  "))
    for failed in report.failed:
        error = {"line": failed.line or 1, "column": 1, "severity": "error", "message": failed.message, "source": "reply-audit"}
        files.append("  " + element("file", {"name": failed.path}, element("error", error)))
    inner = "\n" + "".join(f"{file}\n" for file in files)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + element("checkstyle", {"version": "4.3"}, inner) + "\n"
