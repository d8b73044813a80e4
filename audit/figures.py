"""The last measured accuracy of the rules, kept beside them in figures.json by `reply-audit evaluate --write SAMPLE`.

Two samples: on `labels` the authors of the patterns have worked, `held-out` none of them had read when the patterns were last changed. What
to expect on replies of other brands is the second; a rule that stays below its target there beyond chance, as judged without extras (DEFAULT),
is a preview.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audit.errors import AuditError

NAME = "figures.json"
HELD_OUT, LABELS = "held-out", "labels"
SAMPLES = (HELD_OUT, LABELS)
OPINIONS = {"fast": "held-out, fast opinion", "accurate": "held-out, accurate opinion"}
"""The sample held out, judged with the second opinions of audit.detectors.resembles; without their names, by patterns alone."""
DEFAULT = OPINIONS["fast"]
"""What to expect of the package as it is installed."""
_KEPT = (*SAMPLES, *OPINIONS.values())

_FIRM, _SUBTLE = (0.90, 0.80), (0.85, 0.70)
TARGETS: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("private-redirect", "stock-phrase", "missing-empathy", "missing-patience-thanks", "missing-assurance"), _FIRM),
    **dict.fromkeys(("shut-discussion", "leaked-placeholder", "promises_return"), _FIRM),
    **dict.fromkeys(("denial", "superiority", "hostility", "empty-answer", "customer-effort", "off-topic"), _SUBTLE),
}
"""Least precision and recall of a measured rule."""

Sample = dict[str, Any]
"""date, n (by language) and rules {id: {language: figures}}."""


def write(folder: Path, sample: str, measured: dict[str, Any], date: str) -> None:
    """Keep what `audit.evaluation.evaluated` measured on a sample, without the texts."""
    data = {**read(folder), sample: {"date": date, "n": measured["n"], "rules": measured["rules"]}}
    kept = {name: data[name] for name in _KEPT if data[name]["rules"]}
    (folder / NAME).write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(folder: Path) -> dict[str, Sample]:
    """Each sample's figures; a sample without rules was not measured. Raises AuditError for a damaged file."""
    path = folder / NAME
    nothing: Sample = {"date": None, "n": {}, "rules": {}}
    if not path.is_file():
        return dict.fromkeys(_KEPT, nothing)
    try:
        data: dict[str, Sample] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AuditError(f"is no valid JSON: {error}", place=str(path), hint="reply-audit evaluate LABELS --write makes it anew") from None
    return {name: data.get(name, nothing) for name in _KEPT}


def of(own: Path | None, package: Path) -> dict[str, Sample]:
    """Of each sample the figures kept in a user's folder of rules where there are some, else the package's."""
    found = read(package)
    return found | {name: sample for name, sample in (read(own) if own else {}).items() if sample["rules"]}


def below_target(id: str, sample: Sample) -> bool:
    """Whether a rule stays below its target beyond chance, over all languages of a sample: a 95 % interval ends below it.

    False where no target is set or nothing was measured.
    """
    row = sample["rules"].get(id, {}).get("all")
    if id not in TARGETS or not row:
        return False
    measures = zip(("precision", "recall"), TARGETS[id], strict=True)
    return any(row[measure] is not None and row[measure]["high"] < least for measure, least in measures)
