"""Excuses: what was asked may excuse a reply that breaks a rule (exceptions of the side `asked`)."""

from __future__ import annotations

import polars as pl

from audit.detectors import resembles
from audit.rulebook import Rulebook
from audit.tables import LANGUAGES

LIKELY = 0.5
"""Least probability at which a second opinion may find a fault by itself."""


def excused(rows: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """`rows` with `excused:<rule>` (Boolean) for rules that what was asked may excuse; looked at only where the reply may break the rule.

    Takes `asked_words` (the normal form of what was asked), `asked_lang`, the marks and, where there are any, second opinions.
    """
    for rule in rulebook.rules:
        if not any(exception.side == "asked" for exception in rule.unless):
            continue
        likely = pl.col(f"mark:{rule.id}").fill_null(False)
        if (opinion := resembles.PREFIX + rule.id) in rows.columns:
            likely = likely | (pl.col(opinion) >= LIKELY).fill_null(False)
        broken = rows.select("asked_words", "asked_lang", likely.alias("met")).with_row_index("row")
        met = broken.filter(pl.col("met") & pl.col("asked_words").is_not_null())
        hits = [met.head(0)]
        for (lang,), part in met.group_by("asked_lang", maintain_order=True):
            regexes = rulebook.exceptions(rule, str(lang), lifts="match", side="asked") if lang in LANGUAGES else []
            hits.append(part.filter(pl.any_horizontal(pl.lit(False), *(pl.col("asked_words").str.contains(regex) for regex in regexes))))
        excused = pl.repeat(False, rows.height, dtype=pl.Boolean, eager=True).scatter(pl.concat(hits).get_column("row"), True)
        rows = rows.with_columns(excused.alias(f"excused:{rule.id}"))
    return rows
