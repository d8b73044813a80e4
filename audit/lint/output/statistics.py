"""Findings counted by rule, the commonest first."""

from __future__ import annotations

import json
from collections import Counter

from audit.lint.report import Report, summary
from audit.terminal import plain


def written(report: Report) -> str:
    counted = Counter(finding.rule for finding in report.findings).most_common()
    fixable = {finding.rule for finding in report.findings if finding.edit}
    if not counted:
        return "".join(f"{plain(line)}\n" for line in summary(report))
    number, name = max(len(str(count)) for _, count in counted), max(len(rule) for rule, _ in counted)
    lines = [
        f"{count:>{number}}  {rule:{name}}  {'[*]' if rule in fixable else '[ ]'}  {report.cards[rule].title}" for rule, count in counted
    ]
    return "".join(f"{plain(line)}\n" for line in [*lines, *summary(report)])


def written_json(report: Report) -> str:
    counted = Counter(finding.rule for finding in report.findings).most_common()
    fixable = Counter(finding.rule for finding in report.findings if finding.edit)
    data = [
        {"rule": rule, "level": report.cards[rule].level, "count": count, "fixable": fixable[rule], "title": report.cards[rule].title}
        for rule, count in counted
    ]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
