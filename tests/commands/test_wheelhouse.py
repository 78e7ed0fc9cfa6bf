"""What pip is asked for, and what is told; the download itself needs a network."""

import sys
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automl_cli.cli.app import app
from automl_cli.commands.wheelhouse import (
    WheelhouseRequest,
    format_install_command,
    list_commands,
    list_platforms,
    list_requirements,
    make_wheelhouse,
)
from automl_cli.core.errors import ConfigError, RunError
from automl_cli.payloads import PAYLOADS


def test_pip_is_asked_for_wheels_of_the_notebooks_python_and_platform(tmp_path: Path):
    own, needed = list_commands(WheelhouseRequest(folder=tmp_path, python="3.12"))
    assert own[1:4] == ["-m", "pip", "wheel"]
    assert "--no-deps" in own
    assert needed[:4] == [sys.executable, "-m", "pip", "download"]
    assert "--only-binary=:all:" in needed
    assert needed[needed.index("--python-version") + 1] == "3.12"
    assert needed[needed.index("--dest") + 1] == str(tmp_path)
    platforms = [b for a, b in pairwise(needed) if a == "--platform"]
    assert platforms == list_platforms("manylinux_2_28_x86_64")


def test_what_only_extras_need_is_left_out():
    names = [one.split(">")[0] for one in list_requirements()]
    assert {"lightgbm", "pandas"} <= set(names)
    assert not {"kaggle", "pytest", "holidays"} & set(names)


def test_wheels_of_older_platforms_run_on_a_newer_one():
    platforms = list_platforms("manylinux_2_28_aarch64")
    assert platforms[0] == "manylinux_2_28_aarch64"
    assert "manylinux2014_aarch64" in platforms
    assert list_platforms("macosx_11_0_arm64") == ["macosx_11_0_arm64"]


def test_the_line_for_the_notebook_names_the_data_set(tmp_path: Path):
    line = format_install_command(tmp_path / "wheels")
    assert line == "pip install --no-index --find-links /kaggle/input/wheels automl-cli"


def test_a_version_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="'12' is not a version of Python 3"):
        list_commands(WheelhouseRequest(folder=tmp_path, python="12"))


def test_the_payload_is_what_its_model_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("automl_cli.commands.wheelhouse._run", lambda _: None)  # no network
    (tmp_path / "one-1.0-py3-none-any.whl").write_bytes(b"1234")
    made = make_wheelhouse(WheelhouseRequest(folder=tmp_path, python="3.12"))
    assert (made["wheels"], made["bytes"]) == (1, 4)
    assert PAYLOADS["wheelhouse"].model_validate(made, strict=True).model_dump() == made


def test_what_pip_says_last_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # pip looks nowhere: as without a network, but at once
    monkeypatch.setattr("automl_cli.commands.wheelhouse.find_source", lambda: "automl-cli==0.0.1")
    with pytest.raises(RunError, match=r"No matching distribution found for automl-cli==0\.0\.1"):
        make_wheelhouse(WheelhouseRequest(folder=tmp_path / "wheels", python="3.12"))


def test_the_command_ends_with_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("automl_cli.commands.wheelhouse.find_spec", lambda _: None)
    result = CliRunner().invoke(app, ["wheelhouse", str(tmp_path)])
    assert result.exit_code == 2
    assert "pip is missing in this environment." in result.stderr
