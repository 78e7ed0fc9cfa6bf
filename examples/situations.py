"""Make the made-up competitions of docs/cookbook.md, each a folder in the current one.

python examples/situations.py           # all
python examples/situations.py patients  # one
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

N_TRAIN, N_TEST = 300, 100
Rng = np.random.Generator


def make(name: str, folder: Path) -> None:
    """Write the tables of one competition into `folder/name`."""
    frame, targets, is_test = SITUATIONS[name](np.random.default_rng(0))
    write(folder / name, frame, targets, is_test)
    if name == "loans":  # the public table that the competition was made from
        original, _, _ = make_loans(np.random.default_rng(1))
        original.drop(columns="id").to_csv(folder / name / "original.csv", index=False)


def write(
    folder: Path, frame: pd.DataFrame, targets: list[str], is_test: npt.NDArray[np.bool_]
) -> None:
    """Write train.csv, test.csv and sample_submission.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    frame[~is_test].to_csv(folder / "train.csv", index=False)
    test = frame[is_test].drop(columns=targets)
    test.to_csv(folder / "test.csv", index=False)
    sample = test[["id"]].assign(**dict.fromkeys(targets, 0))
    sample.to_csv(folder / "sample_submission.csv", index=False)


Situation = tuple[pd.DataFrame, list[str], npt.NDArray[np.bool_]]


def make_churn(rng: Rng) -> Situation:
    """Make customers who leave: the tenure and the contract tell, the shoe size does not."""
    frame = start(rng)
    frame["tenure"] = rng.integers(1, 72, len(frame))
    frame["contract"] = rng.choice(["month", "year", "two years"], len(frame), p=[0.5, 0.3, 0.2])
    frame["charge"] = rng.gamma(8, 8, len(frame)).round(2)
    frame["shoe_size"] = rng.integers(36, 47, len(frame))
    odds = 1.5 * (frame["contract"] == "month") - frame["tenure"] / 18 + frame["charge"] / 60
    frame["left"] = (rng.logistic(size=len(frame)) < odds).astype(int)
    return frame, ["left"], at_random(rng, frame)


def make_houses(rng: Rng) -> Situation:
    """Make prices, which errors are counted in proportion to."""
    frame = start(rng)
    frame["area"] = rng.gamma(9, 14, len(frame)).round(1)
    frame["built"] = rng.integers(1900, 2021, len(frame))
    frame["district"] = rng.choice(list("abcdef"), len(frame))
    log_price = 7.5 + np.log(frame["area"]) + (frame["built"] - 1960) / 150
    log_price += frame["district"].map(dict(zip("abcdef", np.linspace(-0.4, 0.4, 6), strict=True)))
    frame["price"] = np.exp(log_price + rng.normal(0, 0.15, len(frame))).round(-2)
    return frame, ["price"], at_random(rng, frame)


