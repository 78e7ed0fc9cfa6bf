"""Predictions from outside, such as a notebook's, as members of a blend.

rows.py           the rows that a file has to be for, found by their ids
predictions.py    a pair of files read, checked and scored
folds.py          folds that cannot be honest
leaks.py          members whose score by fold looks as if they had seen the rows
member.py         predictions as a member with its score
copies.py         members that say the same as another one
"""

from automl_cli.ensemble.outside.copies import Copy, find_copies
from automl_cli.ensemble.outside.folds import check_folds
from automl_cli.ensemble.outside.leaks import Suspicion, find_suspicions
from automl_cli.ensemble.outside.member import make_member
from automl_cli.ensemble.outside.predictions import Outside, read_outside
from automl_cli.ensemble.outside.rows import PredictedRows, make_rows

__all__ = [
    "Copy",
    "Outside",
    "PredictedRows",
    "Suspicion",
    "check_folds",
    "find_copies",
    "find_suspicions",
    "make_member",
    "make_rows",
    "read_outside",
]
