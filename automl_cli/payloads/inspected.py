"""All about one candidate: `automl leaderboard RUN --candidate KEY`."""

from typing import Any, Literal

from automl_cli.payloads.base import Figure, Payload


class InspectedParam(Payload):
    """A parameter of a candidate's model."""

    name: str
    """The name that its library uses."""
    value: Any
    """What it was fitted with."""
    default: Any
    """The model's default for the task; null without one."""
    differs: bool
    """Whether the value is another one than the default."""


class InspectedStep(Payload):
    """A step of a candidate's recipe."""

    step: str
    """The name in `automl list features`."""
    params: dict[str, Any]
    """Its parameters, defaults included."""
    top: int | None
    """The maximum number of its columns in a fold; null: all."""
    own: bool
    """Whether it belongs to the model's own recipe."""


class TakenColumn(Payload):
    """A generated column that a candidate takes."""

    group: str
    """The group that made it."""
    column: str
    """Its name."""
    folds: int
    """In how many folds."""


class InspectedFold(Payload):
    """One fit of a candidate."""

    fold: int
    """Its number, from 1."""
    score: Figure
    """The metric on its held-out rows; null if the candidate has no score."""
    rounds: int | None
    """The boosting rounds that predict; null for models without, or if none were chosen."""
    fitted_rounds: int | None
    """The rounds that were fitted; null for models without."""
    seconds: float
    """Seconds that the features and the fit took."""
    peak_bytes: int
    """The peak memory of its worker."""
    row_share: float
    """The share of its training rows that fitted into memory."""
    cut: bool
    """Whether the clock ended it."""


class Inspected(Payload):
    """Printed by `automl leaderboard --candidate KEY --json`."""

    version: Literal[1]
    """The version of this schema."""
    run: str
    """The run directory."""
    key: str
    """The candidate."""
    target: str
    """What it predicts."""
    metric: str
    """How it is scored."""
    model: str
    """The name in `automl list models`."""
    description: str
    """What it is in a few words."""
    status: Literal["fitted", "failed", "skipped"]
    """Its state; the figures below are null unless it was fitted."""
    score: Figure
    """Its out-of-fold score in the metric."""
    score_se: Figure
    """Its standard error."""
    weight: Figure
    """In the ensemble; null if it is no member."""
    seconds: Figure
    """Seconds that all its fits took together."""
    predict_seconds: Figure
    """What predicting held-out and test rows took, all folds together; null if it is unknown."""
    predict_share: Figure
    """Its share of the time that the ensemble takes to predict; null if it takes no part in it."""
    cut: bool | None
    """Whether the clock ended a fit."""
    row_share: Figure
    """The share of training rows that fitted into memory."""
    original: Figure
    """The weight of rows of the original data set in training; 0: not used."""
    reason: str | None
    """Why it was skipped."""
    params: list[InspectedParam]
    """Its parameters; empty if they are not known."""
    recipe: list[InspectedStep]
    """Its features step by step; empty if they are not known."""
    generated: list[TakenColumn]
    """The generated columns that some fold takes, those of most folds first."""
    folds: list[InspectedFold]
    """The folds that were fitted."""
    error: str | None
    """What was raised, if it failed."""
    hint: str | None
    """What may help, if it failed."""
    file: str | None
    """The file with the traceback, if it failed."""
