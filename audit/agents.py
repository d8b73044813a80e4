"""Agents under other names: stable ones, made with a secret key, for reports that leave the team."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping

import polars as pl

from audit import privacy, signature
from audit.errors import AuditError
from audit.store import Store

_KEY = "pseudonym key"


def key(store: Store, given: str | None) -> str:
    """The key as given, else the one that the database keeps, made when it is first asked for."""
    if given is not None:
        return given
    kept = store.noted(_KEY)
    if kept is None:
        kept = secrets.token_hex(16)
        with store.transaction():
            store.note(_KEY, kept)
    return kept


def sign_of(key: str) -> str:
    """A name of the key that does not give it away: reports of one key name an agent alike."""
    return hashlib.sha256(b"reply-audit pseudonyms\0" + key.encode()).hexdigest()[:8]


def hidden(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Exchanges with `agent` under a pseudonym, also in the signatures of `reply`."""
    brands = rows.get_column("account").drop_nulls().unique().to_list()
    signed = signature.split(rows.get_column("reply"), brands=brands)
    names = privacy.pseudonym(rows.get_column("agent"), key=key, kind="agent")
    own = privacy.pseudonym(signed.get_column("agent"), key=key, kind="agent")
    told = pl.DataFrame({"own": own, "name": names, "unsigned": signed.get_column("unsigned"), "reply": rows.get_column("reply")})
    again = pl.concat_str("unsigned", pl.lit(" ^"), pl.coalesce("name", "own"))
    reply = told.select(pl.when(pl.col("own").is_not_null()).then(again).otherwise("reply").alias("reply"))
    return rows.with_columns(reply.to_series(), names)


def hidden_columns(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Rows without texts, `agent` under a pseudonym."""
    return rows.with_columns(privacy.pseudonym(rows.get_column("agent"), key=key, kind="agent"))


def key_of(store: Store, given: str | None, sign: str | None) -> str | None:
    """The key that a result's agents were named with, None where they go by their own. Raises AuditError when it is not at hand."""
    if sign is None:
        return None
    at_hand = given if given is not None else store.noted(_KEY)
    if at_hand is None or sign_of(at_hand) != sign:
        raise AuditError("the agents of the audit were named with another key", hint="name its file with --pseudonym-key")
    return at_hand


def hidden_names(teams: Mapping[str, str], key: str) -> dict[str, str]:
    """agent -> team, the agents under their pseudonyms."""
    names = privacy.pseudonym(pl.Series(list(teams), dtype=pl.String), key=key, kind="agent")
    return dict(zip(names.to_list(), teams.values(), strict=True))
