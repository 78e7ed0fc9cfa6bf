"""The rows that hypotheses are tested on: of a run, or read as `automl fit` reads them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.config.schema import RunConfig
from automl_cli.core.arrays import IntVector
from automl_cli.core.dataset import Column, Dataset, Target
from automl_cli.core.errors import DataError
from automl_cli.data.files import find_files
from automl_cli.data.names import find_name
from automl_cli.hypotheses.question import HypothesisQuestion
from automl_cli.metrics import choose_scale
from automl_cli.planning.problems import choose_metric
from automl_cli.planning.validation import choose_validation
from automl_cli.run.competition import read_competition
from automl_cli.run.reopen import reopen
from automl_cli.statistics.effects import Settings
from automl_cli.statistics.formulas import split_formula
from automl_cli.statistics.response import Response, make_column_response, make_response


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisRows:
    """The rows to test.

    Parameters
    ----------
    source
        Where they are from, for people.
    frame
        All known columns: features, what only validation reads, and the targets as they are.
    columns
        The features.
    targets
        What is explained unless the question says something else.
    cluster
        The column whose equal values make rows dependent, or None.
    settings
        How tests are made.
    family
        How the response varies, or None.
    """

    source: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    targets: tuple[Response, ...]
    cluster: str | None
    settings: Settings
    family: str | None

    def take(self, rows: IntVector) -> "HypothesisRows":
        """Return some of the rows."""
        clusters = self.settings.clusters
        return replace(
            self,
            frame=self.frame.iloc[rows].reset_index(drop=True),
            targets=tuple(replace(target, y=target.y[rows]) for target in self.targets),
            settings=replace(self.settings, clusters=None if clusters is None else clusters[rows]),
        )

    def get_column(self, name: str, flag: str) -> "pd.Series[Any]":
        """Return a column.

        Raises
        ------
        DataError
            If there is none of this name, or it is a text.
        """
        if name not in self.frame.columns:
            known = [str(known) for known in self.frame.columns]
            close = get_close_matches(name, known, n=1)
            raise DataError(
                f"{self.source}: no column {name!r} (named by {flag}).",
                hint=f"Did you mean {close[0]!r}?" if close else f"It has {', '.join(known[:10])}.",
            )
        return self.frame[name]

    def make_response(self, name: str, flag: str) -> Response:
        """Return a target or another column as what is explained.

        Raises
        ------
        DataError
            If there is no such column, or it is a text or a date.
        """
        for target in self.targets:
            if target.name == name:
                return target
        column = self.get_column(name, flag)
        is_category = isinstance(column.dtype, pd.CategoricalDtype)
        if not is_category and not pd.api.types.is_numeric_dtype(column.dtype):
            raise DataError(
                f"{self.source}: {name!r} is neither a number nor a category.",
                hint=f"Name another column with {flag}.",
            )
        return make_column_response(column, self.family)


def guess_target(
    paths: Sequence[Path],
    test: Path | None,
    sample: Path | None,
    *,
    formula: str | None,
    on: str | None,
) -> list[str] | None:
    """Return the target that a question names, of a table that has no test table to tell it.

    Raises
    ------
    DataError
        If there is no such file.
    """
    left = None if formula is None else split_formula(formula)[0]
    named = on or left
    if named is None or not re.fullmatch(r"[\w .-]+", named):
        return None
    files = find_files(paths, test=test, sample=sample)
    return [named] if files.test is None and files.sample is None else None


def read_rows(question: HypothesisQuestion) -> HypothesisRows:
    """Return the rows that a question is about.

    Raises
    ------
    AutomlError
        For whatever the user can mend.
    """
    if isinstance(question.source, Path):
        run = reopen(question.source)
        dataset, config, source = run.inference.dataset, run.config, str(question.source)
    else:
        files, inference = read_competition(question.source)
        dataset, config, source = inference.dataset, question.source.loaded.config, str(files.train)
    cluster = question.cluster or choose_validation(dataset, config).options.group
    if cluster is not None:
        cluster = find_name(cluster, list(dataset.train.columns)) or cluster
    # Counts or not is said of the target; another column that is explained follows its own values.
    asks_target = question.on is None
    rows = HypothesisRows(
        source=source,
        frame=_join(dataset),
        columns=dataset.schema.columns,
        targets=tuple(
            _make_target(dataset, target, config, question.family if asks_target else None)
            for target in dataset.schema.targets
        ),
        cluster=cluster,
        settings=Settings(correction=question.correction, level=question.level),
        family=question.family,
    )
    if rows.cluster is None:
        return rows
    codes = pd.factorize(rows.get_column(rows.cluster, "--cluster"))[0]
    settings = replace(rows.settings, clusters=np.asarray(codes, dtype=np.int64))
    return replace(rows, settings=settings)


def _join(dataset: Dataset) -> pd.DataFrame:
    further = {name: column for name, column in dataset.extra.items() if name not in dataset.train}
    for target in dataset.schema.targets:
        y = dataset.targets[target.name]
        levels = pd.CategoricalDtype(list(target.labels))
        further[target.name] = (
            pd.Series(pd.Categorical.from_codes(y.astype(np.int64), dtype=levels))
            if target.labels
            else pd.Series(y)
        )
    return pd.concat([dataset.train, pd.DataFrame(further)], axis=1)


def _make_target(
    dataset: Dataset, target: Target, config: RunConfig, family: str | None
) -> Response:
    y = dataset.targets[target.name]
    metric, _ = choose_metric(dataset, target, config)
    if target.task == "regression":
        metric = choose_scale(metric, y)
    return make_response(target, y, transform=metric.transform, family=family)
