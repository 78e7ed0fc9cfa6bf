"""A design from a formula, such as ``price ~ size * kind + log(age)``."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.errors import ConfigError
from automl_cli.statistics.design import Design, Parameter, Term

MOST_PARAMETERS = 300  # of a formula: more take minutes, and say nothing
LOOKED_AT = 100  # rows, by which columns of a curve are counted
HINT = "Write it as in R: --formula 'price ~ size * kind + log(age)', odd names in `backticks`."


def split_formula(formula: str) -> tuple[str | None, str]:
    """Return what is explained, or None for the target, and by what.

    Examples
    --------
    >>> split_formula("price ~ size + kind"), split_formula("size + kind")
    (('price', 'size + kind'), (None, 'size + kind'))

    Raises
    ------
    ConfigError
        If it has several sides, or braces or dots, which would run code or explain the target by
        itself.
    """
    bare = re.sub(r"`[^`]*`", "", formula)
    has_dot = re.search(r"(^|[~+ ])\.($|[+ ])", bare) is not None
    if bare.count("~") > 1 or has_dot or any(sign in bare for sign in "|{}"):
        raise ConfigError(f"--formula: {formula!r} is not understood.", hint=HINT)
    left, tilde, right = formula.partition("~")
    if not tilde:
        return None, formula.strip()
    named = left.strip().strip("`") or None
    if named in _find_words(right):
        raise ConfigError(f"--formula: {named!r} is on both sides.", hint=HINT)
    return named, right.strip()


def make_formula_design(frame: pd.DataFrame, right: str) -> Design:
    """Return the design of a formula's right side; rows with a gap in it are left out.

    Raises
    ------
    ConfigError
        If the formula is not understood, or names no column.
    """
    made = _materialise(frame, right)
    matrix = np.asarray(made, dtype=np.float64)
    known = np.isfinite(matrix).all(axis=1)
    matrix = matrix[known]
    if not len(matrix):
        raise ConfigError(
            f"--formula: {right!r}: no row without a gap.", hint="Name other columns."
        )
    names = [str(name) for name in made.model_spec.column_names]
    if len(names) != matrix.shape[1]:
        raise ConfigError(
            f"--formula: two columns of {right!r} have one name.",
            hint="Give the column another name; 'Intercept' is the constant's.",
        )
    spreads = np.where(matrix.std(axis=0) > 0, matrix.std(axis=0), 1.0)
    terms = _make_terms(made)
    if not terms:
        raise ConfigError(f"--formula: {right!r} explains nothing.", hint=HINT)
    return Design(
        matrix=matrix / spreads,
        parameters=tuple(
            _make_parameter(name, column, float(spread))
            for name, column, spread in zip(names, matrix.T, spreads, strict=True)
        ),
        terms=tuple(terms),
        rows=np.asarray(made.index, dtype=np.int64)[known],
    )


def compute_column(frame: pd.DataFrame, expression: str) -> "pd.Series[Any]":
    """Return what a formula's left side says, for all rows; missing where it is undefined.

    Raises
    ------
    ConfigError
        If it is not understood.
    """
    made = _materialise(frame, f"0 + {expression}")
    if made.shape[1] != 1:
        raise ConfigError(f"--formula: {expression!r} is not one column.", hint=HINT)
    values = pd.Series(np.asarray(made)[:, 0], index=made.index, dtype=np.float64)
    return values.where(np.isfinite(values)).reindex(frame.index).rename(expression)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undefined:
    """Rows without a gap in which a formula has no value, such as the logarithm of 0.

    Parameters
    ----------
    n_rows
        How many.
    parts
        Of the formula, that are undefined in any of them.
    """

    n_rows: int = 0
    parts: tuple[str, ...] = ()


def find_undefined(frame: pd.DataFrame, formula: str) -> Undefined:
    """Return in which rows a formula that is understood is undefined, and by which parts."""
    from formulaic import Formula

    left, right = split_formula(formula)
    expressions = [right] if left is None or left in frame.columns else [f"0 + {left}", right]
    factors = [one for side in expressions for term in Formula(side) for one in term.factors]
    undefined, parts = np.zeros(len(frame), dtype=bool), []
    for factor in dict.fromkeys(str(one.expr) for one in factors):
        if factor in frame.columns or factor.startswith("C("):  # these have values, or gaps
            continue
        names = [name for name in frame.columns if name in _find_words(factor)]
        rows = np.flatnonzero(frame[names].notna().all(axis=1))
        made = _make_factor(frame.iloc[rows], factor)
        lost = np.empty(0, int) if made is None else rows[~np.isfinite(made).all(axis=1)]
        if len(lost):
            undefined[lost] = True
            parts.append(factor)
    return Undefined(n_rows=int(undefined.sum()), parts=tuple(parts))


def _find_words(expression: str) -> set[str]:
    """Return all names in a part of a formula: of columns and of functions."""
    found = re.findall(r"`([^`]*)`|([A-Za-z_]\w*)", expression)
    return {quoted or bare for quoted, bare in found}


def _materialise(frame: pd.DataFrame, right: str) -> Any:  # noqa: ANN401 (formulaic has no types)
    from formulaic import model_matrix
    from formulaic.errors import FormulaicError

    no_names: Mapping[str, object] = {}
    try:
        with np.errstate(all="ignore"):  # the log of a negative number is a gap
            _check_size(frame, right)
            made = model_matrix(right, frame, context=no_names, na_action="drop")
    except (FormulaicError, ValueError, TypeError, SyntaxError) as error:
        known = _list(list(map(str, frame.columns)))
        raise ConfigError(
            f"--formula: {right!r} is not understood: {error}", hint=f"{HINT} Columns: {known}."
        ) from error
    if not hasattr(made, "model_spec"):
        raise ConfigError(f"--formula: {right!r} has several sides.", hint=HINT)
    return made


def _check_size(frame: pd.DataFrame, right: str) -> None:
    """Refuse a formula whose matrix would take very long, or more memory than there is."""
    from formulaic.formula import Formula, SimpleFormula

    terms = Formula(right)
    if not isinstance(terms, SimpleFormula):  # several sides, which are refused later
        return
    factors = [[str(factor.expr) for factor in term.factors] for term in terms]
    widths = {one: _count_columns(frame, one) for one in {*chain(*factors)}}
    n_parameters = sum(prod(widths[one] for one in term) for term in factors if term != ["1"])
    if n_parameters > MOST_PARAMETERS:
        raise ConfigError(
            f"--formula: {right!r} makes {n_parameters:,} parameters; {MOST_PARAMETERS} are the "
            "most.",
            hint="Take fewer knots or levels: a curve rarely needs more than df=5.",
        )


def _count_columns(frame: pd.DataFrame, factor: str) -> int:
    """Return how many columns a part of a formula becomes; 1 if only all rows could tell."""
    category = re.match(r"C\(\s*`?([^`,()]+?)`?\s*[,)]", factor)
    name = category.group(1) if category else factor
    if name in frame.columns:
        is_number = pd.api.types.is_numeric_dtype(frame[name].dtype) and not category
        return 1 if is_number else max(1, int(frame[name].nunique()))
    if re.match(r"(bs|cr|cc|cs|poly)\(", factor):
        most = max(map(int, re.findall(r"(?<![\w.])\d+(?![\w.])", factor)), default=0)
        if most > MOST_PARAMETERS:
            return most
    rows = np.linspace(0, len(frame) - 1, min(LOOKED_AT, len(frame))).astype(int)
    made = _make_factor(frame.iloc[rows], factor)
    return 1 if made is None else max(1, made.shape[1])


def _make_factor(frame: pd.DataFrame, factor: str) -> FloatMatrix | None:
    """Return the columns of a part of a formula, or None if these rows do not make it."""
    from formulaic import model_matrix
    from formulaic.errors import FormulaicError

    no_names: Mapping[str, object] = {}
    try:
        with np.errstate(all="ignore"):
            made = model_matrix(f"0 + {factor}", frame, context=no_names, na_action="ignore")
        return np.asarray(made, dtype=np.float64)
    except (FormulaicError, ArithmeticError, LookupError, TypeError, ValueError):
        return None


def _make_terms(made: Any) -> list[Term]:  # noqa: ANN401 (formulaic has no types)
    found = {
        term: tuple(places)
        for term, places in made.model_spec.term_indices.items()
        if places and str(term) != "1"
    }
    parts = {term: {str(factor.expr) for factor in term.factors} for term in found}
    return [
        Term(
            name=str(term),
            positions=places,
            is_product=len(parts[term]) > 1,
            within=tuple(str(other) for other in found if parts[term] < parts[other]),
        )
        for term, places in found.items()
    ]


def _make_parameter(name: str, column: Any, spread: float) -> Parameter:  # noqa: ANN401 (formulaic has no types)
    shown = "(intercept)" if name == "Intercept" else name
    is_indicator = set(np.unique(column)) <= {0.0, 1.0}
    return Parameter(name=shown, scale=spread, spread=None if is_indicator else spread)


def _list(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
