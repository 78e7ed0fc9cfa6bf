"""Predictions of several batches at a time, in threads: the libraries let go of the interpreter."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from automl_cli.core.threads import limit_blas
from automl_cli.train.machine import count_cpus

Given = TypeVar("Given")
Made = TypeVar("Made")


def map_threads(function: Callable[[Given], Made], items: Iterable[Given]) -> list[Made]:
    """Return what a function makes of each item, in their order; one thread a processor.

    Each thread has the matrix products for itself alone, so that the same sums come out.

    Examples
    --------
    >>> map_threads(abs, [-1, 2])
    [1, 2]
    """
    with limit_blas(), ThreadPoolExecutor(count_cpus()) as pool:
        return list(pool.map(function, items))
