"""What goes beyond one run: `automl blend`, `automl track show`, `submit` and `wheelhouse`."""

from typing import Literal

from automl_cli.payloads.base import Figure, FindingPayload, Payload


class BlendMember(Payload):
    """A member of a blend."""

    key: str
    """Of a candidate, `MODEL@RUN-HASH` if it is another run's, or with the name of a file."""
    score: Figure
    """Its own out-of-fold score."""
    score_se: Figure
    """Its standard error."""
    weight: float
    """In the blend; those of a `linear` one act on log-odds or values and need not sum to 1."""
    spread: float
    """Standard deviation of the weight over draws of the rows."""
    outside: bool
    """Whether it is none of the run's own."""
    left_out: str | None
    """Why it takes no part (a copy of another, or a leak), or null."""


class Contestant(Payload):
    """A combiner in the tournament of a blend."""

    combiner: str
    """Its name."""
    score: Figure
    """The score of its blend, cross-fitted."""
    in_sample: Figure
    """The same in-sample, which is optimistic."""


class BlendedTarget(Payload):
    """The score of a blend for one target."""

    target: str
    """The column."""
    metric: str
    """How it is scored."""
    score: Figure
    """The score of the blend, cross-fitted."""
    score_se: Figure
    """Its standard error."""
    in_sample: Figure
    """The same in-sample, which is optimistic."""
    combiner: str
    """The winner of the tournament."""
    tournament: list[Contestant]
    """All combiners that competed."""
    run_score: Figure
    """The score of the run alone."""
    run_score_se: Figure
    """Its standard error."""
    loss: Figure
    """The loss of the blend, cross-fitted: what blends are chosen by; lower is better."""
    run_loss: Figure
    """The same of the run alone."""
    loss_name: str
    """What this loss is."""
    written: Literal["blend", "run"]
    """Which predictions were written: those of the run if the blend has the higher loss."""
    members: list[BlendMember]
    """All that could take part, including the run's own ensemble, `ensemble-HASH`."""


class Blended(Payload):
    """Printed by `automl blend --json`."""

    version: Literal[1]
    """The version of this schema."""
    submission: str
    """The file that was written."""
    targets: list[BlendedTarget]
    """One or more."""
    warnings: list[str]
    """Warnings about the members and about what was written."""


class TrackedRun(Payload):
    """A run with its scores."""

    run: str
    """Its folder."""
    train: str
    """Its training table."""
    metric: str | None
    """How it is scored; null if targets differ in it."""
    score: Figure
    """Cross-validated."""
    score_se: Figure
    """Its standard error."""
    public: float | None
    """The last known score on the public leaderboard, or null."""
    private: float | None
    """The last known score on the private leaderboard, or null."""
    submission: bool
    """Whether it has one, so that it may be chosen."""


class TrackedTable(Payload):
    """Runs that are compared with each other: those of one training table and metric."""

    train: str
    """The training table."""
    metric: str | None
    """How they are scored; null if targets differ in it."""
    correlation: float | None
    """Rank correlation of both scores; null for fewer than three runs."""


class ChoicePayload(Payload):
    """A submission to choose."""

    run: str
    """The folder of its run."""
    train: str
    """Its training table."""
    metric: str | None
    """How it is scored."""
    reason: str
    """Why this one."""


class Tracked(Payload):
    """Printed by `automl track show --json`."""

    version: Literal[1]
    """The version of this schema."""
    runs: list[TrackedRun]
    """By table and metric, the best score first."""
    tables: list[TrackedTable]
    """Which runs are compared with each other."""
    correlation: float | None
    """Rank correlation of both scores; null for fewer than three runs, or several tables."""
    choice: list[ChoicePayload]
    """At most two for each table and metric, of runs with a submission."""


class Submitted(Payload):
    """Printed by `automl submit --json`."""

    version: Literal[1]
    """The version of this schema."""
    run: str
    """The run directory."""
    competition: str
    """Its name at Kaggle."""
    ref: int
    """The number of the submission there."""
    scored: bool
    """Whether Kaggle has scored it."""
    public: float | None
    """Its public score, or null if it is not known."""
    private: float | None
    """Its private score, or null if it is not known."""
    findings: list[FindingPayload]
    """What is unusual about the file, as in `automl check`."""


class Wheelhouse(Payload):
    """Printed by `automl wheelhouse --json`."""

    version: Literal[1]
    """The version of this schema."""
    folder: str
    """The folder of the wheels."""
    wheels: int
    """The number of wheels."""
    bytes: int
    """Their size together."""
    install: str
    """The line that installs them in a notebook."""
