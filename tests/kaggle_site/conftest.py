"""The real ``kaggle`` package, pointed at a stand-in on this machine.

The folder is not called as the package: tests/ is on the path, and must not hide it.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from stand_in import Site, pack, serve
from typer.testing import CliRunner

from automl_cli.cli.app import app

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home: without credentials, and with tmp_path as the current folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("KAGGLE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(folder))
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as known:  # without credentials older versions end at import
        known.setenv("KAGGLE_USERNAME", "me")
        known.setenv("KAGGLE_KEY", "secret")
        from kaggle.api.kaggle_api_extended import KaggleApi

    monkeypatch.setattr(KaggleApi, "config", str(folder / "kaggle.json"))
    return folder


@pytest.fixture
def site(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Return the stand-in; the environment holds credentials that it takes."""
    from kagglesdk import kaggle_env

    (home / "kaggle.json").write_text('{"username": "me", "key": "secret"}')
    with serve() as found:
        found.archive = pack({path.name: path.read_bytes() for path in PENGUINS.glob("*.csv")})
        monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.PROD, found.url)
        yield found


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished run that does not know its competition."""
    run = tmp_path_factory.mktemp("fitted") / "run"
    words = ["fit", str(PENGUINS), "--preset", "smoke", "--set", "models.lightgbm=false"]
    result = CliRunner().invoke(app, [*words, "--out", str(run)])
    assert result.exit_code == 0, result.stderr
    return run


@pytest.fixture
def run(fitted: Path, tmp_path: Path) -> Path:
    """Return a copy of the finished run, for one test to write into."""
    return Path(shutil.copytree(fitted, tmp_path / "run"))
