"""Account rules with known error: faults planted in simulated histories, and alarms where nothing was planted.

    python -m benchmarks.account_rules [--histories 400] [--seed 1]

Histories are over-dispersed and have a weekly rhythm; a month is 30 days. Each statistic is measured through its own module, as the
audit calls it; bursts are planted in real histories too, where the material is at hand. Exits 1 when a burst figure is beyond its limit:
recall of injections of at least max(20, 5 x the window's expected count) >= 0.9, at most one false alarm per 100 account-months.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from audit.interval import wilson
from audit.profile import Profile, open_profile
from audit.statistics import burst, clones, gaps, load, recurrence, spotless
from audit.statistics.found import Found
from benchmarks.history import material

Counts = NDArray[np.int64]
MOST_ALARMS = 1.0
LEAST_RECALL = 0.9
FIRST = date(2025, 1, 1)
RHYTHM = np.array([1.15, 1.1, 1.05, 1.0, 1.1, 0.9, 0.7])


def days_of(generator: np.random.Generator, mean: float, length: int, dispersion: float) -> Counts:
    """Gamma-Poisson counts around a mean with a weekly rhythm."""
    usual = mean * RHYTHM[np.arange(length) % 7]
    return generator.poisson(generator.gamma(1 / dispersion, dispersion * usual))


def bursts(generator: np.random.Generator, histories: int) -> dict[str, Any]:
    """Recall of injections by size, and alarms per 100 account-months, with and without campaigns."""
    planted: dict[str, list[bool]] = {}
    alarms = explained = campaigns_seen = 0
    months = 0.0
    for _ in range(histories):
        mean = float(np.exp(generator.uniform(np.log(0.2), np.log(20))))
        length = int(generator.integers(90, 366))
        dispersion = float(generator.uniform(0.1, 0.6))
        praise = days_of(generator, mean, length, dispersion)
        others = days_of(generator, float(generator.uniform(0.3, 3)) * mean, length, dispersion)
        campaign: list[dict[str, Any]] = []
        if generator.random() < 0.3:  # a campaign lifts praise for up to a week, and stands in the profile
            start, width = int(generator.integers(0, length - 8)), int(generator.integers(2, 8))
            praise[start : start + width] += generator.poisson(4 * mean + 5, width)
            campaign = [{"since": FIRST + timedelta(days=start), "until": FIRST + timedelta(days=start + width - 1)}]
            campaigns_seen += 1
        clean = _windows(praise, others, campaign)
        alarms += len(clean)
        months += length / 30
        explained += not any(c["since"].isoformat() <= w["since"] <= c["until"].isoformat() for c in campaign for w in clean) and bool(
            campaign
        )
        width = int(generator.integers(1, 4))
        size = int(generator.integers(5, 51))
        start = int(generator.integers(0, length - width))
        if any(
            (FIRST + timedelta(days=start + k)) >= c["since"] and (FIRST + timedelta(days=start + k)) <= c["until"]
            for c in campaign
            for k in range(width)
        ):
            continue
        expected = float((mean * RHYTHM[np.arange(start, start + width) % 7]).sum())
        praise[start : start + width] += generator.multinomial(size, [1 / width] * width)
        first, last = (FIRST + timedelta(days=start)).isoformat(), (FIRST + timedelta(days=start + width - 1)).isoformat()
        hit = any(w["since"] <= last and w["until"] >= first for w in _windows(praise, others, campaign))
        planted.setdefault("large" if size >= max(20, 5 * expected) else "small", []).append(hit)
    return {"planted": planted, "alarms": alarms, "months": months, "campaigns": campaigns_seen, "explained": explained}


REAL = {
    "Wildberries seller": "data/reviews_with_replies/wb_seller_ru.json",
    "Google Play app": "formats/google_play_console/mozilla_firefox_experiment2_1407_replies.csv",
}
"""Dated ratings in the material: praise is five stars."""


def real_days(name: str) -> tuple[Counts, Counts] | None:
    """Praise and other ratings on each day of the densest year of a real history; None where the material is not there."""
    path = material() / REAL[name]
    if not path.is_file():
        return None
    if path.suffix == ".json":
        rated = [
            (review["fb_created_at"][:10], review["valuation"]) for seller in json.loads(path.read_text()) for review in seller["feedbacks"]
        ]
        ratings = pl.DataFrame(rated, schema=["day", "stars"], orient="row")
    else:
        ratings = pl.read_csv(path, infer_schema=False).select(
            day=pl.col("Review Submit Date and Time").str.slice(0, 10), stars="Star Rating"
        )
    ratings = ratings.select(day=pl.col("day").str.to_date(), five=pl.col("stars").cast(pl.Float64) >= 5)
    last = ratings["day"].max()
    assert isinstance(last, date)
    place = (pl.col("day") - pl.lit(last - timedelta(days=364))).dt.total_days()
    days = ratings.with_columns(place=place).filter(pl.col("place") >= 0)
    praise, others = (np.bincount(days.filter(pl.col("five") == five)["place"], minlength=365) for five in (True, False))
    return praise.astype(np.int64), others.astype(np.int64)


def real_bursts(generator: np.random.Generator, name: str, injections: int) -> str:
    """Recall of large injections into a real year, and the windows found without any."""
    days = real_days(name)
    if days is None:
        return f"{name}: skipped, {material() / REAL[name]} is not there (set AUDIT_MATERIAL)"
    praise, others = days
    hits: list[bool] = []
    for _ in range(injections):
        width, size = int(generator.integers(1, 4)), int(generator.integers(20, 51))
        start = int(generator.integers(0, len(praise) - width))
        if size < 5 * max(praise[start : start + width].sum(), width * praise.mean()):
            continue
        planted = praise.copy()
        planted[start : start + width] += generator.multinomial(size, [1 / width] * width)
        first, last = ((FIRST + timedelta(days=day)).isoformat() for day in (start, start + width - 1))
        hits.append(any(w["since"] <= last and w["until"] >= first for w in _windows(planted, others, [])))
    alone = len(_windows(praise, others, []))
    return f"{name}, {praise.sum()} praises in a year: recall {share(sum(hits), len(hits))}; without an injection {alone} windows"


def _windows(praise: Counts, others: Counts, campaigns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    calendar = [FIRST + timedelta(days=i) for i in range(len(praise))]
    days = pl.DataFrame({"account": ["K"] * len(praise), "day": calendar, "praise": praise, "others": others})
    spans = pl.DataFrame({"account": ["K"], "first": [calendar[0]], "last": [calendar[-1]]})
    found = burst.bursts(days.filter(pl.col("praise") + pl.col("others") > 0), spans, least_days=30, campaigns=campaigns)
    return list(found.evidence.get("K", ()))


def record(generator: np.random.Generator, histories: int, profile: Profile) -> tuple[int, int, int, float]:
    """Planted months without a negative rating found and planted, false alarms and account-months."""
    hits = planted = alarms = 0
    months = 0.0
    for _ in range(histories):
        share, size = float(generator.uniform(0.03, 0.4)), float(generator.uniform(20, 200))
        n = generator.poisson(size, 24)
        a = share * 60
        negative = generator.binomial(n, generator.beta(a, 60 - a, 24))
        clean = _record(n, negative, profile)
        alarms += len(clean.evidence.get("K", ()))
        months += float((n >= profile.minimum["ratings"]).sum())
        if share * size >= 10 and size >= 60:
            at = int(generator.integers(12, 24))
            negative[at] = 0
            month = (datetime(2023, 1, 1) + timedelta(days=31 * at)).strftime("%Y-%m")
            planted += 1
            hits += any(row["month"].startswith(month) for row in _record(n, negative, profile).evidence.get("K", ()))
    return hits, planted, alarms, months


def _record(n: Counts, negative: Counts, profile: Profile) -> Found:
    months = [(datetime(2023, 1, 1) + timedelta(days=31 * i)).date().replace(day=1) for i in range(len(n))]
    counts = pl.DataFrame({"account": ["K"] * len(n), "month": months, "n": n, "negative": negative})
    return spotless.spotless(counts, profile.bounds["spotless-record"], profile.minimum["ratings"])


def opening(accounts: list[str], at: list[datetime], waits: list[float | None], channels: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {"account": accounts, "asked_at": at, "minutes_waited": waits, "channel": channels, "answered": [w is not None for w in waits]},
        schema_overrides={"minutes_waited": pl.Float64, "asked_at": pl.Datetime("us")},
    ).with_columns(
        asked_first=True,
        opens_dialogue=True,
        asked_type=pl.lit("complaint"),
        history_after=True,
        answers_known=True,
        asked_time_quality=pl.lit("exact"),
    )


def hours(generator: np.random.Generator, histories: int, profile: Profile, factor: float) -> int:
    """Accounts of which the off-hours gap was found, of `histories` whose waits are `factor` times as long out of hours."""
    found = 0
    for _ in range(histories):
        n = int(generator.integers(120, 800))
        at = [datetime(2025, 1, 1) + timedelta(minutes=float(m)) for m in generator.uniform(0, 60 * 24 * 90, n)]
        out = np.array([t.weekday() > 4 or not 9 <= t.hour < 18 for t in at])
        waits = generator.lognormal(math.log(60), 1.2, n) * np.where(out, factor, 1.0)
        kept = [float(w) if generator.random() < 0.9 else None for w in waits]
        rows = opening(["K"] * n, at, kept, ["twitter"] * n)
        found += bool(gaps.off_hours(rows, profile.bounds["off-hours-gap"], profile.minimum["gap"], None, "UTC").evidence)
    return found


def neglect(generator: np.random.Generator, histories: int, profile: Profile, drop: float) -> int:
    """Accounts of which the worst of four channels was found, whose answered share lies `drop` below the others'."""
    found = 0
    for _ in range(histories):
        channels, waits = [], []
        share = float(generator.uniform(0.6, 0.95))
        for i in range(4):
            n = int(generator.integers(30, 300))
            own = share - (drop if i == 0 else 0) + float(generator.normal(0, 0.03))
            channels += [f"c{i}"] * n
            waits += [30.0 if generator.random() < own else None for _ in range(n)]
        rows = opening(["K"] * len(waits), [datetime(2025, 1, 1)] * len(waits), waits, channels)
        found += bool(gaps.channels(rows, profile.bounds["neglected-channel"], profile.minimum["gap"]).evidence)
    return found


