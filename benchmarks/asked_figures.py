"""How right the typers are, measured on what `judge` answers, and their model card (rules/typer/README.md).

    python -m benchmarks.asked_figures [--typer fast] [--lang en] [--write]

Needs the weights of the folds (`python -m benchmarks.train_typers --folds`): each row is judged with weights that have not seen it, nor a
near-duplicate of it; a tweet of complaints_en with weights that have seen no tweet to a brand of its domain. `unclear` counts as a miss.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from audit import rows
from audit.calibration import calibration
from audit.judge import judge
from audit.rulebook import home
from audit.tables import ASKED_TYPES, LANGUAGES
from audit.typer import FLAGS, Trained, open_weights
from benchmarks import asked_data
from benchmarks.tune_encoder import FOLDER

CARD = home() / "typer" / "README.md"
TYPERS = ("fast", "accurate")
FED = ("trolling", "destructive")
SETS = {
    "complaints_en": ("macro F1, complaint or not, by weights that have seen no tweet to a brand of the domain", 0.82),
    "toxic_ru": ("macro F1, insulting or not", 0.90),
    "sentirueval": ("F1, negative toward the brand", 0.72),
    "poleval2019": ("F1, insulting", 0.55),
    "poleval2024": ("macro F1, positive, negative, neither", 0.80),
}
COLUMNS = ("n", "macro F1", "not to be fed, precision", "not to be fed, recall", *FLAGS, "calibration error", "unclear")


def judged(frame: pl.DataFrame, typer: str, weights: Callable[[dict[str, Any]], str]) -> pl.DataFrame:
    """The rows with what `judge` says: `said`, `confidence`, `why`, and the flags. `weights` names a row's folder below FOLDER."""
    frame = frame.with_columns(folder=pl.Series([weights(row) for row in frame.iter_rows(named=True)]))
    parts = []
    for (folder,), part in frame.group_by("folder", maintain_order=True):
        given = [rows.checked(None, {"asked": row["text"], "lang": row["lang"]}) for row in part.iter_rows(named=True)]
        answers = list(judge(given, typer=Trained(typer, FOLDER / str(folder))))
        columns = {"said": "asked_type", "confidence": "asked_confidence", "why": "asked_why"} | {
            f"said_{flag}": f"asked_{flag}" for flag in FLAGS
        }
        parts.append(part.with_columns(pl.Series(name, [answer.get(key) for answer in answers]) for name, key in columns.items()))
    return pl.concat(parts)


def f1(truth: pl.Series, said: pl.Series, weight: pl.Series | None = None) -> float:
    counted = np.ones(len(truth)) if weight is None else weight.to_numpy()
    either = counted @ truth.to_numpy() + counted @ said.to_numpy()
    return float(2 * (counted @ (truth & said).to_numpy()) / max(1e-9, either))


def macro(truth: pl.Series, said: pl.Series, classes: Sequence[str], weight: pl.Series | None = None) -> float:
    return float(np.mean([f1(truth == each, said == each, weight) for each in classes]))


CLASSES = {
    "complaints_en": ("1", "0"),
    "toxic_ru": ("1", "0"),
    "sentirueval": ("-1",),
    "poleval2019": ("1",),
    "poleval2024": ("positive", "negative", "neither"),
}
"""The labels of a set that its figure is the mean F1 of."""


def mapped(name: str) -> pl.Expr:
    """The label of a set that what was `said` (`said_insulting`) stands for. Gives `unclear` where nothing was said."""
    said = pl.col("said")
    if name in ("toxic_ru", "poleval2019"):
        return pl.when("said_insulting").then(pl.lit("1")).otherwise(pl.lit("0"))
    negative, positive, rest = {
        "complaints_en": ("1", "0", "0"),
        "sentirueval": ("-1", "1", "0"),
        "poleval2024": ("negative", "positive", "neither"),
    }[name]
    at_fault = pl.when(said.is_in(asked_data.AT_FAULT if name == "complaints_en" else asked_data.NEGATIVE)).then(pl.lit(negative))
    return at_fault.when(said == "praise").then(pl.lit(positive)).when(said == "unclear").then(said).otherwise(pl.lit(rest))


def by_set(found: pl.DataFrame) -> dict[str, float]:
    """Each public set's figure, by the mappings of the card."""
    parts = found.filter(~pl.col("set").is_in(asked_data.TYPED)).partition_by("set", maintain_order=True, as_dict=True)
    figures = {
        str(name): macro(part["truth"], part.select(mapped(str(name))).to_series(), CLASSES[str(name)]) for (name,), part in parts.items()
    }
    return {name: round(value, 3) for name, value in figures.items()}


