import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.reports.small_counts import Count, Table, suppress, suppress_part

Suppression = Callable[[Mapping[str | None, int], int], Table]


def shown(table: Table) -> dict[str | None, int]:
    return {row.key: row.count for row in table.rows}


# --- what is shown ------------------------------------------------------------------------------


def test_groups_of_k_and_more_are_shown_exactly_and_the_rest_in_one_row() -> None:
    table = suppress({"KE": 9, "UG": 5, "TZ": 4, "RW": 3, None: 2}, 5)
    assert table == Table((Count("KE", 9), Count("UG", 5)), other=9, total=23, k=5)


def test_who_did_not_say_is_shown_as_a_group_where_there_are_enough() -> None:
    table = suppress({"KE": 9, None: 17}, 5)
    assert table == Table((Count(None, 17), Count("KE", 9)), other=None, total=26, k=5)
    assert table.shows_not_stated
    assert not suppress({"KE": 9, "UG": 4, None: 4}, 5).shows_not_stated


def test_a_single_small_group_takes_the_next_smallest_with_it() -> None:
    assert shown(suppress({"KE": 20, "UG": 9, "TZ": 1}, 5)) == {"KE": 20}


def test_small_groups_that_add_up_to_little_take_the_next_smallest_with_them() -> None:
    assert shown(suppress({"KE": 20, "UG": 6, "TZ": 2, "RW": 2}, 5)) == {"KE": 20}


def test_a_sum_that_only_the_largest_small_counts_reach_is_not_published() -> None:
    # 8 in two groups under 5 can only be 4 and 4.
    assert shown(suppress({"KE": 20, "UG": 7, "TZ": 4, "RW": 4}, 5)) == {"KE": 20}
    assert shown(suppress({"KE": 20, "UG": 7, "TZ": 4, "RW": 3, "BI": 1}, 5)) == {
        "KE": 20,
        "UG": 7,
    }


def test_a_sum_of_as_many_people_as_groups_is_not_published() -> None:
    ones: dict[str | None, int] = {f"c{i}": 1 for i in range(9)}
    assert shown(suppress({"KE": 20, "UG": 6, **ones}, 5)) == {"KE": 20}


def test_groups_of_the_same_size_are_shown_or_merged_together() -> None:
    assert suppress({"KE": 6, "UG": 6, "TZ": 1}, 5).withheld


def test_where_no_group_is_large_enough_the_whole_table_is_withheld() -> None:
    assert suppress({"KE": 4, "UG": 4, "TZ": 2}, 5) == Table((), None, 10, 5, withheld=True)


def test_no_installation_goes_below_three() -> None:
    counts: dict[str | None, int] = {"KE": 9, "UG": 3, "TZ": 2, "RW": 2, "BI": 2, "SO": 1}
    assert shown(suppress(counts, 1)) == {"KE": 9, "UG": 3}


def test_nobody_at_all_is_an_empty_table() -> None:
    assert suppress({}, 5) == Table((), None, 0, 5)
    assert suppress({"KE": 0}, 5) == Table((), None, 0, 5)


def test_a_part_is_not_shown_where_the_rest_of_the_group_would_be_small() -> None:
    registered: dict[str | None, int] = {"KE": 30, "UG": 12, "TZ": 9, "RW": 8}
    contributed: dict[str | None, int] = {"KE": 20, "UG": 10, "TZ": 9, "RW": 2}
    assert shown(suppress_part(contributed, registered, 5)) == {"KE": 20}


# --- nobody can work out what is hidden -----------------------------------------------------------


def roster(random: Random) -> tuple[Counter[str | None], Counter[str | None]]:
    """Return who joined and who of them wrote, by country, for some random consultation."""
    countries: list[str | None] = [f"c{i}" for i in range(random.randint(1, 30))]
    if random.random() < 0.7:
        countries.append(None)
    weights = [random.paretovariate(random.choice([0.6, 1, 2])) for _ in countries]
    people = random.choices(countries, weights, k=random.randint(1, 250))
    writes = random.random()
    return Counter(people), Counter(p for p in people if random.random() < writes)


