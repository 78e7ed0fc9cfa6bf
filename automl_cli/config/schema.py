"""What a config may hold. These models are the YAML's shape: key = field = flag.

Names of models, metrics, splitters, combiners and feature steps are plain text here; `binding`
binds them to the tables that know them. A description says what a key means and which values it
takes; editors, messages and ``automl config schema`` show it. The module is longer than others
since it is one table: a reader looks for a key here and nowhere else.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from automl_cli.config.values import (
    Bounds,
    Budget,
    ConfigText,
    ConfigTexts,
    Folds,
    Groups,
    ModelEntry,
    Params,
    Recipe,
    Size,
    TextList,
)
from automl_cli.core.dataset import Role, Spelling, Task

TaskChoice: TypeAlias = Literal["auto", Task]


class ConfigSection(BaseModel):
    """A mapping of the YAML: unknown keys refused, no silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class DataConfig(ConfigSection):
    """What the columns are. Everything left out is inferred and shown before the run."""

    target: TextList | None = Field(
        None, description="The column to predict, or a list of them. null: inferred."
    )
    id: ConfigText | None = Field(
        None, description="The column that names the rows of the submission. null: inferred."
    )
    task: TaskChoice = Field(
        "auto", description="The kind of prediction: auto, binary, multiclass or regression."
    )
    positive: ConfigText | None = Field(
        None,
        description="The positive class of a binary task, as spelled in train. null: inferred.",
    )
    order: ConfigTexts = Field(
        (), description="All classes from lowest to highest, as in train (qwk). []: inferred."
    )
    spelling: Spelling = Field(
        "auto",
        description=("Whose spelling of the classes a submission uses: train, sample or auto."),
    )
    drop: ConfigTexts = Field((), description="A list of columns to leave out.")
    missing: ConfigTexts = Field(
        (), description="Texts that mean a missing value, besides the usual ones."
    )
    roles: dict[str, Role] = Field(
        default_factory=dict,
        description="Columns and their roles (numeric, categorical, datetime or text), where the "
        "inferred ones are wrong.",
    )
    parts: bool = Field(
        default=True,
        description="Whether to split codes made of parts (B/45/P, 0013_02, SKU-004-red): each "
        "part becomes a column named after the whole, such as Cabin.1.",
    )
    original: ConfigText | None = Field(
        None,
        description="A labelled table that the competition's rows were made from (the original "
        "data set), beside train or in the working directory. Folds may train on its rows, which "
        "are never held out, if that is better on the competition's own. null: none.",
    )
    original_weight: float = Field(
        1.0,
        gt=0,
        le=1,
        description="The weight of a row of the original data set in fitting, where a row of "
        "train has weight 1: more than 0 and at most 1. In target means, it has weight 1.",
    )
    transductive: bool = Field(
        default=True,
        description="Whether target-free features may be fitted on the test rows as well.",
    )


class ValidationConfig(ConfigSection):
    """How the training rows are divided into folds."""

    splitter: ConfigText = Field(
        "auto",
        description="How folds are made: auto (by the columns set here, otherwise by how test "
        "differs from train), kfold, stratified, group, stratified_group, time or column "
        "(`automl list splitters`), or a function of your own as my_split.py:split.",
    )
    folds: Folds = Field(
        5,
        description="How many parts the rows are divided into; a whole number from 2. auto: "
        "five, or ten where fewer than 5,000 or at least 40,000 rows are dealt at random.",
    )
    held_out_rows: int | None = Field(
        20_000,
        ge=1,
        description="The number of held-out rows after which a candidate has enough folds, two at "
        "least. With a budget, members of the ensemble get further ones while there is time. null: "
        "all folds, as always in a time plan.",
    )
    holdout: float | None = Field(
        None,
        ge=0.01,
        le=0.5,
        description="The share of the rows to hold out until the end, to score the ensemble on: "
        "from .01 to .5, as nearly as groups or points in time allow. null: no hold-out.",
    )
    repeats: Annotated[int, Field(ge=1)] | Literal["auto"] = Field(
        "auto",
        description="How often to repeat the division into folds; a whole number from 1. auto: "
        "once, and of few rows more often for the members of the ensemble, as the budget allows.",
    )
    group: ConfigText | None = Field(
        None, description="The column of groups; rows of one group stay in one fold."
    )
    time: ConfigText | None = Field(None, description="The column that orders the rows (time).")
    gap: float = Field(
        0.0,
        ge=0,
        description="The length of the gap before the held-out rows that a time plan does not "
        "train on (purge): days for dates, else the column's own units.",
    )
    column: ConfigText | None = Field(
        None, description="The column of train that holds ready-made fold numbers (column)."
    )


class FeaturesConfig(ConfigSection):
    """What the models are given: each model's own recipe, and generated columns.

    Generated columns are screened in each fold on the rows that are not held out.
    """

    groups: Groups = Field(
        default_factory=dict,
        description="Groups of generated columns to add to every model's own recipe, and their "
        "parameters: {} for the defaults, {top: 30} for at most 30 columns a fold, false to "
        "switch one off. `groups: false` switches all off.",
    )
    screen: Literal["gradient", "null_importance", "none"] = Field(
        "gradient",
        description="How generated columns are chosen: gradient (what they add to a first "
        "model), null_importance (then also by what they add to each other, which is slower), or "
        "none (all are taken).",
    )
    false_discovery_rate: float = Field(
        0.5,
        gt=0,
        le=1,
        description="The accepted share of columns without any effect among those that the "
        "screen keeps; more than 0 and at most 1, which keeps every column. Weak effects add up, "
        "so half is not too much.",
    )
    recipes: dict[str, Recipe] = Field(
        default_factory=dict,
        description="For a model, the list of feature steps that replaces its recipe and the "
        "groups, such as [numeric, {target_mean: {smoothing: 10}}, {crosses: {top: 30}}]; "
        "`automl list features` shows all.",
    )


