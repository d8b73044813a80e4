"""THE KERNEL: rows of subjects in, one Boolean column a rule out. Row-local: what needs other rows comes as a fact.

Two steps. `marks` looks at distinct texts, language by language, and says which rules' constructions each holds; `verdicts`
joins that to the rows with their facts and applies "judged when" and "broken when".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import polars as pl

from audit import search, signature
from audit import text as texts
from audit.detectors import bound, fact, found, readability, remainder, resembles
from audit.rule import COMPLAINED, Rule
from audit.rulebook import Rulebook

LANGUAGES = ("en", "ru", "pl")
TEXT_DETECTORS = {"pattern": found.found, "absence": found.found, "readability": readability.found}


class Texts(NamedTuple):
    """Distinct replies as they are read: `reply`, `lang`, `signed`, `words`, `reply_words`, `skeleton`; by language, what was found in its
    texts whatever they answer, and the index of their words."""

    distinct: pl.DataFrame
    found: Mapping[str, tuple[pl.DataFrame, search.Index]]


def read(
    replies: pl.DataFrame, rulebook: Rulebook, bounds: Mapping[str, Any], consulted: Collection[str] = (), *, heard: bool = False
) -> Texts:
    """The distinct texts of `replies` (`reply`, `lang`), in their order, and what rules find in them whatever they answer.

    `heard`: a second opinion will be heard, and what it makes of their wording is found too.
    """
    with rulebook.in_use():
        return _read(replies, rulebook, bounds, consulted, heard)


def _read(replies: pl.DataFrame, rulebook: Rulebook, bounds: Mapping[str, Any], consulted: Collection[str], heard: bool) -> Texts:
    distinct = replies.select("reply", "lang").unique(maintain_order=True)
    distinct = distinct.hstack(signature.split(distinct.get_column("reply")).rename({"agent": "signed"}))
    skeleton = texts.skeleton(pl.col("words"))
    distinct = (
        distinct.lazy()
        .with_columns(texts.words(pl.col("unsigned")).alias("words"))
        .with_columns(skeleton.str.count_matches(r"\S+").cast(pl.Int32).alias("reply_words"), skeleton.hash().alias("skeleton"))
        .drop("unsigned")
        .collect(engine="streaming")
    )
    scopes = _scopes(rulebook, consulted)
    parts = distinct.filter(pl.col("lang").is_in(LANGUAGES)).partition_by("lang", as_dict=True)
    with ThreadPoolExecutor(_workers(distinct)) as pool:
        found = pool.map(lambda lang: _found(str(lang[0]), parts[lang], rulebook, bounds, scopes, heard), parts)
        return Texts(distinct, {str(lang[0]): each for lang, each in zip(parts, found, strict=True)})


def _workers(distinct: pl.DataFrame) -> int:
    """How many languages are looked at side by side: with many texts, each keeps all cores busy by itself."""
    return 1 if distinct.height >= search.FEW else pl.thread_pool_size()


def _found(
    lang: str, part: pl.DataFrame, rulebook: Rulebook, bounds: Mapping[str, Any], scopes: Mapping[str, Scope], heard: bool
) -> tuple[pl.DataFrame, search.Index]:
    """What can be said of one language's texts before it is known what they answer: beside `part`, and the index of their words."""
    index = search.Index(part.get_column("words"))
    every = [(rule, "patterns") for rule in rulebook.rules if rule.id not in scopes] + [(rule, "given") for rule in rulebook.rules]
    free = [rule for rule in rulebook.rules if rule.id not in scopes and not rule.complained]
    held = search.searched(search.hits(part, index, every, rulebook, lang, {}), index, free, rulebook, lang)
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        detected = _detected(held, _jobs(free, rulebook, lang, bounds, scopes, index), pool)
        worded = resembles.worded(index.concordance).get_columns() if heard else []
        held = held.with_columns(*(each.result() for each in detected), *worded)
    return held.drop(part.columns), index


