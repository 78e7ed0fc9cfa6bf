from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.candidate import Step
from automl_cli.core.dataset import Column
from automl_cli.core.foldplan import FoldPlan
from automl_cli.features.gradient import make_gradient, make_screen_parts
from automl_cli.features.pools import find_significant, load_pools, make_pools, save_pools
from automl_cli.features.screen import Scores, View, load_scores, screen_step
from automl_cli.features.selection import choose_columns
from automl_cli.features.signals import CodeCache, make_signals, sample_seen
from automl_cli.features.steps import list_columns, load_step, prepare_step
from automl_cli.features.tables import FeatureTables
from automl_cli.splits import SplitOptions, make_fold_plan

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_ROWS = 3000
CROSSES = Step("crosses", (("max_pairs", 60),), top=30)
PLAIN = (Step("numeric"), Step("native"))


def make_tables(seed: int = 0) -> FeatureTables:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            name: pd.Categorical.from_codes(rng.integers(0, 4, N_ROWS), ["p", "q", "r", "s"])
            for name in "abcdef"
        }
        | {f"n{k}": rng.normal(size=N_ROWS) for k in range(4)}
    )
    columns = tuple(
        Column(name=name, role="categorical" if len(name) == 1 else "numeric", reason="made")
        for name in frame
    )
    return FeatureTables(train=frame, test=None, known=frame, columns=columns)


def make_views(y: np.ndarray, plan: FoldPlan) -> list[View]:
    oof = np.full((len(y), 1), y.mean())
    gradient = make_gradient(y, oof, "squared_error")
    return [
        View(gradient=gradient, parts=make_screen_parts(plan, r)) for r in range(plan.n_repeats)
    ]


def make_plan(y: np.ndarray, repeats: int = 1) -> FoldPlan:
    options = SplitOptions(splitter="kfold", repeats=repeats)
    return make_fold_plan(options, y, "regression", {})


def interact(tables: FeatureTables) -> np.ndarray:
    """Return a target in which two columns have an effect only together."""
    codes = tables.train["a"].cat.codes.to_numpy() + tables.train["d"].cat.codes.to_numpy()
    return (codes % 2) * 0.5 + np.random.default_rng(9).normal(size=N_ROWS)


def screen(tables: FeatureTables, y: np.ndarray, folder: Path) -> tuple[Scores, list[str]]:
    """Return all scores and the columns that the first fold takes."""
    views = make_views(y, make_plan(y))
    (folder / "crosses").mkdir()
    screen_step(folder / "crosses", CROSSES, tables, views)
    for step in PLAIN:
        prepare_step(folder / step.name, step, tables)
    tried = load_scores(folder / "crosses")
    given = [folder / step.name for step in PLAIN]
    pool = make_pools({folder / "crosses": tried}, given, views, 0.1)[0]
    stored = load_step(folder / "crosses")
    names = [name for made in stored.load("train") for name in made.names] if stored else []
    return tried, [names[k] for k in choose_columns(pool, {0: 30})[0]]


def test_an_effect_of_two_columns_together_is_found(tmp_path: Path):
    tables = make_tables()
    tried, taken = screen(tables, interact(tables), tmp_path)
    assert "a__x__d" in taken
    assert tried.names[int(tried.scores.mean(axis=0).argmax())] == "a__x__d"
    assert len(taken) <= 4


def test_only_promising_columns_are_stored(tmp_path: Path):
    tables = make_tables()
    tried, _ = screen(tables, interact(tables), tmp_path)
    stored = load_step(tmp_path / "crosses")
    assert stored is not None
    assert stored.kept is not None
    assert "a__x__d" in stored.kept
    assert len(stored.kept) < len(tried.names) / 2
    made = [name for features in stored.transform(tables.train) for name in features.names]
    assert sorted(made) == sorted(stored.kept)


def test_an_effect_of_one_column_that_the_model_missed_is_no_cross(tmp_path: Path):
    tables = make_tables()
    y = tables.train["b"].cat.codes.to_numpy() * 0.5
    _, taken = screen(tables, y + np.random.default_rng(9).normal(size=N_ROWS), tmp_path)
    assert not [name for name in taken if name.startswith("b__x__") and "count" not in name]


def test_noise_is_seldom_taken(tmp_path: Path):
    taken = 0
    for seed in range(6):
        folder = tmp_path / str(seed)
        folder.mkdir()
        y = np.random.default_rng(100 + seed).normal(size=N_ROWS)
        taken += len(screen(make_tables(seed), y, folder)[1])
    assert taken <= 6


