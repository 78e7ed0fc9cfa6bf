from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sites import make_site

from automl_cli.run.solve import solve


def test_what_is_finished_is_neither_fitted_nor_collected_again(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    specs = [spec for spec in site.specs if spec.model == "linear"]
    keys = [spec.key for spec in specs]
    planned = {spec: site.keys[spec.key] for spec in specs}
    scores = []
    for told in (keys, []):
        site.events.clear()
        with ThreadPoolExecutor(1) as executor:
            solutions = list(solve(site.problem, planned, site.execution(executor)))
        assert [one.fields["key"] for one in site.events if one.kind == "candidate"] == told
        assert site.count_fits() == len(told) * site.problem.folds.n_enough
        scores.append(solutions[-1].candidates[0].score)
    assert scores[0] == scores[1]
