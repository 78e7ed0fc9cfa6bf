"""How good the answers are, by the means of each task: curves, confusions, residuals."""

from automl_cli.report.data import ReportData, ReportTarget
from automl_cli.report.section import Block, Paragraph, Section, Subtitle
from automl_cli.report.sections.binary import write_binary
from automl_cli.report.sections.multiclass import write_multiclass
from automl_cli.report.sections.regression import write_regression

HONEST = (
    "All figures are out-of-fold: each row was predicted by models, and blended with "
    "weights, that were fitted on other rows."
)


def write_quality(data: ReportData) -> Section:
    """Write the section with the usual pictures of each task."""
    blocks: list[Block] = [Paragraph(text=HONEST)]
    for solved in data.solved:
        if len(data.solved) > 1:
            blocks.append(Subtitle(text=solved.name))
        blocks += _write_target(solved)
    return Section(name="quality", title="How good the answers are", blocks=blocks)


def _write_target(solved: ReportTarget) -> list[Block]:
    problem = solved.problem
    if problem.target.task == "regression":
        return list(write_regression(solved))
    if problem.n_outputs > 1 or problem.objective != "log_loss":
        return list(write_multiclass(solved))
    return list(write_binary(solved))
