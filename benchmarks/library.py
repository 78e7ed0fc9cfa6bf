"""A run without a clock, whose candidates can be taken with as many folds as one likes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.planning.holdout import hold_out
from automl_cli.planning.problems import make_problem
from automl_cli.planning.validation import choose_validation
from automl_cli.run.reopen import reopen
from automl_cli.search.rates import find_most
from automl_cli.store import RunDirectory, read_array
from automl_cli.train.collect import find_predictions, load_finished, load_test
from automl_cli.train.forecast import find_rate
from automl_cli.train.unit import read_fit


@dataclass(frozen=True)
class Library:
    """A run without a clock: its candidates with all folds, and the rows that it held out."""

    root: Path
    enough: int | None = None  # folds that are enough before others are tried; None: as planned

    @cached_property
    def problem(self) -> Problem:
        """The target, with the folds that the candidates have."""
        problem = self._read[0]
        known = problem.first_folds(problem.folds.n_enough)
        return replace(known, folds=replace(known.folds, enough=self.enough or 0))

    @cached_property
    def labels(self) -> FloatVector | IntVector:
        """What models are asked to predict for the rows held out."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[Problem, FloatVector | IntVector]:
        known = reopen(self.root)
        given = known.inference.dataset
        rows = hold_out(
            given, choose_validation(given, known.config), known.config.validation.holdout
        )
        target = rows.dataset.schema.targets[0]
        problem = make_problem(rows.dataset, target, known.config, rows.validation)
        labels = rows.targets[target.name]
        if not rows.n_rows:
            raise SystemExit(f"{self.root}: fit with --set validation.holdout=0.35.")
        return problem, np.log1p(labels) if problem.metric.transform == "log1p" else labels

    @cached_property
    def whole(self) -> Mapping[str, Candidate]:
        """The candidates with all folds, in the order of the list."""
        n_folds, run = len(self.problem.folds), RunDirectory(self.root)
        found = load_finished(run, self.problem.target.name)
        planned = next(
            event["candidates"] for event in run.read_events() if event["kind"] == "planned"
        )
        order = [key for key in cast("list[str]", planned) if key in found]
        order = [*(key for key in found if key not in order), *order]
        return {key: found[key] for key in order if found[key].n_folds == n_folds}

    @cached_property
    def seconds(self) -> Mapping[str, Sequence[float]]:
        """What each fold of each candidate took, with its predictions."""
        run = RunDirectory(self.root)
        told = {}
        for key, one in self.whole.items():
            fits = [read_fit(run, key, fold) for fold in range(one.n_folds)]
            extra = (one.predict_seconds or 0.0) / one.n_folds
            told[key] = [fit.seconds + extra for fit in fits if fit is not None]
        return told

    def take(self, key: str, n_folds: int) -> Candidate:
        """Return a candidate as if it had the first folds alone."""
        one, plan = self.whole[key], self.problem.folds
        oof = np.full_like(one.oof, np.nan)
        test = np.zeros((len(self.labels), one.oof.shape[1]))
        for fold in range(n_folds):
            held_out, predicted = self._predictions[key][fold]
            oof[plan.folds[fold].held_out] = held_out
            test += predicted / n_folds
        return replace(
            one,
            oof=oof,
            test=test,
            fit_seconds=sum(self.seconds[key][:n_folds]),
            fits=one.fits[:n_folds],
            rounds=one.rounds[:n_folds],
            fold_scores=one.fold_scores[:n_folds],
        )

    @cached_property
    def _predictions(self) -> Mapping[str, Sequence[tuple[FloatMatrix, FloatMatrix]]]:
        return {key: [*self._read_folds(one)] for key, one in self.whole.items()}

    def _read_folds(self, one: Candidate) -> Iterator[tuple[FloatMatrix, FloatMatrix]]:
        run = RunDirectory(self.root)
        for fold in range(one.n_folds):
            held_out = read_array(find_predictions(run, one, fold) / "held_out.npy")
            yield held_out, load_test(run, one, fold)[-len(self.labels) :]

    def fold_seconds(self, key: str) -> float:
        """Return what a fold of a candidate took, on average."""
        return float(np.mean(self.seconds[key]))

    def least_share(self, key: str) -> float:
        """Return what a fold takes with the largest learning rate, as a share of what it took."""
        spec = self.whole[key].spec
        rate = find_rate(spec)
        return 1.0 if rate is None else min(1.0, rate / find_most(spec))
