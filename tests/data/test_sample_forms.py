"""The cells of the sample tell what is asked for, and how it is spelled.

Longer than other modules: it is one table of cases.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from data.sample_cases import (
    ACCURACY,
    CHANCE,
    CLASSES,
    IDS,
    LABEL,
    MARKS,
    RMSE,
    ROC,
    YES_NO,
    ZERO_ONE,
    Case,
    check_form,
    column,
    read,
    write_tables,
)

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

ErrorOf = Callable[..., tuple[str, str]]

CASES: dict[str, Case] = {
    # A sample of ids only is one whose other columns are as without a sample.
    "ids only": Case(
        labels=ZERO_ONE,
        sample=["id", *IDS],
        asks=ROC,
        writes=CHANCE,
        tells={
            "submission": ("id and target", "the sample holds ids only; its rows and their order")
        },
    ),
    "ids only, in another order": Case(
        labels=ZERO_ONE, sample=["id", *IDS[::-1]], asks=ROC, writes=("id,target", "203,0.25")
    ),
    "ids only, under another name": Case(
        labels=ZERO_ONE, sample=["row", *IDS], asks=ROC, writes=("row,target", "200,0.25")
    ),
    "ids only, of several classes": Case(
        labels=("a", "b", "c", "d"),
        sample=["id", *IDS],
        asks=("multiclass", "log_loss"),
        writes=("id,a,b,c,d", "200,0.25,0.25,0.25,0.25"),
    ),
    "ids only, of amounts": Case(
        labels=[f"{number}.5" for number in range(40)],
        sample=["id", *IDS],
        asks=RMSE,
        writes=("id,target", "200,2.5"),
    ),
    "ids only, and labels are asked for": Case(
        labels=ZERO_ONE,
        sample=["id", *IDS],
        asks=ACCURACY,
        writes=LABEL,
        config={"metric": "accuracy"},
    ),
    "one column of values and no ids": Case(
        labels=ZERO_ONE, sample=["target", "0", "0", "0", "0"], asks=ROC, writes=("target", "0.25")
    ),
    # Classes that are mixed are labels; one of them may be either.
    "zeros and ones": Case(labels=ZERO_ONE, sample=column("0", "1"), asks=ACCURACY, writes=LABEL),
    "zeros and ones written as floats": Case(
        labels=ZERO_ONE,
        sample=column("0.0", "1.0"),
        asks=ACCURACY,
        writes=("id,target", "200,0.0"),
        tells={
            "labels": ("0.0, 1.0", "as the sample spells 0, 1; data.spelling: train overrides it")
        },
    ),
    "ones and twos": Case(
        labels=("1", "2"), sample=column("2", "1"), asks=ACCURACY, writes=("id,target", "200,1")
    ),
    "two of nine classes": Case(
        labels=MARKS, sample=column("5", "6"), asks=CLASSES, writes=("id,target", "200,1")
    ),
    "zeros alone": Case(labels=ZERO_ONE, sample=column("0"), asks=ROC, writes=CHANCE),
    "ones alone": Case(labels=ZERO_ONE, sample=column("1"), asks=ROC, writes=CHANCE),
    "empty cells": Case(labels=ZERO_ONE, sample=column(""), asks=ROC, writes=CHANCE),
    "halves": Case(labels=ZERO_ONE, sample=column("0.5"), asks=ROC, writes=CHANCE),
    "zeros, ones and a half": Case(
        labels=ZERO_ONE, sample=column("0", "1", "0.5"), asks=ROC, writes=CHANCE
    ),
    "shares of a class": Case(
        labels=ZERO_ONE, sample=column("0.01", "0.99"), asks=ROC, writes=CHANCE
    ),
    "zeros where classes are texts": Case(
        labels=YES_NO, sample=column("0"), asks=ROC, writes=CHANCE
    ),
    "zeros and ones where classes are texts": Case(
        labels=YES_NO,
        sample=column("0", "1"),
        asks=ACCURACY,
        writes=LABEL,
        tells={
            "labels": ("0, 1", "as the sample spells No, Yes; data.spelling: train overrides it")
        },
    ),
    "zeros alone, and the metric is named": Case(
        labels=ZERO_ONE,
        sample=column("0"),
        asks=ACCURACY,
        writes=LABEL,
        config={"metric": "accuracy"},
    ),
    # Texts are labels, however they are spelled.
    "a text as train spells it": Case(
        labels=YES_NO, sample=column("No"), asks=ACCURACY, writes=("id,target", "200,No")
    ),
    "a text in another case": Case(
        labels=YES_NO,
        sample=column("no"),
        asks=ACCURACY,
        writes=("id,target", "200,No"),
        tells={
            "labels": (
                "No, Yes",
                "as train spells them; the sample has 'no'; data.spelling: sample overrides it",
            )
        },
    ),
    "all texts in another case": Case(
        labels=YES_NO,
        sample=column("no", "yes"),
        asks=ACCURACY,
        writes=("id,target", "200,no"),
        tells={
            "labels": ("no, yes", "as the sample spells No, Yes; data.spelling: train overrides it")
        },
    ),
    "all texts in another case, and train's are wanted": Case(
        labels=YES_NO,
        sample=column("no", "yes"),
        asks=ACCURACY,
        writes=("id,target", "200,No"),
        config={"data.spelling": "train"},
        tells={
            "labels": (
                "No, Yes",
                "as train spells them; the sample has 'no', 'yes'; data.spelling is given",
            )
        },
    ),
    "a text in another case, and the sample's is wanted": Case(
        labels=YES_NO,
        sample=column("no"),
        asks=ACCURACY,
        writes=("id,target", "200,no"),
        config={"data.spelling": "sample"},
        tells={"labels": ("no, yes", "as the sample spells No, Yes; data.spelling is given")},
    ),
    "texts that train has, and one in another case": Case(
        labels=("red", "green", "blue"),
        sample=column("red", "Green"),
        asks=CLASSES,
        writes=("id,target", "200,blue"),
        tells={
            "labels": (
                "blue, green, red",
                "as train spells them; the sample has 'Green'; data.spelling: sample overrides it",
            )
        },
    ),
    "True and False for ones and zeros": Case(
        labels=ZERO_ONE,
        sample=column("True", "False"),
        asks=ACCURACY,
        writes=("id,target", "200,False"),
        tells={
            "labels": (
                "False, True",
                "as the sample spells 0, 1; data.spelling: train overrides it",
            )
        },
    ),
    "False alone for zeros": Case(
        labels=ZERO_ONE,
        sample=column("False"),
        asks=ACCURACY,
        writes=LABEL,
        tells={
            "labels": (
                "0, 1",
                "as train spells them; the sample has 'False'; data.spelling: sample overrides it",
            )
        },
    ),
    "blanks around texts": Case(
        labels=(" a", " b"),
        sample=column("a", "b"),
        asks=ACCURACY,
        writes=("id,target", "200,a"),
        tells={
            "labels": ("a, b", "as the sample spells  a,  b; data.spelling: train overrides it")
        },
    ),
    "a text that is no class": Case(
        labels=YES_NO,
        sample=column("maybe"),
        asks=ACCURACY,
        writes=("id,target", "200,No"),
        tells={
            "labels": ("No, Yes", "as train spells them; the sample's 'maybe' is no class of train")
        },
    ),
    # A number between classes is an amount.
    "a number between classes": Case(
        labels=MARKS,
        sample=column("5.3"),
        asks=RMSE,
        writes=("id,target", "200,2.5"),
        tells={
            "task": ("regression", "the sample holds 5.3, which is no class; --task overrides it")
        },
    ),
    "a half where classes are three": Case(
        labels=("0", "1", "2"), sample=column("0.5"), asks=RMSE, writes=("id,target", "200,2.5")
    ),
    "a number between two classes": Case(
        labels=("3", "7"), sample=column("5.5"), asks=RMSE, writes=("id,target", "200,2.5")
    ),
    "a whole number that is no class": Case(
        labels=MARKS, sample=column("0"), asks=CLASSES, writes=("id,target", "200,1")
    ),
    "whole numbers that are no classes": Case(
        labels=ZERO_ONE,
        sample=column("1", "2"),
        asks=ACCURACY,
        writes=LABEL,
        tells={"labels": ("0, 1", "as train spells them; the sample's '2' is no class of train")},
    ),
    "a probability with a decimal comma": Case(
        labels=YES_NO, sample=column('"0,5"'), asks=ROC, writes=CHANCE
    ),
    "a probability in per cent": Case(
        labels=ZERO_ONE, sample=column("50%"), asks=ROC, writes=CHANCE
    ),
    "a number between classes with a decimal comma": Case(
        labels=MARKS, sample=column('"5,3"'), asks=RMSE, writes=("id,target", "200,2.5")
    ),
    "a class written as a float": Case(
        labels=MARKS, sample=column("5.0"), asks=CLASSES, writes=("id,target", "200,1")
    ),
    "a number between classes, and the task is given": Case(
        labels=MARKS,
        sample=column("5.3"),
        asks=CLASSES,
        writes=("id,target", "200,1"),
        config={"data.task": "multiclass"},
    ),
    "a number between classes, and the metric wants labels": Case(
        labels=MARKS,
        sample=column("5.3"),
        asks=("multiclass", "qwk"),
        writes=("id,target", "200,1"),
        config={"metric": "qwk"},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_submission_has_the_form_of_the_sample(tmp_path: Path, case: Case):
    check_form(tmp_path, case)


@pytest.mark.parametrize(
    ("labels", "cells", "given", "message", "hint"),
    [
        (
            YES_NO,
            ("No", "maybe"),
            {},
            "sample_submission.csv: 'maybe' in 'target' is not a class of the target.",
            "The classes are No, Yes; correct the sample, or leave it out.",
        ),
        (
            ("rEd", "GREEN"),
            ("rED",),
            {"data.spelling": "sample"},
            (
                "sample_submission.csv: 'rED' in 'target' does not show how every class of "
                "'target' is spelled."
            ),
            "Leave out data.spelling, or give a sample that holds each class.",
        ),
    ],
)
def test_a_sample_whose_texts_do_not_fit_is_refused(
    tmp_path: Path,
    error_of: ErrorOf,
    labels: Sequence[str],
    cells: Sequence[str],
    given: Mapping[str, Any],
    message: str,
    hint: str,
):
    case = Case(labels=labels, sample=column(*cells), asks=ACCURACY, writes=LABEL)
    write_tables(tmp_path, case)
    assert error_of(read, tmp_path, given) == (message, hint)


def test_what_the_sample_holds_is_part_of_the_content(tmp_path: Path):
    keys = set()
    for name in ("zeros alone", "zeros and ones", "halves", "zeros and ones written as floats"):
        write_tables(tmp_path, CASES[name])
        keys.add(read(tmp_path, {})[0].dataset.key)
    assert len(keys) == 4
