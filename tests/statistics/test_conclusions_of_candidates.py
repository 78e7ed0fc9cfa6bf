"""Sentences about two candidates claim what the numbers say and no more."""

from dataclasses import replace

import pytest

from automl_cli.statistics.conclusions import (
    conclude_paired,
)
from automl_cli.statistics.paired import Gain, Paired

NAN = float("nan")


def make_paired(gain: Gain, folds: Gain | None) -> Paired:
    return Paired(
        first=0.9,
        second=0.91,
        n_rows=100,
        rows=gain,
        folds=folds,
        by_fold=(0.01, 0.02, -0.01),
        equal=False,
    )


def test_the_better_candidate_is_named_with_its_certainty():
    gain = Gain(gain=-0.0012, error=0.0004, low=-0.002, high=-0.0004, p=0.003, df=19)
    doubtful = replace(gain, p=0.3)
    said = conclude_paired(make_paired(gain, doubtful), ("one", "other"), "roc_auc", 0.05)
    assert said == [
        (
            "one is better than other by 0.0012 ± 0.0004 roc_auc (95%: 0.0004 to 0.002). If "
            "they were equally good, a difference this large would come up in 3 of 1,000 cases."
        ),
        (
            "other is ahead in 2 of 3 folds: it is uncertain whether the same settings would be "
            "better on average, trained on other rows (p = 0.3, corrected for overlapping "
            "training rows)."
        ),
    ]


def test_folds_speak_of_the_mean_over_other_training_rows():
    gain = Gain(gain=0.012, error=0.004, low=0.002, high=0.02, p=0.003, df=19)
    said = conclude_paired(make_paired(gain, gain), ("one", "other"), "roc_auc", 0.05)
    assert said[1] == (
        "other is ahead in 2 of 3 folds: on average, trained on other rows, other would be better "
        "(p = 0.003, corrected for overlapping training rows)."
    )


@pytest.mark.parametrize(
    ("gain", "told"),
    [
        (
            -0.1,
            (
                "one is better than other by 0.1 auc in these rows; the error of this difference "
                "is unknown."
            ),
        ),
        (
            0.1,
            (
                "other is better than one by 0.1 auc in these rows; the error of this difference "
                "is unknown."
            ),
        ),
        (
            0.0,
            (
                "one and other are equal in auc in these rows; the error of this difference is "
                "unknown."
            ),
        ),
        (NAN, "auc is undefined in these rows: one and other cannot be compared."),
    ],
)
def test_a_gain_without_an_error_is_told_in_its_direction(gain: float, told: str):
    paired = make_paired(Gain(gain=gain, error=NAN, low=NAN, high=NAN, p=NAN, df=0), None)
    assert conclude_paired(paired, ("one", "other"), "auc", 0.05) == [told]


def test_where_nothing_can_be_told_the_interval_says_what_is_possible():
    gain = Gain(gain=0.001, error=0.001, low=-0.001, high=0.003, p=0.33, df=19)
    said = conclude_paired(make_paired(gain, None), ("one", "other"), "roc_auc", 0.05)
    assert said == [
        (
            "one and other do not differ significantly in roc_auc: other is ahead by 0.001 ± "
            "0.001, and equally good models would differ as much in 33 of 100 cases. On new rows "
            "other may be better by up to 0.003, or worse by up to 0.001 (95%)."
        ),
        (
            "other is ahead in 2 of 3 folds; these are too few folds to say what training on other "
            "rows would change."
        ),
    ]
