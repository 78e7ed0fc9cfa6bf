"""A name is taken once."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "automl_cli"


def list_types(path: Path) -> Iterator[str]:
    """Yield the public classes and aliases that a module defines."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            yield ast.unparse(node.target)


def test_no_two_modules_define_a_public_type_of_one_name():
    places = defaultdict(list)
    for path in PACKAGE.rglob("*.py"):
        for name in list_types(path):
            if not name.startswith("_"):
                places[name].append(path.relative_to(PACKAGE).as_posix())
    assert len(places) > 300
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_every_module_lies_in_a_room():
    loose = {path.name for path in PACKAGE.glob("*.py")}
    assert loose == {"__init__.py", "__main__.py"}
