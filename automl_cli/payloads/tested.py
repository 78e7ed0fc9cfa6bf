"""What `automl test` says: of effects, of groups or of candidates."""

from typing import Literal

from automl_cli.payloads.base import Figure, FindingPayload, Payload


class EffectTestPayload(Payload):
    """Whether a column, or a term of a formula, has an effect."""

    term: str
    """Its name."""
    df: int
    """Parameters of it that are tested together."""
    p: Figure
    """The p-value of Wald's test with robust errors; null if classes are separated or clusters are
    too few."""
    p_likelihood: Figure
    """The p-value of the likelihood-ratio test; null with clusters, for counts that vary more than
    a Poisson distribution allows, and if it would take too long."""
    p_corrected: Figure
    """`p`, or `p_likelihood` where that is null, corrected for the number of terms."""
    reference: str | None
    """The level that the others are compared with, or null."""
    separated: bool
    """Whether it separates classes: its coefficients have no finite estimate."""
    within: list[str]
    """Interactions of the formula that it is a part of: the effect is that where the rest is 0."""


class CoefficientPayload(Payload):
    """The effect of a unit of a number, or of a level beside the reference."""

    term: str
    """What it belongs to."""
    parameter: str
    """How it is shown."""
    label: str
    """The class whose odds are compared with the first class; empty in other families."""
    estimate: Figure
    """On the scale of the linear predictor: a difference, or the logarithm of a factor."""
    error: Figure
    """Its robust standard error."""
    low: Figure
    """Lower end of its interval."""
    high: Figure
    """Upper end of its interval."""
    p: Figure
    """That it is 0; not corrected."""
    df: Figure
    """Degrees of freedom of its error; null for a normal distribution, or too few clusters."""
    spread: Figure
    """Standard deviation of the number; null for indicators."""


class Group(Payload):
    """The rows of one group."""

    label: str
    """Its name."""
    n_rows: int
    """Rows that have a value."""
    n_clusters: int
    """Clusters in which they lie; 0 without."""
    mean: Figure
    """Of numbers; of two classes the share of the second."""
    deviation: Figure
    """Standard deviation of numbers."""
    shares: list[float]
    """Of the classes, if there are more than two."""


class Difference(Payload):
    """What two groups differ by."""

    first: str
    """A group."""
    second: str
    """The other."""
    difference: Figure
    """The second's mean or share less the first's; null for several classes."""
    low: Figure
    """Lower end of its interval."""
    high: Figure
    """Upper end of its interval."""
    effect: Figure
    """Its size without units."""
    effect_name: str
    """Hedges' g, odds ratio or Cramér's V."""
    test: str
    """The test that was used."""
    p: Figure
    """That there is none."""
    p_corrected: Figure
    """Corrected for the number of pairs."""


class TestedTarget(Payload):
    """What is said of one column; which keys there are depends on the question."""

    target: str
    """The column that is explained."""
    labels: list[str]
    """Its classes; empty for numbers."""
    transform: str
    """`log1p` if its logarithm is modelled, else `identity`."""
    conclusions: list[str]
    """What follows, in sentences."""
    family: str | None = None
    """For effects: `gaussian`, `binomial`, `multinomial` or `poisson`."""
    rows: int | None = None
    """For effects: rows of the model."""
    errors: str | None = None
    """For effects: how errors are made robust."""
    clusters: int | None = None
    """For effects: clusters of rows; 0 without."""
    condition: Figure = None
    """For effects: condition number of the correlation matrix."""
    tests: list[EffectTestPayload] | None = None
    """For effects: one for each term."""
    coefficients: list[CoefficientPayload] | None = None
    """For effects: of all terms."""
    findings: list[FindingPayload] | None = None
    """What to consider."""
    left_out: list[tuple[str, str]] | list[str] | None = None
    """Columns that are not in the model, with the reason; groups with too few rows or clusters."""
    cluster: str | None = None
    """For groups: the column whose equal values make rows dependent, or null."""
    test: str | None = None
    """For groups: the test of any two, or the tests that were used."""
    overall: str | None = None
    """For groups: the test of all together."""
    p_overall: Figure = None
    """For groups: its p-value."""
    groups: list[Group] | None = None
    """For groups: what is compared."""
    differences: list[Difference] | None = None
    """For groups: each pair."""
    n_missing: int | None = None
    """For groups: rows that are left out because a value is missing."""
    n_ungrouped: int | None = None
    """For groups: those of them that have no group."""


class GainPayload(Payload):
    """How much better the second candidate is."""

    gain: Figure
    """Positive if the second is better, whatever the metric's direction."""
    error: Figure
    """Its standard error."""
    low: Figure
    """Lower end of its interval."""
    high: Figure
    """Upper end of its interval."""
    p: Figure
    """Two-sided."""
    df: int
    """Degrees of freedom."""


class Tested(Payload):
    """Printed by `automl test --json`; which keys there are depends on the question."""

    version: Literal[1]
    """The version of this schema."""
    level: float
    """The level of significance."""
    correction: Literal["holm", "fdr", "none"]
    """The correction for the number of tests."""
    question: Literal["effects", "groups", "candidates"]
    """What was asked."""
    source: str
    """The table or the run."""
    rows: int | GainPayload
    """For effects and groups: rows of the table. For candidates: the gain of the models as
    fitted."""
    formula: str | None = None
    """For effects: the formula, or null."""
    alone: bool | None = None
    """For effects: whether each column is tested without the others."""
    between: str | None = None
    """For groups: the column that makes them."""
    targets: list[TestedTarget] | None = None
    """For effects and groups: one or more."""
    target: str | None = None
    """For candidates: what they predict."""
    metric: str | None = None
    """For candidates: how they are scored."""
    greater_is_better: bool | None = None
    """For candidates: the direction of the metric."""
    keys: list[str] | None = None
    """For candidates: both."""
    features: list[list[str]] | None = None
    """For candidates: the steps of both recipes."""
    first: Figure = None
    """For candidates: the score of the first."""
    second: Figure = None
    """For candidates: the score of the second."""
    n_rows: int | None = None
    """For candidates: rows they are compared on."""
    folds: GainPayload | None = None
    """For candidates: the gain of a fold, were they trained anew; null for fewer than three."""
    by_fold: list[Figure] | None = None
    """For candidates: the gain on each fold."""
    equal: bool | None = None
    """For candidates: whether both predict the same for every row."""
    notes: list[str] | None = None
    """For candidates: what to consider."""
    conclusions: list[str] | None = None
    """For candidates: what follows, in sentences."""
