"""Whether the p-values of `automl explain` keep what they promise, on data whose truth is known.

    OMP_NUM_THREADS=1 python benchmarks/importance.py --repetitions 200 --jobs 1

Each repetition draws a table: linear effects of several sizes, an interaction of two columns without
effects of their own, a column with two noisy copies, and columns of pure noise. A quick LightGBM and a
linear model are cross-fitted (5 folds) and blended by the run's own tournament; importance is measured
and tested as `automl explain` does it. A column of noise drawn apart stands for the lunch. Printed are
the share of p-values below .05 by kind of column, with other corrections of the variance beside, the
rate of false discoveries, the coverage of the intervals (of what the same models lose on fresh rows),
and for the linear effects the power of the likelihood-ratio test of the true linear model.
"""

import argparse
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import t as student

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.core.dataset import Target
from automl_cli.core.margins import make_predictions
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import FitJob, FittedModel, Watch
from automl_cli.core.problem import Problem
from automl_cli.ensemble.combiners import COMBINERS
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.explain.clusters import find_clusters
from automl_cli.explain.importances import Answer, Probe, Question, measure_importances
from automl_cli.explain.losses import make_row_loss
from automl_cli.explain.permutation import JudgedFold, measure_permutations
from automl_cli.explain.significance import control, correct, judge_rows
from automl_cli.metrics import METRICS
from automl_cli.models import MODELS
from automl_cli.splits import SplitOptions, make_fold_plan

LINEAR = {"linear_1": 0.10, "linear_2": 0.15, "linear_3": 0.20}
N_NOISE = 6
FRESH_ROWS = 20_000
CORRECTIONS = ("none", "used", "Nadeau-Bengio by folds")


class Design(NamedTuple):
    """What is drawn."""

    n_rows: int = 600
    task: str = "regression"
    members: tuple[str, ...] = ("lightgbm", "linear")
    strength: float = 1.0  # of all effects; 0: nothing has one
    rows: float = 1.0  # share of the held-out rows that is looked at


class Outcome(NamedTuple):
    """One repetition: p-values by column, and what else is summed up."""

    p: Mapping[str, Mapping[str, float]]  # by correction
    found: frozenset[str]
    lunch: bool
    covered: Mapping[str, bool]
    likelihood_ratio: Mapping[str, float]
