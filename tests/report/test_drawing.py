"""Plots as parts of a page."""

import re

import numpy as np
import pytest

from automl_cli.report.drawing import SERIES, list_bars, open_plot, thin


def draw(label: str = "x") -> str:
    with open_plot(200) as drawn:
        drawn.axes.plot([0, 1], [0, 1], "o-", color=SERIES[0])
        drawn.axes.set_xlabel(label)
        return drawn.svg()


def test_a_drawing_has_the_pages_colours_and_no_names_of_the_outer_world():
    svg = draw()
    assert svg.startswith("<svg ")
    assert "var(--series-1)" in svg
    assert "var(--muted)" in svg
    assert re.findall(r"#[0-9a-f]{6}\b|xmlns|<style|metadata|http", svg) == []


def test_texts_stay_texts_and_are_escaped():
    assert "&lt;b&gt; $a_b$ &amp;</text>" in draw("<b> $a_b$ &")


def test_characters_that_markup_cannot_hold_are_replaced():
    every = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]))
    assert "a\ufffdb" in draw("a\x0bb")
    assert "\ufffd" * len(every) in draw(every)
    with open_plot(200) as drawn:
        list_bars(drawn.axes, ["q\x1f", "r"])
        assert ">q\ufffd</text>" in drawn.svg()


@pytest.mark.parametrize("label", ["日本語", "שלום", "नमस्ते", "🙂"])
def test_letters_that_the_measuring_font_lacks_stay_and_warn_of_nothing(
    label: str, recwarn: pytest.WarningsRecorder
):
    assert label in draw(label)
    assert recwarn.list == []


def test_two_drawings_share_no_id():
    one, two = (set(re.findall(r' id="([^"]+)"', draw(label))) for label in ("a", "b"))
    assert one
    assert one.isdisjoint(two)


def test_names_within_a_drawing_lead_somewhere():
    svg = draw()
    ids = set(re.findall(r' id="([^"]+)"', svg))
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg))
    assert used == ids


def test_equal_drawings_are_equal():
    assert draw() == draw()


def test_a_drawing_can_shrink_and_is_hidden_behind_its_name():
    head = draw().partition(">")[0]
    assert 'viewBox="0 0 400 200"' in head
    assert 'aria-hidden="true"' in head
    assert " width=" not in head


def test_thinned_rows_keep_both_ends():
    assert thin(5, 10).tolist() == [0, 1, 2, 3, 4]
    rows = thin(1_000, 10)
    assert (rows[0], rows[-1], len(rows)) == (0, 999, 10)
    assert (np.diff(rows) > 0).all()
