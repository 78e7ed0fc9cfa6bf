"""Every example of README and docs runs; what cannot run here is listed with its reason."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from shown import ROOT, SMALL, Block, check_shown, find_blocks, run_blocks, run_line, working_in

import automl_cli

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

NOTHING_TO_RUN = {"commands.md", "config.md", "tables.md", "json.md"}  # made from the code
ELSEWHERE = {"cookbook.md"}  # tests/test_cookbook.py
PAGES = [
    ROOT / "README.md",
    *sorted(set(ROOT.glob("docs/*.md")) - {ROOT / "docs" / p for p in NOTHING_TO_RUN | ELSEWHERE}),
    ROOT / "examples/README.md",
    *sorted(ROOT.glob("examples/*.yaml")),
]
NOT_RUN = {
    r"make (demo|test)\b": "sets up an environment of its own; the suite runs what is in it",
    r"pip install ": "installs this program, which the tests are run with",
    r"!pip install ": "a cell of a notebook; tests/test_wheelhouse.py installs from wheels",
    r"!automl fit /kaggle/": "a cell of a notebook, with its paths",
    r"automl fit .*--competition ": "asks Kaggle; tests/kaggle_site runs it against a stand-in",
    r"automl submit ": "asks Kaggle; tests/kaggle_site runs it against a stand-in",
    r"automl wheelhouse ": "downloads 600 MiB; tests/test_wheelhouse.py collects a small one",
    r"automl fit \. -c forecast": "its columns are made up; tests/test_docs.py loads the config",
    r"import os\n\nfrom kaggle_secrets": "a cell of a notebook of Kaggle",
}
LINE = re.compile(r"^(?: {4,7}|# +)((?:!?automl|python|!?pip|make) .+)$", flags=re.MULTILINE)
FENCED = re.compile(r"(^```\w*\n.*?^```$)", flags=re.MULTILINE | re.DOTALL)


N_ROWS = 480
# One linear candidate: starting a worker is most of what an example costs.
LEAST = ["--set", "limits.candidates=1", "--set", "models.lightgbm=false"]


def find_examples(text: str) -> Iterator[str | Block]:
    """Yield command lines and fenced blocks in the order of the page."""
    for part in FENCED.split(text):
        yield from find_blocks(part) if part.startswith("```") else LINE.findall(part)


def find_reason(example: str) -> str | None:
    return next((why for pattern, why in NOT_RUN.items() if re.match(pattern, example)), None)


def make_titanic(folder: Path) -> None:
    """Write a competition with the columns that the pages speak of; the rows are made up."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"id": np.arange(401, 401 + N_ROWS)})
    frame["sex"] = rng.choice(["female", "male"], N_ROWS)
    frame["age"] = rng.integers(1, 80, N_ROWS)
    frame["fare"] = rng.gamma(2, 15, N_ROWS).round(2)
    frame["ticket"] = rng.integers(0, 60, N_ROWS)
    frame["customer"] = rng.integers(0, 60, N_ROWS)
    for name in ("cabin", "comment"):
        frame[name] = rng.choice(list("ab"), N_ROWS)
    frame["zip"] = rng.choice([1010, 2020, 3030], N_ROWS)
    odds = 1.5 * (frame["sex"] == "female") + frame["fare"] / 30 - frame["age"] / 30
    frame["survived"] = (rng.logistic(size=N_ROWS) < odds).astype(int)
    is_test = np.arange(N_ROWS) % 3 == 2
    folder.mkdir()
    train, test = frame[~is_test], frame[is_test]
    train.to_csv(folder / "train.csv", index=False)
    test.drop(columns="survived").to_csv(folder / "test.csv", index=False)
    guess = (test["sex"] == "female").astype(int)
    test[["id"]].assign(survived=guess).to_csv(folder / "sample_submission.csv", index=False)


def make_files(place: Path) -> None:
    """Write what the pages name beside the competition."""
    train = pd.read_csv(place / "titanic/train.csv")
    test = pd.read_csv(place / "titanic/test.csv")
    shutil.copytree(place / "titanic", place, dirs_exist_ok=True)
    test.to_csv(place / "new.csv", index=False)
    noise = np.random.default_rng(1).uniform(0.1, 0.9, N_ROWS)
    train[["id"]].assign(survived=noise[: len(train)]).to_csv(place / "oof.csv", index=False)
    test[["id"]].assign(survived=noise[-len(test) :]).to_csv(place / "predicted.csv", index=False)
    for name, limit in (("mine", 20), ("yesterday", 30)):
        labels = (test["fare"] > limit).astype(int)
        test[["id"]].assign(survived=labels).to_csv(place / f"{name}.csv", index=False)
    houses = pd.DataFrame({"size": noise[:200], "age": np.arange(200) % 50 + 1})
    houses["kind"] = np.where(np.arange(200) % 3, "flat", "hut")
    houses["price"] = (houses["size"] * 3 - np.log(houses["age"]) + noise[-200:]).round(3)
    (place / "houses").mkdir()
    houses.to_csv(place / "houses/train.csv", index=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with a competition, two runs of it, and all that the pages name."""
    place = tmp_path_factory.mktemp("examples")
    make_titanic(place / "titanic")
    make_files(place)
    shutil.copytree(ROOT / "examples", place / "examples")
    with working_in(place):
        for name, seed in (("titanic-1a2b3c4d", 0), ("titanic-5e6f7a8b", 1)):
            run_line(f"automl fit titanic --preset smoke --seed {seed} --out runs/{name}")
        yield place


def name_candidates(line: str) -> str:
    """Put the keys of the run in place of those that a page makes up."""
    summary = json.loads(Path("runs/titanic-1a2b3c4d/summary.json").read_text("utf-8"))
    keys = iter([one["key"] for one in summary["targets"][0]["candidates"]])
    return re.sub(r"\b(?:lightgbm|catboost)-[0-9a-f]{8}\b", lambda _: next(keys), line)


def run_python(code: str, patch: pytest.MonkeyPatch) -> None:
    real, small = automl_cli.fit, [word for word in (*SMALL["fit"], *LEAST) if "=" in word]

    def fit(*paths: str, overrides: Any = (), **options: Any) -> dict[str, Any]:
        return real(*paths, overrides=[*overrides, *small], **options)

    patch.setattr(automl_cli, "fit", fit)
    exec(compile(code, "example", "exec"), {"__name__": "example"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_example_of_a_page_runs(
    page: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place == Path.cwd()
    Path("my.yaml").unlink(missing_ok=True)
    printed, blocks = [], []
    for example in find_examples(page.read_text(encoding="utf-8")):
        if find_reason(example if isinstance(example, str) else example.text):
            continue
        if isinstance(example, str):
            add = LEAST if example.startswith("automl fit") else []
            printed.append(run_line(name_candidates(example), add=add))
            continue
        blocks.append(example)
        if example.language == "python" and "automl_cli.fit(" in example.text:
            run_python(example.text, monkeypatch)
        elif example.language == "yaml" and not example.text.startswith("# "):
            Path("my.yaml").write_text(example.text, encoding="utf-8")
            printed.append(run_line("automl fit titanic -c my.yaml", add=LEAST))
        else:
            printed.append(run_blocks([example]))
    check_shown(blocks, "".join(printed))


def test_every_reason_not_to_run_an_example_is_needed() -> None:
    shown = [
        example if isinstance(example, str) else example.text
        for page in PAGES
        for example in find_examples(page.read_text(encoding="utf-8"))
    ]
    for pattern in NOT_RUN:
        assert any(re.match(pattern, one) for one in shown), pattern
