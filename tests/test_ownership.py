"""Files outside a run directory are replaced only where the program has written them."""

import shutil
from pathlib import Path

import pytest

from automl_cli.core.errors import RunError
from automl_cli.store import note_written, refuse_overwrite
from automl_cli.store.ownership import NOTE


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a file that the program has written."""
    path = tmp_path / "submission.csv"
    path.write_text("id,sold\n1,0.5\n")
    note_written(path)
    return path


def test_a_new_name_and_an_empty_file_are_free(tmp_path: Path) -> None:
    refuse_overwrite(tmp_path / "new.csv", force=False)
    (tmp_path / "empty.csv").touch()
    refuse_overwrite(tmp_path / "empty.csv", force=False)


def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("id\n1\n")
    with pytest.raises(RunError, match=r"exists and was not written by automl\.$") as caught:
        refuse_overwrite(path, force=False)
    assert caught.value.hint == "Give another name, or --force to replace it."
    refuse_overwrite(path, force=True)


def test_what_the_program_wrote_may_be_replaced_again_and_again(own: Path) -> None:
    for text in ("first", "second"):
        refuse_overwrite(own, force=False)
        own.write_text(text)
        note_written(own)
    refuse_overwrite(own, force=False)


def test_a_file_that_the_user_has_changed_is_the_users(own: Path) -> None:
    own.write_text("by hand")
    with pytest.raises(RunError, match="has changed since automl wrote it"):
        refuse_overwrite(own, force=False)


def test_notes_of_several_files_stand_side_by_side_and_forget_those_that_are_gone(
    own: Path,
) -> None:
    other = own.with_name("other.csv")
    other.write_text("x")
    note_written(other)
    refuse_overwrite(own, force=False)
    own.unlink()
    note_written(other)
    assert "submission.csv" not in (own.parent / NOTE).read_text()


def test_a_copy_in_another_folder_is_nobodys(own: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / own.name
    copy.parent.mkdir()
    shutil.copy(own, copy)
    with pytest.raises(RunError, match="was not written by automl"):
        refuse_overwrite(copy, force=False)


@pytest.mark.parametrize("text", ["", "[]", '{"submission.csv": 7}', '{"submission.csv": "abc"}'])
def test_a_damaged_note_knows_no_file(own: Path, text: str) -> None:
    (own.parent / NOTE).write_text(text)
    with pytest.raises(RunError, match="was not written by automl"):
        refuse_overwrite(own, force=False)
    note_written(own)
    refuse_overwrite(own, force=False)
