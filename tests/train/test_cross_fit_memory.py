"""What the loop does where memory is short."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from sites import Site, make_site

from automl_cli.core.candidate import Candidate, CandidateSpec, Failure
from automl_cli.train.attempt import Crash, attempt
from automl_cli.train.cross_fit import cross_fit
from automl_cli.train.executor import Executor
from automl_cli.train.memory import MemoryBudget, used_bytes
from automl_cli.train.unit import Unit


def find(outcomes: list[Any], spec: CandidateSpec) -> Any:
    return next(outcome for outcome in outcomes if outcome.spec == spec)


@dataclass
class ForgetfulExecutor:
    """Has no memory for the fits of a model on more than a share of the rows."""

    inner: Executor
    enough: float
    seen: list[Unit] = field(default_factory=list)

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":
        unit: Unit = args[1]
        is_fit = len(args) == 2  # a prediction has more words
        if is_fit and unit.spec.model == "lightgbm":
            self.seen.append(unit)
            if unit.row_share > self.enough:
                return self.inner.submit(raise_memory_error)
        return self.inner.submit(fn, *args)


def raise_memory_error() -> Crash:
    return attempt(_refuse_memory)


def _refuse_memory() -> str:
    raise MemoryError


def test_a_fit_that_lacks_memory_is_repeated_once_on_fewer_rows(
    site: Site,
) -> None:
    with ThreadPoolExecutor(1) as threads:
        executor = ForgetfulExecutor(threads, enough=0.5)
        outcomes = list(cross_fit(site.problem, site.plan(), site.execution(executor, workers=1)))

    candidate = find(outcomes, site.specs[0])
    assert [unit.row_share for unit in executor.seen] == [1.0, 0.5, 0.5, 0.5]
    assert candidate.row_share == 0.5
    assert not candidate.cut
    assert np.isfinite(candidate.oof).all()
    warnings = [event.fields["message"] for event in site.events if event.kind == "warning"]
    key = site.specs[0].key
    assert warnings == [f"{key}: too little memory; it continues with 50% of the rows"]


def test_a_fit_that_lacks_memory_twice_fails_with_what_to_do(site: Site) -> None:
    with ThreadPoolExecutor(1) as threads:
        executor = ForgetfulExecutor(threads, enough=0.1)
        outcomes = list(cross_fit(site.problem, site.plan(), site.execution(executor, workers=1)))

    failure = find(outcomes, site.specs[0])
    assert isinstance(failure, Failure)
    assert failure.error == "it needs more memory than there is"
    assert failure.hint == "Give more with --memory, or close other programs."
    assert isinstance(find(outcomes, site.specs[1]), Candidate)


def test_a_fit_that_lacks_memory_beside_another_is_repeated_alone_on_all_rows(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with ThreadPoolExecutor(2) as threads:
        executor = CrowdedExecutor(threads)
        outcomes = list(cross_fit(site.problem, site.plan(), site.execution(executor, workers=2)))

    assert executor.refused > 0
    assert [find(outcomes, spec).row_share for spec in site.specs] == [1.0, 1.0]
    with ThreadPoolExecutor(1) as threads:
        undisturbed = make_site(tmp_path_factory.mktemp("other"))
        expected = list(
            cross_fit(
                undisturbed.problem, undisturbed.plan(), undisturbed.execution(threads, workers=1)
            )
        )
    for spec in site.specs:
        np.testing.assert_array_equal(find(outcomes, spec).oof, find(expected, spec).oof)


def test_folds_that_all_lack_memory_are_each_repeated_on_fewer_rows(site: Site) -> None:
    with ThreadPoolExecutor(2) as threads:
        executor = ForgetfulExecutor(threads, enough=0.5)
        outcomes = list(cross_fit(site.problem, site.plan(), site.execution(executor, workers=2)))

    assert find(outcomes, site.specs[0]).row_share == 0.5


@dataclass
class CrowdedExecutor:
    """Has no memory for a unit beside another one."""

    inner: Executor
    refused: int = 0
    running: "list[Future[Any]]" = field(default_factory=list)

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":
        self.running = [future for future in self.running if not future.done()]
        if self.running:
            self.refused += 1
            return self.inner.submit(raise_memory_error)
        self.running.append(self.inner.submit(fn, *args))
        return self.running[-1]


def test_units_that_do_not_fit_side_by_side_run_one_after_the_other(site: Site) -> None:
    room = MemoryBudget(
        limit_bytes=used_bytes() + (1 << 20), unit_bytes=1 << 40, base_bytes=1 << 40
    )
    counting = CountingExecutor()
    execution = replace(site.execution(counting, workers=4), memory_budget=room)
    list(cross_fit(site.problem, site.plan(), execution))

    assert counting.most == 1


class CountingExecutor:
    """Remembers how many units were under way at most."""

    def __init__(self) -> None:
        self.most = 0
        self._running: list[Future[Any]] = []
        self._threads = ThreadPoolExecutor(4)

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> "Future[Any]":
        future = self._threads.submit(fn, *args)
        self._running = [one for one in self._running if not one.done()] + [future]
        self.most = max(self.most, len(self._running))
        return future
