"""The pages made from the code are those in docs, and nothing is missing from them."""

import inspect
import re
from pathlib import Path

import pytest
import typer.main
from manual import make_pages
from manual.commands import GUIDES, find_commands

from automl_cli.audit import RULES
from automl_cli.cli.app import app
from automl_cli.cli.fit import FLAGS, fit
from automl_cli.config.diagnosis import known_keys
from automl_cli.config.presets import preset_names
from automl_cli.config.schema import CandidateConfig, FileConfig
from automl_cli.ensemble import COMBINERS
from automl_cli.features import GROUPS
from automl_cli.metrics import METRICS
from automl_cli.models import MODELS
from automl_cli.splits import SPLITTERS

DOCS = Path(__file__).parents[1] / "docs"
COMMANDS = dict(find_commands(typer.main.get_command(app)))
TABLES = {
    "Models": MODELS,
    "Features": GROUPS,
    "Metrics": METRICS,
    "Splitters": SPLITTERS,
    "Combiners": COMBINERS,
    "Rules": RULES,
    "Presets": preset_names(),
}


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def read_section(page: str, title: str) -> str:
    sections = dict(
        part.partition("\n")[::2] for part in re.split(r"^## ", read(page), flags=re.MULTILINE)
    )
    return sections[title]


@pytest.mark.parametrize("name", make_pages())
def test_the_documents_are_those_that_the_code_makes(name: str) -> None:
    """`make docs` writes them anew."""
    assert read(name) == make_pages()[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_of_commands_has_every_argument_and_option_with_its_meaning(name: str) -> None:
    section = read_section("commands.md", f"automl {name}")
    rows = dict(re.findall(r"^\| `([^`]+)` \| ([^|]*) \|", section, flags=re.MULTILINE))
    assert all(rows.values())
    for param in COMMANDS[name].params:
        names = [param.name] if param.param_type_name == "argument" else param.opts
        for spelled in names:
            assert any(spelled in re.split(r"[, .\[\]]+", row) for row in rows), spelled


def test_the_page_of_keys_has_every_key_with_its_meaning() -> None:
    rows = dict(re.findall(r"^\| `([\w.]+)` \| .* \| (.+) \|$", read("config.md"), re.MULTILINE))
    single = {".".join(map(str, key)) for key in known_keys(FileConfig)}
    titles = set(re.findall(r"^## `(\w+)`$", read("config.md"), re.MULTILINE))
    assert set(rows) | titles == single | set(CandidateConfig.model_fields)
    assert all(rows.values())


@pytest.mark.parametrize("title", TABLES)
def test_the_page_of_tables_has_every_entry(title: str) -> None:
    section = read_section("tables.md", title)
    found = re.findall(r"^\| `(\w+)` \| \S", section, flags=re.MULTILINE)
    assert tuple(found) == tuple(TABLES[title])


def test_the_flags_of_fit_are_keys_of_the_schema() -> None:
    assert set(FLAGS) <= set(inspect.signature(fit).parameters)
    assert {tuple(key.split(".")) for key in FLAGS.values()} <= set(known_keys())


def test_the_guides_of_commands_are_there() -> None:
    assert set(GUIDES) <= set(COMMANDS)
    assert all((DOCS / page).exists() for page in GUIDES.values())
