"""SARIF 2.1.0, within what GitHub code scanning takes: results of one run, the gravest first, suppressed ones marked as such.

GitHub shows 5,000 results of a run and takes files of up to 10 MB packed; what is left out is counted in a notification and in the
run's properties.
"""

from __future__ import annotations

import gzip
import json
from typing import Any
from urllib.parse import quote

from audit import __version__
from audit.lint.finding import Card, Finding
from audit.lint.report import Report

MOST_RESULTS = 5_000
MOST_BYTES = 10_000_000
ROOT = "%SRCROOT%"


def written(report: Report) -> str:
    findings = [*report.gravest_first, *report.suppressed]
    most = MOST_RESULTS
    while True:
        text = json.dumps(_log(report, findings[:most], len(findings) - most), ensure_ascii=False, indent=1) + "\n"
        if most < 2 or len(gzip.compress(text.encode(), 1)) <= MOST_BYTES:
            return text
        most = min(most, len(findings)) // 2


def _log(report: Report, findings: list[Finding], left_out: int) -> dict[str, Any]:
    rules = list(report.cards)
    notifications: list[dict[str, Any]] = [
        {
            "level": "error",
            "message": {"text": failed.message},
            "locations": [_location(failed.path, {"startLine": failed.line} if failed.line else {})],
        }
        for failed in report.failed
    ]
    if left_out > 0:
        notifications.append({"level": "note", "message": {"text": f"{left_out} results were left out to stay within GitHub's limits."}})
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "reply-audit",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(card) for card in report.cards.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that reply-audit was started in."}}},
        "invocations": [{"executionSuccessful": not report.failed, "toolExecutionNotifications": notifications}],
        "results": [_result(finding, rules.index(finding.rule), report) for finding in findings],
        "properties": {"resultsLeftOut": max(0, left_out)},
    }
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _rule(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "name": "".join(part.capitalize() for part in card.id.split("-")),
        "shortDescription": {"text": card.title},
        "fullDescription": {"text": card.why},
        "help": {"text": f"{card.why}\n\n{card.fix}"},
        "defaultConfiguration": {"level": card.level},
        "properties": {"category": card.category, "tags": [card.category, *(["preview"] if card.preview else [])]},
    }


def _result(finding: Finding, index: int, report: Report) -> dict[str, Any]:
    message = finding.message + (f" Better: {finding.better}" if finding.better else "")
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    location = _location(finding.path, region)
    if finding.key:
        location["logicalLocations"] = [{"name": finding.name or finding.key, "fullyQualifiedName": finding.key, "kind": "template"}]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.level,
        "message": {"text": message},
        "locations": [location],
        "partialFingerprints": {"replyAudit/v1": finding.fingerprint},
        "properties": {"preview": finding.preview, "lang": finding.lang},
    }
    if finding.suppression:
        why = finding.suppression
        result["suppressions"] = [{"kind": why.kind, "status": "accepted", "justification": why.reason}]
    if finding.edit:
        replacement = {
            "deletedRegion": {"charOffset": finding.edit.start, "charLength": finding.edit.end - finding.edit.start},
            "insertedContent": {"text": finding.edit.text},
        }
        change = {"artifactLocation": _artifact(finding.path), "replacements": [replacement]}
        result["fixes"] = [{"description": {"text": report.cards[finding.rule].fix}, "artifactChanges": [change]}]
    return result


def _location(path: str, region: dict[str, Any]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(path)}
    if region:
        physical["region"] = region
    return {"physicalLocation": physical}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path), "uriBaseId": ROOT}