@settings(max_examples=10_000, deadline=None)
@given(st.integers(min_value=0), st.integers(min_value=3, max_value=8))
def test_in_ten_thousand_rosters_no_hidden_count_is_narrower_than_k(seed: int, k: int) -> None:
    joined, wrote = roster(Random(seed))  # noqa: S311 - a repeatable roster, no secret
    registered, contributed = suppress(joined, k), suppress_part(wrote, joined, k)
    for counts, table in ((joined, registered), (wrote, contributed)):
        assert table.total == sum(counts.values())
        assert all(row.count >= k and counts[row.key] == row.count for row in table.rows)
        for low, high in hidden_ranges(counts, table):
            assert high - low >= k
    for low, high in part_ranges(joined, registered, contributed):
        assert high - low >= k
    # Two tables side by side are a table of their difference too.
    for row in contributed.rows:
        assert shown(registered)[row.key] - row.count >= k


def hidden_ranges(counts: Mapping[str | None, int], table: Table) -> list[tuple[int, int]]:
    """Return the least and the most that each hidden count can be, to somebody who has the table
    with its total and knows which groups there are, so that each of them is at least one."""
    if table.withheld:
        return []
    hidden = [key for key, count in counts.items() if count and key not in shown(table)]
    rest = table.total - sum(shown(table).values())
    others = len(hidden) - 1
    return [(1 if others else rest, rest - others) for _ in hidden]


def part_ranges(
    joined: Mapping[str | None, int], registered: Table, contributed: Table
) -> list[tuple[int, int]]:
    """Return the same for the counts of those who wrote, to somebody who has both tables."""
    if registered.withheld or contributed.withheld or not contributed.total:
        return []  # with no table, or where the total alone says that nobody wrote
    wrote = contributed.total - sum(shown(contributed).values())
    known = {key: n for key, n in shown(registered).items() if key not in shown(contributed)}
    unknown = [key for key, n in joined.items() if n and key not in shown(registered)]
    joined_unknown = registered.total - sum(shown(registered).values())
    ranges = []
    for count in known.values():
        elsewhere = sum(known.values()) - count + joined_unknown
        ranges.append((max(0, wrote - elsewhere), min(count, wrote)))
    for _ in unknown:
        most = joined_unknown - (len(unknown) - 1)
        elsewhere = sum(known.values()) + joined_unknown - 1
        ranges.append((max(0, wrote - elsewhere), min(most, wrote)))
    return ranges


def solved(suppression: Suppression, *, groups: int, largest: int, k: int) -> list[str]:
    """Return every hidden count that somebody can tell who knows the whole rule.

    They try all counts there could be, with the groups they know, and keep those that give the
    published table: where all of them agree on a hidden count, it is solved.
    """
    names = "ABCDEFG"[:groups]
    alike = defaultdict(list)
    for counts in itertools.product(range(largest + 1), repeat=groups):
        table = suppression(dict(zip(names, counts, strict=True)), k)
        if not table.withheld:
            present = tuple(n for n, count in zip(names, counts, strict=True) if count)
            alike[present, table].append(counts)
    found = []
    for (present, table), possible in alike.items():
        for place, name in enumerate(names):
            if name in present and name not in shown(table):
                values = {counts[place] for counts in possible}
                if len(values) == 1:
                    found.append(f"{name} in {table}")
    return found


@pytest.mark.parametrize(
    ("groups", "largest", "k"),
    [(2, 14, 3), (3, 12, 3), (4, 8, 3), (5, 5, 3), (3, 14, 4), (3, 15, 5)],
)
def test_no_hidden_count_can_be_told_even_by_who_knows_the_whole_rule(
    groups: int, largest: int, k: int
) -> None:
    assert solved(suppress, groups=groups, largest=largest, k=k) == []


def test_the_attack_would_find_counts_hidden_without_care() -> None:
    def careless(counts: Mapping[str | None, int], k: int) -> Table:
        rows = tuple(Count(key, n) for key, n in counts.items() if n >= k)
        total = sum(counts.values())
        return Table(rows, total - sum(row.count for row in rows), total, k, withheld=not rows)

    assert solved(careless, groups=3, largest=6, k=3) != []
