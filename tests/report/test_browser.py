"""The report in a headless Chromium, if there is one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from automl_cli.report import write_comparison, write_report

from .conftest import TARGETS

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
playwright = pytest.importorskip("playwright.sync_api", reason="no playwright")
# CI has to have one (.ci/run installs it): there the tests fail without.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"),
        reason="no Chromium on this machine; Debian's package is called chromium",
    ),
]

# Texts of a plot that leave it, and pages that have to be moved sideways.
OUTSIDE = """() => [...document.querySelectorAll('.picture svg')].flatMap(svg => {
  const room = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(text => {
    const box = text.getBoundingClientRect();
    return box.left < room.left - 4 || box.right > room.right + 4
      || box.top < room.top - 4 || box.bottom > room.bottom + 4;
  }).map(text => [svg.parentElement.getAttribute('aria-label'), text.textContent]);
})"""
TINY = """() => [...document.querySelectorAll('.picture svg')].filter(svg => {
  const box = svg.getBoundingClientRect();
  return box.width < 200 || box.height < 80 || !svg.querySelector('path, use');
}).length"""


# Captions of tables that scroll which reach beyond what is seen of them.
CUT_OFF = """() => [...document.querySelectorAll('caption:not(.hidden) span')].filter(text => {
  const room = text.closest('.scroll').getBoundingClientRect();
  return text.getBoundingClientRect().right > room.right + 1;
}).map(text => text.textContent)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    if CHROMIUM is None:
        pytest.fail("CI needs a Chromium: apt-get install chromium", pytrace=False)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def written(report_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("pages")
    paths = {name: write_report(report_runs / name, place / f"{name}.html") for name in TARGETS}
    both = report_runs / "sold", report_runs / "other"
    return {**paths, "both": write_comparison(*both, place / "both.html")}


@pytest.fixture
def opened(browser: Any, written: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[Any]:
    name, width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        offline=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.goto(written[name].as_uri())
    yield page
    context.close()
    assert told == []


SCREENS = [(1280, "light"), (390, "dark")]
EVERY = [(name, *screen) for name in (*TARGETS, "both") for screen in SCREENS]


@pytest.mark.parametrize("opened", EVERY, indirect=True)
def test_all_plots_are_drawn_inside_of_their_frames(opened: Any):
    assert opened.locator(".picture svg").count() > 0
    assert opened.evaluate(TINY) == 0
    assert opened.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("opened", EVERY, indirect=True)
def test_the_page_fits_its_screen(opened: Any):
    wide = opened.evaluate("document.documentElement.scrollWidth")
    assert wide <= opened.viewport_size["width"]


@pytest.mark.parametrize("opened", [("sold", 390, "light")], indirect=True)
def test_links_lead_to_their_sections(opened: Any):
    links = opened.locator("nav a")
    for place in range(links.count()):
        links.nth(place).click()
        target = links.nth(place).get_attribute("href")
        assert opened.evaluate("location.hash") == target
        assert opened.locator(str(target)).count() == 1


@pytest.mark.parametrize("opened", [("sold", 1280, "light")], indirect=True)
def test_the_button_changes_the_colours(opened: Any):
    paper = "getComputedStyle(document.body).backgroundColor"
    assert opened.evaluate(paper) == "rgb(255, 255, 255)"
    opened.click("#theme")
    assert opened.evaluate(paper) == "rgb(20, 24, 29)"
    opened.click("#theme")
    assert opened.evaluate(paper) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("opened", [("sold", 1280, "light")], indirect=True)
def test_tables_are_sorted_by_number(opened: Any):
    table = opened.locator("#leaderboard table").first
    heading = table.locator("th button", has_text="score")
    heading.click()
    heading.click()
    assert heading.locator("..").get_attribute("aria-sort") == "descending"
    names = table.locator("th").all_inner_texts()
    place = next(number for number, name in enumerate(names, start=1) if "score" in name)
    cells = table.locator(f"tbody tr td:nth-child({place})")
    orders = [float(str(cells.nth(k).get_attribute("data-order"))) for k in range(cells.count())]
    assert orders == sorted(orders, reverse=True)
    assert len(orders) > 2


@pytest.mark.parametrize("opened", [("price", 1280, "light")], indirect=True)
def test_plots_have_names_in_the_accessibility_tree(opened: Any):
    images = opened.get_by_role("img")
    assert images.count() == opened.locator(".picture").count()
    assert opened.get_by_role("img", name="Predicted against true price").count() == 1


@pytest.mark.parametrize("opened", EVERY, indirect=True)
def test_captions_of_tables_are_seen_in_full(opened: Any):
    assert opened.locator(".scroll caption span").count() > 0
    assert opened.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("opened", [("sold", 390, "light"), ("sold", 390, "dark")], indirect=True)
def test_a_shade_says_that_a_table_scrolls(opened: Any):
    table = opened.locator("#leaderboard .scroll").first
    assert table.evaluate("one => one.scrollWidth > one.clientWidth")
    seen = table.screenshot()
    table.evaluate("one => { one.style.setProperty('--shade', 'transparent'); }")
    assert table.screenshot() != seen
    table.evaluate("one => { one.scrollLeft = one.scrollWidth; }")
    at_the_end = table.screenshot()
    table.evaluate("one => { one.style.removeProperty('--shade'); }")
    assert table.screenshot() == at_the_end
