import subprocess
import sys

import numpy as np  # noqa: F401  # has a library of its own
from threadpoolctl import threadpool_info

from automl_cli.core.threads import limit_blas

IMPORTED_LATER = """
from automl_cli.core.threads import limit_blas
from threadpoolctl import threadpool_info
import numpy
with limit_blas(1):
    pass
before = len(threadpool_info())
import scipy.linalg
with limit_blas(1):
    print(len(threadpool_info()) > before, {one["num_threads"] for one in threadpool_info()})
"""


def count_threads() -> list[int]:
    return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]


def test_a_limit_ends_with_its_context():
    before = count_threads()
    with limit_blas(2):
        assert set(count_threads()) == {2}
        with limit_blas(1):
            assert set(count_threads()) == {1}
        assert set(count_threads()) == {2}
    assert count_threads() == before


def test_a_library_that_was_imported_after_the_first_limit_is_limited_too():
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED_LATER], capture_output=True, text=True, check=True
    )
    assert done.stdout == "True {1}\n"