def by_hand(everything: pl.DataFrame) -> dict[str, tuple[float, int]]:
    """What labels by hand of some rows of a set (`marked`) reach by the same mapping, and their number: as far as the set and the types agree.

    Rows count so that each label of the set has the share that it has there.
    """
    figures = {}
    for name in ("complaints_en", "sentirueval", "poleval2024"):
        whole = everything.filter(pl.col("set") == name)
        by = everything.filter((pl.col("set") == "marked") & (pl.col("source") == name)).select("text", said="truth")
        whole, by = (each.unique("text", keep="first", maintain_order=True) for each in (whole, by))
        part = whole.join(by, on="text", maintain_order="left")
        if set(CLASSES[name]) <= set(part["truth"]):
            shares = part.join(whole["truth"].value_counts(normalize=True), on="truth", how="left", maintain_order="left")
            weight = shares.select(pl.col("proportion") / pl.len().over("truth")).to_series()
            value = macro(part["truth"], part.select(mapped(name)).to_series(), CLASSES[name], weight)
            figures[name] = (round(value, 3), part.height)
    return figures


def by_type(part: pl.DataFrame, confident: pl.Series) -> dict[str, float]:
    """Figures of fully labelled rows."""
    fed, said_fed = part["truth"].is_in(FED), part["said"].is_in(FED) & confident
    flags = {}
    for flag in FLAGS:
        known = part.filter(pl.col(flag).is_not_null())
        if flag == "addressed":
            known = known.filter(~pl.col("set").is_in(asked_data.BY_WORDS))
        if known.height:
            flags[flag] = f1(known[flag], known[f"said_{flag}"])
    return {
        "n": part.height,
        "macro F1": round(macro(part["truth"], part["said"], [kind for kind in ASKED_TYPES if (part["truth"] == kind).any()]), 3),
        "not to be fed, precision": round(int((fed & said_fed).sum()) / max(1, int(said_fed.sum())), 3),
        "not to be fed, recall": round(int((fed & said_fed).sum()) / max(1, int(fed.sum())), 3),
        **{flag: round(value, 3) for flag, value in flags.items()},
        "calibration error": round(calibration(part["confidence"], part["truth"] == part["said"])["error"], 3),
        "unclear": round(float((part["said"] == "unclear").mean()), 3),  # type: ignore[arg-type]
    }


def confident(found: pl.DataFrame, typer: str) -> pl.Series:
    """Whether the cascade takes each judgement to be sure, as audit.classify does."""
    least = []
    for row in found.select("lang", "said", "confidence", "why", "folder").iter_rows(named=True):
        bound = open_weights(FOLDER / row["folder"], row["lang"]).bounds[typer].get(row["said"], 2.0)
        least.append(row["confidence"] >= (0.9 if row["why"] == "wording" else bound))
    return pl.Series(least)


def measured(everything: pl.DataFrame, typer: str) -> dict[str, dict[str, Any]]:
    """`sets` {set: figure} and `types` {"set lang": figures}."""
    found = judged(everything, typer, lambda row: f"fold-{row['fold']}")
    sets = by_set(found)
    full = found.filter(pl.col("set").is_in(asked_data.TYPED))
    parts = full.group_by("set", "lang", maintain_order=True)
    return {"sets": sets, "types": {f"{name} {lang}": by_type(part, confident(part, typer)) for (name, lang), part in parts}}


