"""`automl fit --competition`: the files come once, the metric as a guess, refusals as messages."""

import json
import socket
import sys
from pathlib import Path

import pytest
from stand_in import Site, pack
from typer.testing import CliRunner

from automl_cli.cli.app import app
from automl_cli.commands.fetch import fetch
from automl_cli.config.load import load_config
from automl_cli.core.errors import AutomlError, ConfigError, DataError, KaggleError, RunError
from automl_cli.core.events import Event
from automl_cli.core.metric_names import METRIC_NAMES
from automl_cli.kaggle import fetch_files, match_metric
from automl_cli.metrics import METRICS, get_metric

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

FAST = ("--preset", "smoke", "--set", "models.lightgbm=false")
RULES = "You must accept this competition's rules before you can continue"


def ignore(_: Event) -> None:
    """Hear nothing."""


def refuse(site: Site | None, competition: str = "penguins") -> AutomlError:
    with pytest.raises(AutomlError) as caught:
        fetch_files(competition, Path(competition), ignore)
    assert site is None or not (Path(competition) / "competition.json").exists()
    return caught.value


@pytest.mark.usefixtures("site")
def test_one_command_downloads_and_fits():
    result = CliRunner().invoke(app, ["fit", "--competition", "penguins", *FAST, "--json"])
    assert result.exit_code == 0, result.stderr
    summary = json.loads(result.stdout)
    assert Path(summary["run"]).parent == Path("runs")
    assert json.loads((Path(summary["run"]) / "run.json").read_text())["competition"] == "penguins"
    assert summary["metric"] == "log_loss"
    assert "penguins: downloading penguins from Kaggle" in result.stderr
    assert "metric: log_loss, a guess: Kaggle calls it 'Multiclass Loss'" in result.stderr
    config = (Path(summary["run"]) / "config.yaml").read_text()
    assert "metric: log_loss  # Kaggle's 'Multiclass Loss'" in config
    assert sorted(path.name for path in Path("penguins").iterdir()) == [
        "competition.json",
        "sample_submission.csv",
        "test.csv",
        "train.csv",
    ]


def test_files_that_are_here_need_neither_network_nor_credentials(site: Site, home: Path):
    first = fetch_files("penguins", Path("penguins"), ignore)
    n_asked = len(site.asked)
    (home / "kaggle.json").unlink()
    assert fetch_files("penguins", Path("penguins"), ignore) == first
    assert first.metric == "Multiclass Loss"
    assert len(site.asked) == n_asked


def test_a_resumed_run_keeps_its_competition(run: Path):
    known = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**known, "competition": "penguins"}))
    words = ["fit", str(Path(known["train"]).parent), *FAST, "--out", str(run)]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert json.loads((run / "run.json").read_text())["competition"] == "penguins"


def test_tables_put_there_by_hand_are_used_as_they_are(site: Site):
    Path("mine").mkdir()
    Path("mine/train.csv").write_text("a,b\n1,2\n")
    fetched = fetch_files("penguins", Path("mine"), ignore)
    assert fetched.metric == "Multiclass Loss"
    assert Path("mine/train.csv").read_text() == "a,b\n1,2\n"
    assert site.asked == ["GetCompetition"]


def test_what_was_not_unpacked_to_its_end_is_unpacked_again(site: Site):
    Path("penguins").mkdir()
    Path("penguins/train.csv").write_text("half a tab")
    Path("penguins/penguins.zip").write_bytes(site.archive[:100])
    fetch_files("penguins", Path("penguins"), ignore)
    assert Path("penguins/train.csv").read_text().startswith("id,")
    assert not Path("penguins/penguins.zip").exists()


@pytest.mark.usefixtures("site")
def test_a_folder_of_another_competition_is_refused():
    fetch_files("penguins", Path("penguins"), ignore)
    with pytest.raises(DataError, match=r"penguins: holds the files of 'penguins'") as caught:
        fetch_files("titanic", Path("penguins"), ignore)
    assert caught.value.hint == "Give another folder: automl fit FOLDER --competition titanic"


@pytest.mark.parametrize("name", ["../train.csv", "/tmp/train.csv", "a/../../train.csv"])
def test_an_archive_writes_nothing_outside_of_its_folder(site: Site, name: str):
    site.archive = pack({"train.csv": b"a\n1\n", name: b"a\n1\n"})
    error = refuse(site)
    assert f"the file {name!r} of this archive would lie outside of penguins" in error.message
    assert not Path("train.csv").exists()
    assert not Path("penguins/train.csv").exists()


def test_a_damaged_archive_is_told(site: Site):
    site.archive = site.archive[:-30]
    error = refuse(site)
    assert "penguins.zip: a damaged archive" in error.message
    assert error.hint == "Remove it and give the same command again."


