"""What a statistic gives: which accounts could be judged, and for those that stand out the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Evidence = dict[str, Any]

RATE = 0.01
"""False-discovery rate over the accounts, channels, windows, themes or agents that one rule looks at."""


@dataclass(frozen=True)
class Found:
    """`judged`: accounts with enough to judge. `evidence`: plain rows to show, by account; an account with some breaks the rule."""

    judged: frozenset[str | None] = frozenset()
    evidence: Mapping[str | None, Sequence[Evidence]] = field(default_factory=dict)

    def verdict(self, account: str | None) -> bool | None:
        return None if account not in self.judged else not self.evidence.get(account)


def discoveries(tried: Iterable[tuple[str | None, float, bool, Evidence]], rate: float = RATE) -> Found:
    """`Found` from tests made: (account, p-value, whether the effect is large enough to matter, evidence).

    All tests count in the correction of Benjamini and Hochberg (1995), also those whose effect is too small to be shown.
    """
    tests = list(tried)
    passed = benjamini_hochberg([p for _, p, _, _ in tests], rate)
    evidence: dict[str | None, list[Evidence]] = {}
    for (account, p, matters, row), significant in zip(tests, passed, strict=True):
        if significant and matters:
            evidence.setdefault(account, []).append(row | {"p_value": float(f"{p:.2g}")})
    return Found(frozenset(account for account, *_ in tests), evidence)


def benjamini_hochberg(p_values: Sequence[float], rate: float) -> list[bool]:
    """Which hypotheses are rejected at a false-discovery rate (Benjamini and Hochberg 1995)."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    last = max((rank for rank, i in enumerate(order, 1) if p_values[i] <= rate * rank / len(p_values)), default=0)
    rejected = [False] * len(p_values)
    for i in order[:last]:
        rejected[i] = True
    return rejected