def themes(generator: np.random.Generator, histories: int, profile: Profile, ratio: float) -> int:
    """Accounts of which a theme was found to recur, whose rate in the second half is `ratio` times the first's."""
    found = 0
    for _ in range(histories):
        days, rate = 180, float(generator.uniform(2, 20))
        share = float(generator.uniform(0.05, 0.3))
        at, named = [], []
        for day in range(days):
            for _ in range(generator.poisson(rate)):
                time = datetime(2025, 1, 1) + timedelta(days=day, minutes=float(generator.uniform(0, 1440)))
                at.append(time)
                if generator.random() < share * (ratio if day >= days / 2 else 1.0):
                    named.append(time)
        if not named:
            continue
        rows = pl.DataFrame({"account": ["K"] * len(at), "asked_at": at}).with_columns(asked_first=True)
        own = pl.DataFrame({"account": ["K"] * len(named), "asked_at": named}).with_columns(theme=pl.lit("delivery"), answered=True)
        found += bool(recurrence.recurring(rows, own, profile.bounds["recurring-complaint"], profile.minimum["theme"]).evidence)
    return found


def busy(generator: np.random.Generator, histories: int, profile: Profile, fall: float) -> int:
    """Accounts of which quality was found to fall under load, by `fall` points per doubling of the day's replies."""
    found = 0
    for _ in range(histories):
        parts = []
        for agent in range(int(generator.integers(2, 9))):
            level = float(generator.uniform(70, 92))
            loads = days_of(generator, float(generator.uniform(2, 15)), 60, 0.3)
            shock = generator.normal(0, 3, 60)
            for day, n in enumerate(loads.tolist()):
                if n:
                    kept = generator.binomial(5 * n, min(0.99, max(0.01, (level + shock[day] - fall * math.log2(n)) / 100)))
                    parts.append(
                        {
                            "account": "K",
                            "agent": f"a{agent}",
                            "day": FIRST + timedelta(days=day),
                            "load": n,
                            "kept": kept,
                            "judged": 5.0 * n,
                        }
                    )
        daily = pl.DataFrame(parts).with_columns(x=pl.col("load").cast(pl.Float64).log(2), y=100 * pl.col("kept") / pl.col("judged"))
        bounds, least = profile.bounds["quality-under-load"], profile.minimum
        found += bool(load.under_load(daily, bounds, least["load_days"], least["load_replies"]).evidence)
    return found


