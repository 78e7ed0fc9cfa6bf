"""The documents become a site without a warning, and the site asks nobody for anything."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pictures.diagrams import DIAGRAMS

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

ROOT = Path(__file__).parents[1]
PICTURES = sorted(ROOT.glob("docs/pictures/*.svg"))
LOADED = re.compile(
    r"""<(?:script|img|iframe)[^>]* src=["']([^"']+)|<link[^>]* href=["']([^"']+)"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("sphinx")
    site = tmp_path_factory.mktemp("site")
    options = ["--fail-on-warning", "--keep-going", "--quiet", "-c", "docs", "-b", "html"]
    words = [sys.executable, "-m", "sphinx", *options, "-d", str(site / "doctrees")]
    done = subprocess.run(
        [*words, ".", str(site / "html")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return site / "html"


def test_every_page_is_in_the_site(site: Path) -> None:
    pages = {page.stem for page in ROOT.glob("docs/*.md")}
    assert {page.stem for page in site.glob("docs/*.html")} == pages
    assert 'url=docs/index.html"' in (site / "index.html").read_text(encoding="utf-8")


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    for page in site.glob("docs/*.html"):
        loaded = [one or two for one, two in LOADED.findall(page.read_text(encoding="utf-8"))]
        assert loaded
        assert not [place for place in loaded if re.match(r"(https?:)?//", place)], page
    for style in site.rglob("*.css"):
        assert not re.findall(r"url\(['\"]?https?:[^)]*", style.read_text(encoding="utf-8")), style


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_small_and_loads_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text) < 60_000
    assert "url(http" not in text.replace('"', "").replace("'", "")
    assert ET.fromstring(text).tag.endswith("svg")


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_is_the_one_that_is_drawn(name: str) -> None:
    """`make pictures` draws them anew."""
    drawn = (ROOT / "docs/pictures" / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn == DIAGRAMS[name]()


def test_the_picture_of_a_run_shows_the_command_and_its_submission() -> None:
    text = (ROOT / "docs/pictures/run.svg").read_text(encoding="utf-8").replace("&#160;", " ")
    assert "automl fit examples/penguins --preset smoke" in text
    assert re.search(r"runs/penguins-[0-9a-f]{8}/submission\.csv", text)