def card(figures: dict[str, dict[str, dict[str, Any]]], sizes: dict[str, int]) -> str:
    """The model card."""
    lines = [
        "<!-- Written by `python -m benchmarks.asked_figures --write` (make train). -->",
        "# The typers' weights",
        "",
        "What they are for, and how they decide: [audit/classify.py](../../audit/classify.py), [audit/typer.py](../../audit/typer.py). One file a language holds what",
        "both typers need: a linear model over hashed letters, words, stems and pairs of these, and the heads. `accurate` reads `tuned.npz` besides: what is added to",
        "the layers of a sentence encoder (multilingual universal sentence encoder v3, Apache-2.0), which the extra `reply-audit[accurate]` brings, so that it",
        "tells what customers write (benchmarks/tune_encoder.py). `.npz` because the weights are dense arrays of eight bits that numpy reads without another",
        "package, and most buckets are empty, so that they pack well: "
        + ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items())
        + f", {sum(sizes.values()) / 1e6:.1f} MB together.",
        f"Hash of the weights: `{Trained('fast', home() / 'typer').hash}`.",
        "",
        "## Texts they were trained on",
        "",
        "| set | file | licence | what a label is taken to say | texts |",
        "|---|---|---|---|---|",
    ]
    everything = asked_data.read()
    for source in asked_data.SETS:
        part = everything.filter(pl.col("set") == source.name)
        measured_only = int((~part["trained"]).sum())
        count = f"{part.height:,}" + (f", {measured_only} of them measured only" if measured_only else "")
        lines.append(f"| {source.name} | {source.file} | {source.licence} | {source.taken} | {count} |")
    lines += [
        "",
        "`benchmarks/corpus` is in the repository; the rest is not, and none of its texts is. Sets for non-commercial use only train nothing. A label that leaves",
        "several types open is learnt as just that (partial labels).",
        "",
        "## Figures",
        "",
        "All of what `judge` answers. Out of fold: each text by weights that have seen neither it nor a near-duplicate (five folds), `unclear` counted as a miss.",
        "",
        "| set | measure | target | fast | accurate | labels by hand (rows) |",
        "|---|---|---|---|---|---|",
    ]
    agreed = by_hand(everything)
    for name, (measure, target) in SETS.items():
        cells = " | ".join(_cell(figures.get(typer, {}).get("sets", {}).get(name)) for typer in TYPERS)
        hand = "{:.2f} ({:,})".format(*agreed[name]) if name in agreed else ""
        lines.append(f"| {name} | {measure} | {target or ''} | {cells} | {hand} |")
    lines += [
        "",
        "*Labels by hand*: what the types of the rows of the set that were labelled by hand (`marked`, one reading) reach by the same mapping. A set's labels and the",
        "seven types agree about that far; a typer passes it only by learning where they differ.",
    ]
    lines += ["", "| labelled by hand | typer | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 2) + "|"]
    for name in sorted({name for each in figures.values() for name in each["types"]}, reverse=True):
        for typer in TYPERS:
            row = figures.get(typer, {}).get("types", {}).get(name)
            if row:
                lines.append(f"| {name} | {typer} | " + " | ".join(_cell(row.get(column)) for column in COLUMNS) + " |")
    lines += [
        "",
        "Macro F1 is over the seven types (of `marked`, over those that are there). *Not to be fed* is trolling or destructive, where the",
        "judgement is confident. Targets on `labels`: macro F1 0.68 (fast)",
        "and 0.75 (accurate), not to be fed 0.90 at a recall of 0.50, upset 0.75, addressed 0.90, calibration error at most 0.08.",
        "",
        "## Limits",
        "",
        "- PolEval's sentences were labelled in their reviews, and are judged here without them; its rows of # stand for the review that they close.",
        "- SentiRuEval calls news that are bad for a bank negative; the labels by hand call them other. The typer stands between the two.",
        "- Short texts out of their dialogue, irony, and what a picture shows are typed badly; criticism and complaint are told apart worst.",
        "- `insulting` is abuse of people as comments of 2ch and pikabu (Russian), tweets of PolEval 2019 (Polish) and this project's texts (English) label it.",
        "- Messages to banks, telecoms, shops, hotels and airlines are most of what was learnt from; other trades will fare worse.",
        "- A type says what a text reads like, not what its author meant; decisions about people are for people.",
    ]
    return "\n".join(lines) + "\n"


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.2f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--typer", choices=TYPERS, action="append")
    parser.add_argument("--lang", choices=LANGUAGES, action="append")
    parser.add_argument("--set", dest="sets", action="append", help="only this set")
    parser.add_argument("--write", action="store_true", help="write the model card")
    said = parser.parse_args()
    everything = asked_data.read().filter(pl.col("lang").is_in(said.lang or LANGUAGES))
    if said.sets:
        everything = everything.filter(pl.col("set").is_in(said.sets))
    figures = {}
    for typer in said.typer or TYPERS:
        figures[typer] = measured(everything, typer)
        print(typer)
        for name, value in figures[typer]["sets"].items():
            print(f"  {name:34} {value:.3f} ({SETS[name][0]}, target {SETS[name][1] or '-'})")
        for name, row in figures[typer]["types"].items():
            print(f"  {name}: " + ", ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    if said.write:
        sizes = {name: (home() / "typer" / f"{name}.npz").stat().st_size for name in (*LANGUAGES, "tuned")}
        CARD.write_text(card(figures, sizes), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
