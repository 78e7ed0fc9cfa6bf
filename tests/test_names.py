"""A name is taken once."""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "automl_cli"
A_COMMAND = "cli reads the flags of the command that the function of the same name does"
SHARED = {
    "audit": A_COMMAND,
    "blend": A_COMMAND,
    "check": A_COMMAND,
    "explain": A_COMMAND,
    "fit": A_COMMAND + "; each model has one as well, by the contract of models",
    "load": "each model has one, by the contract of models",
    "load_config": "the package reads a config as the command does",
    "predict": A_COMMAND,
    "submit": A_COMMAND,
}
# Verbs of talk and of housework, and what the package says instead.
PICTURES = {
    "ask": "read, fetch",
    "follow": "collect",
    "hand": "submit",
    "leave": "exit, drop",
    "look": "find, check",
    "note": "record",
    "put": "write, order",
    "refuse": "check, raise",
    "say": "describe",
    "settle": "resolve",
    "spell": "format",
    "squeeze": "normalise",
    "tell": "emit, describe",
    "tidy": "clean",
}
TERMS = {
    "_leave_out": "leave-one-out encoding is called so",
    "_look_up": "a lookup is called so",
    "leave_judges_out": "leave-one-out is called so",
    "look_up": "a lookup is called so",
    "look_up_all": "a lookup is called so",
    "look_up_joined": "a lookup is called so",
}


def list_types(path: Path) -> Iterator[str]:
    """Yield the public classes and aliases that a module defines."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            yield ast.unparse(node.target)


def list_functions(path: Path) -> Iterator[str]:
    """Yield the functions that a module defines, but for methods and inner ones."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name


def find_places(list_names: Callable[[Path], Iterable[str]]) -> dict[str, list[str]]:
    """Return the modules that define each public name."""
    places = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in list_names(path):
            if not name.startswith("_"):
                places[name].append(path.relative_to(PACKAGE).as_posix())
    return places


def test_no_two_modules_define_a_public_type_of_one_name():
    places = find_places(list_types)
    assert len(places) > 300
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_two_modules_define_a_public_function_of_one_name_without_a_reason():
    places = find_places(list_functions)
    assert len(places) > 500
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in shared.items() if name not in SHARED} == {}
    assert SHARED.keys() <= shared.keys()


def test_every_module_lies_in_a_room():
    loose = {path.name for path in PACKAGE.glob("*.py")}
    assert loose == {"__init__.py", "__main__.py"}


def test_functions_are_called_by_the_verbs_of_the_field():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    pictures = {name for name in names if name.lstrip("_").split("_")[0] in PICTURES}
    assert pictures == TERMS.keys()
