"""Whatever the spelling of cells, the form of the sample and the order of columns: it is right."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automl_cli.data.check import check_submission
from automl_cli.data.files import find_files
from automl_cli.data.infer import Inference, infer_dataset
from automl_cli.data.options import DataOptions
from automl_cli.data.read import read_table
from automl_cli.data.submission import make_submission, write_submission
from automl_cli.data.types import TableTyping, prepare_frame

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_TRAIN, N_TEST = 60, 24
fuzz = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
# How a number of two decimals may be spelled; every one leaves no doubt in a column of 84.
NUMBERS: dict[str, Callable[[float], str]] = {
    "plain": lambda v: f"{v:.2f}",
    "decimal comma": lambda v: f"{v:.2f}".replace(".", ","),
    "thousands": lambda v: f"{v:,.2f}",
    "European": lambda v: f"{v:,.2f}".translate(str.maketrans(",.", ".,")),
    "French": lambda v: f"{v:,.2f}".replace(",", "\u202f").replace(".", ","),
    "Swiss": lambda v: f"{v:,.2f}".replace(",", "'"),
    "per cent": lambda v: f"{v:.2f} %",
    "dollars": lambda v: f"-${-v:,.2f}" if v < 0 else f"${v:,.2f}",
    "euros": lambda v: f"{v:.2f}".replace(".", ",") + " €",
    "brackets": lambda v: f"({-v:.2f})" if v < 0 else f"{v:.2f}",
    "behind": lambda v: f"{-v:.2f}-" if v < 0 else f"{v:.2f}",
    "typographic": lambda v: f"{v:.2f}".replace("-", "\u2212"),
    "unit": lambda v: f"{v:.2f} km/h",
    "blanks": lambda v: f"  {v:.2f} ",
}
DATES = {
    "ISO": "%Y-%m-%d",
    "slashes": "%d/%m/%Y",
    "American": "%m/%d/%Y",
    "named": "%d-%b-%y",
    "long": "%B %d, %Y",
    "compact": "%Y%m%d",
}
FLAGS = {"words": ("True", "False"), "lower": ("true", "false"), "mixed": ("Yes", "0")}
SAMPLES = ("none", "zeros", "fractions", "labels", "ids", "last", "shuffled", "floats")
DELIMITERS = (",", ";", "\t", "|")


@st.composite
def draw_forms(draw: st.DrawFn) -> dict[str, str | int]:
    """Return how the tables of a competition are written."""
    return {
        "number": draw(st.sampled_from(sorted(NUMBERS))),
        "target": draw(st.sampled_from(sorted(NUMBERS))),
        "date": draw(st.sampled_from(sorted(DATES))),
        "flag": draw(st.sampled_from(sorted(FLAGS))),
        "sample": draw(st.sampled_from(SAMPLES)),
        "delimiter": draw(st.sampled_from(DELIMITERS)),
        "seed": draw(st.integers(0, 1_000)),
    }


def make_rows(seed: int) -> pd.DataFrame:
    """Return rows of every kind of column, as they are."""
    rng, n = np.random.default_rng(seed), N_TRAIN + N_TEST
    amount = np.exp(rng.normal(5, 3, n)).clip(0.01, 1e7) * rng.choice([-1, 1], n)
    return pd.DataFrame(
        {
            "id": rng.permutation(np.arange(1000, 1000 + n)),
            "amount": amount.round(2),
            "day": pd.Timestamp("2019-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
            "flag": rng.integers(0, 2, n),
            "city": rng.choice(["Bern", "Genf", "Zug"], n),
        }
    )


def spell(rows: pd.DataFrame, forms: dict[str, str | int]) -> pd.DataFrame:
    """Return the rows as texts."""
    yes, no = FLAGS[str(forms["flag"])]
    return pd.DataFrame(
        {
            "id": rows["id"].astype(str),
            "amount": rows["amount"].map(NUMBERS[str(forms["number"])]),
            "day": rows["day"].dt.strftime(DATES[str(forms["date"])]),
            "flag": np.where(rows["flag"] == 1, yes, no),
            "city": rows["city"],
        }
    )


def make_sample(ids: pd.Series, form: str, seed: int) -> pd.DataFrame | None:
    """Return a sample submission for a target of yes and no."""
    rng = np.random.default_rng(seed)
    texts = ids.astype(str).reset_index(drop=True)
    if form == "none":
        return None
    if form == "ids":
        return pd.DataFrame({"id": texts})
    if form == "floats":
        return pd.DataFrame({"id": texts + ".0", "sold": 0.5})
    if form == "shuffled":
        return pd.DataFrame({"id": texts.sample(frac=1, random_state=seed), "sold": 0})
    values = {
        "zeros": np.zeros(len(ids), dtype=int),
        "last": np.zeros(len(ids), dtype=int),
        "fractions": np.full(len(ids), 0.5),
        "labels": rng.permutation(np.arange(len(ids)) % 2),
    }[form]
    sample = pd.DataFrame({"id": texts, "sold": values})
    return sample[["sold", "id"]] if form == "last" else sample


def write(
    folder: Path, forms: dict[str, str | int], target: pd.Series, sample: pd.DataFrame | None
) -> Inference:
    """Write a competition with its columns in a drawn order, and infer it."""
    seed = int(forms["seed"])
    rows = spell(make_rows(seed), forms).assign(sold=target.to_numpy())
    order = np.random.default_rng(seed).permutation(rows.columns)
    mark = str(forms["delimiter"])
    rows[:N_TRAIN][list(order)].to_csv(folder / "train.csv", sep=mark, index=False)
    test = rows[N_TRAIN:][[name for name in order if name != "sold"]]
    test.to_csv(folder / "test.csv", sep=mark, index=False)
    if sample is not None:
        sample.to_csv(folder / "sample_submission.csv", index=False)
    return infer_dataset(find_files([folder]), DataOptions(target=("sold",), parts=False))


@fuzz
@given(forms=draw_forms())
def test_values_are_read_as_they_were_before_they_were_spelled(forms: dict[str, str | int]):
    rows = make_rows(int(forms["seed"]))
    target = rows["amount"] * 2
    spelled = target.map(NUMBERS[str(forms["target"])])
    with tempfile.TemporaryDirectory() as place:
        found = write(Path(place), forms, spelled, None)
        batch = read_table(Path(place) / "test.csv")
    dataset, plain = found.dataset, rows[:N_TRAIN]
    assert dataset.schema.targets[0].task == "regression"
    np.testing.assert_allclose(dataset.targets["sold"], target[:N_TRAIN], rtol=1e-12)
    np.testing.assert_allclose(dataset.train["amount"], plain["amount"], rtol=1e-12)
    assert dataset.train["day"].tolist() == plain["day"].tolist()
    np.testing.assert_array_equal(dataset.train["flag"], plain["flag"])
    assert dataset.train["city"].tolist() == plain["city"].tolist()
    typing = TableTyping.from_json(found.typing.to_json())  # as `automl predict` reads new rows
    pd.testing.assert_frame_equal(prepare_frame(typing, batch), dataset.test)
    alone = [prepare_frame(typing, batch.where(np.arange(N_TEST) == n)) for n in (0, N_TEST - 1)]
    for row, one in zip((0, N_TEST - 1), alone, strict=True):
        expected = dataset.test.iloc[[row]].reset_index(drop=True)
        pd.testing.assert_frame_equal(one, expected, check_dtype=False)


@fuzz
@given(forms=draw_forms())
def test_each_row_of_a_submission_holds_the_prediction_of_its_id(forms: dict[str, str | int]):
    seed = int(forms["seed"])
    rows = make_rows(seed)
    target = pd.Series(np.arange(len(rows)) % 2)
    ids = rows["id"][N_TRAIN:]
    sample = make_sample(ids, str(forms["sample"]), seed)
    with tempfile.TemporaryDirectory() as place:
        found = write(Path(place), forms, target, sample).dataset
        wants = (
            "label" if found.sample is not None and forms["sample"] == "labels" else "probability"
        )
        predicted = ids.to_numpy() / 2_000  # tells which row it is of
        answers = predicted if wants == "probability" else (ids.to_numpy() % 2)
        frame = make_submission(found, {"sold": answers}, {"sold": wants})
        path = Path(place) / "submission.csv"
        write_submission(frame, path)
        check_submission(path, found, {"sold": wants})
        written = pd.read_csv(path, dtype=str)
    columns = ["sold", "id"] if forms["sample"] == "last" else ["id", "sold"]
    assert list(written.columns) == columns
    expected = ids.astype(str) if sample is None else sample["id"].astype(str)
    assert written["id"].tolist() == expected.tolist()  # byte for byte, and in its order
    plain = written["id"].astype(float).to_numpy()
    wanted = plain / 2_000 if wants == "probability" else plain % 2
    np.testing.assert_allclose(written["sold"].astype(float), wanted, rtol=1e-12)