WORDS = """kettle lid handle boil quick quiet warm red steel gift mother kitchen morning tea coffee friend price shop delivery box lovely neat
sturdy pretty clean simple light big small best great good fine happy love bought used works keeps pours looks feels came arrived still after
before every first second year week day month family office colleague neighbour sister brother again never always really very quite much"""


def praise(random_: random.Random, histories: int, profile: Profile, copies: int) -> int:
    """Accounts of which clones were found: `copies` near-identical texts of 14 words, one word exchanged in each, among 200 others."""
    found = 0
    words = WORDS.split()
    for _ in range(histories):
        texts = [" ".join(random_.choices(words, k=random_.randint(10, 30))) for _ in range(200)]
        original = random_.choices(words, k=14)
        for _ in range(copies):
            copy = list(original)
            copy[random_.randrange(14)] = random_.choice(words)
            texts.append(" ".join(copy))
        rows = pl.DataFrame(
            {"asked_words": [f" {text} " for text in texts], "customer": [f"c{i}" for i in range(len(texts))]}
        ).with_columns(
            account=pl.lit("K"),
            asked_first=True,
            asked_type=pl.lit("praise"),
            asked_message_id=pl.col("customer"),
            dialogue=pl.int_range(pl.len()),
        )
        found += bool(clones.clones(rows, profile.bounds["cloned-praise"], profile.minimum["praise"]).evidence)
    return found


