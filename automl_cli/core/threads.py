"""How many threads a matrix product uses: their number decides the order of sums, and so digits."""

from contextlib import AbstractContextManager


def limit_blas(n_threads: int = 1) -> AbstractContextManager[object]:
    """Return a context in which matrix products use so many threads at most.

    With one thread the same sums come out on every machine.
    """
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[object] = threadpool_limits(n_threads, user_api="blas")
    return limits
