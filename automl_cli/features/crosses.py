"""Crosses of columns: target means and counts of pairs and triples of codes.

Which crosses are made is decided without the target: pairs of many rows a level first, near 20 on
average, one of each two columns before a second of the same two.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from typing import TypeAlias

import pandas as pd

from automl_cli.core.arrays import CodeMatrix
from automl_cli.core.dataset import Column
from automl_cli.features.bases import (
    Base,
    code_bases,
    count_joined,
    fit_bases,
    fit_joined,
    look_up_joined,
    pack_bases,
    unpack_bases,
)
from automl_cli.features.codes import (
    Coding,
    chunk_codes,
    find_wanted,
    keep_codings,
    make_log_counts,
    make_target_means,
    pack_codings,
    unpack_codings,
)
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    get_count,
    get_smoothing,
)

BINS = (50, 10)
LEAST_ROWS_A_LEVEL, GOOD_ROWS_A_LEVEL = 5, 20
SHORTLIST = 4  # times as many pairs as wanted have their levels counted
SPARE = 180  # more than wanted, from which the best are taken: then counting ends
MOST_BASES = 200  # the number of pairs grows with its square
N_BEST = 8  # bases of the first pairs, of which triples are made

Combination: TypeAlias = tuple[int, ...]  # positions of bases, ascending


def fit_crosses(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Choose pairs and triples, give their levels codes and count them."""
    smoothing = get_smoothing("crosses", params)
    max_pairs = get_count("crosses", params, "max_pairs")
    max_triples = get_count("crosses", params, "max_triples")
    bases = limit_bases(fit_bases(frame, columns, BINS))
    codes = code_bases(bases, frame)
    pairs = choose_crosses(bases, codes, combinations(range(len(bases)), 2), max_pairs)
    best = sorted(list(dict.fromkeys(chain(*pairs)))[:N_BEST])
    triples = choose_crosses(bases, codes, combinations(best, 3), max_triples)
    if not pairs:
        return None
    return fit_combinations(bases, codes, [*pairs, *triples], smoothing)


def transform_crosses(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the codes for target means, and the counts."""
    for chunk in code_combinations(state, frame):
        yield make_target_means(*chunk, state.meta["smoothing"])
        yield from make_log_counts(*chunk)


def limit_bases(bases: Sequence[Base]) -> list[Base]:
    """Return at most `MOST_BASES`, in their order: the finest of each column before a second."""
    turns = Counter[str]()
    order = []
    for number, base in enumerate(bases):
        order.append((turns[base.column], number))
        turns[base.column] += 1
    return [bases[number] for number in sorted(number for _, number in sorted(order)[:MOST_BASES])]


def choose_crosses(
    bases: Sequence[Base], codes: CodeMatrix, candidates: Iterable[Combination], most: int
) -> list[Combination]:
    """Return at most `most` combinations of different columns, the most promising first.

    Parameters
    ----------
    bases, codes
        The bases and their codes, shape (bases, rows).
    candidates
        Combinations of bases.
    most
        The number wanted.
    """
    if most == 0:
        return []
    n_rows = codes.shape[1]
    # The product bounds the number of levels; counting them takes a pass over the rows.
    n_levels = [base.coding.n_levels for base in bases]
    bounds = {
        combination: min(math.prod(n_levels[k] for k in combination), n_rows)
        for combination in candidates
        if len({bases[k].column for k in combination}) == len(combination)
    }
    levels: dict[Combination, int] = {}
    for combination in _order(bases, bounds, n_rows)[: SHORTLIST * most]:
        if len(levels) == most + SPARE:
            break
        count = count_joined(bases, codes, combination)
        parent = max(n_levels[k] for k in combination)
        if parent < count <= n_rows / 2:  # else one column says all, or most rows stand alone
            levels[combination] = count
    return _order(bases, levels, n_rows)[:most]


def fit_combinations(
    bases: Sequence[Base],
    codes: CodeMatrix,
    chosen: Sequence[Combination],
    smoothing: float,
) -> GroupState:
    """Return the state of the chosen combinations, with those bases that they need."""
    codings = [fit_joined(bases, codes, combination) for combination in chosen]
    needed = sorted(set(chain(*chosen)))
    packed = pack_bases([bases[k] for k in needed])
    meta = {
        **packed.meta,
        "combinations": [[needed.index(k) for k in combination] for combination in chosen],
        "names": ["__x__".join(bases[k].name for k in combination) for combination in chosen],
        "smoothing": smoothing,
    }
    return GroupState(meta=meta, arrays={**packed.arrays, **pack_codings(codings, "joined")})


def code_combinations(
    state: GroupState, frame: pd.DataFrame
) -> Iterator[tuple[Sequence[str], Sequence[Coding], CodeMatrix]]:
    """Yield names, codings and codes of a state's combinations, in chunks."""
    bases = unpack_bases(state)
    codes = code_bases(bases, frame)
    codings = unpack_codings(state.arrays, "joined")
    made = (
        look_up_joined(bases, codes, combination, coding)
        for combination, coding in zip(state.meta["combinations"], codings, strict=True)
    )
    yield from chunk_codes(state.meta["names"], codings, made, len(frame))


def keep_combinations(state: GroupState, names: frozenset[str]) -> GroupState:
    """Return a state of the combinations of these names, with those bases that they need."""
    bases, combinations = unpack_bases(state), state.meta["combinations"]
    kept = find_wanted(state.meta["names"], names)
    needed = sorted(set(chain(*(combinations[k] for k in kept))))
    packed = pack_bases([bases[k] for k in needed])
    meta = {
        **state.meta,
        **packed.meta,
        "combinations": [[needed.index(base) for base in combinations[k]] for k in kept],
        "names": [state.meta["names"][k] for k in kept],
    }
    return GroupState(
        meta=meta, arrays={**packed.arrays, **keep_codings(state.arrays, "joined", kept)}
    )


def _order(
    bases: Sequence[Base], levels: Mapping[Combination, int], n_rows: int
) -> list[Combination]:
    def rank(combination: Combination) -> tuple[bool, int, int, Combination]:
        rows_a_level = n_rows / levels[combination]
        distance = round(abs(math.log2(rows_a_level / GOOD_ROWS_A_LEVEL)))
        spread = combination[-1] - combination[0]  # so that each column has its turn
        return rows_a_level < LEAST_ROWS_A_LEVEL, distance, spread, combination

    n_seen: Counter[frozenset[str]] = Counter()
    turns = {}
    ordered = sorted(levels, key=rank)
    for combination in ordered:
        columns = frozenset(bases[k].column for k in combination)
        turns[combination] = (rank(combination)[0], n_seen[columns])
        n_seen[columns] += 1
    return sorted(ordered, key=lambda combination: turns[combination])


CROSSES = FeatureGroup(
    name="crosses",
    fit=fit_crosses,
    transform=transform_crosses,
    keep=keep_combinations,
    defaults={"max_pairs": 60, "max_triples": 0, "smoothing": 10.0},
)
