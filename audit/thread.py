"""Messages -> turns -> exchanges, by reply links where there are any and by time within a conversation where there are none.

A *dialogue* is one customer and the brand in a thread. A brand message belongs to the customer whose message it is linked to (over
the brand's own messages, where a reply was split), else to the only customer of its conversation, else to the one whom it names
with `@`. Consecutive messages of one side are one turn; automatic acknowledgements belong to none.
"""

from __future__ import annotations

from datetime import datetime

from audit.store import Store

_STEPS = 40
"""More pointer jumps than any chain of 2^40 messages needs; what still moves is a circle of links."""


def threaded(store: Store, *, until: datetime | None, history_hours: float) -> None:
    """Write the tables `turns` and `exchanges` (columns: audit/sql/exchanges.sql; times UTC, waits in minutes)."""
    store.script("links")
    for script, going in (("climb", "SELECT bool_or(moved) FROM linked"), ("aim", "SELECT bool_or(open) FROM aims")):
        for _ in range(_STEPS):
            store.script(script)
            if not store.rows(going)[0][0]:
                break
    store.script("threads")
    store.script("turns")
    store.script("exchanges", until=until, history=history_hours)


def posts(store: Store) -> int:
    """Turns of the brand that answer nobody known. Takes the table `turns`."""
    return int(store.rows("SELECT count(*) FROM turns WHERE from_brand AND parent_state = 'none' AND turn = 1")[0][0])
