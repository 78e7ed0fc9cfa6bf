"""All candidates with their errors, and the combiners that competed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from automl_cli.core.counts import format_count
from automl_cli.report.data import ReportData, ReportTarget
from automl_cli.report.drawing import INK, MUTED, SERIES, height_of, list_bars, open_plot
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
    format_seconds,
    format_share,
    make_text_cell,
)

MOST_DRAWN = 15
FIGURES = (
    "score",
    "weight",
    "share of prediction time",
    "time",
    "rounds",
    "feature steps",
    "generated columns",
)


def write_leaderboard(data: ReportData) -> Section:
    """Write the section with the scores of all candidates and combiners."""
    blocks: list[Block] = []
    for solved in data.solved:
        if len(data.solved) > 1:
            blocks.append(Subtitle(text=solved.name))
        blocks += _write_target(solved)
    return Section(name="leaderboard", title="Leaderboard", blocks=blocks)


def _write_target(solved: ReportTarget) -> Iterator[Block]:
    pictures = [_draw_scores(solved)]
    if all(np.isfinite(solved.candidates[0].fold_scores)):
        pictures.append(_draw_folds(solved))
    yield Pictures(pictures=pictures)
    yield make_leaderboard(solved.described)
    yield from _list_left_out(solved.described)
    if solved.blend is not None:
        yield from _explain_choice(solved.described)
        yield Table(
            caption="The combiners that competed for the ensemble",
            headings=[
                Heading(text="combiner"),
                Heading(text="cross-fitted", kind="number"),
                Heading(text="in-sample", kind="number"),
            ],
            rows=[
                [make_text_cell(name), count(score, 6), count(seen, 6)]
                for name, score, seen in solved.blend.tournament
            ],
        )
    searched = solved.described["search"]
    if searched:
        yield _list_searches(searched, solved.described.get("search_gain"))
        yield Paragraph(
            text="The cross-fitted score of a search uses only folds that did not choose "
            "the settings; the naive score uses all rows and is too optimistic."
        )


def make_leaderboard(
    described: Mapping[str, Any], caption: str = "All candidates, best first"
) -> Table:
    """Return the table of a target's candidates from what a summary says of it."""
    rows = []
    for one in described["candidates"]:
        rounds = one["rounds"]
        score = Cell(text=format_score(one["score"], one["score_se"]), order=one["score"])
        used = "" if one["weight"] is None else f"{one['weight']:.3f}"
        notes = ["stopped by the budget"] * bool(one["cut"])
        if one["row_share"] < 1:
            notes.append(f"{one['row_share']:.0%} of the rows")
        share = one.get("predict_share")
        rows.append(
            [
                make_text_cell(one["key"]),
                make_text_cell(one.get("description", "")),
                score,
                Cell(text=used, order=one["weight"] or 0.0),
                Cell(text="" if share is None else format_share(share), order=share or 0.0),
                Cell(text=format_seconds(one["seconds"]), order=one["seconds"]),
                count(float(np.mean(rounds))) if rounds else make_text_cell("-"),
                count(len(one["features"])),
                count(sum(one["generated"].values())),
                make_text_cell("; ".join(notes)),
            ]
        )
    headings = [Heading(text="candidate", kind="code"), Heading(text="what it is")]
    headings += [Heading(text=text, kind="number") for text in FIGURES]
    return Table(
        caption=caption,
        headings=[*headings, Heading(text="remarks")],
        rows=rows,
    )


def _list_left_out(described: Mapping[str, Any]) -> Iterator[Block]:
    """Yield the candidates that failed, and those that the clock left out."""
    failed, skipped = described.get("failed", ()), described.get("skipped", ())
    names = [Heading(text="candidate", kind="code"), Heading(text="what it is")]
    if failed:
        yield Table(
            caption="Candidates that failed",
            headings=[*names, Heading(text="error"), Heading(text="traceback", kind="code")],
            rows=[
                [make_text_cell(one[name]) for name in ("key", "description", "error", "file")]
                for one in failed
            ],
        )
    if skipped:
        yield Table(
            caption=f"Candidates not fitted for lack of time: {len(skipped)}",
            headings=[*names, Heading(text="reason")],
            rows=[
                [make_text_cell(one[name]) for name in ("key", "description", "reason")]
                for one in skipped
            ],
            folded=True,
        )


