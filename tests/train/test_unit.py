import time
from dataclasses import replace

import pytest
from sites import Site

from automl_cli.core.model import Fit, FitJob
from automl_cli.core.registry import Registry
from automl_cli.models import MODELS
from automl_cli.train import unit as units
from automl_cli.train.unit import Unit, fit_unit, read_fit


@pytest.mark.parametrize(("enough", "share", "expected"), [(50, 1.0, 50), (None, 0.25, 0.25)])
def test_a_fit_sees_no_more_rows_than_enough_or_than_it_has_memory_for(
    site: Site, monkeypatch: pytest.MonkeyPatch, enough: int | None, share: float, expected: float
) -> None:
    seen = []
    linear = MODELS.get("linear")

    def spy(job: FitJob) -> Fit:
        seen.append(job.matrix.n_rows)
        return linear.fit(job)

    few = replace(linear, fit=spy, enough_rows=enough)
    monkeypatch.setattr(units, "MODELS", Registry("models", {"linear": few}))
    spec = next(spec for spec in site.specs if spec.model == "linear")
    fit_unit(
        Unit(
            run=str(site.run.root),
            spec=spec,
            fold=0,
            feature_set=site.keys[spec.key],
            max_rounds=1,
            stop_at=None,
            row_share=share,
        )
    )

    n_train = len(site.problem.folds.folds[0].train)
    assert seen == [expected if expected >= 1 else int(expected * n_train)]
    record = read_fit(site.run, spec.key, 0)
    assert record is not None
    assert record.row_share == share
    assert not record.cut  # that is the clock's word


def test_the_time_of_a_fit_counts_once_its_libraries_are_there(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]

    def load(_: object) -> None:
        clock[0] += 3.0

    monkeypatch.setattr(units, "import_libraries", load)
    monkeypatch.setattr("automl_cli.train.unit.time.time", lambda: clock[0])
    spec = site.specs[0]
    given = site.keys[spec.key]
    unit = Unit(run="", spec=spec, fold=0, feature_set=given, max_rounds=1, stop_at=110.0)
    assert replace(unit, max_seconds=5.0).begin().stop_at == 108.0
    assert replace(unit, max_seconds=50.0).begin().stop_at == 110.0  # the time for fits
    assert unit.begin().stop_at == 110.0
    assert replace(unit, stop_at=None, max_seconds=5.0).begin().stop_at is None


def test_a_fit_ends_when_its_unit_says_and_keeps_what_it_has(site: Site) -> None:
    spec = next(spec for spec in site.specs if spec.model == "lightgbm")
    unit = Unit(
        run=str(site.run.root),
        spec=spec,
        fold=0,
        feature_set=site.keys[spec.key],
        max_rounds=spec.max_rounds,
        stop_at=time.time() - 1.0,
    )
    assert fit_unit(unit) == "fold-0.cut"
    record = read_fit(site.run, spec.key, 0)
    assert record is not None
    assert record.cut
    assert record.rounds is not None
    assert 1 <= record.rounds < spec.max_rounds
