"""What the ensemble is made of, and how different its members are."""

from collections.abc import Iterator, Sequence

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector
from automl_cli.core.candidate import Blend
from automl_cli.report.cells import fill_cells
from automl_cli.report.data import ReportData, ReportTarget
from automl_cli.report.drawing import MUTED, SERIES, height_of, list_bars, open_plot
from automl_cli.report.section import Block, Paragraph, Picture, Pictures, Section, Subtitle
from automl_cli.report.wording import join_first_names

MOST_WEIGHTS, MOST_MEMBERS = 16, 10
ALONE = "There is no ensemble: the clock left no time for one, or there is one candidate."


def write_ensemble(data: ReportData) -> Section:
    """Write the section about weights and diversity."""
    blocks: list[Block] = []
    for solved in data.solved:
        if len(data.solved) > 1:
            blocks.append(Subtitle(text=solved.name))
        if solved.blend is None:
            blocks.append(Paragraph(text=ALONE))
        else:
            blocks += _write_target(solved, solved.blend)
    return Section(name="ensemble", title="The ensemble", blocks=blocks)


def measure_errors(solved: ReportTarget, predictions: FloatMatrix) -> FloatVector:
    """Return what predictions miss on the rows that are held out, as one long vector."""
    problem, rows = solved.problem, solved.rows
    if problem.objective != "log_loss":
        return np.asarray(problem.fit_y[rows] - predictions[rows, 0], dtype=np.float64)
    codes = problem.y[rows].astype(np.int64)
    if predictions.shape[1] == 1:
        return np.asarray(codes - predictions[rows, 0])
    return np.asarray((np.eye(predictions.shape[1])[codes] - predictions[rows]).ravel())


def _write_target(solved: ReportTarget, blend: Blend) -> Iterator[Block]:
    order = np.argsort(-np.abs(blend.weights), kind="stable")
    shown = [int(place) for place in order[:MOST_WEIGHTS] if abs(blend.weights[place]) > 1e-6]
    pictures = [_draw_weights(solved, blend, shown)]
    if len(shown) > 1:
        pictures.append(_draw_correlations(solved, blend, shown[:MOST_MEMBERS]))
    yield Pictures(pictures=pictures)
    yield Paragraph(
        text="The weights of members with nearly equal predictions depend on chance: read them "
        "together, not one by one. A negative weight subtracts what two members share. No "
        "ensemble can correct an error that all members make, so a good one combines members "
        "whose errors are weakly correlated.",
        summary="How to read the weights",
    )


def _draw_weights(solved: ReportTarget, blend: Blend, shown: Sequence[int]) -> Picture:
    weights = blend.weights[list(shown)]
    names = [blend.members[place] for place in shown]
    with open_plot(height_of(len(names))) as drawn:
        places = list_bars(drawn.axes, names)
        colors = [SERIES[0] if weight >= 0 else SERIES[1] for weight in weights]
        drawn.axes.barh(places, weights, color=colors, height=0.6)
        drawn.axes.axvline(0, color=MUTED, linewidth=1)
        drawn.axes.set_xlabel("weight")
        svg = drawn.svg()
    share = _share_by_model(blend)
    caption = (
        f"{len(names)} of {len(blend.members)} members, the largest weights first; combiner "
        f"{blend.combiner}. Summed by model: "
        + join_first_names([f"{model} {weight:.2f}" for model, weight in share])
        + "."
    )
    return Picture(name=f"Weights of the ensemble for {solved.name}", caption=caption, svg=svg)


def _share_by_model(blend: Blend) -> list[tuple[str, float]]:
    found: dict[str, float] = {}
    for key, weight in zip(blend.members, blend.weights, strict=True):
        model = key.rpartition("-")[0]
        found[model] = found.get(model, 0.0) + float(weight)
    return sorted(found.items(), key=lambda pair: -pair[1])


def _draw_correlations(solved: ReportTarget, blend: Blend, shown: Sequence[int]) -> Picture:
    by_key = {candidate.spec.key: candidate for candidate in solved.candidates}
    names = [blend.members[place] for place in shown]
    errors = np.stack([measure_errors(solved, by_key[name].oof) for name in names])
    with np.errstate(invalid="ignore", divide="ignore"):  # errors that do not vary have none: NaN
        found = np.asarray(np.corrcoef(errors), dtype=np.float64)
    low = float(np.min(found, where=np.isfinite(found), initial=1.0))
    with open_plot(110.0 + 30.0 * len(names)) as drawn:
        strength = np.nan_to_num((found - low) / max(1.0 - low, 1e-9))
        fill_cells(
            drawn.axes, strength, [[_format(value) for value in row] for row in found], names
        )
        svg = drawn.svg()
    caption = (
        f"Correlation of the errors of the {len(names)} members with the largest weights, "
        f"{_describe_pairs(found, names)}; the darker a cell, the higher the correlation."
    )
    return Picture(name=f"Diversity of the members for {solved.name}", caption=caption, svg=svg)


def _describe_pairs(found: FloatMatrix, names: Sequence[str]) -> str:
    every = [(float(found[i, j]), i, j) for i in range(len(names)) for j in range(i)]
    pairs = [pair for pair in every if np.isfinite(pair[0])]
    if not pairs:
        return "no two of which have errors that vary"
    value, one, two = min(pairs)
    mean = float(np.mean([pair[0] for pair in pairs]))
    return (
        f"{mean:.2f} on average. The most different pair is {names[two]} and {names[one]} with "
        f"{value:.2f}"
    )


def _format(correlation: float) -> str:
    return f"{correlation:.2f}".replace("0.", ".", 1) if np.isfinite(correlation) else "-"
