"""Extra trees: many randomised trees, averaged.

Grown by scikit-learn in slices, so that the clock is seen between them; saved as plain arrays, so
that loading runs no code. Missing values go to the side that each split has learned for them.
Absolute error is fitted as squared error: its own criterion is many times slower. Extremely
randomised trees are those of Geurts, Ernst and Wehenkel (2006).
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import Float32Matrix, FloatMatrix, FloatVector
from automl_cli.core.candidate import Step
from automl_cli.core.margins import make_margins
from automl_cli.core.matrix import Matrix
from automl_cli.core.metric import Objective
from automl_cli.core.model import Fit, FitJob, FittedModel, ModelSpec, Range
from automl_cli.models.params import get_positive
from automl_cli.models.progress import is_over
from automl_cli.models.targets import fit_target, load_target

if TYPE_CHECKING:
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
    from sklearn.tree._tree import Tree

    Forest: TypeAlias = ExtraTreesClassifier | ExtraTreesRegressor

SLICE_SECONDS = 0.5  # how late the clock may be seen, where a single tree is faster than that
MOST_TREE_BYTES = 1_300_000  # in memory, less than half of it on disk: 100 MB for 200
NODE_BYTES, VALUE_BYTES = 64, 8  # of a node in scikit-learn, and of each value that it holds


def fit(job: FitJob) -> Fit:
    """Fit extra trees."""
    return fit_target(job, _fit)


def load(folder: Path) -> FittedModel:
    """Load what `fit` made from `folder`."""
    return load_target(folder, _load)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestModel:
    """Trees and what each of their nodes answers.

    Parameters
    ----------
    objective
        Decides how mean answers become margins.
    trees
        Where each row falls.
    answers
        For each tree, shape (nodes, n_outputs): shares of the classes (binary: of the positive
        one) or the mean value.
    prior
        Shape (n_outputs,): shares of the classes in training. They count as one more tree, so
        that no probability is 0; not used for values.
    """

    objective: Objective
    trees: "tuple[Tree, ...]"
    answers: tuple[Float32Matrix, ...]
    prior: FloatVector

    def predict(
        self,
        matrix: Matrix,
        *,
        offset: FloatMatrix | None = None,
        rounds: int | None = None,  # noqa: ARG002 (there are none)
    ) -> FloatMatrix:
        """Return margins; see `FittedModel`. One thread, because sums depend on their order."""
        values = np.ascontiguousarray(matrix.values)
        total = np.zeros((matrix.n_rows, len(self.prior)))
        for tree, answers in zip(self.trees, self.answers, strict=True):
            total += answers[tree.apply(values)]
        if self.objective == "log_loss":
            margins = make_margins((total + self.prior) / (len(self.trees) + 1), self.objective)
        else:
            margins = total / len(self.trees)
        return margins if offset is None else margins + offset

    def save(self, folder: Path) -> None:
        """Write the nodes of all trees, one tree after the other, into one npz file."""
        nodes = {name: _join_nodes(self.trees, name) for name in _NODE_FIELDS}
        np.savez(
            folder / "model.npz",
            allow_pickle=False,
            sizes=np.array([tree.node_count for tree in self.trees]),
            depths=np.array([tree.max_depth for tree in self.trees]),
            answers=np.concatenate(self.answers),
            prior=self.prior,
            **nodes,
        )
        state = {"objective": self.objective, "n_features": self.trees[0].n_features}
        (folder / "model.json").write_text(json.dumps(state))


def _fit(job: FitJob) -> Fit:
    forest = _make_forest(job)
    cut = _grow(forest, job)
    trees = tuple(estimator.tree_ for estimator in forest.estimators_)
    column = 1 if job.objective == "log_loss" and job.n_outputs == 1 else 0
    model = ForestModel(
        objective=job.objective,
        trees=trees,
        answers=tuple(tree.value[:, 0, column:].astype(np.float32) for tree in trees),
        prior=_make_prior(job)[column:],
    )
    return Fit(model=model, curve=None, cut=cut)


def _load(folder: Path) -> FittedModel:
    state = json.loads((folder / "model.json").read_text())
    with np.load(folder / "model.npz", allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    ends = np.cumsum(arrays["sizes"])
    parts = [slice(end - size, end) for end, size in zip(ends, arrays["sizes"], strict=True)]
    return ForestModel(
        objective=state["objective"],
        trees=tuple(
            _rebuild_tree(
                {name: arrays[name][part] for name in _NODE_FIELDS}, depth, state["n_features"]
            )
            for part, depth in zip(parts, arrays["depths"], strict=True)
        ),
        answers=tuple(arrays["answers"][part] for part in parts),
        prior=arrays["prior"],
    )


def _make_forest(job: FitJob) -> "Forest":
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    kind = ExtraTreesClassifier if job.objective == "log_loss" else ExtraTreesRegressor
    params = {name: value for name, value in job.params.items() if name != "n_estimators"}
    if params.get("max_leaf_nodes") is None:
        params["max_leaf_nodes"] = _count_leaves(job)
    return kind(
        n_estimators=0,
        warm_start=True,  # a forest grown in slices equals one grown at once
        random_state=job.seed,
        n_jobs=job.n_threads,
        **params,
    )


def _count_leaves(job: FitJob) -> int | None:
    """Return how many leaves a tree may have, or None if it cannot have more anyway."""
    n_values = max(2, job.n_outputs) if job.objective == "log_loss" else 1
    most = max(2, MOST_TREE_BYTES // (2 * (NODE_BYTES + VALUE_BYTES * n_values)))
    return most if most < len(job.y) else None


def _grow(forest: "Forest", job: FitJob) -> bool:
    """Grow all trees and return False, or return True as soon as the clock ends."""
    values = np.require(job.matrix.values, requirements=["C", "W"])  # refused if read-only
    wanted = int(get_positive(job.params, "n_estimators"))
    started, step = time.monotonic(), job.n_threads
    while forest.n_estimators < wanted:
        if forest.n_estimators and is_over(job.stop_at):
            return True
        forest.n_estimators = min(wanted, forest.n_estimators + step)
        forest.fit(values, job.y, sample_weight=job.weight)
        seconds = (time.monotonic() - started) / forest.n_estimators
        step = max(job.n_threads, int(SLICE_SECONDS / max(seconds, 1e-6)))
    return False


def _make_prior(job: FitJob) -> FloatVector:
    if job.objective != "log_loss":
        return np.zeros(1)
    counts = np.bincount(job.y.astype(np.int64), job.weight, minlength=max(2, job.n_outputs))
    return np.asarray(counts / counts.sum())


def _join_nodes(trees: "tuple[Tree, ...]", name: str) -> npt.NDArray[Any]:
    parts = [getattr(tree, _NODE_FIELDS[name][0]) for tree in trees]
    return np.concatenate(parts).astype(_NODE_FIELDS[name][1])


def _rebuild_tree(nodes: Mapping[str, npt.NDArray[Any]], max_depth: int, n_features: int) -> "Tree":
    """Return a tree that says where rows fall; its own values are left empty."""
    from sklearn.tree._tree import NODE_DTYPE, Tree

    table = np.zeros(len(nodes["threshold"]), dtype=NODE_DTYPE)
    for name, column in nodes.items():
        table[name] = column
    tree = Tree(n_features, np.ones(1, dtype=np.intp), 1)
    tree.__setstate__(
        {
            "max_depth": int(max_depth),
            "node_count": len(table),
            "nodes": table,
            "values": np.zeros((len(table), 1, 1)),
        }
    )
    return tree


# Name in scikit-learn's node table: (attribute of a tree, type in the file)
_NODE_FIELDS: Mapping[str, tuple[str, str]] = {
    "left_child": ("children_left", "int32"),
    "right_child": ("children_right", "int32"),
    "feature": ("feature", "int32"),
    "threshold": ("threshold", "float64"),
    "missing_go_to_left": ("missing_go_to_left", "uint8"),
}

SPEC = ModelSpec(
    name="extra_trees",
    effort=0.5,
    fit=fit,
    load=load,
    libraries=("sklearn.ensemble",),
    recipe=(
        Step("filled"),
        Step("target_mean"),
        Step("counts"),
        Step("calendar"),
        Step("text_shape"),
        Step("text_linear"),
    ),
    defaults={
        "*": {
            "n_estimators": 200,
            "max_features": 0.75,
            "min_samples_leaf": 3,
            "max_leaf_nodes": None,  # as many as `MOST_TREE_BYTES` hold
        },
        "regression": {"min_samples_leaf": 2},
    },
    known_params=frozenset(
        [
            "bootstrap",
            "ccp_alpha",
            "class_weight",
            "criterion",
            "max_depth",
            "max_features",
            "max_leaf_nodes",
            "max_samples",
            "min_impurity_decrease",
            "min_samples_leaf",
            "min_samples_split",
            "min_weight_fraction_leaf",
            "n_estimators",
        ]
    ),
    tasks=frozenset({"binary", "multiclass", "regression"}),
    has_rounds=False,
    takes_categories=False,
    takes_offset=False,
    enough_rows=50_000,  # above it the boosters are better in the same time
    space=(
        Range("max_features", 0.2, 1.0),
        Range("min_samples_leaf", 1, 20, log=True),
    ),
)
