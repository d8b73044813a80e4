"""The linter of reply templates: read, judge, suppress, report. `audit.lint.linting` holds the stages in order."""
