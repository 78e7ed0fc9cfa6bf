import time
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automl_cli.core.model import FitJob, Watch
from automl_cli.models.progress import Progress, is_over


def run(job: FitJob, losses: list[float]) -> Progress:
    progress = Progress(job)
    for loss in losses:
        if progress.ends(loss):
            break
    return progress


def with_watch(job: FitJob, **limits: object) -> FitJob:
    return replace(job, watch=Watch(matrix=job.matrix, y=job.y, offset=None), **limits)


def test_training_ends_when_patience_has_passed_since_the_best_round(wine: FitJob):
    job = with_watch(wine, max_rounds=100, patience=3)
    progress = run(job, [5.0, 4.0, 4.5, 4.4, 4.3, 1.0])
    assert progress.rounds == 5
    np.testing.assert_array_equal(progress.curve(), [5.0, 4.0, 4.5, 4.4, 4.3])
    assert not progress.cut


def test_a_loss_that_is_not_a_number_is_no_improvement(wine: FitJob):
    job = with_watch(wine, max_rounds=100, patience=2)
    assert run(job, [1.0, float("nan"), float("nan"), 0.5]).rounds == 3


def test_the_last_round_is_not_cut_even_if_the_clock_has_ended(wine: FitJob):
    job = with_watch(wine, max_rounds=1, stop_at=time.time() - 1)
    assert not run(job, [1.0]).cut
    assert run(replace(job, max_rounds=2), [1.0, 1.0]).cut


def test_without_a_watch_all_rounds_are_made_and_there_is_no_curve(wine: FitJob):
    progress = Progress(replace(wine, max_rounds=7, patience=1))
    while not progress.ends(None):
        pass
    assert progress.rounds == 7
    assert progress.curve() is None


def test_no_limit_is_never_over():
    assert not is_over(None)
    assert is_over(time.time())
    assert not is_over(time.time() + 60)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    losses=st.lists(st.floats(0, 9), min_size=1, max_size=30),
    patience=st.integers(1, 8),
    max_rounds=st.integers(1, 30),
)
def test_no_round_after_the_end_could_have_been_within_patience(
    wine: FitJob, losses: list[float], patience: int, max_rounds: int
):
    progress = run(with_watch(wine, max_rounds=max_rounds, patience=patience), losses)
    curve = progress.curve()
    assert len(curve) == progress.rounds <= max_rounds
    assert progress.rounds - 1 - int(np.argmin(curve)) <= patience