class CandidateConfig(ConfigSection):
    """A further candidate."""

    model: ConfigText = Field(description="The model to fit; `automl list models` shows all.")
    params: Params = Field(
        default_factory=dict,
        description="Parameters and their values, on top of the model's own under `models`.",
    )
    features: Recipe | None = Field(
        None, description="A list of feature steps. null: the model's recipe."
    )
    generated: bool = Field(
        default=True,
        description="Whether to add the groups of `features.groups` to the model's recipe.",
    )


class SearchConfig(ConfigSection):
    """The search for each model's own feature set and parameters."""

    trials: int = Field(
        0,
        ge=0,
        description="How many settings to try for each model; a whole number, 0 for no search.",
    )
    models: ConfigTexts = Field(
        ("lightgbm", "linear", "xgboost"),
        description="A list of the models to search, in this order, if they are among the models "
        "of the run.",
    )
    space: dict[str, dict[str, Bounds]] = Field(
        default_factory=dict,
        description="Ranges of parameters by model, as {lightgbm: {num_leaves: [4, 64]}}, in place "
        "of the model's own or in addition. What you set under `models:` is not searched.",
    )
    prior: Literal["list", "none"] = Field(
        "list",
        description="What comes before the settings of the search: list, the models' defaults and "
        "`candidates:`, or none.",
    )
    budget: Budget = Field(
        None,
        description="Time for the settings that the search of all models tries. null: as much as "
        "they are worth beside the candidates.",
    )
    growth: Annotated[int, Field(ge=1, le=64)] | Literal["auto"] = Field(
        1,
        description="How many times as many leaves trees get as the list of candidates says; a "
        "whole number to 64. auto: by the number of rows, and under a budget, with more than "
        "25,000 training rows, by what larger and smaller trees reach. What you set under "
        "`models:` stays.",
    )


class EnsembleConfig(ConfigSection):
    """How candidates become one prediction."""

    combiners: ConfigTexts = Field(
        ("greedy", "linear", "mean", "median", "best"),
        min_length=1,
        description="A list of the combiners that compete, in any order; `automl list combiners` "
        "shows all, in the order that breaks ties.",
    )
    max_members: int = Field(
        60,
        ge=1,
        description=("The maximum number of candidates in an ensemble; a whole number from 1."),
    )


class LimitsConfig(ConfigSection):
    """The limits of a run, besides its budget. A repeated command may change these."""

    memory: Size = Field(
        None,
        description="The maximum memory of the whole command, such as 4GB or 512MB. null: nine "
        "tenths of what the machine or its container has.",
    )
    candidates: int | None = Field(
        None,
        ge=1,
        description=(
            "The maximum number of candidates to fit, besides the small first one. "
            "null: all there are."
        ),
    )
    rounds: int = Field(
        10_000,
        ge=1,
        description=("The maximum number of boosting rounds of a fit; a whole number from 1."),
    )
    patience: int | None = Field(
        None,
        ge=1,
        description="Rounds without improvement after which a fit ends. null: from the number of "
        "rows.",
    )


class ExecutionConfig(ConfigSection):
    """The resources and the folders of a run. The number of workers never changes results."""

    workers: int | None = Field(
        None, ge=1, description="The number of worker processes. null: from the CPU count."
    )
    threads: int | None = Field(
        None, ge=1, description="Threads of each fit, which affect the result. null: from the data."
    )
    folder: ConfigText = Field("runs", description="The directory that holds the run directories.")
    report: bool = Field(
        default=True,
        description=("Whether to write the report at the end of a run, if its budget leaves time."),
    )


class RunConfig(ConfigSection):
    """Everything a run is told besides its tables."""

    metric: ConfigText | None = Field(
        None,
        description="The competition's metric (`automl list metrics`), or one of your own as "
        "my_metric.py:score. null: from the task.",
    )
    budget: Budget = Field(
        None, description="Time for the whole command, such as 90s, 10m or 1h30m. null: no limit."
    )
    seed: int = Field(0, ge=0, description="The random seed; a whole number from 0.")
    data: DataConfig = Field(DataConfig(), description="What the columns are.")
    validation: ValidationConfig = Field(
        ValidationConfig(), description="How the training rows are divided into folds."
    )
    features: FeaturesConfig = Field(FeaturesConfig(), description="What the models are given.")
    models: dict[str, ModelEntry] = Field(
        default_factory=dict,
        description="Models and their parameters, in the order they are tried: {} for the "
        "defaults, false to leave a model and its candidates out.",
    )
    candidates: tuple[CandidateConfig, ...] = Field(
        (),
        strict=False,
        description="A list of further candidates, tried in order after the models' defaults.",
    )
    search: SearchConfig = Field(
        SearchConfig(), description="The search for each model's own feature set and parameters."
    )
    ensemble: EnsembleConfig = Field(
        EnsembleConfig(), description="How candidates become one prediction."
    )
    limits: LimitsConfig = Field(
        LimitsConfig(), description="The limits of a run, besides its budget."
    )
    run: ExecutionConfig = Field(
        ExecutionConfig(), description="The resources and the folders of a run."
    )


class FileConfig(RunConfig):
    """What a YAML file may hold: a `RunConfig` and what it starts from."""

    extends: ConfigText | None = Field(
        "medium",
        description="What this file starts from: smoke, fast, medium, best, or the path of "
        "another file, relative to this one. null: nothing.",
    )
