"""What of a budget earlier commands have used up."""

from pathlib import Path

import numpy as np
from conftest import MakeProblem

from automl_cli.core.events import Event
from automl_cli.run.session import count_spent
from automl_cli.store import RunDirectory


def test_time_counts_from_the_first_candidate_of_each_target_on(
    tmp_path: Path, make_problem: MakeProblem
) -> None:
    run = RunDirectory(tmp_path)
    problem = make_problem("rmse", np.arange(20.0))
    run.append(Event(kind="started", fields={"started_at": 1.0}))
    run.append(Event(kind="fitted", fields={"key": "a", "fold": 0}))
    assert count_spent(run, [problem]) == 0
    run.append(Event(kind="candidate", fields={"target": "other"}))
    assert count_spent(run, [problem]) == 0
    run.append(Event(kind="candidate", fields={"target": problem.target.name}))
    assert count_spent(run, [problem]) == run.seconds_spent() > 0
