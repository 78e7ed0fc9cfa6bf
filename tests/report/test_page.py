"""The page around the sections: style, contrast and escaping."""

import re
from importlib.resources import files
from itertools import pairwise

import pytest

from automl_cli.report.cells import FULLEST
from automl_cli.report.page import PACKAGE, render
from automl_cli.report.section import (
    Cell,
    Figures,
    Heading,
    Listing,
    Notice,
    Paragraph,
    Section,
    Subtitle,
    Table,
)

CSS = files(PACKAGE).joinpath("page.css").read_text("utf-8")
BLOCKS = re.findall(r"(?::root[^{]*)\{([^}]*--paper[^}]*)\}", CSS)
MODES = [dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", block)) for block in BLOCKS]


def measure_light(color: str) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def measure_contrast(one: str, two: str) -> float:
    low, high = sorted([measure_light(one), measure_light(two)])
    return (high + 0.05) / (low + 0.05)


def test_the_dark_colours_are_the_same_by_choice_and_by_system():
    light, by_system, by_choice = MODES
    assert by_system == by_choice
    assert light.keys() == by_choice.keys()
    assert not set(light.values()) & set(by_choice.values())


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_texts_have_contrast(mode: int):
    colors = MODES[mode]
    for name in ("--ink", "--muted", "--link", "--error", "--warning", "--note"):
        for paper in ("--paper", "--raised"):
            assert measure_contrast(colors[name], colors[paper]) >= 4.5, (name, paper)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_marks_have_contrast(mode: int):
    colors = MODES[mode]
    for place in range(1, 7):
        assert measure_contrast(colors[f"--series-{place}"], colors["--paper"]) >= 3.0, place


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_figures_in_cells_are_readable(mode: int):
    colors = MODES[mode]
    fullest = mix(colors["--series-1"], colors["--paper"], FULLEST)
    assert measure_contrast(fullest, colors["--ink"]) >= 4.5


def mix(top: str, paper: str, alpha: float) -> str:
    both = zip(*([int(one[k : k + 2], 16) for k in (1, 3, 5)] for one in (top, paper)), strict=True)
    return "#" + "".join(f"{round(alpha * a + (1 - alpha) * b):02x}" for a, b in both)


FOREIGN = '"><img src=x onerror=alert(1)>'


def test_every_kind_of_block_is_escaped():
    blocks = [
        Paragraph(text=FOREIGN),
        Subtitle(text=FOREIGN),
        Figures(figures=[(FOREIGN, FOREIGN, FOREIGN)]),
        Notice(severity="note", code=FOREIGN, message=FOREIGN, advice=FOREIGN),
        Listing(caption=FOREIGN, text=FOREIGN),
        Table(
            caption=FOREIGN,
            headings=[Heading(text=FOREIGN)],
            rows=[[Cell(text=FOREIGN)]],
            folded=True,
        ),
    ]
    page = render(
        [Section(name="one", title=FOREIGN, blocks=blocks)],
        title=FOREIGN,
        lead=FOREIGN,
        footer=FOREIGN,
    )
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 15


def test_cells_without_a_finite_order_have_none():
    """A script reads nan and inf as no numbers, and a comparison with these sorts nothing."""
    orders = [1.5, None, float("nan"), float("-inf"), float("inf"), 0.0]
    rows = [[Cell(text="x", order=order)] for order in orders]
    table = Table(caption="t", headings=[Heading(text="h", kind="number")], rows=rows)
    section = Section(name="one", title="One", blocks=[table])
    page = render([section], title="t", lead="l", footer="f")
    assert re.findall(r'data-order="([^"]*)"', page) == ["1.5", "0.0"]


def test_headings_go_down_step_by_step():
    section = Section(name="one", title="One", blocks=[Subtitle(text="below")])
    page = render([section], title="t", lead="l", footer="f")
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
