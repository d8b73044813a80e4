"""For people: each finding with its line, carets under the words, what to do, and a wording that would do."""

from __future__ import annotations

from audit.lint.finding import Finding
from audit.lint.output.lines import shown
from audit.lint.report import Report, summary
from audit.terminal import painted, plain

COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def written(report: Report) -> str:
    blocks = [_block(finding, report) for finding in report.findings]
    blocks += [f"{painted('error', 'red')}: {plain(failure)}\n" for failure in failures(report)]
    return "\n".join([*blocks, "\n".join(plain(line) for line in summary(report))]) + "\n"


def failures(report: Report) -> list[str]:
    """Files that could not be judged, one sentence each."""
    said = [
        f"{each.path}{f':{each.line}' if each.line else ''}: {each.message}" + (f"\n  hint: {each.hint}" if each.hint else "")
        for each in report.failed
    ]
    return said + [f"{each.path}: {each.why}" for each in report.skipped if each.named]


def _block(finding: Finding, report: Report) -> str:
    card = report.cards[finding.rule]
    mark = painted("[*] ", "cyan") if finding.edit else ""
    lines = [f"{painted(f'{finding.level}[{finding.rule}]', COLOURS[finding.level])}: {mark}{plain(finding.message)}"]
    gutter = len(str(finding.line))
    name = f" ({plain(finding.name)})" if finding.name else ""
    lines.append(f"{' ' * gutter}{painted('-->', 'blue')} {plain(finding.place)}{name}")
    bar = painted(f"{' ' * gutter} |", "blue")
    if place := shown(finding, report.texts):
        lines += [bar, f"{painted(f'{finding.line} |', 'blue')} {place[0]}", f"{bar} {painted(place[1], COLOURS[finding.level])}"]
    elif finding.words:
        lines.append(f"{bar} {plain(finding.words)}")
    lines.append(f"{painted('help', 'cyan')}: {plain(card.fix)}")
    if finding.better:
        lines.append(f"{painted('better', 'cyan')}: {plain(finding.better)}")
    if finding.preview:
        lines.append("note: a preview, which fails nothing unless it is selected by name")
    return "\n".join(lines) + "\n"
