"""Each recipe of docs/cookbook.md does what it says, on the made-up competitions of examples."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from shown import ROOT, check_shown, find_blocks, run_blocks, run_line, working_in

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

PAGE = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
RECIPES = dict(
    part.partition("\n")[::2] for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
)


def load_situations() -> ModuleType:
    spec = importlib.util.spec_from_file_location("situations", ROOT / "examples/situations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with all situations; recipes leave their runs there."""
    folder = tmp_path_factory.mktemp("cookbook")
    with working_in(folder):
        run_line(f"python {ROOT / 'examples/situations.py'}")  # as the page says
        yield folder


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_runs_and_prints_what_it_shows(title: str, folder: Path) -> None:
    assert folder == Path.cwd()
    blocks = find_blocks(RECIPES[title])
    assert any(block.language == "sh" for block in blocks)
    check_shown(blocks, run_blocks(blocks))


def test_there_are_ten_recipes_and_all_situations_are_used() -> None:
    assert len(RECIPES) >= 10
    commands = [
        block.text
        for recipe in RECIPES.values()
        for block in find_blocks(recipe)
        if block.language == "sh"
    ]
    for name in load_situations().SITUATIONS:
        assert any(re.search(rf"^automl fit {name} ", text, re.MULTILINE) for text in commands)
