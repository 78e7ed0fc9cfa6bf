"""Whether the test rows are like the training rows."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from automl_cli.audit import RULES, make_evidence
from automl_cli.audit.adversarial import LEAST_AUC, LEAST_ROWS
from automl_cli.report.data import ReportData
from automl_cli.report.drawing import (
    SERIES,
    add_legend,
    height_of,
    list_bars,
    open_plot,
    read_days,
    show_dates,
)
from automl_cli.report.section import (
    Block,
    Cell,
    Heading,
    Notice,
    Paragraph,
    Picture,
    Pictures,
    Section,
    Table,
)
from automl_cli.report.shifts import LARGE, MODERATE, Shift, convert_to_floats, measure_shifts
from automl_cli.report.wording import format_float, format_share, make_text_cell, shorten

MOST_DRAWN, MOST_LEVELS = 3, 8
MOST_SHOWN = 15
WORTH_A_PICTURE = MODERATE / 2
NO_TEST = "There is no test table to compare with."
ALIKE = (
    "Adversarial validation: a model cannot tell test rows from training rows (its AUC is "
    f"below {LEAST_AUC})."
)
TOO_FEW = (
    "Adversarial validation was skipped: there are only {n_rows} {table} rows, and at least "
    "{least} are needed."
)


def write_drift(data: ReportData) -> Section:
    """Write the section about the distance of train and test."""
    title = "Drift between train and test"
    if data.test is None:
        return Section(name="drift", title=title, blocks=[Paragraph(text=NO_TEST)])
    dataset = data.run.inference.dataset
    shifts = measure_shifts(data.train, data.test, dataset.schema.columns)
    blocks: list[Block] = [*_find_separation(data)]
    if shifts:
        blocks += [Paragraph(text=_describe(shifts)), Pictures(pictures=_draw(data, shifts))]
        blocks.append(_list_shifts(shifts))
    return Section(name="drift", title=title, blocks=blocks)


def _find_separation(data: ReportData) -> Iterator[Block]:
    """Ask the audit's adversarial rule, which is too slow for the start of a run."""
    dataset = data.run.inference.dataset
    evidence = make_evidence(dataset, dataset.schema.targets[0])
    found = list(RULES.get("separable_test").find(evidence))
    if not found:
        yield Paragraph(
            text=_describe_alike(dataset.n_rows, 0 if dataset.test is None else len(dataset.test))
        )
    for one in found:
        yield Notice(severity=one.severity, code=one.code, message=one.message, advice=one.advice)


def _describe_alike(n_train: int, n_test: int) -> str:
    """Say why nothing was found: the tables are alike, or too small to tell."""
    n_rows, table = min((n_train, "training"), (n_test, "test"))
    if n_rows < LEAST_ROWS:
        return TOO_FEW.format(n_rows=n_rows, table=table, least=LEAST_ROWS)
    return ALIKE


def _describe(shifts: Sequence[Shift]) -> str:
    large = sum(one.stability >= LARGE for one in shifts) or "none"
    moderate = sum(MODERATE <= one.stability < LARGE for one in shifts) or "none"
    surely = sum(one.p <= 0.05 for one in shifts) or "none"
    verb = "differs" if large == 1 else "differ"
    return (
        f"Of {len(shifts)} columns, {large} {verb} much between train and test (a stability "
        f"index of {LARGE} or more) and {moderate} noticeably ({MODERATE} or more). "
        f"Significant after correction for the number of columns: {surely}."
    )


def _list_shifts(shifts: Sequence[Shift]) -> Table:
    rows = []
    for one in shifts:
        statistic = "-" if one.statistic is None else format_float(one.statistic, 2)
        gaps = " / ".join(format_share(share) for share in one.missing)
        rows.append(
            [
                make_text_cell(one.name),
                Cell(text=f"{one.stability:.3f}", order=one.stability),
                Cell(text=statistic, order=one.statistic),
                Cell(text="< 0.001" if one.p < 0.001 else f"{one.p:.3f}", order=one.p),
                Cell(text=gaps, order=one.missing[1] - one.missing[0]),
                Cell(text=format_share(one.unseen), order=one.unseen),
            ]
        )
    names = ("stability index", "KS distance", "adjusted p", "missing train / test", "unseen")
    return Table(
        caption="Train against test, column by column",
        headings=[
            Heading(text="column", kind="code"),
            *(Heading(text=name, kind="number") for name in names),
        ],
        rows=rows,
        folded=len(rows) > MOST_SHOWN,
    )


