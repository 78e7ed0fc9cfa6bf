"""What `automl explain` has found out."""

from typing import Literal

from automl_cli.payloads.base import Figure, Payload


class ImportancePayload(Payload):
    """What the blend loses without the information in a column, or in several together."""

    name: str
    """The column, or the names of the cluster's columns."""
    columns: list[str]
    """The columns of the table that were permuted together."""
    cluster: int
    """The number of the cluster of correlated columns that it belongs to, from 1."""
    importance: Figure
    """Mean increase of the loss of a held-out row."""
    low: Figure
    """Lower end of its interval of 95 %; null where there is none."""
    high: Figure
    """Upper end of its interval of 95 %; null where there is none."""
    p: Figure
    """One-sided: the probability of such an importance if the column has no information."""
    q: Figure
    """The lowest false discovery rate at which it counts as found."""
    found: bool
    """Whether q is at most the rate, and p below the probe's (of the probe itself: .001)."""
    is_probe: bool
    """Whether it is the probe."""


class NoisePayload(Payload):
    """A made-up column of noise, which must not be significant."""

    column: str
    """Its name."""
    fitted_with: str
    """The candidate that was fitted again with it."""
    p: Figure
    """As of any column."""
    found: bool
    """Whether it is significant (p below .001); if so, do not trust any column."""


class DroppedPayload(Payload):
    """What one model loses when it is fitted again without a column."""

    column: str
    """The column of the table."""
    increase: Figure
    """Mean increase of the loss of a held-out row; about 0 if other columns replace it."""
    low: Figure
    """Lower end of its interval of 95 %."""
    high: Figure
    """Upper end of its interval of 95 %."""
    p: Figure
    """One-sided."""
    q: Figure
    """The lowest false discovery rate at which it counts as missed by the model."""


class ColumnSize(Payload):
    """How much a column contributes."""

    column: str
    """The column of the table."""
    mean_size: float
    """Mean absolute SHAP value over rows and outputs."""


class ContributionsPayload(Payload):
    """SHAP values of held-out rows; the values themselves are in `explain/TARGET/shap.csv`."""

    rows: int
    """The number of rows."""
    share: float
    """The part of the blend's weight that they explain."""
    shared: float
    """The part of the absolute values that was divided equally among several columns."""
    members: list[str]
    """Keys of the candidates that they explain."""
    outputs: list[str]
    """What the margins are of: the classes, or the target."""
    columns: list[ColumnSize]
    """The largest first."""


class RowColumn(Payload):
    """What a column contributes to one row."""

    column: str
    """The column of the table."""
    value: str | None
    """Its cell, or null where it is missing."""
    shap: list[float]
    """Its SHAP value for each output."""


class ExplainedRow(Payload):
    """One row explained (`--row`)."""

    id: str
    """As given in `--row`."""
    table: Literal["train", "test"]
    """Where it is."""
    outputs: list[str]
    """What the margins are of."""
    base: list[float]
    """The prediction before any column is used, for each output."""
    margins: list[float]
    """The base and all SHAP values together, for each output."""
    columns: list[RowColumn]
    """The largest contribution first."""


class ExplainedTarget(Payload):
    """What was found out about one target."""

    target: str
    """The column."""
    loss: str
    """The loss of a row that importance is measured by."""
    base_loss: float
    """Its mean without any permutation."""
    rows: int
    """Held-out rows that were permuted."""
    repeats: int
    """The number of permutations of each."""
    share: float
    """The part of the blend's weight that was predicted again."""
    rate: float
    """The accepted false discovery rate."""
    blend: str
    """Key of the ensemble that was explained."""
    columns: list[ImportancePayload]
    """The columns of the table and the probe, most important first."""
    clusters: list[ImportancePayload]
    """Clusters of two and more correlated columns, most important first."""
    probe: NoisePayload
    """The probe."""
    dropped: list[DroppedPayload]
    """Refits without a column; empty without `--drop-column`."""
    shap: ContributionsPayload | None
    """Null if no member of the blend has SHAP values."""
    row: ExplainedRow | None
    """Null without `--row`, or if no member has SHAP values."""


class Explained(Payload):
    """Printed by `automl explain --json`; `explain/explanation.json` of a run."""

    version: Literal[2]
    """The version of this schema."""
    run: str
    """The run directory."""
    targets: list[ExplainedTarget]
    """One or more."""
