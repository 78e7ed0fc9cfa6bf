"""All about one candidate, at 80 columns."""

import pytest

from automl_cli.cli.inspected import print_candidate

SHOWN = {
    **dict.fromkeys(("error", "hint", "file", "reason")),
    "key": "lightgbm-f1e64252",
    "description": "crosses (≤ 30); 31 leaves",
    "status": "fitted",
    "metric": "roc_auc",
    "target": "sold",
    "score": 0.91234,
    "score_se": 0.0123,
    "weight": 0.4,
    "seconds": 6.2,
    "predict_seconds": 0.51,
    "predict_share": 0.75,
    "cut": True,
    "row_share": 0.5,
    "original": 0.0,
    "params": [
        {"name": "extra_trees", "value": True, "default": None, "differs": True},
        {"name": "lambda_l2", "value": 1.0, "default": 1.0, "differs": False},
        {"name": "num_leaves", "value": 31, "default": 24, "differs": True},
    ],
    "recipe": [
        {"step": "numeric", "params": {}, "top": None, "own": True},
        {"step": "crosses", "params": {"max_pairs": 200}, "top": 30, "own": False},
    ],
    "generated": [{"group": "crosses", "column": "shop__colour", "folds": 2}],
    "folds": [
        {
            "fold": number,
            "score": 0.9 + number / 100,
            "rounds": 10 * number,
            "fitted_rounds": 100,
            "seconds": 3.1,
            "peak_bytes": 250_000_000,
            "row_share": 0.5 if number == 1 else 1.0,
            "cut": number == 1,
        }
        for number in (1, 2)
    ],
}
SHOWN_LINES = """\
lightgbm-f1e64252: crosses (≤ 30); 31 leaves
roc_auc of sold: 0.91234 ± 0.012
weight 0.40, fits 6.2 s, predictions 0.51 s (75% of the ensemble), stopped by the budget, \
50% of the rows

parameter     value  default
extra_trees    true     none
lambda_l2       1.0
num_leaves       31       24

features, step by step:
  numeric
  crosses (max_pairs 200; at most 30 columns a fold; not a default of the model)

generated column    group  folds
shop__colour      crosses    2/2

fold          score  rounds  fitted  seconds  memory
1              0.91      10     100      3.1  250 MB  cut, 50% of rows
2              0.92      20     100      3.1  250 MB
"""


def test_all_about_a_candidate_fits_into_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    print_candidate(SHOWN)
    lines = "".join(f"{line.rstrip()}\n" for line in capsys.readouterr().out.splitlines())
    assert lines == SHOWN_LINES
