from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sites import Site, make_site

from automl_cli.core.candidate import Step
from automl_cli.core.deadline import Deadline
from automl_cli.train import screened
from automl_cli.train.execution import Execution
from automl_cli.train.jobs import Job
from automl_cli.train.screening import Screening

LEFT = 10.0  # seconds


def make_screening(site: Site) -> Screening:
    return Screening(
        run=str(site.run.root),
        data_key="data",
        transductive=True,
        base=site.specs[0],
        base_key="base",
        steps=(Step("crosses", top=0), Step("digits", top=0)),
        rate=0.1,
        second_opinion=False,
    )


def test_joining_may_take_as_long_as_scoring_and_is_not_cut_short_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    asked: list[tuple[set[str], float]] = []

    def run_jobs(jobs: Mapping[str, Job], _: Execution, deadline: Deadline) -> Iterator[str]:
        """Score every step when time is up, and join nothing."""
        asked.append((set(jobs), deadline.seconds_left()))
        if len(asked) == 1:
            clock[0] += LEFT
            yield from jobs

    site = make_site(tmp_path)
    monkeypatch.setattr(screened, "run_jobs", run_jobs)
    monkeypatch.setattr("automl_cli.core.deadline.time.time", lambda: clock[0])
    execution = cast("Execution", SimpleNamespace(run=site.run, screeners=2))
    found = screened.screen_features(make_screening(site), execution, Deadline.after(LEFT))
    assert found is None  # nothing was joined
    (steps, for_steps), (pools, for_pools) = asked
    assert len(steps) == 2
    assert pools == {"pools of columns-0", "pools of columns-1"}
    assert (for_steps, for_pools) == (LEFT, LEFT)
