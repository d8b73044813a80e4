"""private-redirect against replies that others have labelled: Amazon's and Apple's on Twitter (twcs_labelled_replies in the material).

    python -m benchmarks.labelled_redirects [--show]

The labels say where a reply asks for a direct message, a call or a chat. They leave out redirects by a bare link or form, which the rule
counts, so only recall is measured; what else was flagged is to be read (`--show`). What was asked is not in the files: a complaint.
"""

from __future__ import annotations

import argparse
import sys

import polars as pl

from audit.interval import wilson
from audit.judge import ROW, answers, judged
from audit.profile import open_profile
from audit.rulebook import open_rulebook
from benchmarks.history import material

LABELS = ("Request DM", "Request to call by phone", "Request to reach out by chat")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print what was missed and what was flagged without a label")
    said = parser.parse_args()
    files = sorted((material() / "formats" / "twcs_labelled_replies").glob("*.xlsx"))
    if not files:
        print("skipped: the material has no twcs_labelled_replies (set AUDIT_MATERIAL)")
        return 0
    hits = labelled = 0
    for path in files:
        sheet = pl.read_excel(path)
        marked = pl.any_horizontal(pl.col(name).cast(pl.Float64, strict=False) == 1 for name in LABELS if name in sheet.columns).fill_null(
            False
        )
        rows = sheet.select(reply="text", truth=marked).with_columns(
            asked=pl.lit(None, pl.String),
            lang=pl.lit("en"),
            asked_type=pl.lit("complaint"),
            asked_upset=pl.lit(False),
            private=pl.lit(False),
        )
        rulebook = open_rulebook()
        found = answers(judged(rows.select(list(ROW)), rulebook, open_profile("default")), rulebook)
        rows = rows.with_columns(said=pl.Series(["private-redirect" in answer["broken"] for answer in found]))
        hits += rows.filter("truth", "said").height
        labelled += rows.filter("truth").height
        print(
            f"{path.name}: {rows.filter('truth', 'said').height} of {rows.filter('truth').height} labelled, {rows.filter(~pl.col('truth'), 'said').height} flagged besides"
        )
        if said.show:
            for kind, part in (("missed", rows.filter("truth", ~pl.col("said"))), ("flagged", rows.filter(~pl.col("truth"), "said"))):
                for text in part["reply"]:
                    print(f"  {kind}: {' '.join(text.split())}")
    low, high = wilson(hits, labelled)
    print(
        f"recall {hits / labelled:.3f} ({hits} of {labelled}; 95 % {low:.3f} to {high:.3f}; limit 0.9, offers after a public solution excepted)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
