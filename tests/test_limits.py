"""Pieces are small: the limits of CONTRIBUTING, and what exceeds them for a reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_LINES = {"function": 40, "class": 120, "module": 300}
LONG = {
    "automl_cli/config/schema.py": "one table of all keys: a reader looks for a key there alone",
    "automl_cli/search/queue.py CandidateQueue": "three sources of candidates that are one queue",
    "automl_cli/search/study.py Study": "the records of a study, which change together",
    "automl_cli/train/candidate_progress.py CandidateProgress": "states that change together",
}


def count_lines(node: ast.FunctionDef | ast.ClassDef) -> int:
    """Return the lines of a class, or of a function without its signature and docstring."""
    body = node.body
    if isinstance(node, ast.ClassDef):
        return node.end_lineno - node.lineno + 1
    if ast.get_docstring(node) is not None:
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def measure_pieces(path: Path) -> Iterator[tuple[str, str, int]]:
    """Yield kind, name and lines of a module and of all that it defines."""
    text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix()
    yield "module", name, len(text.splitlines())
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            yield "function", f"{name} {node.name}", count_lines(node)
        elif isinstance(node, ast.ClassDef):
            yield "class", f"{name} {node.name}", count_lines(node)


def find_long(root: Path) -> dict[str, int]:
    """Return what is longer than it may be."""
    paths = sorted(root.rglob("*.py"))
    assert paths
    pieces = (piece for path in paths for piece in measure_pieces(path))
    return {name: lines for kind, name, lines in pieces if lines > MOST_LINES[kind]}


def test_what_exceeds_the_limits_has_a_reason():
    assert find_long(ROOT / "automl_cli").keys() == LONG.keys()


def test_the_tools_keep_the_limits():
    assert find_long(ROOT / "tools") == {}


@pytest.mark.parametrize("kind", list(MOST_LINES))
def test_contributing_states_the_limits(kind: str):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rule = text[text.index("**Small pieces.**") :].split("\n- **")[0]
    assert str(MOST_LINES[kind]) in rule
