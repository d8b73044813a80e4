"""A record without a stain: months of ratings with nothing negative in them, improbable against the account's own earlier rate.

The negative share (1 and 2 stars) of a month is taken to vary around the account's own by a beta distribution; the number of negative
ratings among n is then beta-binomial, and P(none) = B(a, b + n) / B(a, b). Where the account has an earlier record of at least `least`
ratings, a : b are its negative and other ratings, drawn to the prior and worth at most `weight` ratings together, since months differ;
else the profile's prior is used as it stands. The months of all accounts are judged together by Benjamini and Hochberg (1995).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from audit.statistics.found import Found, discoveries

NEGATIVE = 2


def months(rows: pl.DataFrame) -> pl.DataFrame:
    """account, month, n, negative: dated ratings, once a customer's turn, of each month."""
    rated = rows.lazy().filter(pl.col("asked_first") & pl.col("rating").is_not_null() & pl.col("asked_at").is_not_null())
    return (
        rated.group_by("account", month=pl.col("asked_at").dt.truncate("1mo").dt.date())
        .agg(n=pl.len(), negative=(pl.col("rating") <= NEGATIVE).sum())
        .sort("account", "month", nulls_last=True)
        .collect()
    )


def spotless(counts: pl.DataFrame, bounds: Mapping[str, Any], least: int) -> Found:
    """`counts` as of `months`; `bounds`: `prior` (negative share), `weight` (ratings it is worth); `least` ratings in a month."""
    tried = []
    for (account,), part in counts.partition_by("account", as_dict=True, maintain_order=True).items():
        n_before = negative_before = 0
        for row in part.to_dicts():
            if row["n"] >= least:
                a, b = _shape(negative_before, n_before, bounds, least)
                p = none_among(row["n"], a, b) if row["negative"] == 0 else 1.0
                evidence = {"month": row["month"].isoformat(), "ratings": row["n"], "expected_negative": round(row["n"] * a / (a + b), 1)}
                tried.append((account, p, True, evidence))
            n_before, negative_before = n_before + row["n"], negative_before + row["negative"]
    return discoveries(tried)


def _shape(negative: int, n: int, bounds: Mapping[str, Any], least: int) -> tuple[float, float]:
    """The beta distribution's a and b."""
    prior, weight = float(bounds["prior"]), float(bounds["weight"])
    if n < least:
        return prior * weight, (1 - prior) * weight
    share = (negative + prior) / (n + 1)
    return share * min(weight, n), (1 - share) * min(weight, n)


def none_among(n: int, a: float, b: float) -> float:
    """P(X = 0) of a beta-binomial distribution of n trials."""
    return math.exp(math.lgamma(b + n) + math.lgamma(a + b) - math.lgamma(b) - math.lgamma(a + b + n))
