"""A command overwrites what a run has written, and no other file unless it is told to."""

from pathlib import Path

import pytest

from automl_cli.core.errors import ConfigError
from automl_cli.store.written import check_not_input, check_overwrite, record_written


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name in ("first", "second"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    return tmp_path / "runs"


def test_what_a_run_wrote_may_be_overwritten_by_it_and_by_others(runs: Path) -> None:
    out = runs.parent / "out.csv"
    out.write_text("id,y\n1,0\n")
    record_written(runs / "first", out)
    record_written(runs / "second", Path(__file__))
    check_overwrite(out, force=False, runs=runs)
    out.rename(runs.parent / "moved.csv")
    check_overwrite(runs.parent / "moved.csv", force=False, runs=runs)


def test_a_file_that_was_changed_since_is_kept(runs: Path) -> None:
    out = runs.parent / "out.csv"
    out.write_text("id,y\n1,0\n")
    record_written(runs / "first", out)
    out.write_text("id,y\n1,1\n")
    with pytest.raises(ConfigError) as caught:
        check_overwrite(out, force=False, runs=runs)
    assert caught.value.message == (f"{out}: the file exists and was not written by this command.")
    assert caught.value.hint == "Give another name with --out, or --force to overwrite it."
    check_overwrite(out, force=True, runs=runs)


def test_a_damaged_note_knows_nothing(runs: Path) -> None:
    out = runs.parent / "out.csv"
    out.write_text("mine")
    (runs / "first" / "written.json").write_text("[")
    with pytest.raises(ConfigError, match="was not written by this command"):
        check_overwrite(out, force=False, runs=runs)


def test_a_table_is_known_by_any_name(runs: Path) -> None:
    table, link = runs.parent / "train.csv", runs.parent / "link.csv"
    table.write_text("a,y\n1,0\n")
    link.symlink_to(table)
    with pytest.raises(ConfigError, match=r"link.csv: this is the training table, which is never"):
        check_not_input(link, {"the training table": table})
    check_not_input(runs.parent / "new.csv", {"the training table": table})
