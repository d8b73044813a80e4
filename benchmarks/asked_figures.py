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
from benchmarks.train_typers import FOLDER

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


def f1(truth: pl.Series, said: pl.Series) -> float:
    both = int((truth & said).sum())
    return 2 * both / max(1, int(truth.sum()) + int(said.sum()))


def macro(truth: pl.Series, said: pl.Series, classes: Sequence[str]) -> float:
    return float(np.mean([f1(truth == each, said == each) for each in classes]))


def two_sided(truth: pl.Series, said: pl.Series, missed: pl.Series) -> float:
    """Macro F1 of a yes and no question; a row that was `missed` is neither."""
    return (f1(truth, said & ~missed) + f1(~truth, ~said & ~missed)) / 2


def by_set(found: pl.DataFrame) -> dict[str, float]:
    """Each public set's figure, by the mappings of the card."""
    figures = {}
    for (name,), part in found.filter(~pl.col("set").is_in(asked_data.TYPED)).group_by("set", maintain_order=True):
        truth, said, unclear = part["truth"], part["said"], part["said"] == "unclear"
        if name == "complaints_en":
            figures[name] = two_sided(truth == "1", said.is_in(asked_data.AT_FAULT), unclear)
        elif name == "sentirueval":
            figures[name] = f1(truth == "-1", said.is_in(asked_data.NEGATIVE))
        elif name == "toxic_ru":
            figures[name] = two_sided(truth == "1", part["said_insulting"], pl.repeat(False, part.height, eager=True))
        elif name == "poleval2019":
            figures[name] = f1(truth == "1", part["said_insulting"])
        elif name == "poleval2024":
            tone = pl.when(said == "praise").then(pl.lit("positive")).when(said.is_in(asked_data.NEGATIVE)).then(pl.lit("negative"))
            mapped = part.select(tone.when(unclear).then(pl.lit("unclear")).otherwise(pl.lit("neither"))).to_series()
            figures[name] = macro(truth, mapped, ("positive", "negative", "neither"))
    return {str(name): round(value, 3) for name, value in figures.items()}


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
        "| set | measure | target | fast | accurate |",
        "|---|---|---|---|---|",
    ]
    for name, (measure, target) in SETS.items():
        cells = " | ".join(_cell(figures.get(typer, {}).get("sets", {}).get(name)) for typer in TYPERS)
        lines.append(f"| {name} | {measure} | {target or ''} | {cells} |")
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
