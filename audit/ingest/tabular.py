"""Any table of messages: CSV, TSV, JSON, JSON lines, Parquet or XLSX, recognised by its columns' names (synonyms.toml) or a map file.

Two shapes. A row a message: a column or --brand tells whose it is (audit.ingest.roles). A row a pair: a column of replies stands beside
the text; it gives the customer's message and, where the reply is not empty, the brand's, under the same id with "/reply" behind it.

Times follow audit.ingest.dates. A date that is named as the last edit of a reply has the quality "last edit". Of an export that dates its
reviews relatively ("3 days ago") only the day of retrieval is known: it stands in `sent_at` with quality "none". Without such a day the
row is rejected: nobody can say when it was.
Ids that an export lacks are made from author, date and text (values.stable_ids).

Rejected: a malformed row, no text (and no rating), an impossible date or time, a relative date, a row that does not tell whose it is, a
note that only the brand sees.
"""

from __future__ import annotations

import polars as pl

from audit import tables
from audit.ingest import assembly, cells, clock, columns, dates, mapfile, roles, source, values
from audit.ingest.clock import Clocks
from audit.ingest.columns import Columns
from audit.ingest.mapfile import MapFile
from audit.ingest.mapping import normalised
from audit.ingest.reader import Batch, NotUnderstood, ReadOptions, Sample

NAME = "table"
ORDER = 100

_TEXTS = ("text", "pros", "cons", "reply_text")
_UNTOLD = "neither the brand's nor a customer's"


def recognises(sample: Sample) -> bool:
    return bool(sample.columns)


def read(sample: Sample, options: ReadOptions) -> Batch:
    """Read the table.

    Raises AuditError when no column of messages is found, a named column is absent, or nothing tells the two sides apart.
    """
    said = mapfile.opened(options.map_file) if options.map_file else None
    frame, malformed = source.table(sample)
    records = frame.height + malformed.height
    named = columns.chosen(frame, sample, options, said)
    if not frame.height:
        return Batch(pl.DataFrame(schema=tables.MESSAGES), malformed, records)
    told = None if named["reply_text"] else _roles(frame, named, sample, options, said)
    if named["reply_text"] and not _filled(frame, named["reply_text"]):
        told = roles.told(frame, named.found, said, options.brand, _authors(named))
    mapped = dict(named.chosen)
    if told and told.column:
        mapped["from_brand"] = told.column
        mapped = {field: name for field, name in mapped.items() if field != "reply_text" and not (field == "agent" and told.authors)}
    frame = _prepared(frame, named, told, options, said)
    rejected, good = _rejected(frame, named, told)
    shape = assembly.Shape(sample, options, named, told)
    messages = assembly.rows(good, shape) if told else assembly.pairs(good, shape)
    return Batch(messages, values.all_rejects([malformed, *rejected]), records, columns.shown(mapped))


def _roles(frame: pl.DataFrame, named: Columns, sample: Sample, options: ReadOptions, said: MapFile | None) -> roles.Roles:
    told = roles.told(frame, named.found, said, options.brand, _authors(named))
    if told:
        return told
    if options.brand and named["rating"]:
        return roles.Roles(
            pl.Series([False]).new_from_index(0, frame.height), pl.Series([False]).new_from_index(0, frame.height), "", False
        )
    if options.brand and _authors(named):
        column = _authors(named)[0]
        raise NotUnderstood(
            f"no message is by the brand {options.brand!r}",
            place=str(sample.path),
            hint=f"write --brand as in the column {column!r}; most frequent there: {', '.join(_frequent(frame, column))}",
            mapping=columns.shown(named.chosen),
        )
    raise NotUnderstood(
        "cannot tell the brand's messages from the customers'",
        place=str(sample.path),
        hint=(
            "the export holds reviews and no replies: to read them as unanswered, name the brand with --brand; else "
            if named["rating"]
            else ""
        )
        + "give the brand's name as author with --brand, or name the column that tells it in a --map FILE.toml: [columns] direction = ...,"
        ' [values] brand = ["..."]',
        mapping=columns.shown(named.chosen),
    )


