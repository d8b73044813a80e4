"""What a report of the linter is written as: one module a format, each with `written(report) -> str`."""

from __future__ import annotations

import importlib

from audit.lint.report import Report

FORMATS = ("text", "concise", "json", "sarif", "junit", "github", "gitlab", "checkstyle")


def written(report: Report, form: str) -> str:
    """The report in one of FORMATS, with a line end at its end."""
    return str(importlib.import_module(f"audit.lint.output.{form}").written(report))
