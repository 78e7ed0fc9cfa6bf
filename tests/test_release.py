"""A release: the version is raised everywhere or nowhere, and the packages carry it."""

import re
import shutil
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from release import EDITS, ReleaseError, make_release, raise_version

from automl_cli import __version__

ROOT = Path(__file__).parents[1]
DAY = "2030-01-02"
NEXT = "99.0.0"


@pytest.fixture
def texts() -> dict[str, str]:
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in EDITS}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a repository of what the packages are built from."""
    for name in ["pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff"]:
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ["automl_cli", "configs"]:
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "runs")
        )
    (tmp_path / ".gitignore").write_text("dist\n")
    _git(tmp_path, "init", "--quiet")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "--quiet", "--message", "All")
    return tmp_path


def test_the_files_of_the_project_say_one_version(texts: dict[str, str]) -> None:
    assert yaml.safe_load(texts["CITATION.cff"])["version"] == __version__


def test_every_file_says_the_new_version(texts: dict[str, str]) -> None:
    raised = raise_version(texts, NEXT, DAY)
    assert f'__version__ = "{NEXT}"' in raised["automl_cli/__init__.py"]
    assert __version__ not in raised["automl_cli/__init__.py"]
    assert yaml.safe_load(raised["CITATION.cff"])["version"] == NEXT
    assert f"## [Unreleased]\n\n## [{NEXT}] - {DAY}\n" in raised["CHANGELOG.md"]


def test_a_second_release_replaces_the_day_of_the_first(texts: dict[str, str]) -> None:
    raised = raise_version(texts, NEXT, DAY)
    news = raised["CHANGELOG.md"].replace("## [Unreleased]\n", "## [Unreleased]\n\n- A fix.\n", 1)
    again = raise_version(raised | {"CHANGELOG.md": news}, "99.0.1", "2030-02-03")
    assert re.findall(r"date-released: (.*)", again["CITATION.cff"]) == ["2030-02-03"]


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1.0", "'1.0' is no version: write major.minor.patch, such as 0.2.0"),
        ("v1.0.0", "'v1.0.0' is no version: write major.minor.patch, such as 0.2.0"),
        (__version__, f"{__version__} does not follow {__version__}: choose a higher version"),
        ("0.0.10", f"0.0.10 does not follow {__version__}: choose a higher version"),
    ],
)
def test_a_wrong_version_is_refused(texts: dict[str, str], version: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=f"^{re.escape(message)}$"):
        raise_version(texts, version, DAY)


def test_a_release_without_news_is_refused(texts: dict[str, str]) -> None:
    empty = raise_version(texts, NEXT, DAY)  # its news stands under the version
    with pytest.raises(ReleaseError, match="nothing under"):
        raise_version(empty, "99.0.1", DAY)


def test_the_packages_of_a_release_carry_its_version(clone: Path) -> None:
    built = make_release(clone, NEXT, DAY)
    assert [path.name for path in built] == [
        f"automl_cli-{NEXT}-py3-none-any.whl",
        f"automl_cli-{NEXT}.tar.gz",
    ]
    with ZipFile(built[0]) as wheel:
        names = wheel.namelist()
        assert f'"{NEXT}"' in wheel.read("automl_cli/__init__.py").decode()
    assert "automl_cli/configs/medium.yaml" in names  # presets come along
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_a_release_of_uncommitted_work_is_refused_and_writes_nothing(clone: Path) -> None:
    (clone / "README.md").write_text("Changed.\n")
    with pytest.raises(ReleaseError, match=r"commit or stash these changes first:\n M README\.md"):
        make_release(clone, NEXT, DAY)
    assert NEXT not in (clone / "CITATION.cff").read_text()


def _git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True)
