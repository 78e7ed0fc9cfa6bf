"""What a user may fix instead of letting `automl_cli.data.infer` guess it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from automl_cli.core.dataset import Role, Spelling, Task
from automl_cli.core.metric import Wants


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOptions:
    """Overrides of the inference; the default of each leaves the guess to it.

    Parameters
    ----------
    target
        Names of the columns to predict.
    id
        Name of the column that names a row of the submission.
    task
        Task of every target.
    positive
        The class whose probability a binary submission holds, as spelled in train.
    drop
        Columns that must not become features. The fold column of a validation belongs here too.
    missing
        Further cell texts that mean "missing", in every column of every table.
    roles
        Role by column name.
    extra
        Columns that validation reads (group, time, fold); they stay features unless dropped.
    parts
        Whether codes made of parts are taken apart.
    labels
        Whether the targets may say which whole numbers are labels as well.
    wants
        What the metric wants, if the metric is known.
    ordinal
        Whether the metric counts how far classes are apart.
    order
        The classes of a target from lowest to highest, as spelled in train.
    spelling
        Whose spelling of the classes a submission has.

    Examples
    --------
    >>> DataOptions(target=("price",), missing=("-1",)).task is None
    True
    """

    target: tuple[str, ...] = ()
    id: str | None = None
    task: Task | None = None
    positive: str | None = None
    drop: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    roles: Mapping[str, Role] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    parts: bool = True
    labels: bool = True
    wants: Wants | None = None
    ordinal: bool = False
    order: tuple[str, ...] = ()
    spelling: Spelling = "auto"
