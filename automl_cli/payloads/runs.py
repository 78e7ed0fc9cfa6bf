"""What a run has come to: `automl fit`, `automl leaderboard`, `automl features`."""

from typing import Any, Literal

from pydantic import Field

from automl_cli.payloads.base import FactPayload, Figure, FindingPayload, Payload


class HoldoutPayload(Payload):
    """The score on rows that were set aside (`validation.holdout`)."""

    score: Figure
    """The score of the ensemble."""
    score_se: Figure
    """Its standard error."""
    rows: int
    """The number of rows."""


class OriginalPayload(Payload):
    """The gain of a candidate from the original data set (`data.original`)."""

    what: str = "rows"
    """`rows` that it is trained on, or the step whose columns learn from them."""
    key: str
    """The candidate that learned from it."""
    score: Figure
    """Its score, on rows of the competition."""
    plain_score: Figure
    """The score of the same without it."""
    gain: Figure
    """How much better it is with it, whichever direction is better."""
    gain_se: Figure
    """Its standard error, the rows being the same."""
    is_better: bool
    """Whether the loss by which candidates are chosen is lower with it."""


class CandidatePayload(Payload):
    """A candidate of a run."""

    key: str
    """Its name: the model and a hash of everything that determines its result."""
    target: str
    """What it predicts."""
    model: str
    """The name in `automl list models`."""
    features: list[str]
    """The steps of its recipe."""
    tops: dict[str, int]
    """For each group of generated columns, the maximum number in a fold."""
    params: dict[str, Any]
    """The parameters that differ from the model's defaults or were set by the plan."""
    original: float = 0.0
    """The weight of rows of the original data set in training; 0: not used."""
    score: Figure
    """Its out-of-fold score in the metric."""
    score_se: Figure
    """Its standard error."""
    fold_scores: list[Figure]
    """The score of each fold."""
    rounds: list[int]
    """The boosting rounds of each fold; empty for models without."""
    seconds: float
    """Seconds that all its fits took together."""
    cut: bool
    """Whether the clock ended a fit."""
    row_share: float
    """The share of training rows that fitted into memory."""
    weight: Figure
    """In the ensemble; null if it is no member."""
    description: str = ""
    """What it is in a few words: its features, and what differs from the model's defaults."""
    predict_seconds: Figure = None
    """What predicting held-out and test rows took, all folds together; null if it is unknown."""
    predict_share: Figure = None
    """Its share of the time that the ensemble takes to predict; null if it takes no part in it."""
    generated: dict[str, float]
    """Columns taken from each group of generated columns, mean over folds."""


class Failed(Payload):
    """A candidate that could not be fitted."""

    key: str
    """Its name."""
    model: str
    """The name in `automl list models`."""
    description: str
    """What it is in a few words."""
    error: str
    """The first line of what was raised."""
    hint: str
    """What may help."""
    file: str
    """The file with the traceback, in the run directory."""


class SkippedPayload(Payload):
    """A candidate that the clock left out."""

    key: str
    """Its name."""
    model: str
    """The name in `automl list models`."""
    description: str
    """What it is in a few words."""
    reason: str
    """Why it was not fitted."""


class Unused(Payload):
    """The unused part of the budget."""

    seconds: float
    """How much was left."""
    budget: float
    """The whole budget in seconds."""
    reason: str
    """Why it was not used."""


class Searched(Payload):
    """The result of a search; keys from `best` on only if a setting was fitted on all folds."""

    model: str
    """The name in `automl list models`."""
    trials: int
    """Settings that were tried."""
    whole: int
    """Those of them that were fitted on all folds."""
    best: str | None = None
    """Key of the best candidate."""
    score: Figure = None
    """The score of the choice, on folds that did not influence it."""
    score_se: Figure = None
    """Its standard error."""
    naive: Figure = None
    """The best candidate's own score, which is optimistic."""
    tops: dict[str, int] | None = None
    """For each group of generated columns, the maximum number in a fold."""
    way: str | None = None
    """How categories are handed to the model."""
    params: dict[str, Any] | None = None
    """The parameters."""


