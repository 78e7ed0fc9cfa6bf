"""How many threads a matrix product uses: their number decides the order of sums, and so digits."""

import sys
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any


def limit_blas(n_threads: int = 1) -> AbstractContextManager[object]:
    """Return a context in which matrix products use so many threads at most.

    With one thread the same sums come out on every machine.
    """
    limits: AbstractContextManager[object] = _find_libraries(len(sys.modules)).limit(
        limits=n_threads, user_api="blas"
    )
    return limits


@lru_cache(maxsize=1)
def _find_libraries(n_modules: int) -> Any:  # noqa: ANN401, ARG001  # threadpoolctl has no types
    """Return the control of all libraries that are loaded.

    To look for them takes milliseconds, as long as a small fit; only an import can load another.
    """
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
