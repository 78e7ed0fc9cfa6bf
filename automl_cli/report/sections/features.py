"""The feature sets that were tried by model, and what each group of generated columns brought."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from automl_cli.core.counts import format_count
from automl_cli.features.state import count_selected
from automl_cli.features.tried import ScreenedColumn, load_tried
from automl_cli.report.data import ReportData, ReportTarget
from automl_cli.report.drawing import SERIES, add_legend, height_of, list_bars, open_plot
from automl_cli.report.pairs import FeatureSetPair, describe_step, find_pairs
from automl_cli.report.section import (
    Block,
    Cell,
    Heading,
    Paragraph,
    Picture,
    Pictures,
    Section,
    Subtitle,
    Table,
)
from automl_cli.report.wording import (
    count,
    format_float,
    format_score,
    join_first_names,
    make_text_cell,
)

if TYPE_CHECKING:
    from automl_cli.core.candidate import Candidate, FeatureRecipe

MOST_COLUMNS, MOST_PAIRS = 25, 30
NO_PAIRS = (
    "No two candidates differ only in their features, so this run cannot show what a "
    "feature group gained. Add `candidates` with `generated: false` to the config to get "
    "such pairs."
)


def write_features(data: ReportData) -> Section:
    """Write the section about feature sets and groups."""
    blocks: list[Block] = []
    for path in sorted(data.run.directory.features.glob("screen-*/tried.json")):
        blocks += _write_screen(*load_tried(path))
    if not blocks:
        blocks.append(Paragraph(text="No generated columns were screened in this run."))
    for solved in data.solved:
        if len(data.solved) > 1:
            blocks.append(Subtitle(text=solved.name))
        blocks += [_list_sets(data, solved), *_write_pairs(solved)]
    return Section(name="features", title="Feature sets", blocks=blocks)


def _write_screen(rows: Sequence[ScreenedColumn], n_folds: int) -> Iterator[Block]:
    groups = list(dict.fromkeys(row.group for row in rows))
    yield Pictures(pictures=[_draw_groups(rows, groups)])
    taken = [row for row in rows if row.taken]
    if not taken:
        yield Paragraph(text="No fold uses a generated column.")
        return
    yield Table(
        caption=f"The leading {min(MOST_COLUMNS, len(taken))} of {len(taken)} generated columns "
        "that a fold takes",
        headings=[
            Heading(text="column", kind="code"),
            Heading(text="group"),
            Heading(text="score", kind="number"),
            Heading(text="stands out in folds", kind="number"),
            Heading(text="taken in folds", kind="number"),
        ],
        rows=[
            [
                make_text_cell(row.column),
                make_text_cell(row.group),
                Cell(text=f"{row.score:.1f}", order=row.score),
                Cell(text=f"{row.stands_out} of {n_folds}", order=row.stands_out),
                Cell(text=f"{row.taken} of {n_folds}", order=row.taken),
            ]
            for row in taken[:MOST_COLUMNS]
        ],
        folded=True,
    )


def _draw_groups(rows: Sequence[ScreenedColumn], groups: Sequence[str]) -> Picture:
    tried = [sum(row.group == group for row in rows) for group in groups]
    out = [sum(row.group == group and row.stands_out > 0 for row in rows) for group in groups]
    taken = [sum(row.group == group and row.taken > 0 for row in rows) for group in groups]
    with open_plot(height_of(len(groups)) + 40 + 14 * len(groups)) as drawn:
        places = list_bars(drawn.axes, groups)
        kinds = ("tried", "stands out", "taken")
        for place, (label, values) in enumerate(zip(kinds, (tried, out, taken), strict=True)):
            offset = (place - 1) * 0.26
            bars = drawn.axes.barh(
                places + offset, values, height=0.24, color=SERIES[(5, 0, 1)[place]], label=label
            )
            drawn.axes.bar_label(bars, padding=3, fontsize=10)
        drawn.axes.set_xlabel("columns")
        add_legend(drawn.axes, columns=3)
        svg = drawn.svg()
    caption = (
        f"{sum(tried):,} generated columns were tried. In at least one fold, {sum(out):,} "
        f"explain more than chance would, and {sum(taken):,} were kept because they add "
        "something to the other columns."
    )
    return Picture(name="Generated columns by group", caption=caption, svg=svg)


def _list_sets(data: ReportData, solved: ReportTarget) -> Table:
    by_set: dict[tuple[str, FeatureRecipe], list[Candidate]] = {}
    for candidate in solved.candidates:  # the best first
        key = (candidate.spec.model, candidate.spec.recipe)
        by_set.setdefault(key, []).append(candidate)
    rows = []
    for (model, recipe), candidates in by_set.items():
        best = candidates[0]
        counted = count_selected(data.run.directory.features, best.spec, best.n_folds)
        used = [f"{name} {number:.3g}" for name, number in counted.items() if number]
        own = [describe_step(step) for step in recipe if step.top is None]
        rows.append(
            [
                make_text_cell(model),
                make_text_cell(best.spec.key),
                make_text_cell(", ".join(own)),
                make_text_cell(", ".join(used) or "none"),
                count(len(candidates)),
                Cell(text=format_score(best.score, best.score_se), order=best.score),
            ]
        )
    headings = [Heading(text="model"), Heading(text="its best", kind="code")]
    headings.append(Heading(text="steps"))
    headings += [Heading(text="generated columns, mean of the folds")]
    return Table(
        caption=f"The {len(rows)} feature sets that were tried, best first",
        headings=[
            *headings,
            Heading(text="candidates", kind="number"),
            Heading(text="best score", kind="number"),
        ],
        rows=rows,
        folded=len(rows) > 12,
    )


def _write_pairs(solved: ReportTarget) -> Iterator[Block]:
    pairs = find_pairs(solved)
    if not pairs:
        yield Paragraph(text=NO_PAIRS)
        return
    shown, message = pairs, ""
    if len(pairs) > MOST_PAIRS:  # both ends: losers say as much as winners
        shown = [*pairs[: MOST_PAIRS // 2], *pairs[-(MOST_PAIRS // 2) :]]
        message = (
            f"; the {MOST_PAIRS // 2} best and the {MOST_PAIRS // 2} worst of {len(pairs)} pairs"
        )
    yield Table(
        caption="Effect of features: candidates with the same model and parameters" + message,
        headings=[
            Heading(text="model"),
            Heading(text="with", kind="text"),
            Heading(text="instead of"),
            Heading(text="gain in loss", kind="number"),
            Heading(text="gain in standard errors", kind="number"),
            Heading(text=f"gain in {solved.described['metric']}", kind="number"),
        ],
        rows=[_list_pair(pair) for pair in shown],
    )
    sure = [pair for pair in pairs if abs(pair.gain) > 2 * pair.error]
    helped = sum(pair.gain > 0 for pair in sure)
    yield Paragraph(
        text=f"Of {format_count(len(pairs), 'pair')}, {helped} gained and {len(sure) - helped} "
        "lost by more than two standard errors."
    )
    yield Paragraph(
        text="Both candidates of a pair have the same rows and the same model, but other "
        "features. A gain is a lower loss, the smooth one that models are fitted with. It shows "
        "what the features are worth to this model; the ensemble may gain less.",
        summary="How to read the pairs",
    )


def _list_pair(pair: FeatureSetPair) -> list[Cell]:
    ratio = pair.gain / pair.error if pair.error > 0 else float(np.sign(pair.gain)) * np.inf
    return [
        make_text_cell(pair.model),
        make_text_cell(join_first_names(pair.added, most=9) or "nothing more"),
        make_text_cell(join_first_names(pair.removed, most=9) or "nothing"),
        Cell(
            text=f"{format_float(pair.gain, 3)} ± {format_float(pair.error, 2)}",
            order=pair.gain,
        ),
        Cell(text=format_float(ratio, 2), order=ratio if np.isfinite(ratio) else 0.0),
        Cell(text=format_float(pair.score_gain, 3), order=pair.score_gain),
    ]
