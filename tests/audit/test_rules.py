"""Every rule finds its flaw, and nothing where there is none."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from automl_cli.audit import RULES, audit_all
from automl_cli.core.finding import SEVERITIES, Finding
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.data.options import DataOptions

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

if TYPE_CHECKING:
    from automl_cli.core.events import Event

N_TRAIN, N_TEST = 1_200, 600
N = N_TRAIN + N_TEST
Rows = pd.DataFrame
Change = Callable[[Rows, np.random.Generator], None]


def make_rows(*, regression: bool = False) -> Rows:
    """Return rows of many kinds of columns without a flaw, training rows first."""
    rng = np.random.default_rng(0)
    size, age = rng.normal(size=N).round(3), rng.integers(18, 90, N)
    city = pd.Series(rng.integers(0, 12, N)).map("c{:02d}".format)
    signal = pd.Series(size + age / 40 + rng.normal(size=N))
    missing = rng.random(N) < 0.1
    return pd.DataFrame(
        {
            "id": np.arange(N),
            "size": size,
            "age": age,
            "city": city,
            "income": np.where(missing, np.nan, rng.normal(size=N).round(3)),
            "bought": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 900, N), "D"),
            "sold": signal.round(3) if regression else (signal > signal.median()).astype(int),
        }
    )


def find(folder: Path, rows: Rows, *, thorough: bool = True) -> list[Finding]:
    rows[:N_TRAIN].to_csv(folder / "train.csv", index=False)
    rows[N_TRAIN:].drop(columns=["sold"]).to_csv(folder / "test.csv", index=False)
    inference = infer_dataset(find_files([folder]), DataOptions(target=("sold",)))
    return audit_all(inference, n_folds=5, thorough=thorough)


@pytest.mark.parametrize("regression", [False, True])
def test_rows_without_a_flaw_give_no_finding(tmp_path: Path, *, regression: bool):
    assert find(tmp_path, make_rows(regression=regression)) == []


def leaking(rows: Rows, rng: np.random.Generator) -> None:
    rows["refunded"] = np.where(rng.random(N) < 0.001, 1 - rows["sold"], rows["sold"])


def sorted_by_answer(rows: Rows, rng: np.random.Generator) -> None:
    weight = rows["sold"][:N_TRAIN].to_numpy() * 300 + rng.normal(scale=600, size=N_TRAIN)
    rows[:N_TRAIN] = rows[:N_TRAIN].iloc[np.argsort(weight)].to_numpy()
    rows["id"] = np.arange(N)


def counted(rows: Rows, rng: np.random.Generator) -> None:
    order = rows["sold"] * 300 + rng.normal(scale=600, size=N)
    rows["id"] = order.rank().astype(int)


def other_users(rows: Rows, rng: np.random.Generator) -> None:
    users = np.append(rng.integers(0, 200, N_TRAIN), rng.integers(200, 300, N_TEST))
    rows["user"] = pd.Series(users).map("u{}".format)


def in_families(rows: Rows, rng: np.random.Generator) -> None:
    family = np.sort(rng.integers(0, N // 2, N))
    number = pd.Series(np.arange(N)).groupby(family).cumcount()
    rows["id"] = [f"{f:04}_{n:02}" for f, n in zip(family, number, strict=True)]
    rows[:] = rows.sample(frac=1, random_state=0).to_numpy()


def in_other_families(rows: Rows, rng: np.random.Generator) -> None:
    in_families(rows, rng)
    rows[:] = rows.sort_values("id").to_numpy()


def later(rows: Rows, rng: np.random.Generator) -> None:
    days = np.append(rng.integers(0, 300, N_TRAIN), rng.integers(300, 400, N_TEST))
    rows["bought"] = pd.Timestamp("2023-01-01") + pd.to_timedelta(days, "D")


def shifted(rows: Rows, _: np.random.Generator) -> None:
    rows.loc[N_TRAIN:, "size"] += 2


def slightly_everywhere(rows: Rows, rng: np.random.Generator) -> None:
    for number in range(12):
        rows[f"x{number}"] = rng.normal(size=N).round(3) + 0.35 * (np.arange(N) >= N_TRAIN)


def copied(rows: Rows, _: np.random.Generator) -> None:
    rows.loc[100:199, rows.columns[1:]] = rows.loc[0:99, rows.columns[1:]].to_numpy()


def copied_and_changed(rows: Rows, _: np.random.Generator) -> None:
    copied(rows, _)
    rows.loc[100:199, "sold"] = 1 - rows.loc[0:99, "sold"].to_numpy()


def copied_into_test(rows: Rows, _: np.random.Generator) -> None:
    rows.loc[N_TRAIN : N_TRAIN + 49, rows.columns[1:]] = rows.loc[0:49, rows.columns[1:]].to_numpy()


def with_a_rare_class(rows: Rows, _: np.random.Generator) -> None:
    rows["sold"] = rows["sold"].map({0: "no", 1: "yes"})
    rows.loc[[3, 700, 900], "sold"] = "perhaps"


def far_away(rows: Rows, _: np.random.Generator) -> None:
    rows.loc[7, "sold"] = 4_000.0


def skewed(rows: Rows, _: np.random.Generator) -> None:
    rows["sold"] = np.exp(1.2 * rows["sold"]).round(3)


def gaps_where_sold(rows: Rows, rng: np.random.Generator) -> None:
    rows.loc[(rows["sold"] == 1) & (rng.random(N) < 0.3), "income"] = np.nan


def new_cities(rows: Rows, _: np.random.Generator) -> None:
    rows.loc[N_TRAIN : N_TRAIN + 100, "city"] = "c99"


def a_code_a_row(rows: Rows, _: np.random.Generator) -> None:
    rows["code"] = [f"x{number:05d}y" for number in np.random.default_rng(3).permutation(N)]


def one_value(rows: Rows, _: np.random.Generator) -> None:
    rows["country"] = "FR"


def speaking(rows: Rows, rng: np.random.Generator) -> None:
    words = np.array([f"word{k}" for k in range(400)])
    rows["title"] = [" ".join(rng.choice(words, 6)) for _ in range(N)]


def speaking_of_the_same(rows: Rows, rng: np.random.Generator) -> None:
    speaking(rows, rng)
    rows["answer"] = [f"{text} indeed it is" for text in rows["title"]]


def with_odd_cells(rows: Rows, _: np.random.Generator) -> None:
    rows["size"] = [f"{v:.3f}" if i % 40 else "abc" for i, v in enumerate(rows["size"])]


def with_an_odd_target(rows: Rows, _: np.random.Generator) -> None:
    rows["sold"] = [f"${v:,.2f}" if i != 6 else "soon" for i, v in enumerate(rows["sold"])]


# the rule, the change, whether the target is a number, what the message has to tell
FLAWS: list[tuple[str, Change, bool, str]] = [
    ("leaking_column", leaking, False, "'refunded' alone explains 99."),
    ("telling_order", counted, False, "the id is related to 'sold'"),
    ("telling_order", sorted_by_answer, False, "the id is related to 'sold'"),
    (
        "unread_cells",
        with_odd_cells,
        False,
        "30 cells that are not numbers (2.5%), such as 'abc' in line 2; they count as missing.",
    ),
    (
        "unread_cells",
        with_an_odd_target,
        True,
        "1 cell that is not a number (0.1%), such as 'soon' in line 8; its row is left out.",
    ),
    ("grouped_test", other_users, False, "'user' repeats in train"),
    ("id_groups", in_families, False, "share 'id.1' with another one, and "),
    ("grouped_test", in_other_families, False, "'id.1' repeats in train"),
    ("later_test", later, False, "by 'bought' all of test lies at or after the end of train"),
    ("drifting_column", shifted, False, "'size' differs between train and test"),
    ("separable_test", shifted, False, "; size, "),
    ("separable_test", slightly_everywhere, False, "tells test rows from training rows"),
    (
        "duplicate_rows",
        copied,
        False,
        "100 of 1,200 training rows (8.3%) are exact copies of another one",
    ),
    ("contradicting_rows", copied_and_changed, False, "200 training rows (16.7%)"),
    ("shared_rows", copied_into_test, False, "50 of 600 test rows (8.3%)"),
    ("rare_classes", with_a_rare_class, False, "'perhaps' (3)"),
    ("target_outliers", far_away, True, "such as 4000"),
    ("skewed_target", skewed, True, "'sold' has a skewness of "),
    ("telling_gaps", gaps_where_sold, False, "are related to 'sold': income"),
    ("unseen_levels", new_cities, False, "16.8% of the test rows have a label in 'city'"),
    ("near_unique", a_code_a_row, False, "code: labels that hardly ever repeat"),
    ("constant_column", one_value, False, "country: the same in every training row"),
    ("text_column", speaking, False, "free text: title"),
    ("text_pair", speaking_of_the_same, False, "'title' and 'answer' share 66% of their words"),
]


@pytest.mark.parametrize(("code", "change", "regression", "told"), FLAWS)
def test_a_rule_finds_its_flaw(
    tmp_path: Path, code: str, change: Change, told: str, *, regression: bool
):
    rows = make_rows(regression=regression)
    change(rows, np.random.default_rng(5))
    every = find(tmp_path, rows, thorough=not RULES.get(code).is_fast)
    found = [finding for finding in every if finding.code == code]
    assert found, f"{code} found nothing"
    assert told in found[0].message


def test_columns_that_test_lacks_are_found(tmp_path: Path):
    rows = make_rows()
    rows["count"] = np.arange(N) % 7
    rows[:N_TRAIN].to_csv(tmp_path / "train.csv", index=False)
    rows[N_TRAIN:].drop(columns=["sold", "count"]).to_csv(tmp_path / "test.csv", index=False)
    inference = infer_dataset(find_files([tmp_path]), DataOptions(target=("sold",)))
    found = audit_all(inference, n_folds=5, thorough=False)
    assert [(finding.code, finding.columns) for finding in found] == [("train_only", ("count",))]


def test_every_rule_is_tested_on_a_flaw():
    assert {code for code, *_ in FLAWS} | {"train_only"} == set(RULES)


def test_the_gravest_comes_first(tmp_path: Path):
    rows = make_rows()
    for change in (one_value, leaking, shifted):
        change(rows, np.random.default_rng(5))
    order = [SEVERITIES.index(finding.severity) for finding in find(tmp_path, rows)]
    assert order == sorted(order)
    assert order[0] == 0


def test_only_a_thorough_audit_fits_models(tmp_path: Path):
    rows = make_rows()
    slightly_everywhere(rows, np.random.default_rng(5))
    find(tmp_path, rows)
    inference = infer_dataset(find_files([tmp_path]), DataOptions(target=("sold",)))
    fast = audit_all(inference, n_folds=5, thorough=False)
    assert "separable_test" not in {finding.code for finding in fast}


def test_tables_without_test_are_audited(tmp_path: Path):
    rows = make_rows().rename(columns={"id": "number"})
    leaking(rows, np.random.default_rng(5))
    rows.to_csv(tmp_path / "train.csv", index=False)
    inference = infer_dataset(find_files([tmp_path / "train.csv"]), DataOptions(target=("sold",)))
    found = audit_all(inference, n_folds=5, thorough=True)
    assert [finding.code for finding in found] == ["leaking_column"]


def test_noise_is_no_finding_of_effects(tmp_path: Path):
    """100 columns of noise and gaps: what an audit calls an effect is none of chance."""
    rng = np.random.default_rng(8)
    rows = make_rows()
    noise = {f"n{number}": rng.normal(size=N).round(4) for number in range(50)}
    noise |= {f"g{number}": np.where(rng.random(N) < 0.3, np.nan, 1.0) for number in range(50)}
    found = find(tmp_path, pd.concat([rows, pd.DataFrame(noise)], axis=1))
    assert {finding.code for finding in found} <= {"constant_column"}


def test_each_rule_is_told_before_it_is_asked(tmp_path: Path):
    make_rows()[:N_TRAIN].to_csv(tmp_path / "train.csv", index=False)
    inference = infer_dataset(find_files([tmp_path]), DataOptions(target=("sold",)))
    told: list[Event] = []
    audit_all(inference, n_folds=5, thorough=True, listener=told.append)
    names = [event.fields["name"] for event in told]
    rules = list(RULES)
    assert names == [f"rule {k} of {len(rules)}: {name}" for k, name in enumerate(rules, start=1)]
