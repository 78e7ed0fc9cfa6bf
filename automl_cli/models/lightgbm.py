"""LightGBM: histogram boosting, grown leaf by leaf.

Its results are the same on every machine with the same number of threads: ``deterministic`` and
a fixed column-wise mode take the choice away from its start-up benchmark. Parameters have their
canonical names only, so that a default and its alias cannot contradict each other.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from automl_cli.core.arrays import FloatCube, FloatMatrix
from automl_cli.core.candidate import ParamValue, Step
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import Fit, FitJob, FittedModel, Growth, ModelSpec, Range, Watch
from automl_cli.models.columns import join_columns, make_names
from automl_cli.models.progress import Progress
from automl_cli.models.targets import fit_target, load_target

if TYPE_CHECKING:
    from lightgbm import Booster, Dataset

FRUITLESS = 10  # sampled columns may offer no split in one round and one in the next


def fit(job: FitJob) -> Fit:
    """Fit a LightGBM booster."""
    return fit_target(job, _fit)


def load(folder: Path) -> FittedModel:
    """Load what `fit` made from `folder`."""
    return load_target(folder, _load)


@dataclass(frozen=True, slots=True, kw_only=True)
class LightGBMModel:
    """A booster and the threads it predicts with."""

    booster: "Booster"
    n_threads: int

    def predict(
        self, matrix: Matrix, *, offset: FloatMatrix | None = None, rounds: int | None = None
    ) -> FloatMatrix:
        """Return margins; see `FittedModel`."""
        raw = self.booster.predict(
            join_columns(matrix), raw_score=True, num_iteration=rounds, num_threads=self.n_threads
        )
        margins = np.asarray(raw, dtype=np.float64).reshape(matrix.n_rows, -1)
        return margins if offset is None else margins + offset

    def contribute(self, matrix: Matrix, *, rounds: int | None = None) -> FloatCube | None:
        """Return SHAP values; see `ExplainedModel`. LightGBM has none for linear trees."""
        if "\nis_linear=1" in self.booster.model_to_string(num_iteration=1):
            return None
        raw = self.booster.predict(
            join_columns(matrix),
            pred_contrib=True,
            num_iteration=rounds,
            num_threads=self.n_threads,
        )
        made = np.asarray(raw, dtype=np.float64)
        return made.reshape(matrix.n_rows, -1, matrix.n_columns + 1)

    def save(self, folder: Path) -> None:
        """Write LightGBM's text format and the number of threads."""
        # Written here and not by the library, so that a full disk is told as what it is.
        text = self.booster.model_to_string()
        (folder / "model.txt").write_text(text, encoding="utf-8")
        (folder / "model.json").write_text(json.dumps({"n_threads": self.n_threads}))


def _fit(job: FitJob) -> Fit:
    import lightgbm

    params = _make_params(job)
    train = _make_dataset(job, params)
    booster = lightgbm.Booster(params, train)
    if job.watch is not None:
        booster.add_valid(_make_watch(job.watch, train, params), "watch")
    progress = Progress(job)
    _boost(booster, progress)
    model = LightGBMModel(booster=booster, n_threads=job.n_threads)
    return Fit(model=model, curve=progress.curve(), cut=progress.cut)


def _load(folder: Path) -> FittedModel:
    import lightgbm

    state = json.loads((folder / "model.json").read_text())
    try:
        booster = lightgbm.Booster(model_file=folder / "model.txt")
    except lightgbm.basic.LightGBMError as error:
        raise ValueError(f"{folder}: no LightGBM model: {error}") from error
    return LightGBMModel(booster=booster, n_threads=state["n_threads"])


def _make_params(job: FitJob) -> dict[str, ParamValue]:
    multiclass = job.n_outputs > 1
    objective, metric = _OBJECTIVES["multiclass" if multiclass else job.objective]
    return {
        **job.params,
        "objective": objective,
        "metric": metric,
        "num_class": job.n_outputs,
        "seed": job.seed,
        "num_threads": job.n_threads,
        "deterministic": True,
        "force_col_wise": True,
        "feature_pre_filter": False,
        "verbosity": -1,
    }


def _make_dataset(job: FitJob, params: dict[str, ParamValue]) -> "Dataset":
    import lightgbm

    p = job.matrix.values.shape[1]
    return lightgbm.Dataset(
        join_columns(job.matrix),
        label=job.y,
        weight=job.weight,
        init_score=_make_init_score(job.offset),
        feature_name=make_names(job.matrix),
        categorical_feature=list(range(p, p + len(job.matrix.levels))),
        params=params,
    )


def _make_watch(watch: Watch, train: "Dataset", params: dict[str, ParamValue]) -> "Dataset":
    return train.create_valid(
        join_columns(watch.matrix),
        label=watch.y,
        init_score=_make_init_score(watch.offset),
        params=params,
    )


def _make_init_score(offset: FloatMatrix | None) -> FloatMatrix | None:
    return offset if offset is None or offset.shape[1] > 1 else offset[:, 0]


def _boost(booster: "Booster", progress: Progress) -> None:
    fruitless = 0
    while fruitless < FRUITLESS:
        fruitless = fruitless + 1 if booster.update() else 0
        if booster.current_iteration() > progress.rounds:
            watched = booster.eval_valid()
            if progress.ends(watched[0][2] if watched else None):
                break


_OBJECTIVES: Mapping[str, tuple[str, str]] = {
    "multiclass": ("multiclass", "multi_logloss"),
    "log_loss": ("binary", "binary_logloss"),
    "squared_error": ("regression", "rmse"),
    "absolute_error": ("regression_l1", "l1"),
}

SPEC = ModelSpec(
    name="lightgbm",
    fit=fit,
    load=load,
    libraries=("lightgbm",),
    recipe=(
        Step("numeric"),
        Step("native"),
        Step("calendar"),
        Step("text_shape"),
        Step("text_linear"),
    ),
    defaults={
        "*": {
            "learning_rate": 0.04,
            "num_leaves": 24,
            "min_data_in_leaf": 20,
            "bagging_fraction": 0.75,
            "bagging_freq": 1,
            "feature_fraction": 0.7,
            "lambda_l2": 1.0,
        },
        "regression": {"num_leaves": 16},
    },
    known_params=frozenset(
        [
            "bagging_fraction",
            "bagging_freq",
            "boost_from_average",
            "cat_l2",
            "cat_smooth",
            "data_sample_strategy",
            "extra_trees",
            "feature_fraction",
            "feature_fraction_bynode",
            "is_unbalance",
            "lambda_l1",
            "lambda_l2",
            "learning_rate",
            "linear_lambda",
            "linear_tree",
            "max_bin",
            "max_cat_threshold",
            "max_cat_to_onehot",
            "max_delta_step",
            "max_depth",
            "min_data_in_bin",
            "min_data_in_leaf",
            "min_data_per_group",
            "min_gain_to_split",
            "min_sum_hessian_in_leaf",
            "neg_bagging_fraction",
            "num_leaves",
            "other_rate",
            "path_smooth",
            "pos_bagging_fraction",
            "scale_pos_weight",
            "top_rate",
            "use_quantized_grad",
        ]
    ),
    tasks=frozenset({"binary", "multiclass", "regression"}),
    has_rounds=True,
    takes_categories=True,
    takes_offset=True,
    space=(
        Range("num_leaves", 4, 128, log=True),
        Range("feature_fraction", 0.2, 1.0),
        Range("min_data_in_leaf", 2, 100, log=True),
        Range("lambda_l2", 0.01, 30.0, log=True),
    ),
    search_rate=0.1,
    explains=True,
    growth=Growth(param="num_leaves", most=1023),
)