def test_rows_that_are_not_looked_at_have_no_say(tmp_path: Path):
    tables = make_tables()
    y = interact(tables)
    changed = y.copy()
    plan = make_plan(y)
    rows = np.sort(np.concatenate([fold.held_out for fold in plan.folds[:3]]))
    changed[np.setdiff1d(np.arange(N_ROWS), rows)] = 9.0
    taken = []
    for number, target in enumerate((y, changed)):
        folder = tmp_path / str(number)
        (folder / "crosses").mkdir(parents=True)
        gradient = make_gradient(target, np.full((N_ROWS, 1), 0.25), "squared_error")
        view = View(gradient=gradient.take(rows), parts=make_screen_parts(plan, 0, rows), rows=rows)
        screen_step(folder / "crosses", CROSSES, tables, [view])
        prepare_step(folder / "native", PLAIN[1], tables)
        tried = load_scores(folder / "crosses")
        pools = make_pools({folder / "crosses": tried}, [folder / "native"], [view], 0.1)
        stored = load_step(folder / "crosses")
        assert stored is not None
        names = [name for made in stored.load("train") for name in made.names]
        taken.append([[names[k] for k in choose_columns(pool, {0: 30})[0]] for pool in pools])
    assert taken[0] == taken[1]
    assert all("a__x__d" in of_fold for of_fold in taken[0])


