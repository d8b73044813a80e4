"""Themes that keep coming back after they were answered.

A theme is a list of words (`theme_*` in rules/vocabulary). The time between the first answer to the theme and the end of history is cut
in half; rates are complaints of the theme per customer message (clause a12: by rate, not by count). The theme recurs when its rate in
the second half is above the profile's share of the rate in the first: conditional binomial test of two Poisson rates
(Przyborowski and Wilenski 1940), over all themes and accounts by Benjamini and Hochberg (1995).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from audit.pattern import Vocabulary, expanded
from audit.statistics import comparison
from audit.statistics.found import Found, discoveries

PREFIX = "theme_"


def themes(rows: pl.DataFrame, vocabulary: Mapping[str, Vocabulary]) -> pl.DataFrame:
    """account, asked_at, theme, answered: complaints and criticism that name a theme. Takes `asked_words`, `asked_lang`."""
    complaining = pl.col("asked_first") & pl.col("asked_type").is_in(("complaint", "criticism")) & pl.col("asked_at").is_not_null()
    wanted = rows.lazy().filter(complaining).select("account", "asked_at", "answered", "asked_lang", "asked_words").collect()
    parts = [pl.DataFrame(schema={"account": pl.String, "asked_at": pl.Datetime("us"), "theme": pl.String, "answered": pl.Boolean})]
    for (lang,), part in wanted.partition_by("asked_lang", as_dict=True).items():
        for name, words in vocabulary.get(str(lang), {}).items():
            if name.startswith(PREFIX):
                regexes = [expanded(word, vocabulary[str(lang)]) for word in words]
                hit = pl.any_horizontal(pl.col("asked_words").str.contains(regex) for regex in regexes)
                named = part.lazy().filter(hit).select("account", "asked_at", pl.lit(name[len(PREFIX) :]).alias("theme"), "answered")
                parts.append(named.collect(engine="streaming"))
    return pl.concat(parts).sort("account", "theme", "asked_at", nulls_last=True)


def recurring(rows: pl.DataFrame, named: pl.DataFrame, bounds: Mapping[str, Any], least: int) -> Found:
    """`named` as of `themes`; `bounds`: `ratio`, `days` (shortest half); `least` complaints of a theme in the first half."""
    arrived = rows.lazy().filter(pl.col("asked_first") & pl.col("asked_at").is_not_null())
    arrivals = arrived.select("account", "asked_at").sort("asked_at").collect()
    every = {key[0]: part.get_column("asked_at").to_numpy() for key, part in arrivals.partition_by("account", as_dict=True).items()}
    named = named.sort("account", "theme", "asked_at", nulls_last=True)
    groups = named.group_by("account", "theme", maintain_order=True).agg(
        n=pl.len(), answered=pl.col("asked_at").filter(pl.col("answered")).min()
    )
    ends = groups.get_column("n").cum_sum().to_list()
    all_times = named.get_column("asked_at").to_numpy()
    tried = []
    for (account, theme, n, answered), end in zip(groups.iter_rows(), ends, strict=True):
        last = _time(every[account][-1].item())
        if answered is None or last is None or last - answered < timedelta(days=2 * bounds["days"]):
            continue
        middle = answered + (last - answered) / 2
        cuts = np.array([answered, middle], dtype="datetime64[us]")
        first, half = np.searchsorted(all_times[end - n : end], cuts, side="right").tolist()
        first_message, half_message = np.searchsorted(every[account], cuts, side="right").tolist()
        before, after = half - first, n - half
        messages_before, messages_after = half_message - first_message, len(every[account]) - half_message
        if before < least or not messages_after:
            continue
        p = comparison.rate_ratio(after, messages_after, before, messages_before, float(bounds["ratio"]))
        evidence = {
            "theme": theme,
            "since": answered.date().isoformat(),
            "middle": middle.date().isoformat(),
            "before": before,
            "messages_before": messages_before,
            "after": after,
            "messages_after": messages_after,
        }
        tried.append((account, p, True, evidence))
    return discoveries(tried)


def _time(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None
