"""GitLab code quality: an array of issues for `artifacts.reports.codequality`."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from audit.lint.report import Report

SEVERITIES = {"error": "critical", "warning": "major", "note": "info"}


def written(report: Report) -> str:
    seen: Counter[str] = Counter()
    issues = []
    for finding in report.findings:
        base = f"{finding.fingerprint}\0{finding.path}"
        seen[base] += 1  # GitLab drops issues of one fingerprint
        issues.append(
            {
                "description": f"{finding.rule}: {finding.message}",
                "check_name": f"reply-audit/{finding.rule}",
                "fingerprint": hashlib.sha256(f"{base}\0{seen[base]}".encode()).hexdigest()[:32],
                "severity": SEVERITIES[finding.level],
                "location": {"path": finding.path, "lines": {"begin": finding.line, "end": finding.end_line}},
            }
        )
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"
