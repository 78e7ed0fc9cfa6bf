import numpy as np
import pytest

from automl_cli.core.judges import judge_rows, leave_judges_out, mark_judges
from automl_cli.splits import SplitOptions, make_fold_plan

Y = np.random.default_rng(0).integers(0, 2, 200)


@pytest.mark.parametrize("repeats", [1, 2])
def test_half_of_each_fold_are_judges_and_tell_no_score(repeats: int) -> None:
    plan = make_fold_plan(SplitOptions(folds=5, repeats=repeats), Y, "binary", {})
    left = leave_judges_out(plan)

    assert len(judge_rows(plan)) == 100
    assert not left.covered()[judge_rows(plan)].any()
    assert left.covered().sum() == 100
    assert [fold.repeat for fold in left] == [fold.repeat for fold in plan]
    for fold in plan:
        assert 5 < mark_judges(plan)[fold.held_out].sum() < 35


def test_of_groups_whole_blocks_are_judges() -> None:
    import pandas as pd

    groups = pd.Series(np.arange(200) // 4)
    options = SplitOptions(folds=5, group="g")
    plan = make_fold_plan(options, Y, "binary", {"g": groups})
    judges = mark_judges(plan)

    assert plan.grouped
    for group in np.unique(groups):
        assert len(np.unique(judges[groups == group])) == 1
    assert 0 < judges.sum() < 150


def test_a_plan_whose_rows_are_all_judges_is_scored_on_them() -> None:
    import pandas as pd

    options = SplitOptions(folds=5, group="g")
    plan = make_fold_plan(options, Y, "binary", {"g": pd.Series(np.arange(200) // 4)})
    first = plan.first(1)

    assert leave_judges_out(first) is first
