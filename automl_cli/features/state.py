"""Features that need no target: fitted and stored once a run, memory-mapped by every worker.

Each step of a recipe has a folder (`features.steps`), named by the content of the data and the
step, so recipes share their steps and a second run finds them done. Where a step is screened, a
`ColumnSelection` says which of its columns each fold takes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, cast

from automl_cli.core.candidate import CandidateSpec, FeatureRecipe, Step
from automl_cli.core.dataset import Dataset
from automl_cli.core.errors import PlanError
from automl_cli.core.keys import make_key
from automl_cli.features import GROUPS
from automl_cli.features.steps import FittedStep, list_columns, load_step, prepare_step
from automl_cli.features.tables import make_tables
from automl_cli.store import read_json

ColumnSelection: TypeAlias = Sequence[
    Sequence[Sequence[int] | None]
]  # by fold and step: its columns


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Where the features of a recipe lie, below the folder of all features.

    Parameters
    ----------
    steps
        The folder of each step of the recipe.
    selection
        The file that says which columns of them each fold takes, or None: all of them.
    """

    steps: tuple[str, ...]
    selection: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureState:
    """The fitted steps of a recipe. Another process gets the paths and opens the files anew.

    Parameters
    ----------
    folder
        Where the steps are stored.
    feature_set
        Which of them these are.
    steps
        Those that make at least one feature.
    selection
        For each fold and each of `steps` the columns it takes (None: all), or None.
    has_test
        True if features of a test table are stored.
    """

    folder: Path
    feature_set: FeatureSet
    steps: tuple[FittedStep, ...]
    selection: ColumnSelection | None
    has_test: bool

    def __reduce__(self) -> tuple[object, ...]:
        return load_features, (self.folder, self.feature_set)


def prepare_features(
    dataset: Dataset, recipe: FeatureRecipe, folder: Path, *, transductive: bool
) -> FeatureState:
    """Fit the steps of a recipe, transform train and test, and store what is not stored yet.

    Parameters
    ----------
    dataset
        The tables; their target is not read.
    recipe
        What to make; the screen has no say here, so all columns of each step are made.
    folder
        Where to store; it is made if need be.
    transductive
        Fit on train and test rows instead of train rows only.

    Raises
    ------
    PlanError
        If a group or a parameter is unknown, or the recipe makes nothing of these columns.
    RunError
        If the disk is full or the folder cannot be written.
    """
    wanted = {name_step(dataset.key, step, transductive=transductive): step for step in recipe}
    tables = make_tables(dataset, transductive=transductive)
    for name, step in wanted.items():
        prepare_step(folder / name, step, tables)
    return load_features(folder, FeatureSet(tuple(wanted)))


def name_step(data_key: str, step: Step, *, transductive: bool, screened_by: str = "") -> str:
    """Return the name of a step's folder: different content, different name.

    Parameters
    ----------
    data_key
        The key of the data set.
    step
        The step; how many columns a recipe takes of it makes no difference.
    transductive
        Whether it is fitted on test rows as well.
    screened_by
        The key of what its columns are screened with, if they are.
    """
    params = GROUPS.get(step.name).make_params(dict(step.params))
    content = make_key([data_key, step.name, params, transductive, screened_by])
    return f"{step.name}-{content[:16]}"


def name_selection(screen: str, recipe: FeatureRecipe) -> str:
    """Return the name of the file that says what each fold takes for a recipe.

    Parameters
    ----------
    screen
        The key of the screen that chose.
    recipe
        The steps, with how many columns each may give.
    """
    return f"selection-{make_key([screen, recipe])[:16]}.json"


def count_selected(folder: Path, spec: CandidateSpec, n_folds: int) -> dict[str, float]:
    """Return how many columns of each screened group a candidate takes, on average over folds.

    Parameters
    ----------
    folder
        Where features are stored.
    spec
        The candidate; the result is empty if the screen had no say in it.
    n_folds
        How many folds it has, the first ones.
    """
    if not spec.screen:
        return {}
    of_folds = _read_folds(folder / name_selection(spec.screen, spec.recipe))[:n_folds]
    return {
        step.name: sum(len(of_fold[k] or ()) for of_fold in of_folds) / len(of_folds)
        for k, step in enumerate(spec.recipe)
        if step.top is not None
    }


def list_selected(
    folder: Path, spec: CandidateSpec, steps: Sequence[str]
) -> Iterator[list[tuple[str, str]]]:
    """Yield for each fold the generated columns that it takes, as (group, column).

    Parameters
    ----------
    folder
        Where features are stored.
    spec
        The candidate; the screen had a say in it.
    steps
        The folder of each step of its recipe.
    """
    names = [[column.name for column in list_columns(folder / step)] for step in steps]
    for of_fold in _read_folds(folder / name_selection(spec.screen, spec.recipe)):
        yield [
            (step.name, own[column])
            for step, own, columns in zip(spec.recipe, names, of_fold, strict=True)
            if step.top is not None
            for column in columns or ()
        ]


def load_features(folder: Path, feature_set: FeatureSet) -> FeatureState:
    """Return what is stored in `folder` of a feature set.

    Raises
    ------
    PlanError
        If none of the steps makes a feature.
    """
    found = [load_step(folder / name) for name in feature_set.steps]
    steps = tuple(step for step in found if step is not None)
    if not steps:
        names = ", ".join(name.rpartition("-")[0] for name in feature_set.steps) or "nothing"
        raise PlanError(
            f"features: {names}: makes no feature from the columns of this table.",
            hint="Add groups that fit the columns; `automl list features` shows all.",
        )
    return FeatureState(
        folder=folder,
        feature_set=feature_set,
        steps=steps,
        selection=_load_selection(folder, feature_set.selection, found),
        has_test=(steps[0].folder / "test-0.npy").exists(),
    )


def _load_selection(
    folder: Path, name: str | None, found: Sequence[FittedStep | None]
) -> ColumnSelection | None:
    if name is None:
        return None
    return [
        [columns for columns, step in zip(of_fold, found, strict=True) if step is not None]
        for of_fold in _read_folds(folder / name)
    ]


def _read_folds(path: Path) -> ColumnSelection:
    return cast("ColumnSelection", read_json(path)["folds"])