def marks(
    replies: pl.DataFrame,
    rulebook: Rulebook,
    bounds: Mapping[str, Any],
    consulted: Collection[str] = (),
    *,
    known: Texts | None = None,
    heard: bool = False,
) -> pl.DataFrame:
    """What each distinct text holds.

    Takes `reply` (String) and `lang`; gives both back with `mark:<rule>` (Boolean; null in a language the rule does not know),
    `signed` (the agent in the signature), `reply_words` (Int32, words left after links, handles and marks) and `skeleton` (UInt64,
    equal where the same text was sent). Where `asked_type` and `dialogue` are given too, a rule about some types looks only at texts that
    answered them (null elsewhere); the rules of `consulted` look at all. `known`: what `read` made of the same replies. `heard`: with
    what a second opinion makes of their wording (`worded:<rule>`, audit.detectors.resembles).
    """
    with rulebook.in_use():
        return _marks(replies, rulebook, bounds, consulted, known or read(replies, rulebook, bounds, consulted, heard=heard), heard)


def _marks(
    replies: pl.DataFrame, rulebook: Rulebook, bounds: Mapping[str, Any], consulted: Collection[str], known: Texts, heard: bool
) -> pl.DataFrame:
    scopes = _scopes(rulebook, consulted) if "asked_type" in replies.columns else {}
    distinct = known.distinct
    if scopes:
        inside = {scope: _inside(scope, "dialogue" in replies.columns).alias(_name(scope)) for scope in sorted(set(scopes.values()))}
        grouped = replies.lazy().with_columns(inside.values()).group_by("reply", "lang", maintain_order=True)
        distinct = distinct.hstack(grouped.agg(pl.col(_name(scope)).any() for scope in inside).drop("reply", "lang").collect())
    with ThreadPoolExecutor(_workers(distinct)) as pool:
        parts = pool.map(
            lambda each: _marked(str(each[0][0]), each[1], known.found.get(str(each[0][0])), rulebook, bounds, scopes),
            distinct.group_by("lang", maintain_order=True),
        )
    kinds: dict[str, type[pl.DataType]] = {
        **{f"mark:{rule.id}": pl.Boolean for rule in rulebook.rules if rule.detector in (*TEXT_DETECTORS, "remainder")},
        **{f"given:{rule.id}": pl.Boolean for rule in rulebook.rules if rule.given},
        **{f"narrow:{rule.id}": pl.Boolean for rule in rulebook.rules if rule.complained},
        **{f"{resembles.WORDED}{id}": pl.Float32 for id in (resembles.heads() if heard else ())},
    }
    told: dict[str, type[pl.DataType]] = {
        "reply": pl.String,
        "lang": pl.String,
        "signed": pl.String,
        "reply_words": pl.Int32,
        "skeleton": pl.UInt64,
    }
    joined = pl.concat([pl.DataFrame(schema=told | kinds), *parts], how="diagonal_relaxed")
    return joined.select(*told, *kinds)


def _marked(
    lang: str,
    part: pl.DataFrame,
    held: tuple[pl.DataFrame, search.Index] | None,
    rulebook: Rulebook,
    bounds: Mapping[str, Any],
    scopes: Mapping[str, Scope],
) -> pl.DataFrame:
    """`part` (distinct replies of one language; `held`: what was found in them already) with the marks of the rules that know it."""
    index = held[1] if held else search.Index(part.get_column("words"))
    part = part.hstack(held[0]) if held else part
    remaining = [rule for rule in rulebook.rules if rule.detector == "remainder" and rule.languages & {lang, "*"}]
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        split = [pool.submit(remainder.sentences, rule, rulebook, lang, _inside_of(scopes.get(rule.id), part)) for rule in remaining]
        part = _searched(part, index, rulebook, lang, scopes)
        jobs = [job for job in _jobs(rulebook.rules, rulebook, lang, bounds, scopes, index) if job[0] not in part.columns]
        asked_for = {f"mark:{id}" for rule in remaining for id in (*rule.dismiss, *rule.discount, *rule.spared_by)}
        sooner = _detected(part, [job for job in jobs if job[0] in asked_for], pool)
        others = _detected(part, [job for job in jobs if job[0] not in asked_for], pool)
        part = part.with_columns(each.result() for each in sooner)  # a remainder asks for the marks of these
        left = [
            _within(scopes.get(rule.id), part, partial(remainder.found, rule, rulebook, lang, bounds=bounds, split=sentences.result()))
            for rule, sentences in zip(remaining, split, strict=True)
        ]
        part = part.with_columns(each.alias(f"mark:{rule.id}") for rule, each in zip(remaining, left, strict=True))
        return part.with_columns(each.result() for each in others)