def make_patients(rng: Rng) -> Situation:
    """Make visits of patients; those of test are others than those of train."""
    frame = start(rng)
    patient = np.arange(len(frame)) // 4
    frame["patient"] = rng.permutation(len(frame) // 4)[patient] + 100
    ill = rng.random(patient.max() + 1) < 0.4
    frame["pulse"] = (70 + 6 * rng.normal(size=patient.max() + 1)[patient]).round(1)
    frame["pressure"] = (120 + 8 * ill[patient] + rng.normal(0, 9, len(frame))).round()
    frame["ill"] = ill[patient].astype(int)
    is_test = patient >= N_TRAIN // 4
    order = rng.permutation(len(frame))
    return frame.iloc[order], ["ill"], is_test[order]


def make_shops(rng: Rng) -> Situation:
    """Make sales of four shops by day; test is the time after train."""
    frame = start(rng)
    day = np.arange(len(frame)) // 4
    frame["date"] = pd.date_range("2024-01-01", periods=day.max() + 1)[day].strftime("%Y-%m-%d")
    frame["shop"] = np.arange(len(frame)) % 4
    frame["promotion"] = rng.integers(0, 2, len(frame))
    level = 40 + 10 * frame["shop"] + 12 * (day % 7 >= 5) + 15 * frame["promotion"] + day / 10
    frame["sales"] = rng.poisson(level)
    return frame, ["sales"], day >= N_TRAIN // 4


def make_loans(rng: Rng) -> Situation:
    """Make loans; train and the original table follow the same law."""
    frame = start(rng)
    frame["income"] = rng.gamma(4, 12, len(frame)).round(1)
    frame["amount"] = rng.gamma(3, 6, len(frame)).round(1)
    frame["purpose"] = rng.choice(["car", "home", "other"], len(frame))
    odds = frame["amount"] / 8 - frame["income"] / 20 + (frame["purpose"] == "other")
    frame["default"] = (rng.logistic(size=len(frame)) < odds).astype(int)
    return frame, ["default"], at_random(rng, frame)


def make_wines(rng: Rng) -> Situation:
    """Make marks from 3 to 7, whose order counts."""
    frame = start(rng)
    frame["alcohol"] = rng.normal(10.5, 1.0, len(frame)).round(1)
    frame["acidity"] = rng.gamma(9, 0.06, len(frame)).round(2)
    worth = frame["alcohol"] - 10.5 - 2 * (frame["acidity"] - 0.54) + rng.normal(0, 0.5, len(frame))
    frame["mark"] = np.clip((worth * 1.2 + 5).round(), 3, 7).astype(int)
    return frame, ["mark"], at_random(rng, frame)


def make_alloys(rng: Rng) -> Situation:
    """Make two properties of each alloy, both to be predicted."""
    frame = start(rng)
    frame["copper"], frame["zinc"] = rng.uniform(0, 1, (2, len(frame))).round(3)
    frame["heated"] = rng.choice(["yes", "no"], len(frame))
    noise = rng.normal(0, 0.1, (2, len(frame)))
    frame["strength"] = (frame["zinc"] - frame["copper"] ** 2 + noise[0]).round(3)
    frame["gap"] = (frame["copper"] + (frame["heated"] == "yes") + noise[1]).round(3)
    return frame, ["strength", "gap"], at_random(rng, frame)


def make_reviews(rng: Rng) -> Situation:
    """Make texts, some words of which tell whether a buyer was content."""
    frame = start(rng)
    content = rng.random(len(frame)) < 0.5
    written = content ^ (rng.random(len(frame)) < 0.2)  # irony
    plain = np.array(
        ["the", "it", "was", "and", "delivered", "box", "blue", "on", "monday", "by", "post"]
    )
    good = np.array(["lovely", "works", "quick", "again"])
    bad = np.array(["broken", "late", "returned", "refund"])
    frame["review"] = [
        " ".join(rng.permutation([*rng.choice(plain, 12), *rng.choice(good if one else bad, 1)]))
        for one in written
    ]
    frame["stars_given_before"] = rng.integers(1, 6, len(frame))
    frame["content"] = content.astype(int)
    return frame, ["content"], at_random(rng, frame)


def start(rng: Rng) -> pd.DataFrame:
    """Return a table with ids alone, in no telling order."""
    return pd.DataFrame({"id": rng.permutation(N_TRAIN + N_TEST) + 1000})


def at_random(rng: Rng, frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which rows are those of test."""
    return np.asarray(rng.permutation(len(frame)) < N_TEST)


SITUATIONS: Mapping[str, Callable[[Rng], Situation]] = {
    "churn": make_churn,
    "houses": make_houses,
    "patients": make_patients,
    "shops": make_shops,
    "loans": make_loans,
    "wines": make_wines,
    "alloys": make_alloys,
    "reviews": make_reviews,
}

if __name__ == "__main__":
    for one in sys.argv[1:] or SITUATIONS:
        make(one, Path())