@pytest.mark.usefixtures("site")
def test_an_archive_larger_than_the_disk_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("automl_cli.kaggle.archive.shutil.disk_usage", lambda _: Full())
    with pytest.raises(RunError, match="GiB are free"):
        fetch_files("penguins", Path("penguins"), ignore)
    assert [path.name for path in Path("penguins").iterdir()] == ["penguins.zip"]


class Full:
    free = 10


REFUSALS = [
    (401, "Unauthenticated", "The credentials were refused."),
    (403, RULES, "accept its rules at https://www.kaggle.com/competitions/penguins/rules"),
    (404, "Not found", "Check the name"),
    (429, "Too many requests", "wait and try again"),
    (500, "Internal error", "Kaggle itself has trouble"),
]


@pytest.mark.parametrize(("status", "told", "hint"), REFUSALS)
def test_a_refused_download_is_told_with_what_to_do(site: Site, status: int, told: str, hint: str):
    site.refusals["DownloadDataFiles"] = (status, told)
    error = refuse(site)
    assert isinstance(error, KaggleError)
    assert error.message == f"Kaggle answers {status} of penguins: {told}."
    assert hint in error.hint


def test_a_wrong_name_is_told(site: Site):
    error = refuse(site, "pinguins")
    assert error.message == "Kaggle answers 404 of pinguins: Not found."
    assert "https://www.kaggle.com/competitions/pinguins" in error.hint


@pytest.mark.usefixtures("home")
def test_without_credentials_it_is_said_where_they_go():
    error = refuse(None)
    assert error.message == "no valid Kaggle credentials were found."
    for place in ("KAGGLE_API_TOKEN", "~/.kaggle/access_token", "~/.kaggle/kaggle.json"):
        assert place in error.hint


def test_a_token_signs_in_and_one_that_has_expired_does_not(
    site: Site, home: Path, monkeypatch: pytest.MonkeyPatch
):
    (home / "kaggle.json").unlink()
    monkeypatch.setenv("KAGGLE_API_TOKEN", "old-token")
    assert refuse(site).message == "no valid Kaggle credentials were found."
    monkeypatch.setenv("KAGGLE_API_TOKEN", "good-token")
    assert fetch_files("penguins", Path("penguins"), ignore).metric == "Multiclass Loss"


@pytest.mark.usefixtures("home")
def test_without_the_package_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "kaggle.api.kaggle_api_extended", None)
    error = refuse(None)
    assert "the package kaggle is missing" in error.message
    assert error.hint == "Install it: pip install 'automl-cli[kaggle]'"


def test_without_network_it_is_said(site: Site, monkeypatch: pytest.MonkeyPatch):
    from kagglesdk import kaggle_env

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.PROD, url)
    error = refuse(site)
    assert error.message == "Kaggle cannot be reached (ConnectionError)."
    assert "docs/kaggle.md" in error.hint


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", ["../titanic", "", "https://www.kaggle.com/c/titanic", "a b"])
def test_what_is_no_name_is_refused_before_anything_is_asked(name: str):
    with pytest.raises(ConfigError, match="is not the name of a competition"):
        fetch(name, [], load_config(preset="smoke"), ignore)


@pytest.mark.usefixtures("home")
def test_files_beside_a_competition_are_refused():
    Path("train.csv").touch()
    with pytest.raises(ConfigError, match="expected at most one folder"):
        fetch("penguins", [Path("train.csv")], load_config(preset="smoke"), ignore)


def test_without_tables_and_competition_there_is_nothing_to_fit():
    result = CliRunner().invoke(app, ["fit"])
    assert result.exit_code == 2
    assert "nothing to fit." in result.stderr


@pytest.mark.usefixtures("site")
def test_the_users_metric_wins():
    loaded = load_config(preset="smoke", flags={"metric": "accuracy"})
    assert fetch("penguins", [], loaded, ignore)[1] is loaded


def test_a_metric_of_an_unsure_name_is_left_to_the_user(site: Site):
    site.metric = "F-Score"
    told: list[Event] = []
    folder, loaded = fetch("penguins", [Path("here")], load_config(preset="smoke"), told.append)
    assert folder == Path("here")
    assert loaded.config.metric is None
    assert "Kaggle calls the metric 'F-Score'" in str(told[-1].fields["message"])


def test_every_matched_name_is_a_metric():
    assert {get_metric(name).name for name in METRIC_NAMES.values()} <= set(METRICS)
    assert match_metric("Categorization Accuracy") == "accuracy"
    assert match_metric("Mean F1-Score") is None


@pytest.mark.usefixtures("site")
def test_nothing_that_the_package_prints_reaches_the_terminal(capfd: pytest.CaptureFixture[str]):
    fetch_files("penguins", Path("penguins"), ignore)
    assert capfd.readouterr() == ("", "")
