"""Whether confidences mean what they say: of judgements of confidence 0.8, eight of ten should be right."""

from __future__ import annotations

from typing import Any

import polars as pl

BINS = 10


def calibration(confidence: pl.Series, right: pl.Series) -> dict[str, Any]:
    """`error`, the expected calibration error (Naeini et al. 2015: the mean gap between confidence and share of right, weighed by size, over
    BINS bins of equal width), and `curve`, the bins that hold any: from, to, n, mean confidence, share of right.
    """
    frame = pl.DataFrame({"confidence": confidence.cast(pl.Float64), "right": right}).drop_nulls()
    if frame.is_empty():
        return {"error": 0.0, "curve": []}
    binned = (
        frame.with_columns(bin=(pl.col("confidence") * BINS).floor().clip(0, BINS - 1).cast(pl.Int32))
        .group_by("bin")
        .agg(n=pl.len(), confidence=pl.col("confidence").mean(), right=pl.col("right").mean())
        .sort("bin")
    )
    error = binned.select(((pl.col("confidence") - pl.col("right")).abs() * pl.col("n")).sum() / pl.col("n").sum()).item()
    curve = [
        {
            "from": row["bin"] / BINS,
            "to": (row["bin"] + 1) / BINS,
            "n": row["n"],
            "confidence": round(row["confidence"], 4),
            "right": round(row["right"], 4),
        }
        for row in binned.iter_rows(named=True)
    ]
    return {"error": round(float(error), 4), "curve": curve}