def _prepared(frame: pl.DataFrame, named: Columns, told: roles.Roles | None, options: ReadOptions, said: MapFile | None) -> pl.DataFrame:
    """Adds the read values, as columns whose names begin with a dot."""
    english = all(normalised(name).isascii() for name in named.chosen.values())
    form = said.date_format if said else None
    height = frame.height

    def read_dates(field: str, clocks: Clocks | None = None) -> dates.Dates:
        cell = frame.select(named.cell(field).alias("cell")).to_series()
        return dates.read(
            cell.new_from_index(0, height) if len(cell) < height else cell, tz=options.tz, month_first=english, form=form, clocks=clocks
        )

    clocks = clock.read(frame.get_column(named["time"])) if named["time"] else None
    parts = {
        "": read_dates("date", clocks),
        "reply": read_dates("reply_date"),
        "edited": read_dates("edited"),
        "retrieved": read_dates("retrieved"),
    }
    false = pl.Series([False]).new_from_index(0, height)
    added = [
        series.alias(f".{part}{kind}")
        for part, read in parts.items()
        for kind, series in (("at", read.at), ("quality", read.quality), ("wrong", read.impossible), ("ago", read.relative))
    ]
    added.append((clocks.impossible if clocks else false).alias(".clockwrong"))
    said_texts = {field: cells.texts(frame.get_column(name)) for field, name in named.chosen.items() if field in _TEXTS}
    joined = [said_texts[field] for field in _TEXTS[:3] if field in said_texts]
    return frame.with_columns(
        *added,
        pl.concat_str(joined, separator="\n", ignore_nulls=True).alias(".joined")
        if joined
        else pl.lit(None, dtype=pl.String).alias(".joined"),
        said_texts.get("reply_text", pl.Series([None], dtype=pl.String).new_from_index(0, height)).alias(".reply"),
        pl.coalesce(cells.rating(named.cell("rating")), cells.rating_in_text(named.cell("text"))).alias(".rating"),
        (told.brand if told else false).alias(".brand"),
        (told.automatic if told else false).fill_null(False).alias(".bot"),
        *(_flag(frame, named, field).alias(f".{field}") for field in ("private", "internal", "public", "automatic", "removed")),
    ).with_columns(values.filled(pl.col(".joined")).alias(".text"))


def _flag(frame: pl.DataFrame, named: Columns, field: str) -> pl.Series:
    column = named[field]
    truth = roles.truths(frame.get_column(column)) if column else None
    return truth if truth is not None else pl.Series([None], dtype=pl.Boolean).new_from_index(0, frame.height)


def _rejected(frame: pl.DataFrame, named: Columns, told: roles.Roles | None) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """The rows that cannot be judged, and those that can."""
    kind = named.cell("kind").str.to_lowercase()
    only_brand = not frame.select((pl.col(".internal") & ~pl.col(".brand")).any()).item()
    note = kind.is_in(("note", "internal-note", "заметка")) | (pl.col(".internal") & pl.lit(only_brand)) | ~pl.col(".public")
    answered, undated = pl.col(".reply").is_not_null(), pl.col(".retrievedat").is_null()
    edits = frame.get_column(".editedat").is_not_null().any()  # else the column holds truths, or whatever is no date
    faults = {
        "note": (note, named["internal"] or named["public"] or named["kind"], "internal note"),
        "text": (pl.col(".text").is_null() & pl.col(".rating").is_null() & pl.col(".reply").is_null(), named["text"], "no text"),
        "at": (pl.col(".wrong"), named["date"], "impossible date"),
        "ago": (pl.col(".ago") & undated, named["date"], "relative date"),
        "clock": (pl.col(".clockwrong"), named["time"], "impossible time"),
        "reply": (pl.col(".replywrong") & answered, named["reply_date"], "impossible date"),
        "replyago": (pl.col(".replyago") & answered & undated, named["reply_date"], "relative date"),
        "edited": (pl.col(".editedwrong") & pl.lit(edits), named["edited"], "impossible date"),
        "brand": (pl.col(".brand").is_null(), told.column if told else None, _UNTOLD),
    }
    marked = frame.with_columns(
        pl.coalesce(pl.when(wrong.fill_null(False)).then(pl.lit(name)) for name, (wrong, _, _) in faults.items()).alias(".fault")
    )
    parts = []
    for name, (_, column, reason) in faults.items():
        bad = marked.filter(pl.col(".fault") == name)
        if bad.height:
            parts.append(values.rejects(bad, column, pl.col(column) if column else pl.lit(None), reason))
    return parts, marked.filter(pl.col(".fault").is_null())


def _authors(named: Columns) -> list[str]:
    return [name for name in (named["author_name"], named["author"]) if name]


def _filled(frame: pl.DataFrame, column: str | None) -> bool:
    return bool(column) and bool(frame.select(values.filled(pl.col(str(column))).is_not_null().any()).item())


def _frequent(frame: pl.DataFrame, column: str) -> list[str]:
    return [str(name)[:40] for name in frame.get_column(column).drop_nulls().value_counts(sort=True).head(5).get_column(column)]
