"""CatBoost: ordered boosting of symmetric trees, with its own encoding of categories."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatCube, FloatMatrix, FloatVector, IntVector
from automl_cli.core.candidate import ParamValue, Step
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import Fit, FitJob, FittedModel, Growth, ModelSpec, Range
from automl_cli.models.columns import make_names
from automl_cli.models.progress import Progress
from automl_cli.models.targets import fit_constant, fit_target, load_target

if TYPE_CHECKING:
    from catboost import CatBoost, Pool


def fit(job: FitJob) -> Fit:
    """Fit a CatBoost model."""
    return fit_target(job, _fit)


def load(folder: Path) -> FittedModel:
    """Load what `fit` made from `folder`."""
    return load_target(folder, _load)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatBoostModel:
    """A CatBoost model and the threads it predicts with."""

    booster: "CatBoost"
    n_threads: int

    def predict(
        self, matrix: Matrix, *, offset: FloatMatrix | None = None, rounds: int | None = None
    ) -> FloatMatrix:
        """Return margins; see `FittedModel`."""
        raw = self.booster.predict(
            _make_pool(matrix),
            prediction_type="RawFormulaVal",
            ntree_end=rounds or 0,
            thread_count=self.n_threads,
        )
        margins = np.asarray(raw, dtype=np.float64).reshape(matrix.n_rows, -1)
        return margins if offset is None else margins + offset

    def contribute(self, matrix: Matrix, *, rounds: int | None = None) -> FloatCube | None:
        """Return SHAP values; see `ExplainedModel`."""
        booster = self.booster
        if rounds is not None and rounds < booster.tree_count_:  # it takes no number of trees
            booster = _shorten(booster, rounds)
        raw = booster.get_feature_importance(
            _make_pool(matrix), type="ShapValues", thread_count=self.n_threads
        )
        made = np.asarray(raw, dtype=np.float64)
        return made.reshape(matrix.n_rows, -1, matrix.n_columns + 1)

    def save(self, folder: Path) -> None:
        """Write CatBoost's binary format and the number of threads."""
        self.booster.save_model(str(folder / "model.cbm"))
        (folder / "model.json").write_text(json.dumps({"n_threads": self.n_threads}))


def _fit(job: FitJob) -> Fit:
    import catboost

    if not _varies(job.matrix):
        return fit_constant(job)  # CatBoost refuses a matrix of constants
    watch = job.watch
    progress = Progress(job)
    booster = catboost.CatBoost(_make_params(job))
    booster.fit(
        _make_pool(job.matrix, job.y, weight=job.weight, offset=job.offset),
        eval_set=None if watch is None else _make_pool(watch.matrix, watch.y, offset=watch.offset),
        callbacks=[_Callback(progress)],
    )
    model = CatBoostModel(booster=booster, n_threads=job.n_threads)
    return Fit(model=model, curve=progress.curve(), cut=progress.cut)


def _load(folder: Path) -> FittedModel:
    import catboost

    state = json.loads((folder / "model.json").read_text())
    booster = catboost.CatBoost()
    try:
        booster.load_model(str(folder / "model.cbm"))
    except catboost.CatBoostError as error:
        raise ValueError(f"{folder}: no CatBoost model: {error}") from error
    return CatBoostModel(booster=booster, n_threads=state["n_threads"])


def _shorten(booster: "CatBoost", rounds: int) -> "CatBoost":
    """Return the first trees of a booster."""
    import catboost

    shorter = booster.copy()
    with suppress(catboost.CatBoostError):
        shorter.shrink(rounds)
        return shorter
    # It shrinks symmetric trees alone; of the others the text of a model is a list.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        booster.save_model(str(path), format="json")
        stored = json.loads(path.read_text())
        path.write_text(json.dumps({**stored, "trees": stored["trees"][:rounds]}))
        return catboost.CatBoost().load_model(str(path), format="json")


def _varies(matrix: Matrix) -> bool:
    blocks = (matrix.values, matrix.categories)  # noqa: PD011 (a matrix, not a frame)
    return any(bool((block != block[:1]).any()) for block in blocks)  # NaN differs from itself


