"""A run that is opened again."""

import json
from pathlib import Path

import pytest

import automl_cli
from automl_cli.core.errors import RunError
from automl_cli.run.reopen import reopen

pytestmark = pytest.mark.slow  # takes seconds: not in make quick


def test_tables_that_have_changed_are_told_with_the_version_that_read_them(tmp_path: Path) -> None:
    rows = [f"{number % 7},{number % 3},{number * 13 % 17}" for number in range(60)]
    train = tmp_path / "train.csv"
    train.write_text("\n".join(["a,b,y", *rows]))
    automl_cli.fit(train, preset="smoke", overrides=["limits.candidates=1"], out=tmp_path / "run")
    reopen(tmp_path / "run")

    train.write_text("\n".join(["a,b,y", *rows[:-1]]))
    with pytest.raises(RunError, match="the tables of this run have changed since") as caught:
        reopen(tmp_path / "run")
    assert caught.value.hint == f"Put {train} and the tables beside it back as they were."

    path = tmp_path / "run" / "run.json"
    known = json.loads(path.read_text())
    own = known["versions"]["automl-cli"]
    known["versions"]["automl-cli"] = "0.0.1"
    path.write_text(json.dumps(known))
    with pytest.raises(RunError) as caught:
        reopen(tmp_path / "run")
    assert caught.value.hint == (
        f"Put {train} and the tables beside it back as they were. If they are, use automl-cli "
        f"0.0.1, which made this run; here is {own}."
    )
