"""Candidates: what is tried, what came of it, and what it became part of."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, TypeAlias

from automl_cli.core.arrays import FloatMatrix, FloatVector
from automl_cli.core.keys import SHORT, make_key

ParamValue: TypeAlias = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a recipe: a feature group and its parameters. Data, not an object.

    Parameters
    ----------
    name
        Name of an entry of GROUPS.
    params
        Its own parameters; the others have their defaults.
    top
        The most of its columns that the screen may keep in a fold; None: all, unscreened.
    """

    name: str
    params: tuple[tuple[str, ParamValue], ...] = ()
    top: int | None = None

    def get(self, name: str, default: ParamValue = None) -> ParamValue:
        """Return the parameter `name`, or `default`."""
        return dict(self.params).get(name, default)


FeatureRecipe: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)  # no slots: the key is kept
class CandidateSpec:
    """A model, its features, its parameters and its seed: all that decides the result.

    Parameters
    ----------
    target
        The column it predicts.
    model
        Name of an entry of MODELS.
    recipe
        The features it is given.
    params
        Complete parameters (defaults filled in), sorted by name.
    seed
        The run's seed; each fold derives its own.
    max_rounds, patience, n_threads
        See `FitJob`.
    inputs
        Keys of candidates whose out-of-fold predictions enter.
    screen
        Key of the screen that chooses among the columns of its screened steps; empty without.
    original
        What a row of the original data set counts in training; 0: they are left out.
    """

    target: str
    model: str
    recipe: FeatureRecipe
    params: tuple[tuple[str, ParamValue], ...]
    seed: int
    max_rounds: int
    patience: int
    n_threads: int
    inputs: tuple[str, ...] = ()
    screen: str = ""
    original: float = 0.0

    @cached_property
    def full_key(self) -> str:
        """The SHA-256 of the specification, asked for again and again."""
        return make_key(self)

    @property
    def key(self) -> str:
        """The name people see, such as ``lightgbm-fda42b1b``."""
        return f"{self.model}-{self.full_key[:SHORT]}"

    def to_plain(self) -> dict[str, Any]:
        """Return the specification as JSON values."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "CandidateSpec":
        """Return the specification that `to_plain` gave, also after a way through JSON."""
        recipe = tuple(
            Step(step["name"], tuple((name, value) for name, value in step["params"]), step["top"])
            for step in plain["recipe"]
        )
        params = tuple((name, value) for name, value in plain["params"])
        return cls(
            **{**plain, "recipe": recipe, "params": params, "inputs": tuple(plain["inputs"])}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A candidate with the folds that it has: the first ones of the plan, as many as `fits`.

    Parameters
    ----------
    spec
        What was fitted.
    oof
        Out-of-fold predictions, shape (rows, n_outputs): probabilities (binary: one column, the
        positive class), or values on the problem's transformed scale. NaN where a row is held
        out in no fold (the first block of a time plan). Repeats are averaged.
    test
        Mean of the folds' predictions for the test rows, weighted by the rows that each fold
        learned from, or None without a test table.
    fold_scores
        The metric on each fold's held-out rows, as the competition shows it.
    score
        The metric on all covered rows.
    score_se
        Its jackknife standard error.
    rounds
        The rounds used by each fold; empty for models without rounds.
    fit_seconds
        Summed over the folds.
    cut
        True if the clock ended at least one fold.
    row_share
        The least share of its training rows that a fold had memory for.
    fits
        The folder of each fold's fit, among those of the candidate's units.
    predict_seconds
        What predicting held-out and test rows took, summed over the folds; None: unknown.
    """

    spec: CandidateSpec
    oof: FloatMatrix
    test: FloatMatrix | None
    fold_scores: tuple[float, ...]
    score: float
    score_se: float
    rounds: tuple[int, ...]
    fit_seconds: float
    cut: bool
    row_share: float = 1.0
    fits: tuple[str, ...] = ()
    predict_seconds: float | None = None

    @property
    def n_folds(self) -> int:
        """How many folds of the plan it has, the first ones."""
        return len(self.fold_scores)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A candidate that could not be fitted; the run goes on without it."""

    spec: CandidateSpec
    error: str
    traceback: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """The ensemble of one target.

    Parameters
    ----------
    combiner
        Name of the combiner that won the tournament.
    members
        Keys of the candidates, in key order.
    weights
        The weight of each member as shown in reports (a combiner may hold more in `state`).
    state
        What the combiner needs to combine one row, as plain JSON values.
    oof
        Cross-fitted blended predictions, shape (rows, n_outputs), same scale as the candidates'.
    test
        Blended predictions for the test rows, or None.
    score, score_se, in_sample
        Cross-fitted score with its standard error, and the optimistic in-sample score beside.
    tournament
        (combiner, cross-fitted score, in-sample score) of every contestant.
    """

    combiner: str
    members: tuple[str, ...]
    weights: FloatVector
    state: Mapping[str, object]
    oof: FloatMatrix
    test: FloatMatrix | None
    score: float
    score_se: float
    in_sample: float
    tournament: tuple[tuple[str, float, float], ...]