def _make_params(job: FitJob) -> dict[str, ParamValue]:
    loss = _LOSSES["multiclass" if job.n_outputs > 1 else job.objective]
    fixed: dict[str, ParamValue] = {
        "loss_function": loss,
        "eval_metric": f"{loss}:hints=skip_train~true",  # only the watch's loss is needed
        "iterations": job.max_rounds,
        "use_best_model": False,
        "random_seed": job.seed,
        "thread_count": job.n_threads,
        "allow_writing_files": False,
        "logging_level": "Silent",
    }
    if job.offset is not None:
        fixed["boost_from_average"] = False
    return {name: value for name, value in job.params.items() if value is not None} | fixed


def _make_pool(
    matrix: Matrix,
    y: FloatVector | IntVector | None = None,
    *,
    weight: FloatVector | None = None,
    offset: FloatMatrix | None = None,
) -> "Pool":
    """Make a pool of a frame: of categories in pandas each level is hashed once, not each row."""
    import catboost

    names = make_names(matrix)
    values = matrix.values.T  # noqa: PD011 (a matrix, not a frame)
    columns: dict[str, object] = dict(zip(names, values, strict=False))
    category_names = names[len(values) :]
    for name, codes, levels in zip(category_names, matrix.categories.T, matrix.levels, strict=True):
        spelled = pd.Index([str(code) for code in range(levels)])
        columns[name] = pd.Categorical.from_codes(codes, spelled)
    frame = pd.DataFrame(columns, copy=False)
    return catboost.Pool(
        frame, label=y, cat_features=category_names, weight=weight, baseline=offset
    )


@dataclass(frozen=True, slots=True)
class _Callback:
    progress: Progress

    def after_iteration(self, info: SimpleNamespace) -> bool:
        """Return True to go on, as CatBoost asks."""
        losses = next(iter(info.metrics.get("validation", {}).values()), None)
        return not self.progress.ends(losses[-1] if losses else None)


_LOSSES: Mapping[str, str] = {
    "multiclass": "MultiClass",
    "log_loss": "Logloss",
    "squared_error": "RMSE",
    "absolute_error": "MAE",
}

SPEC = ModelSpec(
    name="catboost",
    fit=fit,
    load=load,
    libraries=("catboost",),
    recipe=(
        Step("numeric"),
        Step("native"),
        Step("calendar"),
        Step("text_shape"),
        Step("text_linear"),
    ),
    defaults={
        "*": {
            "learning_rate": 0.07,
            "depth": 6,
            "bootstrap_type": "Bernoulli",
            "subsample": 0.8,
            "one_hot_max_size": 10,
            "max_ctr_complexity": 2,
        },
        "multiclass": {"learning_rate": 0.1},  # a round costs as many trees as there are classes
    },
    known_params=frozenset(
        [
            "approx_on_full_history",
            "auto_class_weights",
            "bagging_temperature",
            "boosting_type",
            "bootstrap_type",
            "border_count",
            "counter_calc_method",
            "depth",
            "feature_border_type",
            "fold_len_multiplier",
            "fold_permutation_block",
            "grow_policy",
            "has_time",
            "l2_leaf_reg",
            "leaf_estimation_backtracking",
            "leaf_estimation_iterations",
            "leaf_estimation_method",
            "learning_rate",
            "max_ctr_complexity",
            "max_leaves",
            "min_data_in_leaf",
            "model_size_reg",
            "mvs_reg",
            "nan_mode",
            "one_hot_max_size",
            "penalties_coefficient",
            "random_strength",
            "rsm",
            "sampling_frequency",
            "scale_pos_weight",
            "score_function",
            "subsample",
        ]
    ),
    tasks=frozenset({"binary", "multiclass", "regression"}),
    has_rounds=True,
    takes_categories=True,
    takes_offset=True,
    space=(
        Range("depth", 4, 8),
        Range("l2_leaf_reg", 0.5, 20.0, log=True),
        Range("random_strength", 0.1, 10.0, log=True),
    ),
    search_rate=0.15,
    effort=4.0,
    explains=True,
    growth=Growth(param="depth", most=10, per_doubling=0.5),
)