@pytest.mark.parametrize("fold", range(5))
def test_no_held_out_target_has_a_say(tmp_path: Path, fold: int):
    tables = make_tables()
    y = interact(tables)
    plan = make_plan(y)
    changed = y.copy()
    changed[plan.folds[fold].held_out] = np.random.default_rng(5).normal(size=N_ROWS // 5)
    scores = []
    for number, target in enumerate((y, changed)):
        folder = tmp_path / str(number)
        folder.mkdir()
        oof = np.full((N_ROWS, 1), y.mean())
        gradient = make_gradient(target, oof, "squared_error")
        screen_step(
            folder, CROSSES, tables, [View(gradient=gradient, parts=make_screen_parts(plan, 0))]
        )
        scores.append(load_scores(folder))
    np.testing.assert_array_equal(scores[0].scores[fold], scores[1].scores[fold])
    assert (scores[0].scores != scores[1].scores).any()


@pytest.mark.parametrize("fold", [0, 3])
@pytest.mark.parametrize("second_opinion", [False, True])
def test_no_held_out_target_has_a_say_in_what_a_fold_takes(
    tmp_path: Path, fold: int, second_opinion: bool
):
    # At a rate of 1 everything stands out, and what is stored is what some other fold wanted.
    tables = make_tables()
    y = interact(tables)
    plan = make_plan(y)
    changed = y.copy()
    held_out = plan.folds[fold].held_out
    codes = tables.train["b"].cat.codes.to_numpy() + tables.train["c"].cat.codes.to_numpy()
    changed[held_out] = 5.0 * (codes[held_out] % 2)
    taken = []
    for number, target in enumerate((y, changed)):
        folder = tmp_path / str(number)
        (folder / "crosses").mkdir(parents=True)
        gradient = make_gradient(target, np.full((N_ROWS, 1), y.mean()), "squared_error")
        views = [View(gradient=gradient, parts=make_screen_parts(plan, 0))]
        screen_step(folder / "crosses", CROSSES, tables, views)
        prepare_step(folder / "native", PLAIN[1], tables)
        tried = [load_scores(folder / "crosses")]
        steps, given = [folder / "crosses"], [folder / "native"]
        pools = make_pools(
            dict(zip(steps, tried, strict=True)), given, views, 1.0, second_opinion=second_opinion
        )
        names = [column.name for column in list_columns(folder / "crosses")]
        chosen = [choose_columns(pool, {0: 300})[0] for pool in pools]
        taken.append([[names[k] for k in of_fold] for of_fold in chosen])
    assert taken[0][fold] == taken[1][fold]
    assert taken[0] != taken[1]


def test_without_columns_of_the_data_the_pool_is_that_of_the_generated_ones(tmp_path: Path):
    tables = make_tables()
    y = interact(tables)
    views = make_views(y, make_plan(y))
    (tmp_path / "crosses").mkdir()
    screen_step(tmp_path / "crosses", CROSSES, tables, views)
    tried = [load_scores(tmp_path / "crosses")]
    for pool in make_pools({tmp_path / "crosses": tried[0]}, [], views, 0.1):
        assert len(pool.gains) == len(pool.step) >= 1


def test_pools_survive_their_files(tmp_path: Path):
    tables = make_tables()
    y = interact(tables)
    views = make_views(y, make_plan(y, repeats=2))
    (tmp_path / "crosses").mkdir()
    screen_step(tmp_path / "crosses", CROSSES, tables, views)
    prepare_step(tmp_path / "native", PLAIN[1], tables)
    tried = [load_scores(tmp_path / "crosses")]
    pools = make_pools({tmp_path / "crosses": tried[0]}, [tmp_path / "native"], views, 0.1)
    (tmp_path / "screen").mkdir()
    save_pools(tmp_path / "screen", pools)
    loaded = load_pools(tmp_path / "screen", 10)
    assert len(loaded) == len(pools) == 10
    for one, other in zip(pools, loaded, strict=True):
        assert choose_columns(one, {0: 30}) == choose_columns(other, {0: 30})


def test_false_discoveries_stay_under_the_rate():
    rng = np.random.default_rng(0)
    false, found = 0, 0
    for _ in range(50):
        effects = np.append(np.full(20, 4.0), np.zeros(480))
        scores = (effects + rng.normal(size=500))[None]
        tried = Scores(names=("x",) * 500, levels=np.full(500, 9), scores=scores)
        stands_out = find_significant([tried], 0.1)[0][0]
        false += int(stands_out[20:].sum())
        found += int(stands_out.sum())
    assert 0.05 < false / found < 0.13
    assert found > 50 * 15


def test_a_step_that_makes_nothing_is_screened_as_such(tmp_path: Path):
    tables = make_tables()
    y = interact(tables)
    screen_step(tmp_path, Step("text", (), top=5), tables, make_views(y, make_plan(y)))
    assert load_scores(tmp_path).names == ()
    assert load_step(tmp_path) is None


def test_a_second_opinion_keeps_effects_and_drops_noise(tmp_path: Path):
    tables = make_tables()
    y = interact(tables)
    views = make_views(y, make_plan(y))
    (tmp_path / "crosses").mkdir()
    screen_step(tmp_path / "crosses", CROSSES, tables, views)
    prepare_step(tmp_path / "native", PLAIN[1], tables)
    folders, given = [tmp_path / "crosses"], [tmp_path / "native"]
    tried = [load_scores(tmp_path / "crosses")]
    once = make_pools(dict(zip(folders, tried, strict=True)), given, views, 1.0)
    twice = make_pools(
        dict(zip(folders, tried, strict=True)), given, views, 1.0, second_opinion=True
    )
    stored = [name for made in load_step(folders[0]).load("train") for name in made.names]
    for first, second in zip(once, twice, strict=True):
        names = [stored[k] for k in second.column]
        assert "a__x__d" in names
        assert len(second.column) < len(first.column) / 2


def test_regressions_among_the_given_columns_are_passed_over(tmp_path: Path):
    tables = make_tables()
    words = np.random.default_rng(1).choice(["red sea", "blue sky", "good day"], N_ROWS)
    frame = tables.train.assign(note=pd.Series(words, dtype="str"))
    columns = (*tables.columns, Column(name="note", role="text", reason="made"))
    wide = FeatureTables(train=frame, test=None, known=frame, columns=columns)
    y = interact(tables)
    views = make_views(y, make_plan(y))
    (tmp_path / "crosses").mkdir()
    screen_step(tmp_path / "crosses", CROSSES, wide, views)
    given = [tmp_path / "native", tmp_path / "text"]
    prepare_step(given[0], PLAIN[1], wide)
    prepare_step(given[1], Step("text_linear"), wide)
    tried = [load_scores(tmp_path / "crosses")]
    pools = make_pools({tmp_path / "crosses": tried[0]}, given, views, 0.1)
    assert len(pools[0].gains) == 6 + len(pools[0].step)


def test_codes_that_are_kept_change_no_signal(tmp_path: Path):
    tables = make_tables()
    y = interact(tables)
    view = make_views(y, make_plan(y))[0]
    for step in PLAIN:
        prepare_step(tmp_path / step.name, step, tables)
    columns = [column for step in PLAIN for column in list_columns(tmp_path / step.name)]
    assert len(columns) > 2
    rows = sample_seen(view, 0)
    read = make_signals(columns, view, 0, rows)
    every, few = CodeCache(), CodeCache(most_bytes=8 * N_ROWS)
    for cache in (every, few, every, few):
        np.testing.assert_array_equal(make_signals(columns, view, 0, rows, cache), read)
    assert len(every.known) == len(columns)
    assert 0 < few.n_bytes <= few.most_bytes
    assert len(few.known) < len(columns)