def share(hits: int, n: int) -> str:
    low, high = wilson(hits, n)
    return f"{hits / n:.3f} ({hits} of {n}; 95 % {low:.3f} to {high:.3f})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    generator, profile, n = np.random.default_rng(said.seed), open_profile("default"), said.histories
    measured = bursts(generator, n)
    large: Mapping[str, list[bool]] = measured["planted"]
    alarms = 100 * measured["alarms"] / measured["months"]
    recall = sum(large["large"]) / len(large["large"])
    print(f"{n} simulated histories each, seed {said.seed}")
    print(
        f"praise-burst         recall of large injections {share(sum(large['large']), len(large['large']))}, of small ones {share(sum(large['small']), len(large['small']))}"
    )
    print(
        f"                     {measured['alarms']} false alarms in {measured['months']:.0f} account-months: {alarms:.2f} per 100 (limit {MOST_ALARMS:g})"
    )
    print(f"                     campaigns explained {share(measured['explained'], measured['campaigns'])}")
    for name in REAL:
        print(f"                     {real_bursts(np.random.default_rng(said.seed), name, n)}")
    hits, planted, wrong, months = record(generator, n, profile)
    print(
        f"spotless-record      recall {share(hits, planted)}, {wrong} false alarms in {months:.0f} account-months: {100 * wrong / months:.2f} per 100"
    )
    tests = (
        ("off-hours-gap", "waits five times as long", hours(generator, n, profile, 5), "equal", hours(generator, n, profile, 1)),
        ("neglected-channel", "share 0.35 lower", neglect(generator, n, profile, 0.35), "equal", neglect(generator, n, profile, 0)),
        (
            "recurring-complaint",
            "rate as before",
            themes(generator, n, profile, 1.0),
            "rate falls to 0.6",
            themes(generator, n, profile, 0.6),
        ),
        ("quality-under-load", "6 points per doubling", busy(generator, n, profile, 6), "none", busy(generator, n, profile, 0)),
        (
            "cloned-praise",
            "3 copies",
            praise(random.Random(said.seed), n // 4, profile, 3),
            "none",
            praise(random.Random(said.seed + 1), n // 4, profile, 0),
        ),
    )
    for id, planted_as, found, clean_as, false in tests:
        total = n // 4 if id == "cloned-praise" else n
        print(f"{id:20} {planted_as}: found {share(found, total)}; {clean_as}: {share(false, total)}")
    return int(recall < LEAST_RECALL or alarms > MOST_ALARMS)


if __name__ == "__main__":
    sys.exit(main())