class SearchGainPayload(Payload):
    """The gain of the ensemble from candidates that searches found."""

    members: int
    """How many of them are members."""
    weight: float
    """Their weight together, as a share."""
    score: Figure
    """The cross-fitted score with them, on rows by which nothing was chosen."""
    plain_score: Figure
    """The score of an ensemble of the other members."""
    gain: Figure
    """How much better it is with them, whichever direction is better."""
    gain_se: Figure
    """Its standard error, the rows being the same."""


class SolvedTarget(Payload):
    """The result of a run for one target."""

    target: str
    """The column."""
    task: str
    """`binary`, `multiclass` or `regression`."""
    metric: str
    """How it is scored."""
    greater_is_better: bool
    """The direction of the metric."""
    validation: str
    """How folds were made."""
    folds: int
    """The number of folds."""
    score: Figure
    """The score of the ensemble, cross-fitted."""
    score_se: Figure
    """Its standard error."""
    in_sample: Figure
    """The same in-sample, which is optimistic: the ensemble has seen these rows."""
    expected: Figure = None
    """What the submission, the mean of all folds' models, is expected to score; null: unknown."""
    combiner: str | None
    """The winner of the tournament; null without an ensemble."""
    tournament: list[tuple[str, Figure, Figure]]
    """Each combiner with its cross-fitted score and its in-sample score."""
    search: list[Searched]
    """One for each model that was searched."""
    search_gain: SearchGainPayload | None = None
    """Null if the ensemble has no such members, or no others, or there was no time to compare."""
    original: OriginalPayload | None = None
    """Null without an original data set, or where its rows could not be tried."""
    original_steps: list[OriginalPayload] = Field(default_factory=list)
    """The steps that learn from it and were tried."""
    candidates: list[CandidatePayload]
    """The best first."""
    failed: list[Failed] = Field(default_factory=list)
    """Those that could not be fitted."""
    skipped: list[SkippedPayload] = Field(default_factory=list)
    """Those that the clock left out, and no command has finished."""
    fitted_task: str | None = None
    """The task that models are fitted with: ordinal labels as a regression."""
    chosen_by: str | None = None
    """The loss by which blends are chosen, in words; null if it is the metric."""
    holdout: HoldoutPayload | None
    """Null without rows set aside."""


class Summary(Payload):
    """Printed by `automl fit --json` and `automl leaderboard --json`; `summary.json` of a run."""

    version: Literal[1]
    """The version of this schema."""
    run: str
    """The run directory."""
    submission: str | None
    """The file that was written; null without a test table."""
    task: str | None
    """The task of all targets; null if they differ."""
    metric: str | None
    """The metric of all targets; null if they differ."""
    score: Figure
    """The cross-fitted score of the ensemble; the mean over targets, null if metrics differ."""
    score_se: Figure
    """Its standard error."""
    in_sample: Figure
    """The same in-sample, which is optimistic."""
    expected: Figure = None
    """What the submission, the mean of all folds' models, is expected to score; null: unknown."""
    seconds: float
    """Wall-clock seconds of the command."""
    facts: list[FactPayload]
    """Every guess about the tables: what, its value, and the reason."""
    candidates: list[CandidatePayload]
    """Those of all targets."""
    targets: list[SolvedTarget] = Field(min_length=1)
    """One or more."""
    findings: list[FindingPayload]
    """What the quick rules of the audit have found."""
    unused: Unused | None = None
    """Null if the budget was used, or there is none."""
    finished: bool = True
    """False while a command is working, or if the last one was interrupted."""


class ColumnPayload(Payload):
    """A generated column."""

    group: str
    """The group that made it."""
    column: str
    """Its name."""
    codes: int
    """Its distinct codes; bins if it is a number."""
    score: Figure
    """How much of the first model's gradient it explains, in standard deviations of chance."""
    stands_out: int
    """Folds in which that is more than chance."""
    taken: int
    """Folds in which it adds something new."""
    reason: str
    """Why it was taken or not."""


class Screen(Payload):
    """One screen of a run."""

    screen: str
    """Its folder below `features/`."""
    folds: int
    """The number of folds that chose."""
    columns: list[ColumnPayload]
    """All columns that were tried."""


class Screens(Payload):
    """Printed by `automl features --json`."""

    version: Literal[2]
    """The version of this schema."""
    screens: list[Screen]
    """One for each target."""
    finished: bool = True
    """False while a command is working, or if the last one was interrupted."""
