"""What stands in a run's files may be anything: it is told, or passed over."""

from pathlib import Path

import pytest

from automl_cli.core.errors import RunError
from automl_cli.ensemble.files import load_blend, load_level, load_members
from automl_cli.store import RunDirectory, read_json


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[1]", "", "\x00"])
def test_whatever_stands_in_a_json_file_it_is_told_as_damaged(tmp_path: Path, text: str) -> None:
    (tmp_path / "facts.json").write_text(text)
    with pytest.raises(RunError, match=r"facts\.json: this file of the run is missing or damaged"):
        read_json(tmp_path / "facts.json")


def test_events_that_were_altered_are_left_out(tmp_path: Path) -> None:
    lines = ['{"time": 1, "kind": "a"}', "[" * 100_000, "7", '{"kind": "b"}', '{"time": "x"}']
    (tmp_path / "events.jsonl").write_text("\n".join([*lines, '{"time": 2, "kind": "c"}']))
    assert [event["kind"] for event in RunDirectory(tmp_path).read_events()] == ["a", "c"]


@pytest.mark.parametrize("text", ["{}", '{"members": 3, "candidates": [], "bar": "high"}'])
def test_a_blend_of_which_something_is_missing_is_told_as_damaged(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "blend.json").write_text(text)
    told = r"blend\.json: this file of the run is missing or damaged"
    for read in (load_level, load_members, lambda folder: load_blend(folder, {})):
        with pytest.raises(RunError, match=told):
            read(tmp_path)
