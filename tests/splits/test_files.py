"""A user's own splitter in a file."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl_cli
from automl_cli.core.errors import PlanError
from automl_cli.core.foldplan import FoldPlan
from automl_cli.splits import SplitOptions, make_fold_plan

N = 60
STORES = pd.Series(np.arange(N) // 10, name="store")


def plan_by(tmp_path: Path, code: str, *, repeats: int = 1) -> FoldPlan:
    path = tmp_path / "my_split.py"
    path.write_text(code)
    options = SplitOptions(splitter=f"{path}:split", folds=3, repeats=repeats)
    return make_fold_plan(options, np.arange(N) % 2, "binary", {"store": STORES})


def test_each_row_is_held_out_by_the_fold_it_is_given(tmp_path: Path) -> None:
    code = "def split(train, y, n_folds, seed):\n    return train['store'] % n_folds"
    plan = plan_by(tmp_path, code)
    assert len(plan) == 3
    for number, fold in enumerate(plan):
        assert set(STORES[fold.held_out] % 3) == {number}
        assert not set(STORES[fold.held_out]) & set(STORES[fold.train])


def test_each_repeat_has_a_seed_of_its_own(tmp_path: Path) -> None:
    code = (
        "import numpy as np\n"
        "def split(train, y, n_folds, seed):\n"
        "    return np.random.default_rng(seed).integers(0, n_folds, len(y))\n"
    )
    plan = plan_by(tmp_path, code, repeats=2)
    assert not np.array_equal(plan.blocks[0], plan.blocks[1])
    assert np.array_equal(plan.blocks, plan_by(tmp_path, code, repeats=2).blocks)


MISTAKES = [
    ("def other(): pass", "no function 'split'.", "It defines other; name one after the colon."),
    ("def split(train, y, n, s): return y / 2", "returned float64 of shape (60,)", "It is called"),
    ("def split(train, y, n, s): return y[:5]", "returned int64 of shape (5,)", "It is called"),
    ("def split(train, y, n, s): return y * 0", "named 1 fold, expected 2 to 100", "It is"),
    ("def split(train, y, n, s): return 1 / 0", "raised ZeroDivisionError", "Correct the file"),
    ("def split(", "raised SyntaxError", "Correct the file"),
]


@pytest.mark.parametrize(("code", "told", "hint"), MISTAKES)
def test_a_mistake_in_the_file_is_told(tmp_path: Path, code: str, told: str, hint: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan_by(tmp_path, code)
    assert told in caught.value.message
    assert caught.value.hint.startswith(hint)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    options = SplitOptions(splitter=str(tmp_path / "no.py:split"))
    with pytest.raises(PlanError, match=r"no.py: no such file \(named by the splitter"):
        make_fold_plan(options, np.arange(N) % 2, "binary", {})


def test_a_run_follows_the_file_and_another_content_is_another_run(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=200), "store": rng.integers(0, 8, 200)})
    frame["y"] = (frame["x"] + rng.normal(size=200) > 0).astype(int)
    frame.to_csv(tmp_path / "train.csv", index=False)
    path = tmp_path / "my_split.py"
    code = "def split(train, y, n_folds, seed):\n    return train['store'] % {n}"
    keys = []
    for n in (2, 4):
        path.write_text(code.format(n=n))
        overrides = [f"validation.splitter={path}:split", "limits.rounds=10", "data.target=y"]
        folder = tmp_path / f"run-{n}"
        summary = automl_cli.fit(
            tmp_path / "train.csv", preset="smoke", overrides=overrides, out=folder
        )
        assert summary["targets"][0]["folds"] == n
        keys.append((folder / "run.json").read_text().split('"key"')[1][:40])
    assert keys[0] != keys[1]
