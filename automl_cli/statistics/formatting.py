"""Figures as they stand in sentences and tables."""

import math

import numpy as np


def format_figure(value: float) -> str:
    """Return a figure with three digits, or all before the point.

    Examples
    --------
    >>> format_figure(0.012345), format_figure(-1384.2), format_figure(2.5e9)
    ('0.0123', '-1,384', '2.5e+09')
    """
    return f"{value:,.0f}" if 1e3 <= abs(value) < 1e7 else f"{value:.3g}"


def format_ratio(logarithm: float) -> str:
    """Return a ratio from its logarithm, with more digits near 1: two of what it is off.

    Examples
    --------
    >>> format_ratio(0.7), format_ratio(-0.034), format_ratio(0.00032), format_ratio(0.0)
    ('2.01', '0.967', '1.00032', '1')
    """
    ratio = math.exp(min(logarithm, 700.0))
    off = abs(math.expm1(min(logarithm, 700.0)))
    if not 1e-9 < off < 0.1:
        return format_figure(ratio)
    return f"{ratio:.{1 - math.floor(math.log10(off))}f}"


def format_p(p: float) -> str:
    """Return a p-value as text.

    Examples
    --------
    >>> format_p(0.0312), format_p(1e-9)
    ('p = 0.031', 'p < 0.0001')
    """
    if np.isnan(p):
        return "p undefined"
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}"


def format_chance(p: float) -> str:
    """Return a p-value as cases of many.

    Examples
    --------
    >>> format_chance(0.0312), format_chance(0.00028), format_chance(0.4)
    ('in 3 of 100 cases', 'in 3 of 10,000 cases', 'in 40 of 100 cases')
    """
    if np.isnan(p):
        return "in an unknown share of cases"
    for cases in (100, 1_000, 10_000, 100_000, 1_000_000):
        if round(p * cases) >= 1:
            return f"in {round(p * cases):,} of {cases:,} cases"
    return "in less than 1 of 1,000,000 cases"