def _draw(data: ReportData, shifts: Sequence[Shift]) -> list[Picture]:
    test = data.test
    if test is None:
        raise AssertionError("drift is between two tables")
    pictures = [_draw_ranking(shifts[:MOST_SHOWN])]
    for shift in (one for one in shifts[:MOST_DRAWN] if one.stability >= WORTH_A_PICTURE):
        train_values, test_values = data.train[shift.name], test[shift.name]
        if isinstance(train_values.dtype, pd.CategoricalDtype) or (
            train_values.nunique() <= MOST_LEVELS
        ):
            pictures.append(_draw_levels(shift, train_values, test_values))
        else:
            pictures.append(_draw_heaps(shift, train_values, test_values))
    return pictures


def _draw_ranking(shifts: Sequence[Shift]) -> Picture:
    with open_plot(height_of(len(shifts))) as drawn:
        places = list_bars(drawn.axes, [shorten(one.name) for one in shifts])
        drawn.axes.barh(places, [one.stability for one in shifts], color=SERIES[0], height=0.6)
        span = max(1.1 * max(one.stability for one in shifts), 1.3 * MODERATE)
        drawn.axes.set_xlim(0, span)  # at least so wide that what is small looks small
        for level, name in ((MODERATE, "noticeable"), (LARGE, "much")):
            if level < span and (level == LARGE or span < 10 * MODERATE):
                drawn.axes.axvline(level, color=SERIES[1], linewidth=1, linestyle="--")
                drawn.axes.text(level, -0.7, name, color=SERIES[1], fontsize=11, ha="center")
        drawn.axes.set_xlabel("population stability index")
        svg = drawn.svg()
    caption = (
        f"The {len(shifts)} columns that differ most between train and test. "
        f"{shifts[0].name} leads with {shifts[0].stability:.3f}; below {MODERATE} is usual."
    )
    return Picture(name="Drift by column", caption=caption, svg=svg)


def _draw_heaps(shift: Shift, train: pd.Series, test: pd.Series) -> Picture:
    is_date = pd.api.types.is_datetime64_any_dtype(train)
    mine, its = map(read_days if is_date else convert_to_floats, (train, test))
    mine, its = mine[~np.isnan(mine)], its[~np.isnan(its)]
    both = np.concatenate([mine, its])
    low, high = np.quantile(both, (0.005, 0.995)) if len(both) else (0.0, 1.0)
    edges = np.linspace(low, high if high > low else low + 1.0, 31)
    with open_plot(280) as drawn:
        for values, label, color in ((mine, "train", SERIES[0]), (its, "test", SERIES[1])):
            heights, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
            share = heights / max(1, heights.sum())
            drawn.axes.stairs(share, edges, color=color, fill=True, alpha=0.2)
            line = "-" if label == "train" else "--"
            drawn.axes.stairs(share, edges, color=color, lw=1.8, ls=line, label=label)
        drawn.axes.set_xlabel(shorten(shift.name, 40))
        drawn.axes.set_ylabel("share of rows")
        if is_date:
            show_dates(drawn.axes)
        add_legend(drawn.axes)
        svg = drawn.svg()
    distance = (
        "" if shift.statistic is None else f", KS distance {format_float(shift.statistic, 2)}"
    )
    caption = f"{shift.name}: stability index {shift.stability:.3f}{distance}."
    return Picture(name=f"{shift.name} in train and test", caption=caption, svg=svg)


def _draw_levels(shift: Shift, train: pd.Series, test: pd.Series) -> Picture:
    shares = [one.value_counts(normalize=True, dropna=True) for one in (train, test)]
    joined = pd.concat(shares, axis=1, keys=["train", "test"]).fillna(0.0)
    gaps = (joined["train"] - joined["test"]).abs().sort_values(ascending=False, kind="stable")
    names = list(gaps.index[:MOST_LEVELS])
    with open_plot(height_of(len(names)) + 30 + 8 * len(names)) as drawn:
        places = list_bars(drawn.axes, [shorten(str(name)) for name in names])
        for offset, kind, color in ((-0.18, "train", SERIES[0]), (0.18, "test", SERIES[1])):
            values = joined.loc[names, kind]
            drawn.axes.barh(places + offset, values, height=0.34, color=color, label=kind)
        drawn.axes.set_xlabel("share of rows")
        add_legend(drawn.axes)
        svg = drawn.svg()
    caption = (
        f"{shift.name}: stability index {shift.stability:.3f}. These levels differ most; "
        f"{names[0]} has {format_share(float(joined.loc[names[0], 'train']))} of train and "
        f"{format_share(float(joined.loc[names[0], 'test']))} of test."
    )
    return Picture(name=f"{shift.name} in train and test", caption=caption, svg=svg)
