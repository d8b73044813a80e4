"""JSON for programs: findings, what was suppressed and why, what was read. Changes only by adding, with `schema_version` raised."""

from __future__ import annotations

import json
from typing import Any

from audit import __version__
from audit.lint.finding import Finding
from audit.lint.report import Report

SCHEMA_VERSION = 1


def written(report: Report) -> str:
    data = {
        "schema_version": SCHEMA_VERSION,
        "tool": "reply-audit",
        "version": __version__,
        "findings": [_finding(finding, report) for finding in report.findings],
        "suppressed": [_finding(finding, report) for finding in report.suppressed],
        "summary": {
            "templates": len(report.templates),
            "files": report.files,
            **{str(level): number for level, number in report.counts.items()},
            "suppressed": len(report.suppressed),
            "fixable": report.fixable,
            "fixed": report.fixed,
            "outside": report.outside,
            "exit_code": report.exit_code,
        },
        "skipped": [{"path": each.path, "why": each.why, "named": each.named} for each in report.skipped],
        "failed": [{"path": each.path, "line": each.line, "message": each.message} for each in report.failed],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _finding(finding: Finding, report: Report) -> dict[str, Any]:
    card = report.cards[finding.rule]
    edit, why = finding.edit, finding.suppression
    return {
        "rule": finding.rule,
        "category": card.category,
        "level": finding.level,
        "preview": finding.preview,
        "fails": report.fails(finding) and why is None,
        "message": finding.message,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "template": finding.key or None,
        "name": finding.name or None,
        "lang": finding.lang,
        "words": finding.words,
        "help": card.fix,
        "better": finding.better,
        "fix": None if edit is None else {"start": edit.start, "end": edit.end, "text": edit.text},
        "fingerprint": finding.fingerprint,
        "suppression": None if why is None else {"kind": why.kind, "reason": why.reason, "until": why.until},
    }
