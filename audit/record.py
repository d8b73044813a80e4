"""The last audit as the database remembers it, so that its outputs can be made again and its periods compared without judging.

Beside `verdicts` (as judged) stand `scored` (as they count, after excuses and critical rules, with the agent, the language of the reply
and the type of the question), and in `meta` the digest of the result and the rules it was judged by.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import polars as pl

from audit import score
from audit.errors import AuditError
from audit.store import Store

CONTEXT = ("agent", "reply_lang", "asked_type")
_AGAIN = "run the audit again with this --db"


def keep(store: Store, rows: pl.DataFrame, verdicts: pl.DataFrame, rules: list[str]) -> None:
    """Write the verdicts as judged and as scored."""
    store.replace("verdicts", rows.select("exchange_id", *rules))
    store.replace("scored", rows.select("exchange_id", *CONTEXT).hstack(verdicts))


def begin(store: Store) -> None:
    """What was remembered of the audit before no longer holds."""
    store.forget_notes("result", "audit")


def sign(store: Store, result: dict[str, Any]) -> None:
    """Remember which result the verdicts belong to, what they were judged by, and whether agents were hidden."""
    store.note("result", digest(result))
    said = {**{key: result[key] for key in ("rulebook", "pseudonyms")}, "seed": score.seed(result["inputs"])}
    store.note("audit", json.dumps(said, ensure_ascii=False))


def digest(result: dict[str, Any]) -> str:
    """Of a result without its looks, which `render` may change."""
    judged = {key: value for key, value in result.items() if key not in ("title", "lang", "look")}
    return hashlib.sha256(json.dumps(judged, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def rows(store: Store, result: dict[str, Any], place: str) -> pl.DataFrame:
    """The judged exchanges of `result`: the columns of the view `conversations`, CONTEXT, and one verdict a rule.

    Raises AuditError when the database was judged anew since, or never.
    """
    if store.noted("result") != digest(result):
        raise AuditError("holds another audit than this result", place=place, hint=f"{_AGAIN}, or render without it")
    return store.frame(
        f"SELECT c.* EXCLUDE (agent), {', '.join(f's.{name}' for name in CONTEXT)}, v.* EXCLUDE (exchange_id)"
        " FROM verdicts v JOIN scored s USING (exchange_id) JOIN conversations c USING (exchange_id) ORDER BY exchange_id"
    )


def judged_by(store: Store, place: str) -> dict[str, Any]:
    """`rulebook` and `pseudonyms` of the last audit, as its result has them, and its `seed`."""
    noted = store.noted("audit")
    if noted is None:
        raise AuditError("remembers no audit", place=place, hint=_AGAIN)
    return dict(json.loads(noted))


def scored(store: Store) -> pl.DataFrame:
    """exchange_id, account, agent, dialogue, at (UTC), and the verdicts as scored, of the last audit."""
    return store.frame(
        "SELECT x.account, x.dialogue, coalesce(x.asked_at, x.replied_at) AS at, s.* EXCLUDE (reply_lang, asked_type)"
        " FROM scored s JOIN exchanges x USING (exchange_id) ORDER BY exchange_id"
    )
