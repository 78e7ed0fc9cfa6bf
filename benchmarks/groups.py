"""How far a cross-validated score is from the test score, with and without group folds.

    python benchmarks/groups.py WORK --tables 30

Makes tables in which the rows of one group share an effect on the target and a few columns that
betray the group; the test rows are of other groups. Each is fitted by one LightGBM, with the
folds that `auto` chooses and with stratified ones. Prints the mean difference |CV - test| of the
AUC and its standard error over the tables.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

import automl_cli

N_GROUPS, N_TEST_GROUPS, N_ROWS = 40, 40, 25  # rows of each group
SETTINGS = ["data.target=sold", "data.id=id", "metric=roc_auc", "limits.candidates=1"]
WAYS = {"auto": [], "stratified": ["validation.splitter=stratified"]}


def main() -> None:
    """Fit all tables both ways and print the differences."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--tables", type=int, default=30)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    for seed in range(options.tables):
        folder = options.work / str(seed)
        answers = make_tables(folder, seed)
        for way, settings in WAYS.items():
            out = folder / way
            summary = automl_cli.fit(
                folder, preset="smoke", overrides=[*SETTINGS, *settings], out=out
            )
            predicted = pd.read_csv(out / "submission.csv")["sold"]
            found[way].append((summary["score"], float(roc_auc_score(answers, predicted))))
    print("| folds | mean CV | mean test | mean abs. difference | s.e. |\n|---|---|---|---|---|")
    for way, pairs in found.items():
        scores, tests = np.array(pairs).T
        gaps = np.abs(scores - tests)
        error = gaps.std(ddof=1) / np.sqrt(len(gaps))
        figures = (scores.mean(), tests.mean(), gaps.mean(), error)
        print(f"| {way} | " + " | ".join(f"{figure:.4f}" for figure in figures) + " |")


def make_tables(folder: Path, seed: int) -> np.ndarray:
    """Write train.csv and test.csv, whose groups differ; return the answers of test."""
    rng = np.random.default_rng(seed)
    n_groups = N_GROUPS + N_TEST_GROUPS
    groups = np.repeat(np.arange(n_groups), N_ROWS)
    effects = rng.normal(scale=1.5, size=n_groups)
    traces = rng.normal(size=(n_groups, 3))  # say who it is, and nothing about the effect
    frame = pd.DataFrame({"id": np.arange(len(groups)), "store": groups})
    for k in range(3):
        frame[f"trace{k}"] = (traces[groups, k] + rng.normal(scale=0.1, size=len(groups))).round(3)
    for k in range(5):
        frame[f"x{k}"] = rng.normal(size=len(groups)).round(3)
    margin = effects[groups] + frame["x0"] + 0.5 * frame["x1"]
    frame["sold"] = (rng.random(len(groups)) < 1 / (1 + np.exp(-margin))).astype(int)
    n_train = N_GROUPS * N_ROWS
    folder.mkdir(parents=True)
    frame[:n_train].to_csv(folder / "train.csv", index=False)
    frame[n_train:].drop(columns="sold").to_csv(folder / "test.csv", index=False)
    return frame["sold"][n_train:].to_numpy()


if __name__ == "__main__":
    main()
