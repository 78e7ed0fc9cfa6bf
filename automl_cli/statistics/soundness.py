"""What makes coefficients meaningless: columns that repeat each other, and separated classes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector
from automl_cli.statistics.design import Design
from automl_cli.statistics.fits import Fitted
from automl_cli.statistics.response import Family

TOLERANCE = 1e-8  # of a column's length that is its own
INFLATED = 10.0  # variance inflation, a degree of freedom, from which it is told
SUSPECT = 12.0  # log-odds beyond which separation is looked for; 1 in 160,000
ALL_PREDICTED = 1e-4  # log-likelihood a row, in size, below which every row's class is told
MOST_CELLS = 2_000_000  # of the matrix, that the linear programme takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """A term that is nearly told by the others.

    Parameters
    ----------
    term
        Its name.
    inflation
        How many times its error is larger than it would be without the others.
    like
        The term that it goes with most.
    """

    term: str
    inflation: float
    like: str


def drop_repeated(design: Design) -> tuple[Design, list[tuple[str, list[str]]]]:
    """Return a design of full rank, and what was dropped, each with what already tells it.

    Of parameters that depend on each other linearly the last is dropped, as R does.
    """
    length = np.linalg.norm(design.matrix, axis=0)
    unit = design.matrix / np.where(length > 0, length, 1.0)
    own = np.abs(np.diag(np.linalg.qr(unit, mode="r")))
    n_own = np.zeros(unit.shape[1])
    n_own[: len(own)] = own
    kept = [int(one) for one in np.flatnonzero(n_own > TOLERANCE)]
    if len(kept) == unit.shape[1]:
        return design, []
    names = [parameter.name for parameter in design.parameters]
    dropped = []
    for one in np.flatnonzero(n_own <= TOLERANCE):
        before = [other for other in kept if other < one]
        shares = np.linalg.lstsq(unit[:, before], unit[:, one], rcond=None)[0]
        sources = [
            names[other]
            for other, share in zip(before, shares, strict=True)
            if abs(share) > 1e-6 and design.matrix[:, other].std() > 0
        ]
        dropped.append((names[int(one)], sources))
    return design.narrow(kept), dropped


def find_overlaps(design: Design) -> tuple[list[Overlap], float]:
    """Return terms that are nearly told by others, and the condition number of all.

    The generalised variance inflation of Fox and Monette (1992), a degree of freedom, and the
    condition number of the correlation matrix. Products are not judged, nor what goes with them.
    """
    varying = np.flatnonzero(design.matrix.std(axis=0) > 0)
    if len(varying) < 2:
        return [], 1.0
    correlation = np.asarray(np.corrcoef(design.matrix[:, varying], rowvar=False))
    condition = float(np.sqrt(np.linalg.cond(correlation)))
    place = {int(old): new for new, old in enumerate(varying)}
    inside = [[place[one] for one in term.positions if one in place] for term in design.terms]
    found: list[Overlap] = []
    if any(term.is_product for term in design.terms):
        return found, condition
    for number, own in enumerate(inside):
        others = [one for one in range(len(varying)) if one not in own]
        if not own or not others:
            continue
        logs = _log_det(correlation, own) + _log_det(correlation, others)
        logs -= _log_det(correlation, range(len(varying)))
        inflation = float(np.exp(min(700.0, logs / len(own))))
        if inflation >= INFLATED:
            like = _find_like(correlation, inside, number)
            found.append(
                Overlap(
                    term=design.terms[number].name,
                    inflation=float(np.sqrt(inflation)),
                    like=design.terms[like].name,
                )
            )
    return found, condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """Classes that a model tells apart without error.

    Parameters
    ----------
    parameters
        Those whose estimates are infinite.
    is_total
        True if no coefficient can be trusted: every row is told, or one of several classes.
    """

    parameters: frozenset[int] = frozenset()
    is_total: bool = False


def find_separation(design: Design, y: FloatVector, family: Family, fitted: Fitted) -> Separation:
    """Return the parameters whose estimates are infinite, because they separate classes.

    For two classes and for counts a linear programme tells exactly which these are (Konis, 2007;
    Santos Silva and Tenreyro, 2010). For more classes and very large tables they are told by
    coefficients that the data do not bound.
    """
    if family == "gaussian" or (fitted.largest < SUSPECT and fitted.converged):
        return Separation()
    solvable = family in SOLVERS and design.matrix.size <= MOST_CELLS
    found = SOLVERS[family](design.matrix, y) if solvable else _find_unbounded(fitted)
    tells_all = family != "poisson" and fitted.log_likelihood > -ALL_PREDICTED * len(y)
    return Separation(
        parameters=frozenset(found),
        is_total=tells_all or (family == "multinomial" and bool(found)),
    )


def _find_unbounded(fitted: Fitted) -> list[int]:
    errors = np.sqrt(np.diag(fitted.plain)).reshape(fitted.estimates.shape)
    unbounded = (np.abs(fitted.estimates) > SUSPECT) & (errors > np.abs(fitted.estimates) / 2)
    unbounded |= ~np.isfinite(errors)
    return [int(one) for one in np.flatnonzero(unbounded.any(axis=0)) if one > 0]


def _solve_separation(matrix: FloatMatrix, y: FloatVector) -> list[int]:
    from scipy.optimize import linprog

    signed = matrix * np.where(y > 0, 1.0, -1.0)[:, None]
    solved = linprog(
        -signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(y)), bounds=(-1, 1), method="highs"
    )
    return _list_moving(matrix, solved.x)


def _solve_zeros(matrix: FloatMatrix, y: FloatVector) -> list[int]:
    """Return what may fall without end, where nothing is counted, and changes nothing elsewhere."""
    from scipy.optimize import linprog

    empty, counted = matrix[y == 0], matrix[y > 0]
    solved = linprog(
        empty.sum(axis=0),
        A_ub=empty,
        b_ub=np.zeros(len(empty)),
        A_eq=counted,
        b_eq=np.zeros(len(counted)),
        bounds=(-1, 1),
        method="highs",
    )
    return _list_moving(matrix, solved.x)


def _list_moving(matrix: FloatMatrix, direction: FloatVector | None) -> list[int]:
    if direction is None:
        return []
    moves = matrix.std(axis=0) > 0  # the intercept only makes room for the others
    return [int(one) for one in np.flatnonzero((np.abs(direction) > 1e-6) & moves)]


def _log_det(correlation: FloatMatrix, places: Sequence[int]) -> float:
    chosen = np.asarray(places)
    return float(np.linalg.slogdet(correlation[np.ix_(chosen, chosen)])[1])


def _find_like(correlation: FloatMatrix, inside: Sequence[Sequence[int]], number: int) -> int:
    strengths = [
        float(np.abs(correlation[np.ix_(inside[number], own)]).max())
        if own and other != number
        else -1.0
        for other, own in enumerate(inside)
    ]
    return int(np.argmax(strengths))


SOLVERS: Mapping[Family, Callable[[FloatMatrix, FloatVector], list[int]]] = {
    "binomial": _solve_separation,
    "poisson": _solve_zeros,
}