def _jobs(
    rules: Iterable[Rule], rulebook: Rulebook, lang: str, bounds: Mapping[str, Any], scopes: Mapping[str, Scope], index: search.Index
) -> list[tuple[str, Scope | None, Detection]]:
    """What `rules` detect in one language's texts without asking for other marks: the name of a column, its scope, what detects."""
    jobs: list[tuple[str, Scope | None, Detection]] = []
    for rule in sorted(rules, key=lambda rule: rule.on == "original"):  # those without an index take longest: others wait for the rest
        if rule.detector in TEXT_DETECTORS and rule.languages & {lang, "*"}:
            detected = partial(TEXT_DETECTORS[rule.detector], rule, rulebook, lang, bounds=bounds, index=index)
            jobs.append((f"mark:{rule.id}", scopes.get(rule.id), detected))
        if rule.given and lang in LANGUAGES:
            jobs.append((f"given:{rule.id}", None, partial(found.given, rule, rulebook, lang, index=index)))
        if rule.complained and lang in LANGUAGES:
            jobs.append((f"narrow:{rule.id}", scopes.get("complained"), partial(found.complained, rule, rulebook, lang, index=index)))
    return jobs


Scope = tuple[tuple[str, ...], bool]
"""The types that a rule is about, and whether it is judged once in a dialogue."""
Detection = Callable[[pl.DataFrame], pl.Series]


def _detected(part: pl.DataFrame, jobs: list[tuple[str, Scope | None, Detection]], pool: ThreadPoolExecutor) -> list[Future[pl.Series]]:
    """The column of each job (name, scope, what detects), to come."""
    return [pool.submit(lambda job: _within(job[1], part, job[2]).alias(job[0]), job) for job in jobs]


def _searched(part: pl.DataFrame, index: search.Index, rulebook: Rulebook, lang: str, scopes: Mapping[str, Scope]) -> pl.DataFrame:
    """`part` with what an index of words finds in it (audit.search), each rule within its scope."""
    inside = {}
    for rule in rulebook.rules:
        for key, scope in (("patterns", scopes.get(rule.id)), ("complained", scopes.get("complained"))):
            if scope is not None:
                inside[rule.id, key] = part.get_column(_name(scope)).to_numpy()
    return search.searched(part, index, rulebook.rules, rulebook, lang, inside)


def _scopes(rulebook: Rulebook, consulted: Collection[str]) -> dict[str, Scope]:
    """The rules that need not look at every reply. A rule that another asks about is needed wherever that one is."""
    scopes: dict[str, Scope] = {"complained": (COMPLAINED, False)}
    for rule in rulebook.of("reply"):
        needing = [rule, *(other for other in rulebook.rules if rule.id in (*other.dismiss, *other.discount, *other.spared_by))]
        if rule.id not in consulted and all(each.when.asked for each in needing):
            scopes[rule.id] = (tuple(sorted({kind for each in needing for kind in each.when.asked})), rule.once)
    return scopes


def _inside(scope: Scope, dialogues: bool) -> pl.Expr:
    kinds, once = scope
    inside = pl.col("asked_type").is_in(kinds).fill_null(False)
    return inside.any().over("dialogue") if once and dialogues else inside


def _name(scope: Scope) -> str:
    return f"scope:{'|'.join(scope[0])}:{scope[1]}"


def _inside_of(scope: Scope | None, part: pl.DataFrame) -> pl.DataFrame:
    return part if scope is None else part.filter(_name(scope))


def _within(scope: Scope | None, part: pl.DataFrame, detected: Detection) -> pl.Series:
    """What is detected in one language's texts; null outside the scope."""
    if scope is None:
        return detected(part)
    marks = pl.repeat(None, part.height, dtype=pl.Boolean, eager=True)
    return marks.scatter(part.get_column(_name(scope)).arg_true(), detected(_inside_of(scope, part)))


def verdicts(
    rows: pl.DataFrame,
    rulebook: Rulebook,
    bounds: Mapping[str, Any],
    subjects: tuple[str, ...] = ("reply", "asked"),
    opinion: str | None = None,
) -> pl.DataFrame:
    """One Boolean column a rule, named by its id: true kept, false broken, null does not apply.

    Takes `reply`, `asked_type`, `asked_upset`, `confident`, `private`, `reply_words`, the marks, with an `opinion` what it makes of them
    (audit.detectors.resembles), and as many facts as there are; a fact that is absent is null. Account rules take a frame of facts only.
    """
    columns = set(rows.columns)
    heard = {rule.id: opinion for rule in rulebook.rules if rulebook.packaged(rule.id)}
    judged = rows.select(_verdict(rule, columns, bounds, heard.get(rule.id)) for rule in rulebook.of(*subjects))
    return judged.with_columns(_with_implied(rule, rulebook) for rule in rulebook.of(*subjects) if rule.implied_by)


