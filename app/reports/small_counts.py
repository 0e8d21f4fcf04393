"""Counts that may be published: small ones are merged so that none can be worked out (TRUST T-23).

A count under k is not shown. Hiding one alone would fail, since it is the total less the others;
so hidden counts are merged into one row, and the threshold rises until what is merged is safe,
also from somebody who knows this rule and which groups there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FLOOR = 3
"""No installation publishes counts smaller than this."""


@dataclass(frozen=True)
class Count:
    """How many people are in a group; `key` is None for those who did not say."""

    key: str | None
    count: int


@dataclass(frozen=True)
class Table:
    """Counts by group, the largest first, and `other`: all who are merged into one row.

    `other` is None where nothing is merged. A withheld table has no rows at all: its groups are
    too small to show any. `k` is the size from which a group is shown by itself.
    """

    rows: tuple[Count, ...]
    other: int | None
    total: int
    k: int
    withheld: bool = False

    @property
    def shows_not_stated(self) -> bool:
        """Say whether those who did not say have a row of their own."""
        return any(row.key is None for row in self.rows)


def suppress(counts: Mapping[str | None, int], k: int) -> Table:
    """Return the table of `counts` that may be published; no group under `k` (at least 3) shows.

    The threshold rises, always past whole ties, until the merged row is safe. What is shown then
    depends on the counts only, never on their order, so swapping two hidden counts that differ
    gives the same table; and where all hidden counts are equal, another way to reach their sum is
    left. So nobody can tell any hidden count, whatever they know of this rule.
    """
    k = max(k, FLOOR)
    present = {key: count for key, count in counts.items() if count > 0}
    threshold = k
    while True:
        hidden = [count for count in present.values() if count < threshold]
        if not hidden or _is_safe(hidden, k):
            break
        larger = [count for count in present.values() if count >= threshold]
        if not larger:
            break
        threshold = min(larger) + 1
    return _table(present, {key for key, n in present.items() if n >= threshold}, k)


def suppress_part(part: Mapping[str | None, int], whole: Mapping[str | None, int], k: int) -> Table:
    """Return the table of `part`, published beside `suppress(whole, k)`, of which it is a part.

    Two such tables can be subtracted, so a group shows only if the rest of it is not small either:
    "6 joined, 5 wrote" would tell that one did not, and "6 joined, 6 wrote" that whoever is known
    to have joined has written. The merged row leaves every hidden count a range of at least k.
    """
    k = max(k, FLOOR)
    groups = {key for key, count in whole.items() if count > 0}
    outer = suppress(whole, k)
    smaller_side = {
        row.key: min(part.get(row.key, 0), row.count - part.get(row.key, 0)) for row in outer.rows
    }
    threshold = k
    while True:
        shown = {key for key, least in smaller_side.items() if least >= threshold}
        hidden = groups - shown
        inside = [part.get(key, 0) for key in hidden]
        outside = sum(whole[key] for key in hidden) - sum(inside)
        wrote = [count for count in inside if count]
        if not shown or not hidden:
            break
        if len(wrote) > 1 and sum(wrote) - len(wrote) >= k and outside >= k:
            break
        threshold = min(smaller_side[key] for key in shown) + 1
    return _table({key: n for key, n in part.items() if n > 0}, shown, k)


def _is_safe(hidden: list[int], k: int) -> bool:
    """Say whether merging these counts hides each of them, all being known to be at least one."""
    total, groups = sum(hidden), len(hidden)
    if total - groups < k:
        return False  # each count has fewer than k values to take
    # All as large as a count under k can be: the sum alone would tell every one of them.
    return not (max(hidden) < k and total == groups * (k - 1))


def _table(present: Mapping[str | None, int], shown: set[str | None], k: int) -> Table:
    total = sum(present.values())
    rows = [Count(key, count) for key, count in present.items() if key in shown]
    if present and not rows:
        return Table((), None, total, k, withheld=True)
    rows.sort(key=lambda row: (-row.count, row.key is None, row.key or ""))
    hidden = total - sum(row.count for row in rows)
    return Table(tuple(rows), hidden or None, total, k)