def _explain_choice(described: Mapping[str, Any]) -> Iterator[Block]:
    if described.get("chosen_by"):
        yield Paragraph(
            text=f"Blends are chosen by {described['chosen_by']}, which is smooth; the score is "
            f"{described['metric']}."
        )


def _draw_scores(solved: ReportTarget) -> Picture:
    shown = solved.candidates[:MOST_DRAWN]
    names = [candidate.spec.key for candidate in shown]
    scores = [(candidate.score, candidate.score_se) for candidate in shown]
    if solved.blend is not None:
        names.insert(0, "ensemble")
        scores.insert(0, (solved.everywhere.score, solved.everywhere.score_se))
    summary = solved.described
    with open_plot(height_of(len(names))) as drawn:
        axes, places = drawn.axes, list_bars(drawn.axes, names)
        for place, (score, error) in zip(places, scores, strict=True):
            color = SERIES[1] if names[int(place)] == "ensemble" else SERIES[0]
            width = error if np.isfinite(error) else 0.0
            axes.errorbar(score, place, xerr=width, fmt="o", color=color, markersize=6)
        axes.axvline(scores[0][0], color=MUTED, linewidth=1, linestyle="--")
        axes.set_xlabel(f"{summary['metric']} ± one standard error")
        svg = drawn.svg()
    direction = "higher" if summary["greater_is_better"] else "lower"
    within = _count_within(scores)
    verb = "is" if within == 1 else "are"
    caption = (
        f"{summary['metric']} of the best {len(shown)} of {len(solved.candidates)} candidates; "
        f"{direction} is better. {names[0]} reaches {format_score(*scores[0])}"
        + (f"; {within} of the others {verb} within one standard error of it." if within else ".")
    )
    return Picture(name=f"Scores of the candidates for {solved.name}", caption=caption, svg=svg)


def _count_within(scores: Sequence[tuple[float, float]]) -> int:
    first, error = scores[0]
    return sum(abs(score - first) <= error for score, _ in scores[1:])


def _draw_folds(solved: ReportTarget) -> Picture:
    shown = solved.candidates[:8]
    with open_plot(height_of(len(shown))) as drawn:
        places = list_bars(drawn.axes, [candidate.spec.key for candidate in shown])
        for place, candidate in zip(places, shown, strict=True):
            drawn.axes.plot(
                candidate.fold_scores,
                [place] * len(candidate.fold_scores),
                "o",
                color=SERIES[0],
                alpha=0.6,
                markersize=6,
                markeredgewidth=0,
            )
            drawn.axes.plot(candidate.score, place, "|", color=INK, markersize=14)
        drawn.axes.set_xlabel(f"{solved.described['metric']} of each fold; the bar: all rows")
        svg = drawn.svg()
    best = shown[0].fold_scores
    caption = (
        f"The fold scores of the best candidate range from {format_float(min(best))} to "
        f"{format_float(max(best))}."
    )
    return Picture(name=f"Scores of single folds for {solved.name}", caption=caption, svg=svg)


def _list_searches(searched: Sequence[Any], gain: Mapping[str, Any] | None) -> Table:
    brought = ""
    if gain is not None:
        with_them, without = format_float(gain["score"]), format_float(gain["plain_score"])
        members = format_count(gain["members"], "member")
        brought = f". The ensemble scores {with_them} with the {members} found, {without} without"
    numbers = ("trials", "on all folds", "cross-fitted", "naive")
    headings = [Heading(text="model"), *(Heading(text=text, kind="number") for text in numbers)]
    return Table(
        caption=f"What the search tried{brought}",
        headings=[*headings, Heading(text="its best", kind="code"), Heading(text="columns taken")],
        rows=[
            [
                make_text_cell(one["model"]),
                count(one["trials"]),
                count(one["whole"]),
                *_list_choice(one),
            ]
            for one in searched
        ],
    )


def _list_choice(searched: Mapping[str, Any]) -> list[Cell]:
    if "best" not in searched:  # no setting came to all folds
        return [make_text_cell("-")] * 4
    taken = ", ".join(f"{name} ≤ {top}" for name, top in searched["tops"].items() if top)
    return [
        Cell(text=format_score(searched["score"], searched["score_se"]), order=searched["score"]),
        Cell(text=format_float(searched["naive"]), order=searched["naive"]),
        make_text_cell(str(searched["best"])),
        make_text_cell(taken),
    ]
