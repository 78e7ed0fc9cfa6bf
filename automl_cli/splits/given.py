"""The splitter for folds that somebody else has made."""

from automl_cli.core.errors import PlanError
from automl_cli.core.foldplan import FoldPlan
from automl_cli.splits.request import MAX_FOLDS, SplitRequest, encode_values, make_plan


def split_column(request: SplitRequest) -> FoldPlan:
    """Hold out the rows of each value of the fold column once.

    Raises
    ------
    PlanError
        If the column has one value, or too many to be a fold column.
    """
    name = request.options.column
    codes = encode_values(request.column("column", name))
    n_values = int(codes.max()) + 1
    if not 2 <= n_values <= MAX_FOLDS:
        came = "one value" if n_values == 1 else f"{n_values} values"
        raise PlanError(
            f"validation.column: {name!r} holds {came}; a fold column holds 2 to {MAX_FOLDS}.",
            hint="Give the column that holds the number of each row's fold.",
        )
    return make_plan("column", [codes])
