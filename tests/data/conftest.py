from collections.abc import Callable
from pathlib import Path

import pytest

from automl_cli.core.errors import AutomlError
from automl_cli.data.files import find_files
from automl_cli.data.infer import Inference, infer_dataset
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable, read_table


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], RawTable]:
    def write(text: str, name: str = "table.csv") -> RawTable:
        (tmp_path / name).write_bytes(text.encode())
        return read_table(tmp_path / name)

    return write


@pytest.fixture
def infer(tmp_path: Path) -> Callable[..., Inference]:
    """Write the given tables into a folder and infer the data set."""

    def run(
        train: str, test: str | None = None, sample: str | None = None, **options: object
    ) -> Inference:
        texts = {"train.csv": train, "test.csv": test, "sample_submission.csv": sample}
        for name, text in texts.items():
            if text is not None:
                (tmp_path / name).write_text(text)
        return infer_dataset(find_files([tmp_path]), DataOptions(**options))  # type: ignore[arg-type]  # options by name

    return run


@pytest.fixture
def error_of(tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """Call and return message and hint of the user error, with the folder taken out."""

    def call(function: Callable[..., object], *args: object, **kwargs: object) -> tuple[str, str]:
        with pytest.raises(AutomlError) as caught:
            function(*args, **kwargs)
        place = f"{tmp_path}/"
        return caught.value.message.replace(place, ""), caught.value.hint.replace(place, "")

    return call
