"""JUnit XML: a suite a file, a case a template. What fails the run fails the case; the rest stands in its output."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from audit.lint.finding import Finding
from audit.lint.output.xml import content, element
from audit.lint.report import Report

WHOLE = "the set"


def written(report: Report) -> str:
    cases: dict[str, dict[str, tuple[str, list[Finding]]]] = defaultdict(dict)
    for template in report.templates:
        cases[template.path][template.key] = (template.name or template.key, [])
    for finding in (*report.findings, *report.suppressed):
        cases[finding.path].setdefault(finding.key, (finding.name or WHOLE, []))[1].append(finding)
    suites = [_suite(path, list(held.values()), report) for path, held in sorted(cases.items())]
    suites += [
        element(
            "testsuite",
            {"name": failed.path, "tests": 1, "failures": 0, "errors": 1},
            element("testcase", {"classname": failed.path, "name": "readable"}, element("error", {"message": failed.message}, "")),
        )
        for failed in report.failed
    ]
    failures = sum(any(map(_fails(report), findings)) for held in cases.values() for _, findings in held.values())
    totals = {
        "name": "reply-audit",
        "tests": sum(map(len, cases.values())) + len(report.failed),
        "failures": failures,
        "errors": len(report.failed),
    }
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + element("testsuites", totals, "\n" + "\n".join(suites) + "\n") + "\n"


def _fails(report: Report) -> Callable[[Finding], bool]:
    return lambda finding: finding.suppression is None and report.fails(finding)


def _suite(path: str, cases: list[tuple[str, list[Finding]]], report: Report) -> str:
    inner = [_case(path, name, findings, report) for name, findings in cases]
    failures = sum(any(map(_fails(report), findings)) for _, findings in cases)
    return element("testsuite", {"name": path, "tests": len(cases), "failures": failures, "errors": 0}, "\n" + "\n".join(inner) + "\n")


def _case(path: str, name: str, findings: list[Finding], report: Report) -> str:
    failing = [finding for finding in findings if _fails(report)(finding)]
    rest = [finding for finding in findings if finding not in failing]
    parts = []
    if failing:
        rules = ", ".join(dict.fromkeys(finding.rule for finding in failing))
        parts.append(element("failure", {"type": rules, "message": failing[0].message}, content("\n".join(map(_line, failing)))))
    if rest:
        parts.append(element("system-out", {}, content("\n".join(map(_line, rest)))))
    return element("testcase", {"classname": path, "name": name}, "".join(parts) or None)


def _line(finding: Finding) -> str:
    why = f" (suppressed: {finding.suppression.reason})" if finding.suppression else ""
    return f"{finding.place}: {finding.level}[{finding.rule}] {finding.message}{why}"
