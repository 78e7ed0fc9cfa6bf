"""A package beside this one adds a feature group: the example of CONTRIBUTING.md, installed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

ROOT = Path(__file__).parents[1]
N_ROWS = 600


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a package and its metadata, as an installer would leave it."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    (code,) = [block for block in blocks if "GAPS = FeatureGroup(" in block]
    site = tmp_path_factory.mktemp("site")
    (site / "my_package").mkdir()
    (site / "my_package" / "__init__.py").touch()
    (site / "my_package" / "gaps.py").write_text(code)
    info = site / "my_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[automl_cli.features]\ngaps = my_package.gaps:GAPS\n")
    return site


def run(installed: Path, *words: str) -> str:
    paths = os.pathsep.join([str(installed), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "automl_cli", *words]
    env = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def write_table(folder: Path) -> None:
    """Write a table in which the number of gaps in a row decides."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"x{k}": rng.normal(size=N_ROWS) for k in range(8)})
    frame = frame.mask(rng.random(frame.shape) < rng.choice([0.1, 0.6], N_ROWS)[:, None])
    frame["y"] = (frame.isna().sum(axis=1) + rng.normal(size=N_ROWS) > 3).astype(int)
    frame.to_csv(folder / "train.csv", index=False)


def test_a_group_of_another_package_is_listed(installed: Path) -> None:
    assert "gaps" in run(installed, "list", "features").split()


def test_a_group_of_another_package_is_screened_and_taken(installed: Path, tmp_path: Path) -> None:
    write_table(tmp_path)
    words = ["fit", str(tmp_path), "--preset", "smoke", "--target", "y", "--json"]
    words += ["--out", str(tmp_path / "run"), "--set", "features.groups={gaps: {}}"]
    summary = json.loads(run(installed, *words))
    assert any("gaps" in candidate["features"] for candidate in summary["candidates"])
    (screen,) = json.loads(run(installed, "features", str(tmp_path / "run"), "--json"))["screens"]
    (column,) = screen["columns"]
    assert column["column"] == "row__gaps"
    assert column["taken"] >= 1


def test_a_second_command_finds_what_the_first_has_made(installed: Path, tmp_path: Path) -> None:
    write_table(tmp_path)
    words = ["fit", str(tmp_path), "--preset", "smoke", "--target", "y", "--json"]
    words += ["--out", str(tmp_path / "run"), "--set", "features.groups={gaps: {}}"]
    first, second = (json.loads(run(installed, *words)) for _ in range(2))
    assert first["candidates"] == second["candidates"]
