"""What a model from outside brings to a run, by `automl blend`.

    python benchmarks/blending.py COMPETITIONS WORK BENCH --tasks titanic california-housing

Fits each competition (`--preset fast`), makes a kernel machine in plain scikit-learn with folds of
its own, as a notebook would (where there is free text a linear model of its words), writes its
out-of-fold and test predictions and blends them with the run. Prints the cross-fitted scores with
and without it, its weight, and by how much BENCH/score.py finds the test loss of the blend lower
than the run's.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from competition import make_parser, read_metric, score
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, QuantileTransformer

COMPONENTS = 600
MOST_WORDS = 4.0  # of a label
RARE = 10  # rows of a level


def main() -> None:
    """Fit, make the outside model, blend and print."""
    parser = make_parser(__doc__, "competitions", "work", "bench")
    parser.add_argument("--set", nargs="*", default=[], help="further settings of the run")
    options = parser.parse_args()
    print("| task | run | outside | blend | s.e. | weight | test loss, blend less run |")
    print("|---|---|---|---|---|---|---|")
    for name in options.tasks:
        source, work = options.competitions / name, options.work / name
        work.mkdir(parents=True, exist_ok=True)
        run, blended = work / "run", work / "blended.csv"
        words = ["--metric", read_metric(source), "--preset", "fast", "--out", run, "-q"]
        call("fit", source, *words, *(word for one in options.set for word in ("--set", one)))
        oof, test = make_outside(source, work)
        told = json.loads(call("blend", run, oof, test, "--submission", blended, "--json"))
        target = told["targets"][0]
        outside = next((one for one in target["members"] if one["outside"]), None)
        found = score(options.bench, source, run / "submission.csv", blended)
        figures = [target["run_score"], outside and outside["score"], target["score"]]
        figures += [target["run_score_se"], outside and outside["weight"]]
        cells = " | ".join("none" if one is None else f"{one:.5g}" for one in figures)
        print(f"| {name} | {cells} | {found['difference']:+.2g} ± {found['se']:.2g} |", flush=True)


def call(*words: object) -> str:
    """Run the program and return what it prints."""
    command = [sys.executable, "-m", "automl_cli", *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def make_outside(source: Path, work: Path) -> tuple[Path, Path]:
    """Write out-of-fold and test predictions of a kernel machine as csv files."""
    facts = json.loads((source / "meta.json").read_text())
    target, id_column = facts["target"], facts["id_column"]
    train, test = pd.read_csv(source / "train.csv"), pd.read_csv(source / "test.csv")
    shared = [name for name in train if name in test and name not in {target, id_column}]
    y, is_values = train[target], facts["task"] == "regression"
    texts = [name for name in shared if count_words(train[name]) >= MOST_WORDS]
    model = make_model(texts, is_values=is_values)
    if is_values:
        folds: Any = KFold(5, shuffle=True, random_state=1)
        oof = cross_val_predict(model, train[shared], y, cv=folds)
        answers = model.fit(train[shared], y).predict(test[shared])
        names = [target]
    else:
        folds = StratifiedKFold(5, shuffle=True, random_state=1)
        oof = cross_val_predict(model, train[shared], y, cv=folds, method="predict_proba")
        answers = model.fit(train[shared], y).predict_proba(test[shared])
        names = [target] if facts["task"] == "binary" else [str(one) for one in np.unique(y)]
        oof, answers = (one[:, 1] if len(names) == 1 else one for one in (oof, answers))
    paths = []
    for name, table, made in (("oof", train, oof), ("test", test, answers)):
        frame = pd.DataFrame(np.reshape(made, (len(table), -1)), columns=names)
        frame.insert(0, id_column, table[id_column])
        frame.to_csv(work / f"{name}.csv", index=False)
        paths.append(work / f"{name}.csv")
    return paths[0], paths[1]


def count_words(column: pd.Series) -> float:
    """Return the mean number of words, 0 for numbers."""
    is_text = pd.api.types.is_string_dtype(column) or column.dtype == object
    return float(column.fillna("").str.split().str.len().mean()) if is_text else 0.0


def make_model(texts: list[str], *, is_values: bool) -> Pipeline:
    """Return a kernel machine on ranks of numbers and indicators of labels, or one of words."""
    last = RidgeCV(np.logspace(-3, 3, 13)) if is_values else LogisticRegression(max_iter=500)
    if texts:
        words = [
            (TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2), name)
            for name in texts
        ]
        return make_pipeline(make_column_transformer(*words), last)
    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True),
        QuantileTransformer(output_distribution="normal", random_state=0),
    )
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (
            OneHotEncoder(min_frequency=RARE, handle_unknown="infrequent_if_exist"),
            make_column_selector(dtype_exclude="number"),
        ),
        sparse_threshold=0.0,
    )
    kernel = Nystroem(n_components=COMPONENTS, gamma=0.05, random_state=0)
    return make_pipeline(columns, kernel, last)


if __name__ == "__main__":
    main()
