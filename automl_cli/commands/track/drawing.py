"""Cross-validated and public scores of runs as a picture."""

from collections.abc import Sequence
from pathlib import Path

from automl_cli.commands.track import TrackedScores, list_questions
from automl_cli.core.errors import DataError
from automl_cli.store import replaced


def draw_tracked(tracked: Sequence[TrackedScores], path: Path) -> None:
    """Draw cross-validated against public scores, by table and metric.

    Parameters
    ----------
    tracked
        The runs.
    path
        The picture; its ending names the format.

    Raises
    ------
    DataError
        If no run has a public score, or the ending is no picture's.
    """
    from matplotlib.figure import Figure

    known = [one for one in tracked if one.public is not None and one.score is not None]
    if not known:
        raise DataError(
            "no run has a public score yet.", hint="Add one: automl track add RUN --public 0.93"
        )
    questions = list_questions(known)
    figure = Figure(figsize=(6, 4.5 * len(questions)), layout="constrained")
    for number, ((train, metric), answers) in enumerate(questions.items(), start=1):
        axes = figure.add_subplot(len(questions), 1, number)
        scores = [float(one.score or 0) for one in answers]
        public = [float(one.public or 0) for one in answers]
        axes.errorbar(scores, public, xerr=[one.error for one in answers], fmt="o", capsize=2)
        for one, x, y in zip(answers, scores, public, strict=True):
            axes.annotate(
                one.run.name, (x, y), textcoords="offset points", xytext=(4, 4), fontsize=8
            )
        axes.set_xlabel(f"cross-validated {metric}")
        axes.set_ylabel("public leaderboard")
        axes.grid(alpha=0.3)
        if len(questions) > 1:
            axes.set_title(train, fontsize=9)
    if path.suffix not in {".png", ".svg"}:
        raise DataError(f"{path}: no picture.", hint="Give a name that ends in .png or .svg.")
    with replaced(path) as beside:
        figure.savefig(beside, format=path.suffix[1:])