def _with_implied(rule: Rule, rulebook: Rulebook) -> pl.Expr:
    """A break of one of the rules that imply this one breaks it too; where it does not apply it stays null."""
    broken = pl.any_horizontal(pl.lit(False), *(~pl.col(id).fill_null(True) for id in rule.implied_by if id in rulebook.ids))
    return pl.when(broken & pl.col(rule.id).is_not_null()).then(False).otherwise(pl.col(rule.id)).alias(rule.id)


def _column(name: str, columns: set[str], kind: pl.DataType | type[pl.DataType] = pl.Boolean) -> pl.Expr:
    return pl.col(name) if name in columns else pl.lit(None, kind)


def _verdict(rule: Rule, columns: set[str], bounds: Mapping[str, Any], opinion: str | None) -> pl.Expr:
    if rule.detector == "pattern":
        kept = ~_column(f"mark:{rule.id}", columns)
        if rule.complained:
            narrow = _column(f"narrow:{rule.id}", columns) & pl.col("asked_type").is_in(COMPLAINED)
            if "asked_trusted" in columns:
                narrow = narrow & pl.col("asked_trusted")
            kept = kept & ~narrow.fill_null(False)
    elif rule.detector == "absence":
        kept = _column(f"mark:{rule.id}", columns)
    elif rule.detector in ("remainder", "readability"):
        kept = ~_column(f"mark:{rule.id}", columns)
        if rule.brief:
            faulty = pl.any_horizontal(_column(f"mark:{id}", columns).fill_null(False) for id in (*rule.dismiss, *rule.discount))
            brief = (pl.col("asked_type") == "question") & pl.col("reply_words").is_between(1, rule.brief) & ~faulty
            kept = kept | (brief & kept.is_not_null())
    elif rule.detector == "bound":
        kept = bound.kept(rule, columns, bounds)
    else:
        kept = fact.kept(rule, columns)
    if rule.subject in ("account", "templates"):
        return kept.alias(rule.id)
    kept = resembles.weighed(rule, kept, columns, opinion)
    if rule.silence != "null":
        silent = pl.lit(rule.silence == "kept")
        if rule.silence == "broken":
            for name in rule.kept_by:
                silent = _column(name, columns)
        kept = pl.when(pl.col("reply").is_null()).then(silent).otherwise(kept)
    if f"excused:{rule.id}" in columns:
        kept = kept | (pl.col(f"excused:{rule.id}").fill_null(False) & kept.is_not_null())
    for name in rule.kept_by:
        kept = kept | (_column(name, columns).fill_null(False) & kept.is_not_null())
    return pl.when(_judged(rule, columns)).then(kept).otherwise(pl.lit(None, pl.Boolean)).alias(rule.id)


def _judged(rule: Rule, columns: set[str]) -> pl.Expr:
    when = rule.when
    terms: list[pl.Expr] = []
    if rule.subject == "reply":
        terms.append(pl.col("reply").is_not_null())
    elif rule.subject == "asked" and "asked_first" in columns:
        terms.append(pl.col("asked_first"))
    if when.asked:
        terms.append(pl.col("asked_type").is_in(when.asked))
        if rule.subject == "reply" and "asked_trusted" in columns:
            terms.append(pl.col("asked_trusted"))
    if when.upset is not None:
        terms.append(pl.col("asked_upset") == when.upset)
    if when.public:
        terms.append(~pl.col("private").fill_null(False))
    if when.confident:
        terms.append(pl.col("confident"))
    if when.words:
        terms.append(pl.col("reply_words") >= when.words)
    if rule.given:
        terms.append(_column(f"given:{rule.id}", columns))
    if rule.once:
        terms.append(~_column(f"had:{rule.id}", columns).fill_null(False))
    terms.extend(_column(name, columns) for name in when.facts)
    return pl.all_horizontal(pl.lit(True), *terms)
