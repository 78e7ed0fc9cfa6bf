"""`automl check`: a file that fits passes, one that does not ends with 2 and says why."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from automl_cli.cli.app import app

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_TEST = 40
Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"id": range(200), "size": rng.normal(size=200).round(3)})
    frame["sold"] = np.where(rng.random(200) < 0.5, "no", "yes")
    frame["price"] = rng.normal(100, 10, 200).round(2)
    frame["kind"] = rng.choice(["a", "b", "c"], 200)
    for target in ("sold", "price", "kind"):
        own = tmp_path / target
        own.mkdir()
        columns = ["id", "size", target]
        frame[:160][columns].to_csv(own / "train.csv", index=False)
        frame[160:][columns[:2]].to_csv(own / "test.csv", index=False)
    return tmp_path


def make_submission(target: str) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    ids = pd.DataFrame({"id": range(160, 160 + N_TEST)})
    if target == "price":
        return ids.assign(price=rng.normal(100, 5, N_TEST))
    if target == "sold":
        return ids.assign(sold=rng.random(N_TEST))
    shares = rng.dirichlet([1, 1, 1], N_TEST)
    return ids.assign(**dict(zip("abc", shares.T, strict=True)))


def check(folder: Path, target: str, change: Change, *words: str) -> tuple[int, str, str]:
    path = folder / "mine.csv"
    change(make_submission(target)).to_csv(path, index=False)
    result = CliRunner().invoke(app, ["check", str(path), str(folder / target), *words])
    assert "Traceback" not in result.output
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("target", ["sold", "price", "kind"])
def test_a_submission_that_fits_passes_without_a_word_of_warning(folder: Path, target: str) -> None:
    code, out, _ = check(folder, target, lambda frame: frame, "--fail-on", "note")
    assert code == 0
    assert f"mine.csv is a valid submission: {N_TEST} rows; columns id, " in out


MISFITS: list[tuple[str, Change, str]] = [
    ("sold", lambda frame: frame[:-1], "39 rows, expected 40"),
    (
        "sold",
        lambda frame: frame[::-1],
        "the ids are right, but in another order: '199' in row 1, expected '160'",
    ),
    (
        "kind",
        lambda frame: frame[["id", "b", "a", "c"]],
        "the columns are right, but in the order id, b, a, c, expected id, a, b, c",
    ),
    ("sold", lambda frame: frame.assign(id=160), "the id '160' in row 2, expected '161'"),
    ("sold", lambda frame: frame.rename(columns={"sold": "Sold"}), "the columns are id, Sold"),
    ("sold", lambda frame: frame.assign(sold=2.0), "'2.0' in column 'sold', row 1"),
    ("sold", lambda frame: frame.assign(sold=np.nan), "'' in column 'sold', row 1"),
    ("sold", lambda frame: frame.assign(sold="yes"), "'yes' in column 'sold', row 1"),
    ("price", lambda frame: frame.assign(price=np.inf), "'inf' in column 'price', row 1"),
    ("kind", lambda frame: frame.drop(columns="c"), "the columns are id, a, b, expected"),
]


@pytest.mark.parametrize(("target", "change", "told"), MISFITS)
def test_a_misfit_is_refused_with_its_place(
    folder: Path, target: str, change: Change, told: str
) -> None:
    code, _, message = check(folder, target, change)
    assert code == 2
    assert told in message
    assert "\n  hint: " in message


FORMS: list[tuple[Callable[[str], bytes], str]] = [
    (
        lambda text: text.replace(",", ";").encode(),
        "cells separated by semicolons, expected commas.",
    ),
    (
        lambda text: text.encode("utf-8-sig"),
        "a byte order mark at its start, expected plain UTF-8.",
    ),
    (lambda text: text.encode("utf-16"), "read as utf-16, expected plain UTF-8."),
    (lambda text: text.replace(",", " ").encode(), "cells separated by spaces, expected commas."),
    (lambda text: text.replace(",", ", ").encode(), "blanks beside the commas, expected none."),
    (
        lambda text: text.replace("\n", ",\n").encode(),
        "a comma at the end of lines, expected none.",
    ),
    (
        lambda text: f"# mine\n{text}".encode(),
        "the header is in line 2, expected it in the first line.",
    ),
    (
        lambda text: f"sep=,\n{text}".encode(),
        "the header is in line 2, expected it in the first line.",
    ),
    (
        lambda text: text.replace("\n165,", "\nid,sold\n165,").encode(),
        "the header is repeated in line 7, expected it once.",
    ),
]


@pytest.mark.parametrize(("encode", "told"), FORMS)
def test_a_file_in_a_form_that_competitions_do_not_read_is_refused(
    folder: Path, encode: Callable[[str], bytes], told: str
) -> None:
    path = folder / "mine.csv"
    path.write_bytes(encode(make_submission("sold").to_csv(index=False)))
    result = CliRunner().invoke(app, ["check", str(path), str(folder / "sold")])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path}: {told}\n  hint: ")


def test_a_parquet_file_called_csv_is_refused(folder: Path) -> None:
    path = folder / "mine.csv"
    make_submission("sold").to_parquet(path)
    result = CliRunner().invoke(app, ["check", str(path), str(folder / "sold")])
    assert result.exit_code == 2
    assert result.stderr == (
        f"{path}: a parquet file, expected csv.\n"
        "  hint: Write it with frame.to_csv(path, index=False).\n"
    )


def test_no_hint_speaks_of_a_run_that_there_may_not_be(folder: Path) -> None:
    for target, change, _ in MISFITS:
        assert "run" not in check(folder, target, change)[2].partition("hint: ")[2].split()


ODDITIES: list[tuple[str, Change, str]] = [
    ("sold", lambda frame: frame.assign(sold=0.5), "constant"),
    ("sold", lambda frame: frame.assign(sold=np.arange(N_TEST) % 2), "hard_labels"),
    ("kind", lambda frame: frame.assign(a=0.9, b=0.9, c=np.linspace(0, 1, N_TEST)), "row_sums"),
    ("price", lambda frame: frame.assign(price=frame["price"] * 1000), "range"),
]


@pytest.mark.parametrize(("target", "change", "code"), ODDITIES)
def test_what_fits_and_is_odd_is_told(folder: Path, target: str, change: Change, code: str) -> None:
    exit_code, out, _ = check(folder, target, change, "--json")
    assert exit_code == 0
    assert code in [finding["code"] for finding in json.loads(out)["findings"]]
    assert check(folder, target, change, "--fail-on", "warning")[0] == 2


def test_labels_are_checked_where_the_metric_wants_them(folder: Path) -> None:
    def label(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(sold=np.where(frame["sold"] > 0.5, "yes", "no"))

    assert check(folder, "sold", label, "--metric", "accuracy")[0] == 0
    code, out, _ = check(folder, "sold", lambda f: f.assign(sold="no"), "--metric", "accuracy")
    assert code == 0
    assert "'no' in every row of sold. [constant]" in out
    code, _, message = check(folder, "sold", lambda f: f, "--metric", "accuracy")
    assert code == 2
    assert "expected a class of 'sold' such as 'no'" in message


@pytest.mark.parametrize(
    ("change", "code", "severity"),
    [
        (lambda frame: frame, "repeated", "warning"),
        (lambda frame: frame.assign(sold=1 - frame["sold"]), "correlation", "warning"),
        (lambda frame: frame.assign(sold=frame["sold"] ** 1.1), "correlation", "note"),
    ],
)
def test_a_submission_is_compared_with_an_earlier_one(
    folder: Path, change: Change, code: str, severity: str
) -> None:
    earlier = folder / "earlier.csv"
    make_submission("sold").to_csv(earlier, index=False)
    _, out, _ = check(folder, "sold", change, "--json", "--against", str(earlier))
    found = json.loads(out)["findings"]
    assert [(one["code"], one["severity"]) for one in found] == [(code, severity)]


@pytest.fixture
def run(folder: Path) -> Path:
    words = ["fit", str(folder / "sold"), "--preset", "smoke", "--set", "limits.rounds=5", "-q"]
    words += ["--metric", "accuracy", "--candidates", "1", "--set", "run.report=false"]
    result = CliRunner().invoke(app, [*words, "--out", str(folder / "run")])
    assert result.exit_code == 0, result.output
    return folder / "run"


def test_a_run_knows_what_its_submission_is_checked_against(run: Path) -> None:
    told = f"{run / 'submission.csv'} is a valid submission: {N_TEST} rows; columns id, sold"
    for words in ([run], [run / "submission.csv"], [run / "submission.csv", run]):
        result = CliRunner().invoke(app, ["check", *map(str, words)])
        assert result.exit_code == 0, result.output
        assert result.stdout.replace("\n", "").startswith(told)


def test_another_file_is_checked_with_the_metric_of_a_run(folder: Path, run: Path) -> None:
    mine = folder / "mine.csv"
    make_submission("sold").to_csv(mine, index=False)
    result = CliRunner().invoke(app, ["check", str(mine), str(run)])
    assert result.exit_code == 2
    assert "expected a class of 'sold' such as 'no'" in result.stderr
