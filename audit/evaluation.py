"""How right the rules are: verdicts against people's, rule by rule and language by language.

Positive is *broken*. True positive: both say broken; false positive: the rule alone does; false negative: people alone do. Rows that people
say the rule does not apply to count as not broken. Intervals are 95 %: Wilson (1927) for precision and recall, percentiles of 2,000
multinomial draws of the four cells for F1 and Cohen's kappa (1960).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from audit.errors import AuditError, near
from audit.interval import wilson
from audit.judge import ROW, answers, judged
from audit.labels import Label
from audit.profile import Profile
from audit.rulebook import Rulebook
from audit.tables import LANGUAGES
from audit.typer import Typer

PROMISE = "promises_return"
ALL = "all"
_DRAWS = 2000


def evaluated(
    labels: Sequence[Label],
    rulebook: Rulebook,
    profile: Profile,
    only: str | None = None,
    typer: Typer | None = None,
    *,
    opinion: str | None = None,
) -> dict[str, Any]:
    """`n` by language, `rules` {id: {language or "all": figures}} and `disagreements`, each with its words.

    Judged through the public answers of `judge`, with the types and flags that the labels give.
    """
    _known_rules(labels, rulebook)
    frame = pl.DataFrame([label.row.fields for label in labels], schema=ROW).with_columns(pl.col("private").fill_null(False))
    given = answers(judged(frame, rulebook, profile, typer, opinion=opinion), rulebook, opinion)
    known = {rule.id for rule in rulebook.of("reply")}
    labelled = set().union(*(label.broken | label.na for label in labels)) & known
    ids = [id for id in (*rulebook.ids, PROMISE) if (id in labelled or id == PROMISE) and only in (None, id)]
    labels = [
        label if label.row.fields["lang"] else label.speaking(str(answer["lang"])) for label, answer in zip(labels, given, strict=True)
    ]
    languages = sorted({label.lang for label in labels} & set(LANGUAGES))
    figures: dict[str, Any] = {}
    disagreements: list[dict[str, Any]] = []
    for id in ids:
        rows: list[tuple[Label, bool, bool, list[str]]] = []
        for label, answer in zip(labels, given, strict=True):
            truth, said, words = _said(id, label, answer)
            if truth is not None and (said or label.lang in LANGUAGES):  # texts of other languages are there to be abstained from
                rows.append((label, truth, said, words))
        if not rows:
            continue
        figures[id] = {lang: _figures([(t, p) for label, t, p, _ in rows if lang in (ALL, label.lang)]) for lang in (*languages, ALL)}
        disagreements += [_disagreement(id, label, truth, words) for label, truth, said, words in rows if truth != said]
    return {
        "n": _sizes(labels, languages),
        "rules": figures,
        "disagreements": disagreements,
    }


def _known_rules(labels: Sequence[Label], rulebook: Rulebook) -> None:
    """Raises AuditError for a label that names a rule that does not exist: it would count as kept."""
    for label in labels:
        for id in sorted((label.broken | label.na) - set(rulebook.ids)):
            hint = near(id, rulebook.ids) or "reply-audit rules list shows them all"
            raise AuditError(f"there is no rule {id!r}", place=label.place, hint=hint)


def _sizes(labels: Sequence[Label], languages: Sequence[str]) -> dict[str, int]:
    sizes = {lang: sum(label.lang == lang for label in labels) for lang in languages}
    others = len(labels) - sum(sizes.values())
    return sizes | ({"other": others} if others else {})


def _said(id: str, label: Label, answer: dict[str, Any]) -> tuple[bool | None, bool, list[str]]:
    """What people say (None: not labelled), what the rule says, and the words it found."""
    if id == PROMISE:
        return label.promises_return, bool(answer["promises_return"]), []
    words = [finding["words"] for finding in answer["findings"] if finding["rule"] == id and finding["words"]]
    return id in label.broken, id in answer["broken"], words


def _disagreement(id: str, label: Label, truth: bool, words: list[str]) -> dict[str, Any]:
    fields = label.row.fields
    return {
        "rule": id,
        "kind": "missed" if truth else "wrongly flagged",
        "id": label.row.id,
        "lang": label.lang,
        "source": label.source,
        "asked_type": fields["asked_type"],
        "asked": fields["asked"],
        "reply": fields["reply"],
        "words": words,
    }


def _figures(pairs: list[tuple[bool, bool]]) -> dict[str, Any]:
    tp = sum(truth and said for truth, said in pairs)
    fp = sum(said and not truth for truth, said in pairs)
    fn = sum(truth and not said for truth, said in pairs)
    cells = np.array([tp, fp, fn, len(pairs) - tp - fp - fn])
    draws = np.random.default_rng(0).multinomial(len(pairs), cells / max(1, len(pairs)), _DRAWS)
    return {
        "n": len(pairs),
        "true_positive": tp,
        "false_positive": fp,
        "false_negative": fn,
        "precision": _share(tp, tp + fp),
        "recall": _share(tp, tp + fn),
        "f1": _drawn(_f1(cells), _f1(draws)),
        "kappa": _drawn(_kappa(cells), _kappa(draws)),
    }


def _share(hits: int, n: int) -> dict[str, float] | None:
    if not n:
        return None
    low, high = wilson(hits, n)
    return {"value": round(hits / n, 4), "low": round(low, 4), "high": round(high, 4)}


def _drawn(value: Any, draws: Any) -> dict[str, float] | None:
    held = draws[~np.isnan(draws)]
    if np.isnan(value) or not len(held):
        return None
    low, high = np.quantile(held, [0.025, 0.975])
    return {"value": round(float(value), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def _f1(cells: Any) -> Any:
    tp, fp, fn = (cells[..., i].astype(float) for i in range(3))
    with np.errstate(invalid="ignore", divide="ignore"):
        return 2 * tp / (2 * tp + fp + fn)


def _kappa(cells: Any) -> Any:
    tp, fp, fn, tn = (cells[..., i].astype(float) for i in range(4))
    n = tp + fp + fn + tn
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / (n * n)
        return ((tp + tn) / n - chance) / (1 - chance)
