"""XGBoost: histogram boosting, grown level by level."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from automl_cli.core.arrays import FloatCube, FloatMatrix, FloatVector, IntVector
from automl_cli.core.candidate import ParamValue, Step
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import Fit, FitJob, FittedModel, Growth, ModelSpec, Range, Watch
from automl_cli.models.columns import join_columns, make_names
from automl_cli.models.progress import Progress
from automl_cli.models.targets import fit_target, load_target

if TYPE_CHECKING:
    from xgboost import Booster, QuantileDMatrix


def fit(job: FitJob) -> Fit:
    """Fit an XGBoost booster."""
    return fit_target(job, _fit)


def load(folder: Path) -> FittedModel:
    """Load what `fit` made from `folder`."""
    return load_target(folder, _load)


@dataclass(frozen=True, slots=True, kw_only=True)
class XGBoostModel:
    """A booster."""

    booster: "Booster"
    n_threads: int

    def predict(
        self, matrix: Matrix, *, offset: FloatMatrix | None = None, rounds: int | None = None
    ) -> FloatMatrix:
        """Return margins; see `FittedModel`."""
        raw = self.booster.inplace_predict(
            join_columns(matrix), predict_type="margin", iteration_range=(0, rounds or 0)
        )
        margins = np.asarray(raw, dtype=np.float64).reshape(matrix.n_rows, -1)
        return margins if offset is None else margins + offset

    def contribute(self, matrix: Matrix, *, rounds: int | None = None) -> FloatCube | None:
        """Return SHAP values; see `ExplainedModel`."""
        import xgboost

        data = xgboost.DMatrix(
            join_columns(matrix),
            feature_names=make_names(matrix),
            feature_types=_make_types(matrix),
            enable_categorical=True,
            nthread=self.n_threads,
        )
        raw = self.booster.predict(data, pred_contribs=True, iteration_range=(0, rounds or 0))
        made = np.asarray(raw, dtype=np.float64)
        return made.reshape(matrix.n_rows, -1, matrix.n_columns + 1)

    def save(self, folder: Path) -> None:
        """Write XGBoost's UBJSON format and the number of threads."""
        # Written here and not by the library, so that a full disk is told as what it is.
        (folder / "model.ubj").write_bytes(self.booster.save_raw("ubj"))
        (folder / "model.json").write_text(json.dumps({"n_threads": self.n_threads}))


def _fit(job: FitJob) -> Fit:
    import xgboost

    params = _make_params(job)
    train = _make_train(job)
    watched = [] if job.watch is None else [(_make_watch(job.watch, job, train), "watch")]
    booster = xgboost.Booster(params, [train, *(data for data, _ in watched)])
    progress = Progress(job)
    while True:
        booster.update(train, progress.rounds)
        text = booster.eval_set(watched, progress.rounds) if watched else None
        if progress.ends(None if text is None else float(text.rpartition(":")[2])):
            break
    model = XGBoostModel(booster=booster, n_threads=job.n_threads)
    return Fit(model=model, curve=progress.curve(), cut=progress.cut)


def _load(folder: Path) -> FittedModel:
    import xgboost

    state = json.loads((folder / "model.json").read_text())
    booster = xgboost.Booster({"nthread": state["n_threads"]}, model_file=folder / "model.ubj")
    return XGBoostModel(booster=booster, n_threads=state["n_threads"])


def _make_params(job: FitJob) -> dict[str, ParamValue]:
    multiclass = job.n_outputs > 1
    objective, metric = _OBJECTIVES["multiclass" if multiclass else job.objective]
    fixed: dict[str, ParamValue] = {
        "objective": objective,
        "eval_metric": metric,
        "seed": job.seed,
        "nthread": job.n_threads,
        "tree_method": "hist",
        "device": "cpu",
        "verbosity": 0,
    }
    if multiclass:
        fixed["num_class"] = job.n_outputs
    if job.offset is not None:  # a margin of 0, so that the trees alone are added to the offset
        fixed["base_score"] = 0.5 if objective == "binary:logistic" else 0.0
    return {name: value for name, value in job.params.items() if value is not None} | fixed


def _make_train(job: FitJob) -> "QuantileDMatrix":
    return _make_data(job.matrix, job.y, job, {"weight": job.weight, "base_margin": job.offset})


def _make_watch(watch: Watch, job: FitJob, train: "QuantileDMatrix") -> "QuantileDMatrix":
    return _make_data(watch.matrix, watch.y, job, {"base_margin": watch.offset, "ref": train})


def _make_data(
    matrix: Matrix, y: FloatVector | IntVector, job: FitJob, extra: Mapping[str, object]
) -> "QuantileDMatrix":
    import xgboost

    return xgboost.QuantileDMatrix(
        join_columns(matrix),
        label=y,
        feature_names=make_names(matrix),
        feature_types=_make_types(matrix),
        enable_categorical=True,
        max_bin=job.params.get("max_bin", 256),
        nthread=job.n_threads,
        **extra,
    )


def _make_types(matrix: Matrix) -> list[str]:
    return ["float"] * matrix.values.shape[1] + ["c"] * len(matrix.levels)


_OBJECTIVES: Mapping[str, tuple[str, str]] = {
    "multiclass": ("multi:softprob", "mlogloss"),
    "log_loss": ("binary:logistic", "logloss"),
    "squared_error": ("reg:squarederror", "rmse"),
    "absolute_error": ("reg:absoluteerror", "mae"),
}

SPEC = ModelSpec(
    name="xgboost",
    fit=fit,
    load=load,
    libraries=("xgboost",),
    recipe=(
        Step("numeric"),
        Step("native"),
        Step("calendar"),
        Step("text_shape"),
        Step("text_linear"),
    ),
    defaults={
        "*": {
            "learning_rate": 0.05,
            "max_depth": 6,
            "min_child_weight": 2.0,
            "subsample": 0.7,
            "colsample_bylevel": 0.8,
            "reg_lambda": 1.0,
            "max_cat_threshold": 32,
        },
        "multiclass": {"learning_rate": 0.08},  # a round costs as many trees as classes
        "regression": {"max_depth": 5, "colsample_bylevel": 0.7},
    },
    known_params=frozenset(
        [
            "colsample_bylevel",
            "colsample_bynode",
            "colsample_bytree",
            "gamma",
            "grow_policy",
            "learning_rate",
            "max_bin",
            "max_cat_threshold",
            "max_cat_to_onehot",
            "max_delta_step",
            "max_depth",
            "max_leaves",
            "min_child_weight",
            "num_parallel_tree",
            "reg_alpha",
            "reg_lambda",
            "sampling_method",
            "scale_pos_weight",
            "subsample",
        ]
    ),
    tasks=frozenset({"binary", "multiclass", "regression"}),
    has_rounds=True,
    takes_categories=True,
    takes_offset=True,
    space=(
        Range("max_depth", 3, 10),
        Range("min_child_weight", 0.1, 30.0, log=True),
        Range("colsample_bytree", 0.2, 1.0),
        Range("reg_lambda", 0.01, 30.0, log=True),
    ),
    search_rate=0.15,
    effort=1.7,
    explains=True,
    growth=Growth(param="max_depth", most=12, per_doubling=1.0),
)
